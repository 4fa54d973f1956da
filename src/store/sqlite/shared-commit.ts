// Commits the statements of one turn of the event loop together, because a commit costs more than the
// statement in it. It is for single statements that many requests run at once (limits, polls). Each caller
// still gets its own result or its own error.
import { setImmediate } from 'node:timers';
import { StoreUnavailableError } from '../store.ts';
import type { Database } from './database.ts';

/** Runs a statement at the end of this turn and resolves with its result once it is committed. */
export type SharedCommit = <Result>(statement: () => Result) => Promise<Result>;

type Waiting = {
  /**
   * Runs the statement. May run again when another statement of the batch failed. Returns the call that
   * resolves the caller.
   */
  run(): () => void;
  fail(error: unknown): void;
};

export function createSharedCommit(database: Pick<Database, 'transaction'>): SharedCommit {
  let waiting: Waiting[] = [];

  function commit(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length === 1 || !commitTogether(batch)) batch.forEach(commitAlone);
  }

  /** Returns false when a statement of the batch failed by itself; nothing was then written. */
  function commitTogether(batch: readonly Waiting[]): boolean {
    try {
      for (const tell of database.transaction(() => batch.map((each) => each.run()))) tell();
      return true;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) return false;
      // The file cannot be used now. Trying each statement alone would fail too, after waiting for the lock
      // again.
      for (const each of batch) each.fail(error);
      return true;
    }
  }

  return <Result>(statement: () => Result) =>
    new Promise<Result>((resolve, reject) => {
      const run = () => {
        const result = statement();
        return () => resolve(result);
      };
      if (waiting.push({ run, fail: reject }) === 1) setImmediate(commit);
    });
}

/** Runs one statement in a transaction of its own (SQLite's implicit one). */
function commitAlone({ run, fail }: Waiting): void {
  try {
    run()();
  } catch (error) {
    fail(error);
  }
}
