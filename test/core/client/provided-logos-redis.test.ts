// Logos that apps provide, in Redis.
import { describe } from 'vitest';
import { useServer } from '../../store/redis-server-group.ts';
import { describeProvidedLogos } from './provided-logo-cases.ts';

describe('on a server', () => {
  const group = useServer();
  describeProvidedLogos('Redis', () => group.open());
});
