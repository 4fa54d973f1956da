// conformance.md against itself and the tests: no module failed without a reason, the summary adds up, and
// each module that failed or warned at first has a test of ours with its name.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const document = readFileSync(join(root, 'docs/conformance.md'), 'utf8');
const tests = globSync('test/{oidc,http}/**/*.test.ts', { cwd: root })
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

type Row = { readonly plan: string; readonly module: string; readonly result: string; readonly reason: string };
const rows: Row[] = document
  .split(/^## /m)
  .slice(1)
  .flatMap((section) => {
    const plan = section.slice(0, section.indexOf('\n'));
    return [...section.matchAll(/^\| ((?:oidcc|fapi2)-\S+) \| (\w+) \| (.*?) ?\|$/gm)].map(
      ([, module = '', result = '', reason = '']) => ({ plan, module, result, reason }),
    );
  });
/** Modules of the section "What failed or warned at first". */
const atFirst = [
  ...(/^## What failed[\s\S]*?(?=^## )/m.exec(document)?.[0] ?? '').matchAll(/`((?:oidcc|fapi2)-[^`]+)`/g),
].map(([, module = '']) => module);
const prefix = 'fapi2-security-profile-final-';
const hasTest = (module: string): boolean =>
  tests.includes(module) || (module.startsWith(prefix) && tests.includes(`'${module.slice(prefix.length)}'`));

describe('conformance.md', () => {
  it('has the modules of every plan', () => {
    expect(new Set(rows.map(({ plan }) => plan)).size).toBe(10);
    expect(rows.length).toBeGreaterThan(250);
  });

  it('says why, for each module that did not simply pass', () => {
    expect(rows.filter(({ result, reason }) => result !== 'passed' && reason === '')).toEqual([]);
  });

  it('has failures in Dynamic OP only', () => {
    const failed = rows.filter(({ result }) => !['passed', 'reviewed', 'skipped', 'warning'].includes(result));
    expect(failed.filter(({ plan }) => plan !== 'Dynamic OP')).toEqual([]);
  });

  it('counts in its summary what its tables have', () => {
    const summary = [...document.matchAll(/^\| ([^|]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$/gm)];
    const counted = [...new Set(rows.map(({ plan }) => plan))].map((plan) => {
      const own = rows.filter((row) => row.plan === plan);
      const of = (result: string) => own.filter((row) => row.result === result).length;
      return [plan, own.length, ...['passed', 'reviewed', 'skipped', 'warning', 'failed'].map(of)].map(String);
    });
    expect(summary.map((row) => row.slice(1))).toEqual(counted);
  });

  it('has a test of ours for each module that failed or warned at first', () => {
    expect(atFirst.length).toBeGreaterThan(40);
    expect(atFirst.filter((module) => !hasTest(module))).toEqual([]);
  });
});
