// KeyStore over SQLite. The set of signing keys is replaced as a whole, and only if it is still the set
// that the caller read (compare and swap), so that two processes cannot both rotate.
import type { KeyStore, StoredKey } from '../../core/key/key-store.ts';
import { bodiesOf, type Database } from './database.ts';

export function createKeyStore(database: Database): KeyStore {
  const list = () => bodiesOf<StoredKey>(database.all('SELECT body FROM keys ORDER BY number'));
  return {
    list: async () => list(),
    replace: async (expected, next) =>
      database.transaction(() => {
        if (JSON.stringify(list()) !== JSON.stringify(expected)) return false;
        database.run('DELETE FROM keys');
        for (const key of next)
          database.run('INSERT INTO keys (kid, body) VALUES (?, ?)', key.kid, JSON.stringify(key));
        return true;
      }),
  };
}
