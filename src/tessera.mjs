#!/usr/bin/env node
// The command `tessera` on whichever Node.js a machine has: hands over to the one that came with `npm ci`, which runs TypeScript as it is.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bundled = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
// Beside the code it was made from, and only for those who may write there: commands then start in a third of the time.
const cache = fileURLToPath(new URL('../node_modules/.cache/tessera', import.meta.url));
const child = spawn(existsSync(bundled) ? bundled : process.execPath, [cli, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { NODE_COMPILE_CACHE: cache, ...process.env },
});
// A provider that is told to stop drains first, and this waits for it.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
