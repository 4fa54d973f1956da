// Port: approvals by account and by session. A record is dropped at its `expiresAt`. Its address is removed
// earlier, after the retention period of addresses, as in the audit trail.
import type { Approval, ApprovalId } from './approval.ts';

export type ApprovalStore = {
  /** Inserts the record. */
  create(approval: Approval): Promise<void>;
  /** Returns the record, or null when it is unknown or expired. */
  find(id: ApprovalId): Promise<Approval | null>;
  /** Returns the newest approval that led to this session of the provider's. */
  findBySession(sessionUid: string): Promise<Approval | null>;
  /** The account's approvals, newest first, at most `limit`. */
  listByAccount(accountId: string, limit: number): Promise<Approval[]>;
  /** Deletes all of an account that is being deleted. Sessions of these approvals find none afterwards. */
  deleteByAccount(accountId: string): Promise<void>;
  /** Atomic, as TicketStore.update. `change` must keep `id`, `accountId` and `expiresAt`. */
  update(id: ApprovalId, change: (approval: Approval) => Approval): Promise<Approval | null>;
};
