// An index of ids by instant, newest first. Members whose record is gone are removed when they are met.
import type { Connection } from './connection.ts';

/** How many members one look takes at most. */
const pageSize = 100;

/** The newest records, at most `limit`. `load` finds a record by its id, or null when it is gone. */
export async function listNewest<T>(
  connection: Connection,
  key: string,
  limit: number,
  load: (id: string) => Promise<T | null>,
): Promise<T[]> {
  const found: T[] = [];
  for (let start = 0; found.length < limit; ) {
    const stop = start + Math.min(pageSize, limit - found.length) - 1;
    const ids = await connection.run((redis) => redis.zrevrange(key, start, stop));
    if (ids.length === 0) break;
    const loaded = await Promise.all(ids.map(load));
    const dead = ids.filter((_, index) => loaded[index] === null);
    found.push(...loaded.filter((record) => record !== null));
    if (dead.length > 0) await connection.run((redis) => redis.zrem(key, ...dead));
    start += ids.length - dead.length;
  }
  return found;
}
