// Links by command line, beside a provider that runs on the same store.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadAdministrator } from '../../src/app/first-administrator.ts';
import { startApp, type TestApp } from '../support/app.ts';

const root = join(import.meta.dirname, '../..');
const password = 'four words make a sentence';
let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

function tessera(args: string[], input = '') {
  const env = { ...process.env, TESSERA_ISSUER: app.issuer, TESSERA_STORE_PATH: join(app.folder, 'tessera.sqlite') };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(process.execPath, ['src/cli.ts', ...args], { cwd: root, env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
    child.stdin?.end(input);
  });
}

const use = (address: string, fields: Record<string, string>) =>
  fetch(address, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
const addressIn = (text: string): string => /http\S+\/link\/[\w-]{43}/.exec(text)?.[0] ?? '';

describe('tessera', () => {
  it('admin link: makes the first administrator; later requires --force and says who may invite', async () => {
    const first = await tessera(['admin', 'link']);
    const second = await tessera(['admin', 'link', '--json']);
    expect(JSON.parse(second.out)).toMatchObject({ purpose: 'administrator', uses: 1, roles: ['administrator'] });
    expect((await use(addressIn(first.out), { username: 'root', password })).status).toBe(404);
    expect((await use(addressIn(second.out), { username: 'root', password })).status).toBe(303);
    const refused = await tessera(['admin', 'link']);
    expect(refused).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/invite.*--force.*administrator_exists/),
    });
    const forced = await tessera(['admin', 'link', '--force']);
    expect((await use(addressIn(forced.out), { username: 'rescue', password })).status).toBe(303);
  }, 60_000);

  it('account invite: makes links for a number of accounts with roles; refuses wrong values by field', async () => {
    const args = ['account', 'invite', '--name', 'Ops', '--uses', '2', '--days', '3', '--role', 'auditor', '--role'];
    const invited = JSON.parse((await tessera([...args, 'client-manager', '--json'])).out);
    expect(invited).toMatchObject({
      uses: 2,
      roles: ['client-manager', 'auditor'],
      link: expect.stringContaining('/link/'),
    });
    expect((await use(invited.link, { username: 'ops', password })).status).toBe(303);
    expect(await app.accounts.findByUsername('ops')).toMatchObject({ roles: ['client-manager', 'auditor'] });
    const wrong = await tessera(['account', 'invite', '--uses', '1001', '--role', 'owner']);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringMatching(/uses must.*roles must.*link_invalid/) });
    expect(await tessera(['account', 'invite', '--days', 'many'])).toMatchObject({ code: 2 });
  }, 60_000);

  it('account reset-link: makes a link for an existing account only', async () => {
    const made = await tessera(['account', 'reset-link', '--username', 'Bob']);
    expect((await use(addressIn(made.out), { password })).status).toBe(200);
    expect((await use(`${app.issuer}/sign-in`, { username: 'bob', password })).status).toBe(303);
    expect(await tessera(['account', 'reset-link', '--username', 'nobody'])).toMatchObject({ code: 1 });
  }, 60_000);

  it('account hash-password: prints a hash that a start accepts, for a strong password only', async () => {
    const { code, out } = await tessera(['account', 'hash-password'], `${password}\n`);
    expect(code).toBe(0);
    const env = { TESSERA_ADMIN_USERNAME: 'root', TESSERA_ADMIN_PASSWORD_HASH: out.trim() };
    expect(loadAdministrator(env)?.passwordHash).toBe(out.trim());
    expect(await tessera(['account', 'hash-password'], 'short\n')).toMatchObject({ code: 1, out: '' });
  }, 60_000);
});
