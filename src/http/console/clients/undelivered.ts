// Messages that were not delivered, as the console lists them: sign-outs to an app, and mail.
import type { Locale } from '../../../i18n/locale.ts';
import { timeAgo } from '../../../i18n/text.ts';

/** A message of a queue that retries for a while. Instants are epoch seconds. */
export type Queued = {
  readonly state: string;
  readonly attempts: number;
  readonly createdAt: number;
  readonly nextAttemptAt: number | null;
  readonly lastError: string | null;
  /** The receiver's domain, where the page does not say it. */
  readonly domain?: string;
};

/** A line of the list. Instants are in words. */
export type UndeliveredRow = {
  /** The domain it is for, where the page does not say it. */
  readonly whose: string | null;
  /** The error code at the end of a mail's last error; the page has words for it. */
  readonly code: string | null;
  readonly attempts: number;
  readonly since: string;
  /** Null when it was given up. */
  readonly next: string | null;
  readonly lastError: string;
};

/** How many are listed. */
const maxShown = 10;

/** Those that failed at least once, in the given order, which is newest first. */
export const undeliveredRows = (queued: readonly Queued[], locale: Locale, now: number): UndeliveredRow[] =>
  queued
    .filter(({ state, attempts }) => state === 'given_up' || (state === 'pending' && attempts > 0))
    .slice(0, maxShown)
    .map(({ attempts, createdAt, nextAttemptAt, lastError, domain }) => ({
      whose: domain ?? null,
      // The error code of a mail. The page has words for it.
      code: /\bE[A-Z]+$/.exec(lastError ?? '')?.[0] ?? null,
      attempts,
      since: timeAgo(locale, createdAt, now),
      next: nextAttemptAt === null ? null : timeAgo(locale, nextAttemptAt, now),
      lastError: lastError ?? '',
    }));
