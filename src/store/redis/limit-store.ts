// LimitStore over Redis: one hash per counter, which expires with its window. Adding is one script
// (add-points.lua).
import type { LimitStore } from '../../core/limit/limit-store.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

export function createLimitStore({ connection, keys }: { connection: Connection; keys: Keys }): LimitStore {
  return {
    async add(key, points, windowSeconds, now) {
      const [count, resetsAt] = await connection.run((redis) =>
        redis.addPoints(keys.limit(key), points, windowSeconds, now),
      );
      return { count, resetsAt };
    },
    async read(key, now) {
      const [count, resetsAt] = await connection.run((redis) => redis.hmget(keys.limit(key), 'count', 'resetsAt'));
      return count && resetsAt && Number(resetsAt) > now ? { count: Number(count), resetsAt: Number(resetsAt) } : null;
    },
    async clear(key) {
      await connection.run((redis) => redis.del(keys.limit(key)));
    },
  };
}
