// How the one test command runs: real servers and browsers need patience, never retries.
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './support/longest-first.ts';

// Of the processes that tests start: compiled code is kept, as `tessera` keeps it (src/tessera.mjs).
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/tessera');

export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    include: ['test/**/*.test.ts', 'test/**/*.spec.ts'],
    // Longer than Playwright's own 30 s, so that what hangs is named by the step that waited for it.
    testTimeout: 45_000,
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 60_000,
    pool: 'forks',
    // One more than the two cores we have: files that wait for a real clock (a device's five seconds) leave theirs to others.
    maxWorkers: 3,
    // A process for each worker, not for each file: loading the provider takes longer than most files do. Each file cleans up after itself.
    isolate: false,
    sequence: { sequencer: LongestFirst },
  },
});
