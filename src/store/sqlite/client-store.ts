// ClientStore over SQLite. The client is JSON; `sort_key` orders the pages, and its origins (for CORS) are
// rows of `client_origins`, rewritten with every change in the same transaction.
import type { Client } from '../../core/client/client.ts';
import { type ClientStore, clientOrigins, clientSortKey, searchKey } from '../../core/client/client-store.ts';
import { bodiesOf, bodyOf, type Database } from './database.ts';

export function createClientStore(database: Database): ClientStore {
  const find = (id: string) => bodyOf<Client>(database.get('SELECT body FROM clients WHERE id = ?', id));

  function putOrigins(client: Client): void {
    database.run('DELETE FROM client_origins WHERE client_id = ?', client.id);
    for (const origin of clientOrigins(client)) {
      database.run('INSERT INTO client_origins (origin, client_id) VALUES (?, ?)', origin, client.id);
    }
  }

  return {
    create: async (client) =>
      database.transaction(() => {
        const sql = 'INSERT OR IGNORE INTO clients (id, sort_key, body) VALUES (?, ?, ?)';
        if (database.run(sql, client.id, clientSortKey(client), JSON.stringify(client)) === 0) return false;
        putOrigins(client);
        return true;
      }),
    find: async (id) => find(id),
    update: async (id, change) =>
      database.transaction(() => {
        const current = find(id);
        if (!current) return null;
        const next = change(current);
        const sql = 'UPDATE clients SET sort_key = ?, body = ? WHERE id = ?';
        database.run(sql, clientSortKey(next), JSON.stringify(next), id);
        putOrigins(next);
        return next;
      }),
    delete: async (id) =>
      database.transaction(() => {
        database.run('DELETE FROM client_origins WHERE client_id = ?', id);
        database.run('DELETE FROM client_uses WHERE client_id = ?', id);
        return database.run('DELETE FROM clients WHERE id = ?', id) === 1;
      }),
    hasOrigin: async (origin) => database.get('SELECT 1 FROM client_origins WHERE origin = ? LIMIT 1', origin) !== null,
    async page({ search = '', after, limit }) {
      const from = searchKey(search);
      // There must be one lower bound only, otherwise SQLite reads the index from its beginning. Text
      // compares by bytes, so all keys with the searched prefix lie between it and the prefix with
      // U+10FFFF.
      const isFirst = after === undefined || after < from;
      const sql = `SELECT body FROM clients WHERE sort_key ${isFirst ? '>=' : '>'} ? AND sort_key < ? ORDER BY sort_key LIMIT ?`;
      const rows = database.all(sql, isFirst ? from : after, `${from}\u{10ffff}`, limit + 1);
      const clients = bodiesOf<Client>(rows.slice(0, limit));
      const last = clients.at(-1);
      return { clients, cursor: rows.length > limit && last ? clientSortKey(last) : null };
    },
  };
}
