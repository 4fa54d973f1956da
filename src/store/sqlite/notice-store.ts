// NoticeStore over SQLite. Expired notices are invisible to every query. A notice with a "This was not me"
// link is found by the digest of the link's secret.
import type { Clock } from '../../clock.ts';
import type { Notice } from '../../core/notice/notice.ts';
import type { NoticeStore } from '../../core/notice/notice-store.ts';
import { fromStoredNotice, type StoredNotice, toStoredNotice } from '../stored-records.ts';
import { bodiesOf, bodyOf, type Database } from './database.ts';

export function createNoticeStore(database: Database, clock: Clock): NoticeStore {
  const findBy = (column: 'id' | 'secret_hash', value: string): Notice | null => {
    const sql = `SELECT body FROM notices WHERE ${column} = ? AND expires_at > ?`;
    const stored = bodyOf<StoredNotice>(database.get(sql, value, clock()));
    return stored && fromStoredNotice(stored);
  };

  return {
    async create(notice) {
      const { id, accountId, secretHash, createdAt, expiresAt } = notice;
      const columns = 'id, account_id, secret_hash, created_at, body, expires_at';
      const sql = `INSERT INTO notices (${columns}) VALUES (?, ?, ?, ?, ?, ?)`;
      database.run(sql, id, accountId, secretHash, createdAt, JSON.stringify(toStoredNotice(notice)), expiresAt);
    },
    find: async (id) => findBy('id', id),
    findBySecret: async (secretHash) => findBy('secret_hash', secretHash),
    async listByAccount(accountId, limit) {
      const sql = 'SELECT body FROM notices WHERE account_id = ? AND expires_at > ? ORDER BY created_at DESC LIMIT ?';
      return bodiesOf<StoredNotice>(database.all(sql, accountId, clock(), limit)).map(fromStoredNotice);
    },
    async deleteByAccount(accountId) {
      database.run('DELETE FROM notices WHERE account_id = ?', accountId);
    },
    update: async (id, change) =>
      database.transaction(() => {
        const current = findBy('id', id);
        if (!current) return null;
        const next = change(current);
        database.run('UPDATE notices SET body = ? WHERE id = ?', JSON.stringify(toStoredNotice(next)), id);
        return next;
      }),
  };
}
