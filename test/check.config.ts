// The fast tests alone (`npm run check`): no browser, no Redis, no provider over HTTP, no process.
import { mergeConfig } from 'vitest/config';
import { fastFiles } from './support/fast-files.ts';
import base from './vitest.config.ts';

const config = mergeConfig(base, {});
config.test = { ...config.test, include: fastFiles(), exclude: [] };

export default config;
