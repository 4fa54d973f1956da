// Answers that got lost, on Redis.
import { startApp } from '../../support/app.ts';
import { startRedisServer } from '../../support/redis-server.ts';
import { lostAnswerCases } from './lost-answer-cases.ts';

lostAnswerCases('Redis', async (config) => {
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
