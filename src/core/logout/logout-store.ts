// Port: the queue of back-channel logouts, shared by all nodes. A record is dropped at its `expiresAt`.
import type { Logout } from './logout.ts';

export type LogoutStore = {
  /** Stores the logout. Once it resolves, the logout survives a crash. */
  create(logout: Logout): Promise<void>;
  /**
   * Claims pending records whose `nextAttemptAt` has passed. Clients come in random order, so that none
   * starves another; of each client the longest due comes first. Each record is returned as `taken` has it:
   * its attempt is counted, and it is hidden from other claimers until `leaseUntil`. A record that is not
   * settled by then can be claimed again. Atomic: of several concurrent claimers exactly one gets a record.
   * @param roomOf how many records of this client may be claimed now; none when 0 or less
   */
  claimDue(now: number, leaseUntil: number, limit: number, roomOf: (clientId: string) => number): Promise<Logout[]>;
  /**
   * Writes the record after an attempt, as one atomic step.
   * @returns false, and nothing is written, when it is no longer pending or was claimed again since
   *   (`attempts` differs)
   */
  settle(logout: Logout): Promise<boolean>;
  /** The client's logouts, newest first, at most `limit`. Records of one second come in any order. */
  listByClient(clientId: string, limit: number): Promise<Logout[]>;
};

/** Returns the record as its claimer gets it, and as it is stored from then on. */
export const taken = (logout: Logout, leaseUntil: number): Logout => ({
  ...logout,
  attempts: logout.attempts + 1,
  nextAttemptAt: leaseUntil,
});

/** Returns the items in random order. */
export const inRandomOrder = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, place: Math.random() }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item);
