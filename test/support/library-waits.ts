// A relying party's library waits on the test's clock: its timers end as soon as the test has moved the
// clock on. All others are real.
import { vi } from 'vitest';

/**
 * @param library name of its package
 * @param pass called with the seconds it wants to wait, and waited for
 * @returns ends it
 */
export function takeOverWaits(library: string, pass: (seconds: number) => Promise<void>): () => void {
  const real = globalThis.setTimeout;
  const isTheirs = () => new Error().stack?.includes(`/node_modules/${library}/`) ?? false;
  const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((done: () => void, ms = 0, ...rest: []) => {
    if (!isTheirs()) return real(done, ms, ...rest);
    void pass(ms / 1000).then(done);
    return undefined;
  }) as typeof setTimeout);
  return () => spy.mockRestore();
}
