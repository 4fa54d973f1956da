// What `tessera login` does at a terminal. The sign-in itself is in remote/login.ts.
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoginDeps, type LoginValues, login } from './remote/login.ts';

/** Waits until the phone has decided, or Ctrl-C. @throws RemoteError `login_cancelled` after Ctrl-C */
export function signInAtTerminal(values: LoginValues, deps: Pick<LoginDeps, 'clock' | 'env'>): Promise<string> {
  const given = new AbortController();
  // Stays for the second of two signals, which must not end the process before it has printed the result.
  process.on('SIGINT', () => given.abort());
  return login(values, {
    ...deps,
    sleep: (seconds, signal) => sleep(seconds * 1000, undefined, signal && { signal }),
    signal: given.signal,
    write: (text) => void process.stdout.write(text),
    columns: process.stdout.columns,
    machine: hostname(),
  });
}
