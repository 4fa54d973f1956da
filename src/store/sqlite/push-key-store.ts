// PushKeyStore over SQLite: one row. The first caller's key pair is kept, and every later `keep` returns
// that one.
import type { PushKeyStore } from '../../core/push/push-key-store.ts';
import type { Database } from './database.ts';

export function createPushKeyStore(database: Database): PushKeyStore {
  const find = (): string | null => {
    const row = database.get('SELECT sealed FROM push_keys WHERE id = 1');
    return row ? String(row.sealed) : null;
  };
  return {
    find: async () => find(),
    keep: async (sealed) =>
      database.transaction(() => {
        database.run('INSERT OR IGNORE INTO push_keys (id, sealed) VALUES (1, ?)', sealed);
        return find() ?? sealed;
      }),
  };
}
