// What did not arrive, as the console lists it: logouts of a relying party, and mail.

import type { Locale } from '../../../i18n/locale.ts';
import { timeAgo } from '../../../i18n/text.ts';

/** One message of a queue that tries again for a while. */
export type Queued = {
  readonly state: string;
  readonly attempts: number;
  readonly createdAt: number;
  readonly nextAttemptAt: number | null;
  readonly lastError: string | null;
  /** Whose server it is for, where that is not said by the page. */
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

const maxShown = 10;

/** Of what was sent lately; newest first, as it came. */
export const undeliveredRows = (queued: readonly Queued[], locale: Locale, now: number): UndeliveredRow[] =>
  queued
    .filter(({ state, attempts }) => state === 'given_up' || (state === 'pending' && attempts > 0))
    .slice(0, maxShown)
    .map(({ attempts, createdAt, nextAttemptAt, lastError, domain }) => ({
      whose: domain ?? null,
      // A mail's; the words for it are the page's.
      code: /\bE[A-Z]+$/.exec(lastError ?? '')?.[0] ?? null,
      attempts,
      since: timeAgo(locale, createdAt, now),
      next: nextAttemptAt === null ? null : timeAgo(locale, nextAttemptAt, now),
      lastError: lastError ?? '',
    }));
