// LimitStore over SQLite: counters in time windows. Each addition is one atomic statement, and the
// additions of many concurrent requests share one commit.
import type { LimitStore } from '../../core/limit/limit-store.ts';
import type { Database, Row } from './database.ts';
import type { SharedCommit } from './shared-commit.ts';

export function createLimitStore(database: Database, share: SharedCommit): LimitStore {
  const windowOf = (row: Row | null) => (row ? { count: Number(row.count), resetsAt: Number(row.resets_at) } : null);
  /**
   * Adds to a window that is open, which is the usual case and changes no indexed column. Returns null when
   * the window is over or there is none.
   */
  function addWithin(key: string, points: number, now: number) {
    const sql = 'UPDATE limits SET count = count + ? WHERE key = ? AND resets_at > ? RETURNING count, resets_at';
    return windowOf(database.get(sql, points, key, now));
  }

  /** Opens a window, or adds to one that another process has opened since `addWithin`. */
  function addOrOpen(key: string, points: number, resetsAt: number, now: number) {
    const sql = `INSERT INTO limits (key, count, resets_at) VALUES (?1, ?2, ?3)
      ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN resets_at <= ?4 THEN ?2 ELSE count + ?2 END,
        resets_at = CASE WHEN resets_at <= ?4 THEN ?3 ELSE resets_at END
      RETURNING count, resets_at`;
    return windowOf(database.get(sql, key, points, resetsAt, now)) ?? { count: points, resetsAt };
  }

  return {
    add: (key, points, windowSeconds, now) =>
      share(() => addWithin(key, points, now) ?? addOrOpen(key, points, now + windowSeconds, now)),
    read: async (key, now) =>
      windowOf(database.get('SELECT count, resets_at FROM limits WHERE key = ? AND resets_at > ?', key, now)),
    async clear(key) {
      database.run('DELETE FROM limits WHERE key = ?', key);
    },
  };
}
