// Port: counters that expire. They survive a restart and are shared by all nodes.

export type LimitStore = {
  /**
   * Adds `points` (at least 1; -1 takes one back) to the key's counter, as one atomic step. The first
   * addition opens a window of `windowSeconds`; the counter is dropped at `resetsAt` (epoch seconds).
   * @returns the counter after the addition
   */
  add(key: string, points: number, windowSeconds: number, now: number): Promise<{ count: number; resetsAt: number }>;
  /** Returns the counter, or null when there is none. */
  read(key: string, now: number): Promise<{ count: number; resetsAt: number } | null>;
  /** Drops the counter at once. */
  clear(key: string): Promise<void>;
};
