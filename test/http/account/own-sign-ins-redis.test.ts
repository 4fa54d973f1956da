// Browsers that were signed in without a phone, on Redis.
import { startApp } from '../../support/app.ts';
import { startRedisServer } from '../../support/redis-server.ts';
import { ownSignInCases } from './own-sign-in-cases.ts';

ownSignInCases('Redis', async (config) => {
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
