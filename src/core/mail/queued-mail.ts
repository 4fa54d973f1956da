// One message on its way: what is kept of it, and when it is tried again. Pure. Its words and its address are sealed, since they may hold
// links that open doors; they go when it was sent, or given up.
import { AppError } from '../../errors.ts';
import { backoffSeconds } from '../../queue-worker.ts';
import { isEmailAddress } from './address.ts';
import type { Mail } from './mail.ts';

export type MailId = string & { readonly brand: 'MailId' };

export type QueuedMail = {
  readonly id: MailId;
  /** The whole Mail as sealed JSON; null once it was given up. */
  readonly sealed: string | null;
  /** What follows the `@`: enough for an administrator to see whose server refuses. */
  readonly domain: string;
  readonly createdAt: number;
  /** Tries begun. It also tells whose try it is: a node that lost its lease meanwhile cannot settle another's. */
  readonly attempts: number;
  /** When it may be claimed: next try, or end of the lease of the try under way. Null once it is over. */
  readonly nextAttemptAt: number | null;
  /** No try begins from this instant on. */
  readonly endsAt: number;
  /** What went wrong last, for the administrator; null when nothing did. */
  readonly lastError: string | null;
  /** One that was sent is deleted at once. */
  readonly state: 'pending' | 'sent' | 'given_up';
  /** The record is dropped then. */
  readonly expiresAt: number;
};

/** How a try ended. `refused` is final: trying again cannot help. */
export type MailOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string };

export type MailErrorCode = 'mail_off' | 'mail_invalid';
/** The message cannot be taken: there is no mail server, or this is no address to send to. */
export class MailError extends AppError<MailErrorCode> {}

const patienceSeconds = 86_400;
const keptSeconds = 7 * 86_400;
const backoff = { firstSeconds: 15, longestSeconds: 3600 };
const subjectLength = 200;

/**
 * The message as it may leave: one address, a subject of one line without anything that hides or reorders text.
 * @throws MailError `mail_invalid`
 */
export function checkedMail({ to, subject, text, html }: Mail): Mail {
  if (!isEmailAddress(to)) throw new MailError('mail_invalid', 'This is not one email address.');
  return { to, subject: oneLine(subject).slice(0, subjectLength), text, html };
}

/** Line breaks, control and formatting characters become one space: a header has one line (RFC 5322 §2.2). */
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

/** Seconds from the end of the `attempts`-th try to the next: 15, 45, 135, 405, 1215, then 3600 (queue-worker.ts). */
export const mailDelaySeconds = (attempts: number, random: number): number => backoffSeconds(backoff, attempts, random);

/** Claimed too late to be tried: every node was away for a day, and links in it have ended since. */
export const isMailOverdue = (mail: QueuedMail, now: number): boolean => now >= mail.endsAt;

/** It failed at least once, and is not there yet or never will be. */
export const isUndelivered = ({ lastError, state }: QueuedMail): boolean => lastError !== null || state === 'given_up';

/** The record after a try that ended `now`. */
export function settledMail(mail: QueuedMail, outcome: MailOutcome, now: number, random: number): QueuedMail {
  if (outcome.kind === 'sent') return { ...mail, state: 'sent', sealed: null, nextAttemptAt: null };
  const failed = { ...mail, lastError: outcome.error };
  const nextAttemptAt = now + mailDelaySeconds(mail.attempts, random);
  const isOver = outcome.kind === 'refused' || nextAttemptAt >= mail.endsAt;
  return isOver ? { ...failed, state: 'given_up', sealed: null, nextAttemptAt: null } : { ...failed, nextAttemptAt };
}
