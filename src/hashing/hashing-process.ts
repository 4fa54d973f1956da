// Hashes passwords in a child process of low priority, so that many sign-ins with a password do not delay
// those that are approved by phone. core/account/password.ts decides what is hashed, at which cost, and how
// many hashes may wait.
import { type ChildProcess, fork } from 'node:child_process';
import type { Hashing, HashOptions } from '../core/account/hashing.ts';
import { hashHere } from './hash-here.ts';

/** What the parent asks the child to compute. Every value travels as JSON over the IPC channel. */
export type HashingJob =
  | { readonly kind: 'hash'; readonly password: string; readonly options: HashOptions }
  | { readonly kind: 'verify'; readonly stored: string; readonly password: string };
/** A job with the number under which its answer is sent back. */
export type HashingRequest = { readonly id: number; readonly job: HashingJob };
export type HashingAnswer = { readonly id: number } & (
  | { readonly result: string | boolean }
  | { readonly error: string }
);

type Waiting = {
  readonly job: HashingJob;
  readonly settle: (answer: HashingAnswer) => void;
  /** How many child processes have received this job so far. */
  tries: number;
};

/** A job that killed two children is not given to a third one. */
const maxTries = 2;

export type HashingProcess = Hashing & {
  /** Process id of the child. Null before the first password and after `close`. */
  readonly pid: () => number | null;
  /** Ends the child. Hashes that are not finished are rejected. */
  readonly close: () => void;
};

/** Computes one job in this process. Never rejects: an error becomes an answer. */
export const compute = ({ id, job }: HashingRequest): Promise<HashingAnswer> =>
  (job.kind === 'hash' ? hashHere.hash(job.password, job.options) : hashHere.verify(job.stored, job.password)).then(
    (result: string | boolean) => ({ id, result }),
    (error: Error) => ({ id, error: error.message }),
  );

/**
 * Creates the parent's side. The child starts with the first password and ends with this process. If the
 * child dies, a new one starts and receives the unfinished jobs, each at most once more. If no child can be
 * started (no free process or file descriptor), this process hashes itself: slower for everybody, but
 * sign-ins work.
 * @param maxConcurrent hashes that the child computes at the same time, each in a thread of its own
 */
export function createHashingProcess(maxConcurrent: number): HashingProcess {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | null = null;
  let lastId = 0;

  /** @throws Error when the system cannot start another process, for example for lack of file descriptors */
  function begin(): ChildProcess {
    const begun = fork(new URL('child.ts', import.meta.url), { execArgv: [], env: environment(maxConcurrent) });
    // Only an unfinished hash keeps this process alive (see `send`); the idle child does not.
    begun.unref();
    begun.on('message', (answer: HashingAnswer) => settle(answer));
    begun.on('error', () => replace(begun));
    begun.on('exit', () => replace(begun));
    if (!begun.connected) throw new Error('it has no channel');
    return begun;
  }

  function send(id: number, entry: Waiting): void {
    entry.tries += 1;
    try {
      child ??= begin();
    } catch {
      // The error is handled here, because `replace` also calls this function and has no caller to reject.
      void compute({ id, job: entry.job }).then(settle);
      return;
    }
    // Both keep this process alive. The channel of a dying child closes before its `exit` event, and that
    // event is the one that restarts the job.
    child.ref();
    child.channel?.ref();
    child.send({ id, job: entry.job } satisfies HashingRequest);
  }

  function settle(answer: HashingAnswer): void {
    waiting.get(answer.id)?.settle(answer);
    waiting.delete(answer.id);
    if (waiting.size > 0) return;
    child?.unref();
    child?.channel?.unref();
  }

  /** Starts a new child for the jobs of one that died. Does nothing for a child that `close` let go. */
  function replace(gone: ChildProcess): void {
    if (child !== gone) return;
    child = null;
    gone.kill('SIGKILL');
    for (const [id, entry] of [...waiting]) {
      if (entry.tries < maxTries) send(id, entry);
      else settle({ id, error: 'The process that hashes passwords died.' });
    }
  }

  function ask(job: HashingJob): Promise<string | boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<string | boolean>();
    const id = ++lastId;
    const entry: Waiting = {
      job,
      tries: 0,
      settle: (answer) => ('result' in answer ? resolve(answer.result) : reject(new Error(answer.error))),
    };
    waiting.set(id, entry);
    send(id, entry);
    return promise;
  }

  return {
    hash: async (password, options) => String(await ask({ kind: 'hash', password, options })),
    isOutdated: hashHere.isOutdated,
    verify: async (stored, password) => (await ask({ kind: 'verify', stored, password })) === true,
    pid: () => child?.pid ?? null,
    close() {
      const ending = child;
      child = null;
      for (const id of [...waiting.keys()]) settle({ id, error: 'The provider stops.' });
      if (ending?.connected) ending.disconnect();
    },
  };
}

/** The child's environment: without our own variables, since they contain secrets that it does not need. */
const environment = (maxConcurrent: number): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TESSERA_'))),
  UV_THREADPOOL_SIZE: String(maxConcurrent),
});
