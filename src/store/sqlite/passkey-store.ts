// PasskeyStore over SQLite. Taking a challenge deletes and returns it in one statement, so that it can be
// answered once only (WebAuthn §13.4.3).

import type { Clock } from '../../clock.ts';
import type { Challenge, Passkey } from '../../core/account/passkey.ts';
import type { PasskeyStore } from '../../core/account/passkey-store.ts';
import { bodiesOf, bodyOf, type Database } from './database.ts';

export function createPasskeyStore(database: Database, clock: Clock): PasskeyStore {
  const find = (id: string) => bodyOf<Passkey>(database.get('SELECT body FROM passkeys WHERE id = ?', id));
  return {
    async create(passkey) {
      const { id, accountId, createdAt } = passkey;
      const sql = 'INSERT OR IGNORE INTO passkeys (id, account_id, created_at, body) VALUES (?, ?, ?, ?)';
      return database.run(sql, id, accountId, createdAt, JSON.stringify(passkey)) === 1;
    },
    find: async (id) => find(id),
    async listByAccount(accountId) {
      const sql = 'SELECT body FROM passkeys WHERE account_id = ? ORDER BY created_at, id';
      return bodiesOf<Passkey>(database.all(sql, accountId));
    },
    update: async (id, change) =>
      database.transaction(() => {
        const current = find(id);
        if (!current) return null;
        const next = change(current);
        database.run('UPDATE passkeys SET body = ? WHERE id = ?', JSON.stringify(next), id);
        return next;
      }),
    // Counting and deleting are one transaction, so two requests cannot remove the last two passkeys.
    delete: async ({ id, accountId }, { keepLast }) =>
      database.transaction(() => {
        if (find(id)?.accountId !== accountId) return 'absent';
        const row = database.get('SELECT count(*) AS count FROM passkeys WHERE account_id = ?', accountId);
        if (keepLast && row?.count === 1) return 'last';
        database.run('DELETE FROM passkeys WHERE id = ?', id);
        return 'deleted';
      }),

    async createChallenge(challenge) {
      const sql = 'INSERT INTO passkey_challenges (id, body, expires_at) VALUES (?, ?, ?)';
      database.run(sql, challenge.id, JSON.stringify(challenge), challenge.expiresAt);
    },
    async takeChallenge(id) {
      const sql = 'DELETE FROM passkey_challenges WHERE id = ? AND expires_at > ? RETURNING body';
      return bodyOf<Challenge>(database.get(sql, id, clock()));
    },
  };
}
