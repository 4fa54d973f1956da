// Port: the append-only record of what happened.
import type { AuditRecord } from './audit.ts';

export type AuditStore = {
  append(record: AuditRecord): Promise<void>;
  /** Oldest first; records of one second keep the order they were appended in. */
  listByTicket(ticketId: string): Promise<AuditRecord[]>;
  /** Newest first, at most `limit`. */
  listByAccount(accountId: string, limit: number): Promise<AuditRecord[]>;
};
