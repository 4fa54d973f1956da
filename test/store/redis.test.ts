// Redis against the conformance suite: on a plain server, and on a cluster node.
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { everyPortConformance } from './conformance/every-port.ts';
import { useServer } from './redis-server-group.ts';

describe('on one server', () => {
  const group = useServer();
  everyPortConformance('Redis', () => group.open(), { reachOthers: true });
});

describe('on a node of a cluster, which rejects scripts over several slots', () => {
  const group = useServer({ cluster: true });

  it('runs on such a node', async () => {
    const redis = new Redis(group.server.url);
    await expect(redis.eval('return 1', 2, 'one-slot', 'another-slot')).rejects.toThrow('CROSSSLOT');
    redis.disconnect();
  });

  everyPortConformance('Redis Cluster', () => group.open(), { reachOthers: true });
});
