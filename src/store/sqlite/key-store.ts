// KeyStore over SQLite.
import type { KeyStore, StoredKey } from '../../oidc/key-store.ts';
import { bodiesOf, type Database } from './database.ts';

export function createKeyStore(database: Database): KeyStore {
  const list = () => bodiesOf<StoredKey>(database.all('SELECT body FROM keys ORDER BY number'));
  return {
    createIfEmpty: async (keys) =>
      database.transaction(() => {
        const present = list();
        if (present.length > 0) return present;
        for (const key of keys)
          database.run('INSERT INTO keys (kid, body) VALUES (?, ?)', key.kid, JSON.stringify(key));
        return list();
      }),
    list: async () => list(),
  };
}
