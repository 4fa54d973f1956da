// Port: the queue of logouts to be told, shared by all nodes. Records go at their `expiresAt`.
import type { Logout } from './logout.ts';

export type LogoutStore = {
  /** Once it resolves the logout survives a crash. */
  create(logout: Logout): Promise<void>;
  /**
   * Takes pending records whose `nextAttemptAt` has come, of each client the longest due first, clients in random order so that none
   * starves another. Each comes back as `taken`: counted as tried and, until `leaseUntil`, hidden from every other claimer; if it is
   * not settled by then, it can be claimed again. Atomic: of any number of claimers exactly one gets a record.
   * @param roomOf how many of this client may be claimed now; with 0 or less none is
   */
  claimDue(now: number, leaseUntil: number, limit: number, roomOf: (clientId: string) => number): Promise<Logout[]>;
  /**
   * Writes the record after its try.
   * @returns false, and nothing is written, when it is no longer pending or was claimed by another since (`attempts` differs). Atomic.
   */
  settle(logout: Logout): Promise<boolean>;
  /** Newest first, at most `limit`; within one second in any order. */
  listByClient(clientId: string, limit: number): Promise<Logout[]>;
};

/** A record as its claimer gets it, and as it is kept from then on. */
export const taken = (logout: Logout, leaseUntil: number): Logout => ({
  ...logout,
  attempts: logout.attempts + 1,
  nextAttemptAt: leaseUntil,
});

/** Clients in an order that favours none. */
export const inRandomOrder = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, place: Math.random() }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item);
