// Where a development installation keeps its secrets when a command runs in one folder and the
// configuration and the store are in another. Every command is a process, since the current folder belongs
// to a process.
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const cli = join(import.meta.dirname, '../../src/cli.ts');
let root: string;
let here: string;
let there: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tessera-place-of-secrets-'));
  [here, there] = [join(root, 'a'), join(root, 'b')];
  mkdirSync(here);
  mkdirSync(join(there, 'store'), { recursive: true });
  const store = `{ kind: sqlite, path: ${join(there, 'store', 'tessera.sqlite')} }`;
  writeFileSync(
    join(there, 'tessera.yaml'),
    `environment: development\nissuer: http://localhost:3000\nstore: ${store}\n`,
  );
});
afterEach(() => rmSync(root, { recursive: true }));

/** Runs in folder A with the configuration of folder B. */
const run = (...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const env = { PATH: process.env.PATH };
    execFile(
      process.execPath,
      [cli, ...args, '--config', join(there, 'tessera.yaml')],
      { cwd: here, env },
      (e, out, err) => resolve({ code: Number(e?.code ?? 0), out, err }),
    );
  });

const beside = () => join(there, 'store', 'secrets.json');

describe('the secrets of a development installation', { timeout: 60_000 }, () => {
  it('are created beside the store, and nothing is written into the current folder', async () => {
    expect(await run('key', 'rotate')).toMatchObject({ code: 0, err: '' });
    expect(Object.keys(JSON.parse(readFileSync(beside(), 'utf8')))).toEqual(['cookieKey', 'encryptionKey']);
    expect(readdirSync(here)).toEqual([]);
  });

  it('are read from the former place, with a notice, while there are none beside the store', async () => {
    expect((await run('key', 'rotate')).code).toBe(0);
    mkdirSync(join(here, 'data'));
    const former = join(here, 'data', 'secrets.json');
    renameSync(beside(), former);
    const listed = await run('key', 'rotate');
    expect(listed.code).toBe(0);
    expect(listed.err).toBe(`The secrets are read from ${former}; move that file to ${beside()}.\n`);
    expect(existsSync(beside())).toBe(false);
    renameSync(former, beside());
    expect(await run('key', 'rotate')).toMatchObject({ code: 0, err: '' });
  });

  it('are created for a new store, even if another installation left a file in the current folder', async () => {
    mkdirSync(join(here, 'data'));
    writeFileSync(join(here, 'data', 'secrets.json'), JSON.stringify({ cookieKey: 'c', encryptionKey: 'e' }));
    expect(await run('key', 'rotate')).toMatchObject({ code: 0, err: '' });
    expect(existsSync(beside())).toBe(true);
  });

  it('H3 are rejected with the names of both files when they do not belong to the store', async () => {
    expect((await run('key', 'rotate')).code).toBe(0);
    const wrong = { cookieKey: 'c'.repeat(43), encryptionKey: 'e'.repeat(43) };
    writeFileSync(beside(), JSON.stringify(wrong));
    const refused = await run('key', 'rotate');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain(`${beside()} does not open ${join(there, 'store', 'tessera.sqlite')}`);
    expect(refused.err).toContain('another encryption key');
  });
});
