// Port: which browsers were signed in by which account. Records go at their `expiresAt`; addresses, as those of the audit trail, before that
// where they have been kept long enough.
import type { Approval, ApprovalId } from './approval.ts';

export type ApprovalStore = {
  create(approval: Approval): Promise<void>;
  find(id: ApprovalId): Promise<Approval | null>;
  /** The newest that led to this session of the provider's. */
  findBySession(sessionUid: string): Promise<Approval | null>;
  /** Newest first, at most `limit`. */
  listByAccount(accountId: string, limit: number): Promise<Approval[]>;
  /** Of an account that goes; a session of such an approval finds none from then on. */
  deleteByAccount(accountId: string): Promise<void>;
  /** Atomic, as TicketStore.update. `change` must keep `id`, `accountId` and `expiresAt`. */
  update(id: ApprovalId, change: (approval: Approval) => Approval): Promise<Approval | null>;
};
