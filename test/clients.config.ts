// The settings of `npm run test:clients`: standard clients of OpenID Connect, unmodified and with their
// documented settings, against a real provider. `npm test` does not run these files.
import { mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

const config = mergeConfig(base, {});
config.test = {
  ...config.test,
  include: ['test/clients/*.test.ts'],
  exclude: [],
  // Each file also runs a relying party and a browser.
  maxWorkers: 2,
  testTimeout: 90_000,
};

export default config;
