// Deletes expired rows in the background, in small batches so that requests run in between. No reader
// depends on it: every query compares `expires_at` with the clock itself.
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import type { Database } from './database.ts';

const everySeconds = 30;
const batchRows = 500;

/** Table, primary key and the column with the end of life, in epoch seconds. */
const statements = (
  [
    ['tickets', 'id', 'expires_at'],
    ['artifacts', 'model, id', 'expires_at'],
    ['approvals', 'id', 'expires_at'],
    ['passkey_challenges', 'id', 'expires_at'],
    ['limits', 'key', 'resets_at'],
    ['links', 'id', 'expires_at'],
    ['asks', 'account_id', 'expires_at'],
    ['logouts', 'id', 'expires_at'],
    ['mails', 'id', 'expires_at'],
    ['notices', 'id', 'expires_at'],
    ['refusals', 'number', 'expires_at'],
    ['statistics', 'span, start, counter', 'expires_at'],
    ['statistics_clients', 'day, client_id', 'expires_at'],
  ] as const
).map(
  ([table, key, end]) =>
    `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE ${end} <= ? LIMIT ${batchRows})`,
);

export type ExpirySweep = {
  /** Sweeps all tables once and returns how many rows were deleted. */
  sweep(): Promise<number>;
  stop(): void;
};

/** Starts the sweep, every 30 seconds. Its timer does not keep the process alive. */
export function startExpirySweep({ database, clock }: { database: Database; clock: Clock }): ExpirySweep {
  let isStopped = false;

  async function sweepTable(sql: string): Promise<number> {
    let total = 0;
    while (!isStopped) {
      const deleted = database.run(sql, clock());
      total += deleted;
      if (deleted < batchRows) break;
      await setImmediate();
    }
    return total;
  }

  async function sweep(): Promise<number> {
    let total = 0;
    for (const sql of statements) total += await sweepTable(sql);
    return total;
  }

  const timer = setInterval(() => {
    // When another process holds the write lock, the next round finds the same rows again.
    sweep().catch(() => undefined);
  }, everySeconds * 1000).unref();

  return {
    sweep,
    stop() {
      isStopped = true;
      clearInterval(timer);
    },
  };
}
