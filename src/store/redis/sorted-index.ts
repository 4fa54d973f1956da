// An index of ids by instant. Records expire by themselves, their index entries do not; entries without a
// record are removed when a reader meets them.
import type { Connection } from './connection.ts';

/** Members read at once, at most. */
const pageSize = 100;

/**
 * Lists the newest records, at most `limit`. Not a snapshot: records written meanwhile may be missing.
 * @param load finds a record by its id, or returns null when it is gone
 */
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
