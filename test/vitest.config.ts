// The settings of `npm test`. Real servers and browsers get long timeouts, never retries. `npm run check`
// runs the fast tests alone (check.config.ts). `npm run test:clients` runs those of test/clients
// (clients.config.ts).
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './support/longest-first.ts';

// The processes that tests start keep their compiled code, as `tessera` does (src/tessera.mjs).
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/tessera');

export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    include: ['test/**/*.test.ts', 'test/**/*.spec.ts'],
    // Those have packages of their own (clients.config.ts), or other browsers (engines.config.ts).
    exclude: ['test/clients/**', 'test/engines/**'],
    // Longer than Playwright's own 30 s, so that Playwright reports the step that hangs.
    testTimeout: 45_000,
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 60_000,
    pool: 'forks',
    // One worker more than the two cores of the machine, because a file that waits for a real clock leaves
    // its core idle.
    maxWorkers: 3,
    // One process for each worker, not for each file: loading the provider takes longer than most files do.
    // Each file cleans up after itself.
    isolate: false,
    // Coverage is measured only with --coverage. Browser scripts run in Chromium and are not counted by V8
    // here.
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/browser/**'],
      reporter: ['text-summary', 'html'],
      reportsDirectory: 'coverage',
    },
    sequence: { sequencer: LongestFirst },
  },
});
