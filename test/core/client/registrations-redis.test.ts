// Initial access tokens in Redis.
import { describe } from 'vitest';
import { useServer } from '../../store/redis-server-group.ts';
import { describeInitialTokens } from './registration-cases.ts';

describe('on a server', () => {
  const group = useServer();
  describeInitialTokens('Redis', () => group.open());
});
