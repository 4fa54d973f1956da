// A lock over all processes, for the rare change whose rule covers several records (the last
// administrator). The lock is a lease: a process that dies while holding it delays the others until the
// lease ends, not longer.
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { StoreUnavailableError } from '../store.ts';
import type { Connection } from './connection.ts';

/** The lock ends by itself after this time. */
const leaseMs = 10_000;
/** A write may only start this early in a lease, so that it ends before the lease does. */
const safeMs = 5000;
/** How long a caller waits for the lock. It is longer than a lease, so a dead holder fails nobody. */
const patienceMs = 12_000;

/**
 * Runs `work` while no other process holds the lock `key`. `work` must call `assertMine` right before it
 * writes.
 * @throws StoreUnavailableError when the lock is not free in time or was held too long; whatever `work`
 * throws
 */
export async function inTurn<Result>(
  connection: Connection,
  key: string,
  work: (assertMine: () => void) => Promise<Result>,
): Promise<Result> {
  const owner = randomUUID();
  const takenAt = await take(connection, key, owner);
  const assertMine = () => {
    if (performance.now() - takenAt > safeMs) throw new StoreUnavailableError('A change took too long.');
  };
  try {
    return await work(assertMine);
  } finally {
    // When this fails, the lease ends by itself.
    await connection.run((redis) => redis.deleteIf(key, owner)).catch(() => undefined);
  }
}

/**
 * Waits for the lock. Returns when it was requested (`performance.now()`); the lease began at that moment
 * or later.
 */
async function take(connection: Connection, key: string, owner: string): Promise<number> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const askedAt = performance.now();
    if ((await connection.run((redis) => redis.set(key, owner, 'PX', leaseMs, 'NX'))) === 'OK') return askedAt;
    if (askedAt > until) throw new StoreUnavailableError('Too many changes at the same time.');
    await setTimeout(5 + Math.random() * 20);
  }
}
