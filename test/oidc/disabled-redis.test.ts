// Accounts that are disabled and enabled again, on Redis.
import { startApp } from '../support/app.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { disabledCases } from './disabled-cases.ts';

disabledCases('Redis', async (config) => {
  const redis = await startRedisServer();
  const app = await startApp({ ...config, store: { kind: 'redis', url: redis.url } });
  return {
    ...app,
    async stop() {
      await app.stop();
      await redis.stop();
    },
  };
});
