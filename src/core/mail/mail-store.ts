// Port: the queue of messages to be sent, shared by all nodes. Records go at their `expiresAt`.
import type { QueuedMail } from './queued-mail.ts';

export type MailStore = {
  /** Once it resolves the message survives a crash. */
  create(mail: QueuedMail): Promise<void>;
  /**
   * Takes pending records whose `nextAttemptAt` has come, the longest due first. Each comes back as `takenMail`: counted as tried and,
   * until `leaseUntil`, hidden from every other claimer; if it is not settled by then, it can be claimed again. Atomic: of any number of
   * claimers exactly one gets a record.
   */
  claimDue(now: number, leaseUntil: number, limit: number): Promise<QueuedMail[]>;
  /**
   * Writes the record after its try; one that was sent is deleted.
   * @returns false, and nothing is written, when it is no longer pending or was claimed by another since (`attempts` differs). Atomic.
   */
  settle(mail: QueuedMail): Promise<boolean>;
  /** All that are neither sent nor expired, newest first, at most `limit`; within one second in any order. */
  list(limit: number): Promise<QueuedMail[]>;
};

/** A record as its claimer gets it, and as it is kept from then on. */
export const takenMail = (mail: QueuedMail, leaseUntil: number): QueuedMail => ({
  ...mail,
  attempts: mail.attempts + 1,
  nextAttemptAt: leaseUntil,
});
