// LinkStore over SQLite. Expired links are invisible to every query. A page is ordered by `position`,
// newest first, and its cursor is the position of its last link.
import type { Clock } from '../../clock.ts';
import type { Link } from '../../core/link/link.ts';
import { type LinkStore, linkPosition } from '../../core/link/link-store.ts';
import { bodiesOf, bodyOf, type Database } from './database.ts';

export function createLinkStore(database: Database, clock: Clock): LinkStore {
  const findBy = (column: 'id' | 'secret_hash', value: string) =>
    bodyOf<Link>(database.get(`SELECT body FROM links WHERE ${column} = ? AND expires_at > ?`, value, clock()));

  return {
    async put(link) {
      const { id, purpose, secretHash, expiresAt } = link;
      const columns = 'id, purpose, secret_hash, position, body, expires_at';
      const sql = `INSERT OR REPLACE INTO links (${columns}) VALUES (?, ?, ?, ?, ?, ?)`;
      database.run(sql, id, purpose, secretHash, linkPosition(link), JSON.stringify(link), expiresAt);
    },
    find: async (id) => findBy('id', id),
    findBySecret: async (secretHash) => findBy('secret_hash', secretHash),
    update: async (id, change) =>
      database.transaction(() => {
        const current = findBy('id', id);
        if (!current) return null;
        const next = change(current);
        database.run('UPDATE links SET body = ? WHERE id = ?', JSON.stringify(next), id);
        return next;
      }),
    delete: async (id) => database.run('DELETE FROM links WHERE id = ? AND expires_at > ?', id, clock()) === 1,
    async page({ purpose, after = '\u{10ffff}', limit }) {
      const sql = `SELECT body FROM links WHERE purpose = ? AND position < ? AND expires_at > ?
        ORDER BY position DESC LIMIT ?`;
      const found = bodiesOf<Link>(database.all(sql, purpose, after, clock(), limit + 1));
      const links = found.slice(0, limit);
      const last = links.at(-1);
      return { links, cursor: found.length > limit && last ? linkPosition(last) : null };
    },
  };
}
