// AskStore over SQLite: at most one open request per account ("ask my phone"). Opening is one conditional
// statement, so of two callers one gets false.

import type { Clock } from '../../clock.ts';
import type { Ask } from '../../core/ask/ask.ts';
import type { AskStore } from '../../core/ask/ask-store.ts';
import { bodyOf, type Database } from './database.ts';

export function createAskStore(database: Database, clock: Clock): AskStore {
  return {
    async open({ accountId, id, expiresAt, ...rest }) {
      const body = JSON.stringify({ accountId, id, expiresAt, ...rest });
      const sql = `INSERT INTO asks (account_id, id, body, expires_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (account_id) DO UPDATE SET id = excluded.id, body = excluded.body, expires_at = excluded.expires_at
        WHERE asks.expires_at <= ?`;
      return database.run(sql, accountId, id, body, expiresAt, clock()) === 1;
    },
    find: async (accountId) =>
      bodyOf<Ask>(database.get('SELECT body FROM asks WHERE account_id = ? AND expires_at > ?', accountId, clock())),
    close: async (accountId, id) =>
      database.run('DELETE FROM asks WHERE account_id = ? AND id = ?', accountId, id) === 1,
  };
}
