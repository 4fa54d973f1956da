// The settings of `npm run test:engines`: sign-ins in real Firefox and real WebKit. `npm test` does not run
// these files; it runs the complete set in Chromium.
import { mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

const config = mergeConfig(base, {});
config.test = {
  ...config.test,
  include: ['test/engines/*.test.ts'],
  exclude: [],
  // Each file drives a browser of its own.
  maxWorkers: 2,
  testTimeout: 120_000,
};

export default config;
