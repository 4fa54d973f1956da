// The command line as a process: its exit codes, the modules that --help loads, both ways to run `start`,
// and the script of package.json.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testSecrets } from '../support/process.ts';

const root = join(import.meta.dirname, '../..');
let folder: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-command-line-'));
  config = join(folder, 'config.yaml');
  const store = `{ kind: sqlite, path: ${join(folder, 'db.sqlite')} }`;
  await writeFile(config, `environment: development\nissuer: http://localhost:3000\nstore: ${store}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(program: string, args: readonly string[], input = '') {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const env = { ...process.env, ...testSecrets, TESSERA_CONFIG: config };
    const child = execFile(program, args, { cwd: root, env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
    child.stdin?.end(input);
  });
}
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const node = (...args: string[]) => run(process.execPath, args);
const tessera = (...args: string[]) => node('src/cli.ts', ...args);

describe('the command line', { timeout: 120_000 }, () => {
  it('does nothing when an option does not exist', async () => {
    const added = await run(
      process.execPath,
      ['src/cli.ts', 'account', 'add', '--username', 'carol'],
      'a long sentence as password\n',
    );
    expect(added).toMatchObject({ code: 0 });
    const shop = ['--id', 'shop', '--name', 'Shop', '--redirect-uri', 'https://shop.example/cb'];
    expect(await tessera('client', 'add', ...shop)).toMatchObject({ code: 0 });
    expect(await tessera('key', 'rotate')).toMatchObject({ code: 0 });
    /** Every file of the store, so that not even opening it goes unnoticed. */
    const state = async () =>
      Promise.all(
        (await readdir(folder)).sort().map(async (name) => [name, digest(await readFile(join(folder, name)))]),
      );
    const before = await state();
    expect(before.map(([name]) => name)).toContain('db.sqlite');
    for (const args of [
      ['account', 'delete', '--username', 'carol', '--yes', '--dry-run'],
      ['client', 'delete', '--id', 'shop', '--yes', '--dry-run'],
      ['key', 'rotate', '--dry-run'],
      ['key', 'rotate', '--immediately', '--yes', '--dry-run'],
    ]) {
      const name = args.slice(0, 2).join(' ');
      expect(await tessera(...args)).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringContaining(`“${name}” has no option --dry-run. Its options are `),
      });
    }
    expect(await tessera('client', 'delete', '--id', 'shop')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('(confirmation_required)'),
    });
    expect(await state()).toEqual(before);
  });

  it('prints its help without loading the provider, a store or the configuration', async () => {
    const hook = join(folder, 'hook.mjs');
    await writeFile(
      hook,
      `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context); } });`,
    );
    const { code, out, err } = await node('--import', hook, 'src/cli.ts', '--help');
    expect(code).toBe(0);
    expect(out).toMatch(/client add[\s\S]*Exit codes: 0 done, 1 refused or failed, 2 a mistake/);
    const loaded = err.split('\n').filter((url) => url.startsWith(`file://${root}/`));
    const expected = /\/(src\/(cli\.ts|cli\/|clock|command-name|errors)|node_modules\/commander\/)/;
    expect(loaded.filter((url) => !expected.test(url))).toEqual([]);
  });

  it('refuses the same mistakes with the same messages for `start` and for src/main.ts', async () => {
    for (const args of [['--lann'], ['--dry-run'], ['extra'], ['--config']]) {
      const [byCommand, byMain] = await Promise.all([tessera('start', ...args), node('src/main.ts', ...args)]);
      expect(byCommand).toMatchObject({ code: 2, out: '', err: expect.stringContaining('“start”') });
      expect(byMain).toEqual(byCommand);
    }
    expect(await node('src/main.ts', '--help')).toEqual(await tessera('start', '--help'));
    expect(await node('src/main.ts', '--config', join(folder, 'none.yaml'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('Tessera cannot start'),
    });
  });

  it('passes arguments, standard input and exit codes through npm', async () => {
    const npm = (...args: string[]) => run('npm', ['run', '--silent', 'tessera', '--', ...args]);
    const hashed = ['run', '--silent', 'tessera', '--', 'account', 'hash-password'];
    expect((await run('npm', hashed, 'a long sentence as password\n')).out).toMatch(/^\$argon2id\$/);
    expect(await npm('client', 'list', '--search', 'nobody is called so')).toMatchObject({ code: 0, out: '', err: '' });
    expect(await npm('nonsense')).toMatchObject({ code: 2, out: '' });
    expect(await npm('client', 'show', '--id', 'nobody')).toMatchObject({ code: 1, out: '' });
  });

  it('opens no store for a refused command', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'));
    const other = join(empty, 'config.yaml');
    await writeFile(
      other,
      `environment: development\nissuer: http://localhost:3000\nstore: { kind: sqlite, path: ${join(empty, 'db.sqlite')} }\n`,
    );
    const refused = await tessera('account', 'delete', '--username', 'carol', '--config', other);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('(confirmation_required)') });
    expect(await readdir(empty)).toEqual(['config.yaml']);
  });
});
