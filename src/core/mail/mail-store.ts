// Port: the queue of messages to be sent, shared by all nodes. A record is dropped at its `expiresAt`.
import type { QueuedMail } from './queued-mail.ts';

export type MailStore = {
  /** Stores the message. Once it resolves, the message survives a crash. */
  create(mail: QueuedMail): Promise<void>;
  /**
   * Claims pending records whose `nextAttemptAt` has passed, the longest due first. Each is returned as
   * `takenMail` has it: its attempt is counted, and it is hidden from other claimers until `leaseUntil`. A
   * record that is not settled by then can be claimed again. Atomic: of several concurrent claimers exactly
   * one gets a record.
   */
  claimDue(now: number, leaseUntil: number, limit: number): Promise<QueuedMail[]>;
  /**
   * Writes the record after an attempt, as one atomic step; a message that was sent is deleted.
   * @returns false, and nothing is written, when it is no longer pending or was claimed again since
   *   (`attempts` differs)
   */
  settle(mail: QueuedMail): Promise<boolean>;
  /**
   * All messages that are neither sent nor expired, newest first, at most `limit`. Records of one second come
   * in any order.
   */
  list(limit: number): Promise<QueuedMail[]>;
};

/** Returns the record as its claimer gets it, and as it is stored from then on. */
export const takenMail = (mail: QueuedMail, leaseUntil: number): QueuedMail => ({
  ...mail,
  attempts: mail.attempts + 1,
  nextAttemptAt: leaseUntil,
});
