// The programs of a browser: started with a home folder of their own, ended by their process ids.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A folder for a profile. Remove it by removeHome() when the browser has ended. */
export const makeHome = (): Promise<string> => mkdtemp(join(tmpdir(), 'tessera-engine-'));

/** A browser that has just ended may still write for a moment. */
export const removeHome = (home: string): Promise<void> => rm(home, { recursive: true, force: true, maxRetries: 10 });

export type Program = { readonly child: ChildProcess; readonly output: () => string; stop(): Promise<void> };

/** @throws nothing: a program that cannot be started has its reason in output() */
export function startProgram(command: readonly string[], env: NodeJS.ProcessEnv, more: 'pipe'[] = []): Program {
  const [file = '', ...args] = command;
  // A group of its own, so that the processes that a browser starts end with it.
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe', ...more], detached: true });
  const end = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
  };
  // A test run that ends early takes its browsers with it.
  process.once('exit', end);
  let output = '';
  child.on('error', (error) => (output += error.message));
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  return {
    child,
    output: () => output,
    async stop() {
      process.off('exit', end);
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      end();
      await ended;
    },
  };
}

/** Tries until it succeeds. @throws what the last attempt threw, with the output of the program */
export async function untilStarted<T>(program: Program, attempt: () => Promise<T>): Promise<T> {
  const deadlineMs = performance.now() + 60_000;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      const hasEnded = program.child.pid === undefined || program.child.exitCode !== null;
      if (hasEnded || performance.now() > deadlineMs)
        throw new Error(`${program.child.spawnfile} does not answer:\n${program.output()}`, { cause });
      await sleep(100);
    }
  }
}
