// ApprovalStore over SQLite. Expired approvals are invisible to every query; addresses whose retention is
// over are removed from what is returned.

import type { Clock } from '../../clock.ts';
import type { Approval } from '../../core/approval/approval.ts';
import type { ApprovalStore } from '../../core/approval/approval-store.ts';
import { fromStoredApproval, type StoredApproval, toStoredApproval } from '../stored-records.ts';
import type { AddressKeeping } from './address-keeping.ts';
import { bodiesOf, bodyOf, type Database, type Row } from './database.ts';

export function createApprovalStore(
  database: Database,
  clock: Clock,
  { ofApproval }: Pick<AddressKeeping, 'ofApproval'>,
): ApprovalStore {
  const approvalOf = (row: Row | null): Approval | null => {
    const stored = bodyOf<StoredApproval>(row);
    return stored && ofApproval(fromStoredApproval(stored));
  };
  const find = (id: string) =>
    approvalOf(database.get('SELECT body FROM approvals WHERE id = ? AND expires_at > ?', id, clock()));
  return {
    async create(approval) {
      const { id, accountId, approvedAt, sessionUid, expiresAt } = approval;
      const columns = 'id, account_id, approved_at, session_uid, body, expires_at';
      const sql = `INSERT INTO approvals (${columns}) VALUES (?, ?, ?, ?, ?, ?)`;
      database.run(sql, id, accountId, approvedAt, sessionUid, JSON.stringify(toStoredApproval(approval)), expiresAt);
    },
    find: async (id) => find(id),
    async findBySession(sessionUid) {
      const sql = `SELECT body FROM approvals WHERE session_uid = ? AND expires_at > ? ORDER BY approved_at DESC LIMIT 1`;
      return approvalOf(database.get(sql, sessionUid, clock()));
    },
    async listByAccount(accountId, limit) {
      const sql =
        'SELECT body FROM approvals WHERE account_id = ? AND expires_at > ? ORDER BY approved_at DESC LIMIT ?';
      return bodiesOf<StoredApproval>(database.all(sql, accountId, clock(), limit)).map((stored) =>
        ofApproval(fromStoredApproval(stored)),
      );
    },
    async deleteByAccount(accountId) {
      database.run('DELETE FROM approvals WHERE account_id = ?', accountId);
    },
    update: async (id, change) =>
      database.transaction(() => {
        const current = find(id);
        if (!current) return null;
        const next = change(current);
        const sql = 'UPDATE approvals SET body = ?, session_uid = ? WHERE id = ?';
        database.run(sql, JSON.stringify(toStoredApproval(next)), next.sessionUid, id);
        return next;
      }),
  };
}
