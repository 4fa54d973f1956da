// AuditStore over SQLite.
import type { AuditRecord } from '../../audit/audit.ts';
import type { AuditStore } from '../../audit/audit-store.ts';
import { bodiesOf, type Database } from './database.ts';

export function createAuditStore(database: Database): AuditStore {
  return {
    async append(record) {
      const sql = 'INSERT INTO audit (ticket_id, account_id, body) VALUES (?, ?, ?)';
      database.run(sql, record.ticketId, record.accountId, JSON.stringify(record));
    },
    listByTicket: async (ticketId) =>
      bodiesOf<AuditRecord>(database.all('SELECT body FROM audit WHERE ticket_id = ? ORDER BY number', ticketId)),
    listByAccount: async (accountId, limit) =>
      bodiesOf<AuditRecord>(
        database.all('SELECT body FROM audit WHERE account_id = ? ORDER BY number DESC LIMIT ?', accountId, limit),
      ),
  };
}
