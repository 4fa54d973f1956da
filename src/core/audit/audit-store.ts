// Port: the append-only record of what happened.
import type { AuditEvent, AuditRecord } from './audit-record.ts';

/** Records that answer to all that is given. */
export type AuditQuery = {
  readonly accountId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly ticketId?: string | undefined;
  /** One authorization request's id: whatever happened in it, of all its tickets and of none. */
  readonly correlationId?: string | undefined;
  readonly event?: AuditEvent | undefined;
  /** Epoch seconds, both inclusive. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The `cursor` of the page before; one that never was a cursor begins anew. */
  readonly after?: string | undefined;
  readonly limit: number;
};

/** `cursor` is null when there is nothing more. A page before that may have fewer than `limit`, or none: what is rare is sought in steps. */
export type AuditPage = { readonly records: AuditRecord[]; readonly cursor: string | null };

/** Addresses are gone from the database, not only from sight, once they have been kept as long as it was opened for. */
export type AuditStore = {
  append(record: AuditRecord): Promise<void>;
  /** Oldest first; records of one second keep the order they were appended in. */
  listByTicket(ticketId: string): Promise<AuditRecord[]>;
  /** Newest first, at most `limit`. */
  listByAccount(accountId: string, limit: number): Promise<AuditRecord[]>;
  /** Newest first, each record once over all pages, also while others are appended. Looks at a bounded number of records. */
  query(query: AuditQuery): Promise<AuditPage>;
};
