// ApprovalStore over SQLite.
import type { Approval } from '../../approval/approval.ts';
import type { ApprovalStore } from '../../approval/approval-store.ts';
import type { Clock } from '../../clock.ts';
import { bodiesOf, bodyOf, type Database } from './database.ts';

export function createApprovalStore(database: Database, clock: Clock): ApprovalStore {
  const find = (id: string) =>
    bodyOf<Approval>(database.get('SELECT body FROM approvals WHERE id = ? AND expires_at > ?', id, clock()));
  return {
    async create(approval) {
      const { id, accountId, approvedAt, expiresAt } = approval;
      const sql = 'INSERT INTO approvals (id, account_id, approved_at, body, expires_at) VALUES (?, ?, ?, ?, ?)';
      database.run(sql, id, accountId, approvedAt, JSON.stringify(approval), expiresAt);
    },
    find: async (id) => find(id),
    async listByAccount(accountId, limit) {
      const sql =
        'SELECT body FROM approvals WHERE account_id = ? AND expires_at > ? ORDER BY approved_at DESC LIMIT ?';
      return bodiesOf<Approval>(database.all(sql, accountId, clock(), limit));
    },
    update: async (id, change) =>
      database.transaction(() => {
        const current = find(id);
        if (!current) return null;
        const next = change(current);
        database.run('UPDATE approvals SET body = ? WHERE id = ?', JSON.stringify(next), id);
        return next;
      }),
  };
}
