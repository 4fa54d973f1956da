// One at a time over all processes, for the rare change that must see several records stand still. The turn is leased: a process that dies
// with it holds others up for the lease, no longer.
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { StoreUnavailableError } from '../store.ts';
import type { Connection } from './connection.ts';

const leaseMs = 10_000;
/** Nothing is begun later than this into a lease: the write that follows ends before it does. */
const safeMs = 5000;
const patienceMs = 12_000;

/**
 * Runs `work` while nobody else has the turn of this key. `assertMine` stands right before the write.
 * @throws StoreUnavailableError when the turn does not come, or was kept too long; whatever `work` throws.
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
    // Not given back, it ends by itself.
    await connection.run((redis) => redis.deleteIf(key, owner)).catch(() => undefined);
  }
}

/** @returns when it was asked for: the lease began no earlier */
async function take(connection: Connection, key: string, owner: string): Promise<number> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const askedAt = performance.now();
    if ((await connection.run((redis) => redis.set(key, owner, 'PX', leaseMs, 'NX'))) === 'OK') return askedAt;
    if (askedAt > until) throw new StoreUnavailableError('Too many changes at the same time.');
    await setTimeout(5 + Math.random() * 20);
  }
}
