// A process that hashes passwords and stands back whenever somebody else wants the processor, so that a crowd of passwords delays nobody who
// approves by phone. What is hashed, at which cost and how many may wait is for account/password.ts.
import { type ChildProcess, fork } from 'node:child_process';
import { type Hashing, type HashOptions, hashHere } from '../core/account/hashing.ts';

export type HashingJob =
  | { readonly kind: 'hash'; readonly password: string; readonly options: HashOptions }
  | { readonly kind: 'verify'; readonly stored: string; readonly password: string };
export type HashingRequest = { readonly id: number; readonly job: HashingJob };
export type HashingAnswer = { readonly id: number } & (
  | { readonly result: string | boolean }
  | { readonly error: string }
);

type Waiting = {
  readonly job: HashingJob;
  readonly settle: (answer: HashingAnswer) => void;
  /** Processes it was given to. */
  tries: number;
};

const mostTries = 2;

export type HashingProcess = Hashing & {
  /** Null until the first password. */
  readonly pid: () => number | null;
  /** Ends the process; what it has in hand fails. */
  readonly close: () => void;
};

/** Never rejects. */
export const compute = ({ id, job }: HashingRequest): Promise<HashingAnswer> =>
  (job.kind === 'hash' ? hashHere.hash(job.password, job.options) : hashHere.verify(job.stored, job.password)).then(
    (result: string | boolean) => ({ id, result }),
    (error: Error) => ({ id, error: error.message }),
  );

/**
 * Where the system has no room for another process, such as no file descriptor, this one hashes: approvals then may wait, but people get in.
 * Begun by the first password, and again when it died: what it had in hand is then given to the new one, once. Ends with this process.
 * @param atOnce hashes it computes at the same time, in threads of its own
 */
export function createHashingProcess(atOnce: number): HashingProcess {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | null = null;
  let lastId = 0;

  /** @throws Error when the system has no room for it, such as no file descriptor */
  function begin(): ChildProcess {
    const begun = fork(new URL('child.ts', import.meta.url), { execArgv: [], env: environment(atOnce) });
    // Whoever waits for a hash keeps this process alive; the other process alone does not.
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
      // Also where nobody would catch it: when one is begun in place of one that died.
      void compute({ id, job: entry.job }).then(settle);
      return;
    }
    // Both: of one that dies the channel ends first, and nothing else may be left to wait for.
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

  function replace(gone: ChildProcess): void {
    if (child !== gone) return;
    child = null;
    gone.kill('SIGKILL');
    for (const [id, entry] of [...waiting]) {
      if (entry.tries < mostTries) send(id, entry);
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

/** Without our settings: among them are secrets that are none of its business. */
const environment = (atOnce: number): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TESSERA_'))),
  UV_THREADPOOL_SIZE: String(atOnce),
});
