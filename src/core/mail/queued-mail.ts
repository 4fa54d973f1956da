// The record of one message in the queue, and when it is tried again. Pure. Text and address are sealed,
// because they may contain sign-in links; they are deleted when the message was sent or given up.
import { AppError } from '../../errors.ts';
import { backoffSeconds } from '../../queue-worker.ts';
import { isEmailAddress } from './address.ts';
import type { Mail } from './mail.ts';

export type MailId = string & { readonly brand: 'MailId' };

/** Instants are in epoch seconds. */
export type QueuedMail = {
  readonly id: MailId;
  /** The Mail as sealed JSON. Null after it was given up. */
  readonly sealed: string | null;
  /** The domain of the recipient, so that administrators see whose server refuses. */
  readonly domain: string;
  readonly createdAt: number;
  /**
   * Attempts that were begun. A node that lost its lease has an old count, so it cannot settle another node's
   * attempt.
   */
  readonly attempts: number;
  /**
   * When it may be claimed: the next attempt, or the end of the running attempt's lease. Null once it is
   * over.
   */
  readonly nextAttemptAt: number | null;
  /** No attempt begins at or after this instant. */
  readonly endsAt: number;
  /** The last error, for administrators. Null when there was none. */
  readonly lastError: string | null;
  /** Sent messages are deleted at once. */
  readonly state: 'pending' | 'sent' | 'given_up';
  /** The record is dropped at this instant. */
  readonly expiresAt: number;
};

/** How an attempt ended. `refused` is final: another attempt cannot help. */
export type MailOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string };

export type MailErrorCode = 'mail_off' | 'mail_invalid';
/** The message cannot be accepted: no mail server is configured, or the address is not one address. */
export class MailError extends AppError<MailErrorCode> {}

/** One day, the maximum lifetime of a link in a mail. */
const patienceSeconds = 86_400;
const keptSeconds = 7 * 86_400;
const backoff = { firstSeconds: 15, maxSeconds: 3600 };
const subjectLength = 200;

/**
 * Returns the message as it may be sent: one address, and a subject of one line without characters that hide
 * or reorder text.
 * @throws MailError `mail_invalid`
 */
export function checkedMail({ to, subject, text, html }: Mail): Mail {
  if (!isEmailAddress(to)) throw new MailError('mail_invalid', 'This is not one email address.');
  return { to, subject: oneLine(subject).slice(0, subjectLength), text, html };
}

/**
 * Replaces line breaks, control and format characters by one space, because a header has one line (RFC 5322
 * §2.2).
 */
export const oneLine = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();

export const newQueuedMail = (id: MailId, to: string, sealed: string, now: number): QueuedMail => ({
  id,
  sealed,
  domain: to.slice(to.lastIndexOf('@') + 1),
  createdAt: now,
  attempts: 0,
  nextAttemptAt: now,
  endsAt: now + patienceSeconds,
  lastError: null,
  state: 'pending',
  expiresAt: now + keptSeconds,
});

/**
 * Seconds from the end of attempt number `attempts` to the next: 15, 45, 135, 405, 1215, then 3600
 * (queue-worker.ts).
 */
export const mailDelaySeconds = (attempts: number, random: number): number => backoffSeconds(backoff, attempts, random);

/**
 * True when it was claimed too late because every node was down for a day. Its links have expired by then.
 */
export const isMailOverdue = (mail: QueuedMail, now: number): boolean => now >= mail.endsAt;

/** True when at least one attempt failed and the message is not delivered. */
export const isUndelivered = ({ lastError, state }: QueuedMail): boolean => lastError !== null || state === 'given_up';

/** Returns the record after an attempt that ended at `now`. */
export function settledMail(mail: QueuedMail, outcome: MailOutcome, now: number, random: number): QueuedMail {
  if (outcome.kind === 'sent') return { ...mail, state: 'sent', sealed: null, nextAttemptAt: null };
  const failed = { ...mail, lastError: outcome.error };
  const nextAttemptAt = now + mailDelaySeconds(mail.attempts, random);
  const isOver = outcome.kind === 'refused' || nextAttemptAt >= mail.endsAt;
  return isOver ? { ...failed, state: 'given_up', sealed: null, nextAttemptAt: null } : { ...failed, nextAttemptAt };
}
