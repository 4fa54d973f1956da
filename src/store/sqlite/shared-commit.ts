// Statements that come in one turn of the event loop are committed together: a commit costs more than what it commits. For single statements
// that many requests wait for at once; each still has its own result, and its own failure.
import { setImmediate } from 'node:timers';
import { StoreUnavailableError } from '../store.ts';
import type { Database } from './database.ts';

/** Resolves with what the statement gave, once it is committed. */
export type SharedCommit = <Result>(statement: () => Result) => Promise<Result>;

type Waiting = {
  /** May be called again after a transaction that another's statement failed. @returns what tells the caller */
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

  /** @returns false when one of them is to blame, and then nothing was written */
  function commitTogether(batch: readonly Waiting[]): boolean {
    try {
      for (const tell of database.transaction(() => batch.map((each) => each.run()))) tell();
      return true;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) return false;
      // Each by itself would meet the same, and where another process holds the lock keep this one waiting as long again.
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

function commitAlone({ run, fail }: Waiting): void {
  try {
    run()();
  } catch (error) {
    fail(error);
  }
}
