// Commands with --issuer, which call the administration API of a remote provider as the person who signed in
// by phone.
// They run in this process, so the tests are fast. test/e2e/login.spec.ts runs them as processes.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { discover } from '../../src/cli/remote/endpoints.ts';
import { type LoginDeps, login, logout, whoami } from '../../src/cli/remote/login.ts';
import { sessionFile } from '../../src/cli/remote/session-file.ts';
import { runCommand } from '../../src/cli/run-command-line.ts';
import type { Role } from '../../src/core/account/account.ts';
import { describeClient } from '../../src/core/client/client-entry.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { freePort } from '../support/free-port.ts';
import { png } from '../support/pictures.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';

const clock = () => Math.floor(Date.now() / 1000);
let app: TestApp;
let home: string;
beforeAll(async () => {
  app = await startApp();
  // Somebody has to stay administrator while Alice is now this and now that.
  await setRoles('bob', ['administrator']);
});
afterAll(() => app?.stop());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tessera-config-'));
  await setRoles('alice', ['administrator']);
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function setRoles(username: string, roles: Role[]): Promise<void> {
  const account = await app.accounts.findByUsername(username);
  await app.accounts.update(account?.id ?? '', { roles }, null);
}

const env = () => ({ XDG_CONFIG_HOME: home });
const here = () => ({ env: env(), clock });
const file = () => sessionFile(app.issuer, env());
const values = (more: { json?: boolean } = {}) => ({ issuer: app.issuer, json: false, ...more });

/** The phone decides while the command waits. */
async function signIn(decide: (phone: VirtualPhone, qr: string) => Promise<unknown> = approve): Promise<string> {
  const phone = await app.phone('alice');
  let link = '';
  const deps: LoginDeps = {
    ...here(),
    signal: new AbortController().signal,
    columns: undefined,
    machine: 'laptop',
    write: (text) => (link = String(JSON.parse(text).verification_uri_complete)),
    sleep: async () => void (await decide(phone, link)),
  };
  return login({ ...values({ json: true }), 'no-qr': false }, deps);
}

async function approve(phone: VirtualPhone, qr: string): Promise<void> {
  const claim = await phone.scan({ qr });
  expect(claim.context).toMatchObject({ kind: 'device', browser: { name: 'tessera on laptop' } });
  await phone.approve(claim, { user_code_confirmed: true });
}

async function tessera(...args: string[]): Promise<string> {
  let written = '';
  const write = async (text: string) => {
    written += text;
  };
  const ask = null;
  await runCommand([...args, '--issuer', app.issuer], { ...here(), write, ask, isTerminal: false });
  return written;
}
const json = async (...args: string[]) => JSON.parse(await tessera(...args, '--json'));

describe('tessera with a remote provider', () => {
  it('signs in, prints the account, and replaces an earlier sign-in, which ends', async () => {
    expect(JSON.parse(await signIn())).toMatchObject({
      event: 'signed_in',
      issuer: app.issuer,
      username: 'alice',
      roles: ['administrator'],
      scopes: expect.arrayContaining(['clients:write', 'keys:write']),
    });
    const first = await readFile(file().path, 'utf8');
    await signIn();
    expect(await whoami(values(), here())).toBe(`Alice Liddell (alice), administrator, at ${app.issuer}`);
    await writeFile(file().path, first);
    await expect(tessera('client', 'list')).rejects.toMatchObject({ code: 'session_ended' });
  });

  it('gives the same results for `tessera client` as with a local store, recorded as the person who signed in', async () => {
    await signIn();
    const uri = ['--redirect-uri', 'https://far.example/cb'];
    const made = await json('client', 'add', '--id', 'far', '--name', 'Far', ...uri);
    expect(made).toMatchObject({ client_id: 'far', client_secret: expect.stringMatching(/^[\w-]{43}$/) });
    await expect(tessera('client', 'add', '--id', 'far', '--name', 'Far', ...uri)).rejects.toMatchObject({
      code: 'client_id_taken',
    });
    expect(await tessera('client', 'list')).toContain('far\tFar\ton');
    expect(await tessera('client', 'set', '--id', 'far', 'client_name=Farther')).toBe('App far is changed.\n');
    const picture = join(home, 'logo.png');
    await writeFile(picture, png());
    expect(await tessera('client', 'logo', '--id', 'far', '--file', picture)).toContain('shown with this logo');
    const client = await app.clients.findAny('far');
    expect(client?.metadata.client_name).toBe('Farther');
    expect(await json('client', 'show', '--id', 'far')).toEqual(client && describeClient(client));
    expect(await tessera('client', 'logo', '--id', 'far', '--yes')).toContain('without a logo');
    const added = await json('client', 'secret', 'add', '--id', 'far', '--days', '7');
    expect(added.expires_at - clock()).toBeGreaterThan(6.9 * 86_400);
    await expect(tessera('client', 'secret', 'add', '--id', 'far', '--days', '0.5')).rejects.toThrow('whole number');
    expect(await tessera('client', 'secret', 'revoke', '--id', 'far', '--secret', added.id)).toContain('without that');
    expect(await tessera('client', 'disable', '--id', 'far')).toBe('App far is off.\n');
    expect(await tessera('client', 'delete', '--id', 'far', '--yes')).toBe('App far is deleted.\n');
    await expect(tessera('client', 'show', '--id', 'far')).rejects.toMatchObject({ code: 'client_not_found' });
    await expect(tessera('client', 'set', '--id', 'tea-house', 'client_name=X')).rejects.toMatchObject({
      code: 'client_read_only',
    });
    const alice = await app.accounts.getByUsername('alice');
    expect(await tessera('audit', '--event', 'client.deleted')).toMatch(
      new RegExp(`\\tclient\\.deleted\\tclient=far\\tby=${alice.id}\\tby_kind=account\\n$`),
    );
  });

  it('prints several pages as one list', async () => {
    await signIn();
    // A page of the API has a hundred.
    for (let i = 0; i < 120; i++)
      await app.clients.create({
        client_id: `many-${i}`,
        client_name: `Many ${i}`,
        redirect_uris: ['https://a.example/'],
      });
    const listed = await json('client', 'list', '--search', 'Many');
    expect(new Set(listed.map(({ client_id }: { client_id: string }) => client_id)).size).toBe(120);
    const records = (await tessera('audit', '--all', '--json')).trim().split('\n');
    expect(records.map((line) => JSON.parse(line).event)).toContain('sign_in.succeeded');
    expect((await tessera('audit', '--limit', '1', '--json')).trim().split('\n')).toHaveLength(1);
  });

  it('reads and changes accounts, makes links and signs devices out', async () => {
    await signIn();
    await app.accounts.create({ username: 'carol', password: 'an-unusual-pass-phrase-1' });
    expect(await tessera('account', 'list')).toMatch(/^carol\tcarol\t-\t-\tenabled$/m);
    const carol = await json('account', 'show', '--username', 'Carol');
    expect(carol).toMatchObject({ username: 'carol', enabled: true, revision: 1 });
    expect(carol).not.toHaveProperty('has_password');
    expect(await tessera('account', 'disable', '--username', 'carol')).toBe('Account carol is disabled.\n');
    expect(await app.accounts.findByUsername('carol')).toMatchObject({ disabledAt: expect.any(Number) });
    expect(await tessera('account', 'enable', '--username', 'carol')).toBe('Account carol is enabled.\n');
    for (const username of ['nobody', 'car'])
      await expect(tessera('account', 'show', '--username', username)).rejects.toMatchObject({
        code: 'account_not_found',
      });
    expect(await json('account', 'invite', '--uses', '2')).toMatchObject({
      link: expect.stringContaining(`${app.issuer}/link/`),
      purpose: 'invitation',
      uses: 2,
      roles: [],
    });
    await expect(tessera('account', 'invite', '--role', 'auditor')).rejects.toMatchObject({
      code: 'remote_unsupported',
    });
    expect(await tessera('account', 'reset-link', '--username', 'carol')).toContain(`${app.issuer}/link/`);
    await setRoles('bob', []);
    await app.phone('bob');
    const [device] = await json('device', 'list', '--username', 'bob');
    expect(await tessera('device', 'remove', '--username', 'bob', '--id', device.id)).toBe(
      'The device is signed out.\n',
    );
    expect(await json('device', 'list', '--username', 'bob')).toEqual([]);
    expect(await json('account', 'sign-out', '--username', 'bob')).toEqual({
      username: 'bob',
      devices: 0,
      approvals: 0,
    });
    await setRoles('bob', ['administrator']);
  });

  it('lists and rotates keys', async () => {
    await signIn();
    const keys = await json('key', 'list');
    expect(keys[0]).toEqual({
      kid: expect.any(String),
      alg: expect.any(String),
      state: 'current',
      created_at: expect.any(Number),
      signs_from: expect.any(Number),
      retires_at: null,
    });
    expect((await json('key', 'rotate')).length).toBeGreaterThan(keys.length);
  });

  it.each(['account add', 'account delete', 'account role', 'admin link', 'config apply', 'status'])(
    'says that %s is for the provider’s own machine',
    async (name) => {
      await expect(tessera(...name.split(' '))).rejects.toMatchObject({
        code: 'remote_unsupported',
        message: expect.stringContaining('own machine only'),
      });
    },
  );

  it('E2 allows what the current role allows', async () => {
    await setRoles('alice', ['client-manager']);
    expect(JSON.parse(await signIn()).scopes).toEqual(['clients:read', 'clients:write']);
    expect(await tessera('client', 'list')).toContain('tea-house');
    await expect(tessera('key', 'list')).rejects.toMatchObject({ status: 403 });
    await setRoles('alice', []);
    await expect(tessera('client', 'list')).rejects.toMatchObject({ code: 'role_insufficient' });
    await expect(whoami(values(), here())).rejects.toMatchObject({ code: 'role_missing' });
  });

  it('renews its token once for ten parallel commands, and revokes it at sign-out', async () => {
    await signIn();
    const before = await file().read();
    if (before) await file().write({ ...before, accessExpiresAt: 0 });
    const lists = await Promise.all(Array.from({ length: 10 }, () => tessera('client', 'list')));
    expect(new Set(lists).size).toBe(1);
    const after = await file().read();
    expect(after?.accessToken).not.toBe(before?.accessToken);
    // Its refresh token is bound to a key, so it keeps it (FAPI 2.0 §5.3.2.1).
    expect(after?.refreshToken).toBe(before?.refreshToken);
    expect(await logout(values(), here())).toBe(`Signed out at ${app.issuer}.`);
    expect(await logout(values(), here())).toBe(`You were not signed in at ${app.issuer}.`);
    await expect(whoami(values(), here())).rejects.toMatchObject({ code: 'not_signed_in' });
    // A copy of the file is worth nothing either.
    if (after) await file().write(after);
    await expect(tessera('client', 'list')).rejects.toMatchObject({ code: 'session_ended' });
  });

  it('stays signed in after a restart of the provider, and at a node that started later', async () => {
    await signIn();
    const kept = await file().read();
    app.time.shiftSeconds += 5;
    const later = await app.openAgain();
    expect(await later.oidc.findAccessToken(String(kept?.accessToken))).toMatchObject({ clientId: 'tessera-cli' });
    await later.close();
    app.time.shiftSeconds -= 5;
  });

  it('reports at once that a sign-in cannot be saved, and why the provider is unreachable', async () => {
    await writeFile(join(home, 'tessera'), 'in the way');
    const approved = vi.fn(async () => undefined);
    await expect(signIn(approved)).rejects.toMatchObject({
      code: 'session_file_unwritable',
      message: expect.stringContaining('cannot be written (EEXIST)'),
    });
    expect(approved).not.toHaveBeenCalled();
    const nobody = `http://localhost:${await freePort()}`;
    await expect(discover(nobody)).rejects.toThrow(`${nobody} cannot be reached (ECONNREFUSED).`);
  });

  it('saves nothing of a refused sign-in, or of a person without a role', async () => {
    const refuse = async (phone: VirtualPhone, qr: string) => phone.deny(await phone.scan({ qr }));
    await expect(signIn(refuse)).rejects.toMatchObject({ code: 'login_denied' });
    await setRoles('alice', []);
    await expect(signIn()).rejects.toMatchObject({ code: 'login_refused' });
    expect(await file().read()).toBeNull();
  });
});
