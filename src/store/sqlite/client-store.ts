// ClientStore over SQLite.
import type { Client } from '../../client/client.ts';
import type { ClientStore } from '../../client/client-store.ts';
import { bodiesOf, bodyOf, type Database } from './database.ts';

export function createClientStore(database: Database): ClientStore {
  const find = (id: string) => bodyOf<Client>(database.get('SELECT body FROM clients WHERE id = ?', id));
  return {
    create: async (client) =>
      database.run('INSERT OR IGNORE INTO clients VALUES (?, ?)', client.id, JSON.stringify(client)) === 1,
    find: async (id) => find(id),
    list: async () => bodiesOf<Client>(database.all('SELECT body FROM clients ORDER BY id')),
    update: async (id, change) =>
      database.transaction(() => {
        const current = find(id);
        if (!current) return null;
        const next = change(current);
        database.run('UPDATE clients SET body = ? WHERE id = ?', JSON.stringify(next), id);
        return next;
      }),
  };
}
