// The configuration's clients in Redis.
import { describe } from 'vitest';
import { useServer } from '../../store/redis-server-group.ts';
import { describeAppliedClients } from './apply-cases.ts';

describe('on a server', () => {
  const group = useServer();
  describeAppliedClients('Redis', () => group.open());
});
