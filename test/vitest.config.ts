// How the one test command runs: real servers and browsers need patience, never retries.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    include: ['test/**/*.test.ts', 'test/**/*.spec.ts'],
    // Longer than Playwright's own 30 s, so that what hangs is named by the step that waited for it.
    testTimeout: 45_000,
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
