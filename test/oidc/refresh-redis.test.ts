// The rotation of refresh tokens on Redis.
import { startApp } from '../support/app.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { refreshCases } from './refresh-cases.ts';

refreshCases('Redis', async () => {
  const redis = await startRedisServer();
  const app = await startApp({ store: { kind: 'redis', url: redis.url } });
  return {
    ...app,
    async stop() {
      await app.stop();
      await redis.stop();
    },
  };
});
