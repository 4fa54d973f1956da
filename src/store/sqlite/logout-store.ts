// LogoutStore over SQLite: the queue of back-channel logouts. Claiming is one transaction, so no two
// processes get the same record.
import type { Clock } from '../../clock.ts';
import type { Logout } from '../../core/logout/logout.ts';
import { inRandomOrder, type LogoutStore, taken } from '../../core/logout/logout-store.ts';
import { bodiesOf, bodyOf, type Database } from './database.ts';

/**
 * Lists the clients that have something due. It jumps from client to client along the index, so a client
 * with a long queue costs no more than the others.
 */
const clientsSql = `WITH RECURSIVE waiting (client_id) AS (
    SELECT min(client_id) FROM logouts WHERE next_attempt_at IS NOT NULL
    UNION ALL
    SELECT (SELECT min(client_id) FROM logouts WHERE next_attempt_at IS NOT NULL AND client_id > waiting.client_id)
    FROM waiting WHERE waiting.client_id IS NOT NULL
  )
  SELECT client_id FROM waiting WHERE client_id IS NOT NULL
    AND EXISTS (SELECT 1 FROM logouts WHERE client_id = waiting.client_id AND next_attempt_at <= ?)`;
const dueSql = `SELECT body FROM logouts WHERE client_id = ? AND next_attempt_at <= ? AND expires_at > ?
  ORDER BY next_attempt_at LIMIT ?`;

export function createLogoutStore(database: Database, clock: Clock): LogoutStore {
  const clientsDue = (now: number) => database.all(clientsSql, now).map((row) => String(row.client_id));
  const write = (logout: Logout): void => {
    const sql = 'UPDATE logouts SET next_attempt_at = ?, body = ? WHERE id = ?';
    database.run(sql, logout.nextAttemptAt, JSON.stringify(logout), logout.id);
  };

  return {
    async create(logout) {
      const { id, clientId, createdAt, nextAttemptAt, expiresAt } = logout;
      const sql =
        'INSERT INTO logouts (id, client_id, created_at, next_attempt_at, body, expires_at) VALUES (?, ?, ?, ?, ?, ?)';
      database.run(sql, id, clientId, createdAt, nextAttemptAt, JSON.stringify(logout), expiresAt);
    },

    async claimDue(now, leaseUntil, limit, roomOf) {
      // Usually nothing is due. Reading first leaves the write lock free then.
      if (clientsDue(now).length === 0) return [];
      return database.transaction(() => {
        const claimed: Logout[] = [];
        for (const clientId of inRandomOrder(clientsDue(now))) {
          // The caller bounds both the total and what one slow client may occupy.
          const room = Math.min(limit - claimed.length, roomOf(clientId));
          if (room <= 0) continue;
          for (const logout of bodiesOf<Logout>(database.all(dueSql, clientId, now, now, room))) {
            const mine = taken(logout, leaseUntil);
            write(mine);
            claimed.push(mine);
          }
        }
        return claimed;
      });
    },

    // The number of attempts identifies the claim: a later claim of the same record has a higher one.
    settle: async (logout) =>
      database.transaction(() => {
        const current = bodyOf<Logout>(database.get('SELECT body FROM logouts WHERE id = ?', logout.id));
        if (current?.state !== 'pending' || current.attempts !== logout.attempts) return false;
        write(logout);
        return true;
      }),

    async listByClient(clientId, limit) {
      const sql = 'SELECT body FROM logouts WHERE client_id = ? AND expires_at > ? ORDER BY created_at DESC LIMIT ?';
      return bodiesOf<Logout>(database.all(sql, clientId, clock(), limit));
    },
  };
}
