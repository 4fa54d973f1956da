// Port: counters with an end. They outlive a restart and are shared by all nodes.

export type LimitStore = {
  /**
   * Adds `points` (at least 1; -1 takes one back) to the key's counter as one atomic step. The first addition opens a window of `windowSeconds`;
   * at `resetsAt` (epoch seconds) the counter is gone. Returns the counter after the addition.
   */
  add(key: string, points: number, windowSeconds: number, now: number): Promise<{ count: number; resetsAt: number }>;
  /** The counter as it stands, or null. */
  read(key: string, now: number): Promise<{ count: number; resetsAt: number } | null>;
  clear(key: string): Promise<void>;
};
