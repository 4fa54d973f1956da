#!/usr/bin/env node
// The command `tessera` on whichever Node.js a machine has. It starts src/cli.ts in the Node.js that came
// with `npm ci`, because that one runs TypeScript as it is.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const bundled = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
// Compiled code is kept beside the packages, so that commands start in a third of the time.
const cache = fileURLToPath(new URL('../node_modules/.cache/tessera', import.meta.url));
const child = spawn(existsSync(bundled) ? bundled : process.execPath, [cli, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { NODE_COMPILE_CACHE: cache, ...process.env },
});
// Signals go to the child, and this process waits: a provider that is told to stop drains first.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  // As a shell reports a command that a signal ended: 130 for Ctrl-C.
  process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
});
