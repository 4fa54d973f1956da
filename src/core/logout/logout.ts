// One logout that a relying party must be told (OpenID Connect Back-Channel Logout 1.0): its record, and when
// it is tried again. Pure. oidc/logout-sender.ts makes a new logout token for every attempt.
import { backoffSeconds } from '../../queue-worker.ts';

export type LogoutId = string & { readonly brand: 'LogoutId' };

/** Instants are in epoch seconds. */
export type Logout = {
  readonly id: LogoutId;
  readonly clientId: string;
  readonly accountId: string;
  /** The session id that this relying party knows. */
  readonly sid: string;
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
  readonly state: 'pending' | 'delivered' | 'given_up';
  /** The record is dropped at this instant. */
  readonly expiresAt: number;
};

/** Which client must be told about which account and session. */
export type LogoutNotice = Pick<Logout, 'clientId' | 'accountId' | 'sid'>;

/** How an attempt ended. `refused` is final: another attempt cannot help. */
export type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string };

/** An hour. Later the account's newer sessions might be hit. */
const patienceSeconds = 3600;
const keptSeconds = 7 * 86_400;
const backoff = { firstSeconds: 5, maxSeconds: 600 };

export const newLogout = (id: LogoutId, notice: LogoutNotice, now: number): Logout => ({
  id,
  ...notice,
  createdAt: now,
  attempts: 0,
  nextAttemptAt: now,
  endsAt: now + patienceSeconds,
  lastError: null,
  state: 'pending',
  expiresAt: now + keptSeconds,
});

/**
 * Seconds from the end of attempt number `attempts` to the next: 5, 15, 45, 135, 405, then 600
 * (queue-worker.ts).
 */
export const delaySeconds = (attempts: number, random: number): number => backoffSeconds(backoff, attempts, random);

/** True when it was claimed too late because every node was down. Sending it could end newer sessions. */
export const isOverdue = (logout: Logout, now: number): boolean => now >= logout.endsAt;

/** Returns the record after an attempt that ended at `now`. */
export function settled(logout: Logout, outcome: Outcome, now: number, random: number): Logout {
  if (outcome.kind === 'delivered') return { ...logout, state: 'delivered', nextAttemptAt: null };
  const failed = { ...logout, lastError: outcome.error };
  const nextAttemptAt = now + delaySeconds(logout.attempts, random);
  const isOver = outcome.kind === 'refused' || nextAttemptAt >= logout.endsAt;
  return isOver ? { ...failed, state: 'given_up', nextAttemptAt: null } : { ...failed, nextAttemptAt };
}
