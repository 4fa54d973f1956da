// One word of "signed out" that a relying party has to hear (OpenID Connect Back-Channel Logout 1.0): what is kept of it, and when it
// is tried again. Pure; the token itself is made anew for every try by oidc/logout-sender.ts.
import { backoffSeconds } from '../../queue-worker.ts';

export type LogoutId = string & { readonly brand: 'LogoutId' };

export type Logout = {
  readonly id: LogoutId;
  readonly clientId: string;
  readonly accountId: string;
  /** The provider's session as this relying party knows it. */
  readonly sid: string;
  readonly createdAt: number;
  /** Tries begun. It also tells whose try it is: a node that lost its lease meanwhile cannot settle another's. */
  readonly attempts: number;
  /** When it may be claimed: next try, or end of the lease of the try under way. Null once it is over. */
  readonly nextAttemptAt: number | null;
  /** No try begins from this instant on. */
  readonly endsAt: number;
  /** What went wrong last, for the administrator; null when nothing did. */
  readonly lastError: string | null;
  readonly state: 'pending' | 'delivered' | 'given_up';
  /** The record is dropped then. */
  readonly expiresAt: number;
};

/** Who is to hear of what. */
export type LogoutNotice = Pick<Logout, 'clientId' | 'accountId' | 'sid'>;

/** How a try ended. `refused` is final: trying again cannot help. */
export type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string };

const patienceSeconds = 3600;
const keptSeconds = 7 * 86_400;
const backoff = { firstSeconds: 5, longestSeconds: 600 };

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

/** Seconds from the end of the `attempts`-th try to the next: 5, 15, 45, 135, 405, then 600 (queue-worker.ts). */
export const delaySeconds = (attempts: number, random: number): number => backoffSeconds(backoff, attempts, random);

/** Claimed too late to be tried: every node was away. Signing out of sessions made since would be worse than silence. */
export const isOverdue = (logout: Logout, now: number): boolean => now >= logout.endsAt;

/** The record after a try that ended `now`. */
export function settled(logout: Logout, outcome: Outcome, now: number, random: number): Logout {
  if (outcome.kind === 'delivered') return { ...logout, state: 'delivered', nextAttemptAt: null };
  const failed = { ...logout, lastError: outcome.error };
  const nextAttemptAt = now + delaySeconds(logout.attempts, random);
  const isOver = outcome.kind === 'refused' || nextAttemptAt >= logout.endsAt;
  return isOver ? { ...failed, state: 'given_up', nextAttemptAt: null } : { ...failed, nextAttemptAt };
}
