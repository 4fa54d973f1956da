// Port: the append-only audit trail. Records expire after `auditRetentionSeconds` (store/retention.ts),
// refusals after `refusalKeptSeconds`. Refusals are kept apart, so that no stranger can displace other
// records with them. Addresses are removed from the database itself after the retention period given when the
// store was opened.
import type { AuditEvent, AuditRecord, RefusalEvent } from './audit-record.ts';

/** Refusals are kept for 7 days, because they describe mistakes that somebody makes now. */
export const refusalKeptSeconds = 7 * 86_400;

/** Whether records of this event are kept apart, and for `refusalKeptSeconds` only. */
export const isRefusal = (event: AuditEvent): event is RefusalEvent =>
  event.endsWith('.refused') && event !== 'ticket.refused';

/** Filters; a record must match all that are given. */
export type AuditQuery = {
  readonly accountId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly ticketId?: string | undefined;
  /** The id of an authorization request: all records of its tickets, and those that belong to none. */
  readonly correlationId?: string | undefined;
  readonly event?: AuditEvent | undefined;
  /** True: only records of refused requests (`isRefusal`). They name neither a ticket nor an account. */
  readonly isRefusal?: boolean | undefined;
  /** Epoch seconds, both inclusive. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The `cursor` of the previous page. An invalid cursor starts from the newest record. */
  readonly after?: string | undefined;
  readonly limit: number;
};

/**
 * `cursor` is null after the last page. Earlier pages may have fewer records than `limit`, or none, because
 * rare records are searched in bounded steps.
 */
export type AuditPage = { readonly records: AuditRecord[]; readonly cursor: string | null };

export type AuditStore = {
  /** Stores the record. @throws StoreUnavailableError */
  append(record: AuditRecord): Promise<void>;
  /** Oldest first; records of one second keep the order in which they were appended. */
  listByTicket(ticketId: string): Promise<AuditRecord[]>;
  /** Newest first, at most `limit`. */
  listByAccount(accountId: string, limit: number): Promise<AuditRecord[]>;
  /**
   * Newest first. Over all pages each record comes once, also while others are appended. Reads a bounded
   * number of records per call.
   */
  query(query: AuditQuery): Promise<AuditPage>;
};
