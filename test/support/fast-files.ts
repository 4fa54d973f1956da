// Chooses the fast tests, which `npm run check` runs: those that start no browser, no Redis, no provider
// over HTTP and no process of their own. The imports of a test file tell, so that nobody has to keep a
// list.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** What starts a server, a browser or a process, as paths or packages that a test imports. */
const starters = [
  'test/support/app.ts',
  'test/support/browser.ts',
  'test/support/process.ts',
  'test/support/redis-server.ts',
  'test/support/small-provider.ts',
  'node:child_process',
  'node:worker_threads',
  'playwright-core',
];

/** These start nothing, but measure, and take too long. */
const slow = ['test/core/account/sign-in-timing.test.ts'];

/** The fast test files, as paths from the root of the repository. */
export const fastFiles = (): string[] =>
  globSync('test/**/*.test.ts', { cwd: root, exclude: ['test/clients/**', 'test/engines/**'] }).filter(
    (file) => !slow.includes(file) && !startsSomething(file),
  );

/**
 * Looks through the files of `test` that a file imports, and not into `src`: the core starts nothing by
 * itself.
 */
function startsSomething(file: string, seen = new Set<string>()): boolean {
  seen.add(file);
  return importsOf(file).some((to) => {
    if (starters.includes(to)) return true;
    return to.startsWith('test/') && !seen.has(to) && startsSomething(to, seen);
  });
}

/** What a file imports, but for types: files as paths from the root of the repository, packages by name. */
function importsOf(file: string): string[] {
  const statements = /^(?:import|export)\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gms;
  return [...readFileSync(join(root, file), 'utf8').matchAll(statements)].map(([, specifier, dynamic]) => {
    const name = specifier ?? dynamic ?? '';
    return name.startsWith('.') ? relative(root, join(root, dirname(file), name)) : name;
  });
}
