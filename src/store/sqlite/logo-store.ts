// LogoStore over SQLite: pictures by their SHA-256. Several uploads of one picture are rows of their own
// (`copy`), so that deleting one of them keeps the others. The body is base64, since every column here is
// text.
import type { LogoType } from '../../core/client/logo.ts';
import type { LogoStore } from '../../core/client/logo-store.ts';
import type { Database } from './database.ts';

export function createLogoStore(database: Database): LogoStore {
  return {
    async put(copy, { hash, type, body }) {
      const sql = 'INSERT OR IGNORE INTO logos (hash, copy, type, body) VALUES (?, ?, ?, ?)';
      database.run(sql, hash, copy, type, body.toString('base64'));
    },
    async find(hash) {
      const row = database.get('SELECT type, body FROM logos WHERE hash = ? LIMIT 1', hash);
      return row && { hash, type: row.type as LogoType, body: Buffer.from(String(row.body), 'base64') };
    },
    async delete(hash, copy) {
      database.run('DELETE FROM logos WHERE hash = ? AND copy = ?', hash, copy);
    },
  };
}
