// Redis stores for tests: on a server of the test group's own, each under a prefix of its own, and a look
// at the raw keys.
import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { openRedisStore } from '../../src/store/redis/open.ts';
import type { Store } from '../../src/store/store.ts';
import { type RedisServer, type RedisServerOptions, startRedisServer } from '../support/redis-server.ts';
import { createClock, type OpenedStore } from './conformance/fixture.ts';
import { randomId } from './records.ts';

export type OpenedOnRedis = OpenedStore & { readonly keyPrefix: string };

/** One server for a group of tests. Each store gets a prefix of its own. */
export function useServer(options: RedisServerOptions = {}): {
  readonly server: RedisServer;
  open(): Promise<OpenedOnRedis>;
} {
  let server: RedisServer | null = null;
  beforeAll(async () => {
    server = await startRedisServer(options);
  });
  afterAll(() => server?.stop());
  const started = (): RedisServer => {
    if (!server) throw new Error('the server runs only during tests');
    return server;
  };
  return {
    get server() {
      return started();
    },
    open: () => openOn(started().url),
  };
}

export async function openOn(url: string): Promise<OpenedOnRedis> {
  const keyPrefix = `test-${randomId()}:`;
  const clock = createClock();
  const stores: Store[] = [];
  const openAnother = async (): Promise<Store> => {
    const store = await openRedisStore({ url, keyPrefix, clock });
    stores.push(store);
    return store;
  };
  const store = await openAnother();
  return {
    store,
    clock,
    keyPrefix,
    openAnother,
    dump: () => dumpOf(url, keyPrefix),
    async close() {
      await Promise.all(stores.map((opened) => opened.close()));
    },
  };
}

/** Every key that begins with the prefix, its value, and its TTL in seconds (-1: none). */
export async function entriesOf(url: string, prefix: string): Promise<{ key: string; value: string; ttl: number }[]> {
  const redis = new Redis(url);
  const readers: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, 0, -1),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, 0, '-1', 'WITHSCORES'),
    stream: (key) => redis.xrange(key, '-', '+'),
  };
  try {
    const keys = await redis.keys(`${prefix}*`);
    return await Promise.all(
      keys.map(async (key) => {
        const type = await redis.type(key);
        const read = readers[type];
        if (!read) throw new Error(`the test cannot read a ${type}`);
        return { key, value: JSON.stringify(await read(key)), ttl: await redis.ttl(key) };
      }),
    );
  } finally {
    redis.disconnect();
  }
}

/** Twice, once without JSON's own quoting, so that nothing hides behind an escape. */
async function dumpOf(url: string, prefix: string): Promise<string> {
  const entries = await entriesOf(url, prefix);
  return entries.flatMap(({ key, value }) => [key, value, value.replaceAll('\\', '')]).join('\n');
}
