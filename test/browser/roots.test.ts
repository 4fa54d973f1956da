// Every request and every handler of a page script goes through one root: wire.ts ends requests in time, and
// handlers.ts is the error boundary. A script that goes around them could leave a button dead or fail
// silently.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../src/browser');
const scripts = globSync('*.ts', { cwd: root }).sort();
/** The code of a script without its comments. */
const codeOf = (script: string): string =>
  readFileSync(join(root, script), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
const entries = /const scripts = \[([^\]]*)\]/
  .exec(readFileSync(join(root, '../http/kit/assets.ts'), 'utf8'))?.[1]
  ?.match(/[\w-]+/g);

const roots: readonly [what: string, pattern: RegExp, files: readonly string[]][] = [
  ['opens a connection', /\b(fetch\(|XMLHttpRequest|sendBeacon|WebSocket)/, ['wire.ts']],
  ['opens an event stream', /\bnew EventSource/, ['ticket-feed.ts']],
  ['adds an event listener', /\.addEventListener\(/, ['handlers.ts', 'plain.ts', 'wire.ts']],
  ['starts a timer', /\bset(Timeout|Interval)\(/, ['handlers.ts', 'plain.ts', 'wire.ts']],
  ['navigates', /\blocation\.(assign|reload|replace)\(|\blocation\.href =|\.submit\(/, ['departure.ts', 'plain.ts']],
  // A promise that nobody waits for hides its rejection.
  ['starts a task that nobody waits for', /(?<![<:>|=\w] ?)\bvoid [a-z]/, ['device-key.ts']],
  ['reads a clock that stands still during sleep', /performance\.now/, []],
  ['recognises an error by its class', /instanceof \w*(Error|Exception)\b/, []],
];

describe('of the page scripts', () => {
  it.each(roots)('only the roots do this: %s', (_what, pattern, files) => {
    const found = scripts.filter((script) => pattern.test(codeOf(script)));
    expect(found.filter((script) => !files.includes(script))).toEqual([]);
  });

  it('every entry ends with the report that it runs, and waits for nothing before it', () => {
    expect(entries?.length).toBeGreaterThan(10);
    for (const entry of entries ?? []) {
      const code = codeOf(`${entry}.ts`);
      expect(code.trimEnd().endsWith('\nreportRunning();'), entry).toBe(true);
      expect(code, entry).not.toMatch(/^(const .* = |\w.*)?await /m);
    }
  });
});
