// ClientUseStore over SQLite: one row per client and kind of use, with the latest instant. An older instant
// never replaces a newer one.
import { type ClientUseStore, clientUseOf } from '../../core/client/client-use-store.ts';
import type { Database } from './database.ts';

const sql = `INSERT INTO client_uses (client_id, what, at) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET at = max(at, excluded.at)`;

export function createClientUseStore(database: Database): ClientUseStore {
  return {
    record: async (uses) =>
      database.transaction(() => {
        for (const { clientId, what, at } of uses) database.run(sql, clientId, what, at);
      }),
    find: async (clientIds) =>
      clientIds.map((clientId) => {
        const rows = database.all('SELECT what, at FROM client_uses WHERE client_id = ?', clientId);
        return clientUseOf(rows.map((row) => [String(row.what), Number(row.at)]));
      }),
  };
}
