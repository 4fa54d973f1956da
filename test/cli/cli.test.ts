// The commands as an operator runs them: a process of its own, beside or without a running provider.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestApp } from '../support/app.ts';
import { freePort } from '../support/free-port.ts';
import { svg } from '../support/pictures.ts';
import { startNode, testSecrets } from '../support/process.ts';
import { refresh, signIn, userinfo } from '../support/signed-in.ts';
import { createVirtualPhone } from '../support/virtual-phone.ts';

const root = join(import.meta.dirname, '../..');
let folder: string;
let config: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-cli-'));
  config = join(folder, 'config.yaml');
  await writeFile(
    config,
    `environment: development\nissuer: http://localhost:3000\nstore: { kind: sqlite, path: ${join(folder, 'db.sqlite')} }\n`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function tessera(args: string[], { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {}) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const options = { cwd: root, env: { ...process.env, TESSERA_CONFIG: config, ...env } };
    const child = execFile(process.execPath, ['src/cli.ts', ...args], options, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
    child.stdin?.end(input);
  });
}

/** Each command is a process of its own; the longest story has thirty. */
const patience = { timeout: 90_000 };

describe('tessera', patience, () => {
  it('prints its help; a mistake in the command exits with code 2 and prints the reason first', async () => {
    expect(await tessera(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('config check') });
    expect(await tessera([])).toMatchObject({ code: 2, out: '' });
    expect(await tessera(['make', 'tea'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^There is no command/),
    });
    expect(await tessera(['account', 'add'])).toMatchObject({ code: 2, err: expect.stringMatching(/^--username/) });
    expect(await tessera(['config', 'check', '--loud'])).toMatchObject({ code: 2 });
  });

  it('checks a configuration and names every problem at once', async () => {
    expect(await tessera(['config', 'check'])).toMatchObject({
      code: 0,
      out: 'The configuration is good: http://localhost:3000, sqlite, 0 clients.\n',
    });
    const bad = join(folder, 'bad.yaml');
    await writeFile(bad, 'issuer: http://example.com\nhttp: { port: 99999 }\ntypo: 1\n');
    const { code, err } = await tessera(['config', 'check', '--config', bad]);
    expect(code).toBe(1);
    for (const path of ['issuer', 'http.port', 'typo']) expect(err).toMatch(new RegExp(`^${path} `, 'm'));
    expect(await tessera(['config', 'check', '--config', 'nowhere.yaml'])).toMatchObject({ code: 1 });
    const unusable = join(folder, 'unusable.yaml');
    const shop =
      '{ client_id: shop, token_endpoint_auth_method: none, redirect_uris: [https://rp.example/cb], contacts: [Ops] }';
    await writeFile(unusable, `environment: development\nissuer: http://localhost:3000\nclients: [${shop}]\n`);
    expect(await tessera(['config', 'check', '--config', unusable])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^clients\.shop contacts /),
    });
  });

  it('prints the figures of the overview for `status`', async () => {
    const { out } = await tessera(['status']);
    expect(out).toMatch(
      /^waiting now\t0\nlast 24 hours\tshown 0, scanned 0, approved 0, denied 0, cancelled 0, expired 0, timed out 0\n/,
    );
    const json = JSON.parse((await tessera(['status', '--json'])).out);
    expect(json).toMatchObject({ open_now: 0, last_30_days: { shown: 0, median_seconds: null }, clients: [] });
  });

  it('prints secrets with which a production configuration starts', async () => {
    const { out } = await tessera(['key', 'generate']);
    const env = Object.fromEntries(
      out
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s).slice(0, 2)),
    );
    expect(Object.keys(env).sort()).toEqual(['TESSERA_COOKIE_KEYS', 'TESSERA_ENCRYPTION_KEY']);
    const production = { TESSERA_ENVIRONMENT: 'production', TESSERA_ISSUER: 'https://id.example.com' };
    expect(await tessera(['config', 'check'], { env: { ...production, ...env } })).toMatchObject({ code: 0 });
    const without = await tessera(['config', 'check'], { env: production });
    expect(without.code).not.toBe(0);
    expect(without.err).toContain('COOKIE_KEYS');
    expect(without.err).toContain('ENCRYPTION_KEY');
  });

  it('adds a client, shows its secret once, and lists it', async () => {
    const args = ['client', 'add', '--name', 'Café \u202Eevil', '--redirect-uri', 'https://shop.example/cb', '--json'];
    expect(await tessera(args)).toMatchObject({ code: 1, err: expect.stringContaining('client_name must not have') });
    const added = await tessera(args.map((arg) => (arg.startsWith('Café') ? 'Café' : arg)));
    const client = JSON.parse(added.out);
    expect(client).toMatchObject({ client_secret: expect.stringMatching(/^[\w-]{43,}$/) });
    const listed = await tessera(['client', 'list', '--json']);
    expect(JSON.parse(listed.out)).toMatchObject([
      { client_id: client.client_id, client_name: 'Café', enabled: true, secrets: [{ name: 'first' }] },
    ]);
    expect(listed.out).not.toContain(client.client_secret);
    expect(await tessera(['client', 'add', '--name', 'X', '--redirect-uri', 'http://shop.example/cb'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('redirect_uris.0 uses http'),
    });
  });

  it('sets any setting of a client by an option, and its logo; a mistake changes nothing', async () => {
    const made = ['client', 'add', '--id', 'line', '--name', 'Line', '--redirect-uri', 'https://line.example/cb'];
    expect(await tessera(made)).toMatchObject({ code: 0 });
    const set = (...pairs: string[]) => tessera(['client', 'set', '--id', 'line', ...pairs]);
    const pairs = ['session_seconds=600', 'cors_origins=[https://pages.line.example]', 'qr_confirmation=always'];
    expect(await set(...pairs)).toMatchObject({ code: 0, out: 'App line is changed.\n' });
    expect(await set('cors_origins=[https://line.example/path]')).toMatchObject({
      code: 1,
      err: expect.stringContaining('cors_origins.0 is not an origin alone; write https://line.example'),
    });
    expect(await set()).toMatchObject({ code: 2, err: expect.stringMatching(/^KEY=VALUE is missing/) });
    const file = join(folder, 'logo.svg');
    await writeFile(file, svg('<script>1</script>'));
    const logo = ['client', 'logo', '--id', 'line', '--file', file];
    expect(await tessera(logo)).toMatchObject({ code: 1, err: expect.stringContaining('(logo_unsafe)') });
    await writeFile(file, svg('<rect width="8" height="8"/>'));
    expect(await tessera(logo)).toMatchObject({ code: 0 });
    expect(JSON.parse((await tessera(['client', 'show', '--id', 'line'])).out)).toMatchObject({
      session_seconds: 600,
      cors_origins: ['https://pages.line.example'],
      qr_confirmation: 'always',
      logo: expect.stringMatching(/^\/logo\/[0-9a-f]{64}$/),
    });
    expect(await tessera(['client', 'delete', '--id', 'line', '--yes'])).toMatchObject({ code: 0 });
  });

  it('adds an account with a password from standard input, which then signs in; disables and enables it; lists its devices', async () => {
    const password = 'correct horse battery tea';
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const database = { TESSERA_STORE_PATH: join(folder, 'carol.sqlite') };
    // Disabling notifies apps, so the command needs the secrets of the node.
    const env = { ...database, ...testSecrets, TESSERA_ISSUER: issuer };
    const run = (args: string[], input = '') => tessera(args, { env, input });
    expect(await run(['account', 'add', '--username', 'carol'], 'short\n')).toMatchObject({
      code: 1,
      err: expect.stringContaining('password_too_short'),
    });
    expect(await run(['account', 'add', '--username', 'carol'])).toMatchObject({ code: 2 });
    const added = await run(['account', 'add', '--username', 'carol', '--name', 'Carol'], `${password}\n`);
    expect(added).toMatchObject({ code: 0, out: expect.stringMatching(/^Account carol/) });
    expect(added.out + added.err).not.toContain(password);
    expect(await run(['account', 'add', '--username', 'CAROL'], `${password}\n`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('username_taken'),
    });

    const node = await startNode({ port, issuer, env: database });
    try {
      const phone = createVirtualPhone({ issuer });
      await phone.signIn('carol', password);
      expect(JSON.parse((await run(['device', 'list', '--username', 'carol', '--json'])).out)).toHaveLength(1);
      expect(await run(['account', 'disable', '--username', 'carol'])).toMatchObject({ code: 0 });
      await expect(phone.approvals()).rejects.toMatchObject({ code: 'not_signed_in' });
      expect(await run(['account', 'enable', '--username', 'carol'])).toMatchObject({ code: 0 });
      await phone.signIn('carol', password);
    } finally {
      await node.stop();
    }
    expect(await run(['device', 'list', '--username', 'nobody'])).toMatchObject({ code: 1 });
  });

  it('lists accounts, changes roles, signs an account out everywhere beside a running provider, and prints the audit trail', async () => {
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const database = { TESSERA_STORE_PATH: join(folder, 'accounts.sqlite') };
    const env = { ...database, ...testSecrets, TESSERA_ISSUER: issuer, TESSERA_CONFIG: 'config/development.yaml' };
    const run = (...args: string[]) => tessera(args, { env });
    const node = await startNode({ port, issuer, env: database });
    try {
      const phone = createVirtualPhone({ issuer });
      await phone.signIn('alice', 'tessera-demo-alice');
      const app = { issuer } as TestApp;
      const scope = { scope: 'openid offline_access', prompt: 'consent' };
      const { tokens, browser } = await signIn(app, phone, scope);
      expect(tokens.refresh_token).toMatch(/^[\w-]{20,}$/);
      expect((await userinfo(app, tokens.access_token)).status).toBe(200);

      expect(await run('account', 'sign-out', '--username', 'nobody')).toMatchObject({ code: 1 });
      expect(await run('account', 'sign-out', '--username', 'bob', '--json')).toMatchObject({
        code: 0,
        out: '{"username":"bob","devices":0,"approvals":0}\n',
      });
      expect((await userinfo(app, tokens.access_token)).status).toBe(200);
      expect(await run('account', 'sign-out', '--username', 'ALICE')).toEqual({
        code: 0,
        out: 'Account alice is signed out: 1 devices, 1 browsers.\n',
        err: '',
      });
      await expect(phone.approvals()).rejects.toMatchObject({ code: 'not_signed_in' });
      expect((await userinfo(app, tokens.access_token)).status).toBe(401);
      expect(await (await refresh(app, tokens.refresh_token ?? 'none')).json()).toMatchObject({
        error: 'invalid_grant',
      });
      expect((await browser.open({ prompt: 'none' })).headers.get('location')).toContain('error=login_required');
    } finally {
      await node.stop();
    }

    const listed = JSON.parse((await run('account', 'list', '--search', 'ALICE', '--json')).out);
    expect(listed).toMatchObject([{ username: 'alice', roles: [], enabled: true, has_password: true, revision: 2 }]);
    expect((await run('account', 'list')).out.split('\n')[0]).toMatch(/^alice\tAlice Liddell\t/);
    const role = (set: string) => run('account', 'role', '--username', 'alice', '--set', set);
    expect(await role('auditor, administrator')).toMatchObject({
      out: 'Account alice is administrator, auditor.\n',
    });
    const shown = (await run('account', 'show', '--username', 'alice')).out;
    expect(JSON.parse(shown)).toMatchObject({ username: 'alice', roles: ['administrator', 'auditor'], revision: 3 });
    expect(shown).not.toContain('argon2');
    expect(await role('king')).toMatchObject({ code: 2, err: expect.stringContaining('no role “king”') });
    expect(await run('account', 'role', '--username', 'alice')).toMatchObject({ code: 2 });
    expect(await role('')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('(last_administrator)') });
    expect(await run('account', 'disable', '--username', 'alice')).toMatchObject({ code: 1 });
    await run('account', 'role', '--username', 'bob', '--set', 'administrator');
    expect(await role('')).toMatchObject({ code: 0, out: 'Account alice has no role.\n' });
    expect(await run('account', 'disable', '--username', 'alice')).toMatchObject({ code: 0 });
    const changes = await run('audit', '--account', 'alice', '--event', 'account.changed', '--json');
    const facts = changes.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).facts);
    expect(facts).toEqual([
      { by: 'cli', by_kind: 'cli', fields: 'enabled', enabled: false },
      { by: 'cli', by_kind: 'cli', fields: 'roles', from: 'administrator auditor', to: '' },
      { by: 'cli', by_kind: 'cli', fields: 'roles', from: '', to: 'administrator auditor' },
      { by: 'cli', by_kind: 'cli', fields: 'signed_out' },
    ]);

    const ended = await run('audit', '--account', 'alice', '--event', 'approval.ended', '--json');
    const [record, ...others] = ended.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(others).toEqual([]);
    expect(record).toMatchObject({ client_id: 'dev-public', facts: { by: 'administrator' } });
    const ofTicket = (await run('audit', `--ticket=${record.ticket_id}`, '--client', 'dev-public')).out
      .trim()
      .split('\n');
    expect(ofTicket[0]).toMatch(/^\d{4}-\S+Z\tapproval\.ended\taccount=/);
    expect(ofTicket.at(-1)).toMatch(/\tticket\.issued\t/);
    expect((await run('audit', '--limit', '2', '--json')).out.trim().split('\n')).toHaveLength(2);
    expect(await run('audit', '--event', 'tea.made')).toMatchObject({ code: 2 });
    expect(await run('audit', '--limit', 'all')).toMatchObject({ code: 2 });
  });

  // Some twenty processes.
  it('E2 H5 records the changes by commands and files with their actor, and prints them by time as JSON Lines', {
    timeout: 120_000,
  }, async () => {
    const database = join(folder, 'recorded.sqlite');
    const file = join(folder, 'recorded.yaml');
    const tea = '{ client_id: tea, token_endpoint_auth_method: none, redirect_uris: [https://tea.example/cb] }';
    const write = (clients: string, prune = false) =>
      writeFile(
        file,
        `environment: development\nissuer: http://localhost:3000\nstore: { kind: sqlite, path: ${database} }\nclients_prune: ${prune}\nclients: [${clients}]\n`,
      );
    await write(tea);
    const run = (...args: string[]) => tessera(args, { env: { ...testSecrets, TESSERA_CONFIG: file } });
    const add = [
      'client',
      'add',
      '--id',
      'shop',
      '--name',
      'Shop',
      '--redirect-uri',
      'https://shop.example/cb',
      '--json',
    ];
    const { client_secret: secret } = JSON.parse((await run(...add)).out);
    const patch = join(folder, 'patch.yaml');
    await writeFile(patch, 'client_name: Big shop\n');
    await run('client', 'update', '--id', 'shop', '--input', patch);
    await run('client', 'disable', '--id', 'shop');
    const added = JSON.parse((await run('client', 'secret', 'add', '--id', 'shop', '--json')).out);
    await run('client', 'secret', 'revoke', '--id', 'shop', '--secret', added.id);
    await run('client', 'delete', '--id', 'shop', '--yes');
    // Refused: nothing is recorded of what was not done.
    expect((await run('client', 'delete', '--id', 'shop', '--yes')).code).toBe(1);
    await run('config', 'apply', '--dry-run');
    await run('config', 'apply');
    await run('config', 'apply');
    await write('', true);
    await run('config', 'apply');
    await run('key', 'rotate', '--immediately', '--yes');
    const { out } = await run('audit', '--all', '--json');
    const records = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const shown = records.map(({ event, client_id, facts }) => [event, client_id, facts]);
    const by = { by: 'cli', by_kind: 'cli' };
    expect(shown.reverse()).toEqual([
      ['client.created', 'shop', by],
      ['client.changed', 'shop', { ...by, client_name: '"Shop" -> "Big shop"' }],
      ['client.changed', 'shop', { ...by, enabled: 'true -> false' }],
      ['client.secret_added', 'shop', { ...by, secret: added.id }],
      ['client.secret_revoked', 'shop', { ...by, secret: added.id }],
      ['client.deleted', 'shop', by],
      ['client.created', 'tea', { by: 'configuration', by_kind: 'configuration' }],
      ['client.changed', 'tea', { by: 'configuration', by_kind: 'configuration', enabled: 'true -> false' }],
      ['key.rotation_asked', null, { ...by, immediately: true }],
    ]);
    for (const hidden of [secret, added.client_secret]) expect(out).not.toContain(hidden);
    const all = ['audit', '--json', '--all'];
    expect((await run(...all, '--to', '2020-01-31')).out).toBe('');
    expect(
      (await run(...all, '--from', '2020-01-31T12:00Z', '--client', 'tea')).out.trimEnd().split('\n'),
    ).toHaveLength(2);
    expect(await run('audit', '--from', 'yesterday')).toMatchObject({ code: 2 });
    expect(await run('audit', '--all', '--limit', '3')).toMatchObject({ code: 2 });
  });

  it('H3 rotates signing keys and lists them, only with the encryption key of the nodes', async () => {
    const database = { TESSERA_STORE_PATH: join(folder, 'keys.sqlite') };
    const key = (args: string[], secrets: Record<string, string> = testSecrets) =>
      tessera(['key', ...args], { env: { ...database, ...secrets } });
    const listed = async () => JSON.parse((await key(['list', '--json'])).out) as { kid: string; state: string }[];
    expect(await listed()).toEqual([]);
    expect(await key(['rotate'])).toMatchObject({ code: 0, out: expect.stringMatching(/^RS256\tcurrent\t/) });
    const first = await listed();
    expect(first.map(({ state }) => state)).toEqual(['current', 'current', 'current']);
    expect(await key(['rotate'])).toMatchObject({ code: 0, out: expect.stringMatching(/^RS256\tnext\t/m) });
    const both = await listed();
    expect(both).toHaveLength(6);
    const other = { ...testSecrets, TESSERA_ENCRYPTION_KEY: Buffer.alloc(32, 8).toString('base64url') };
    for (const args of [['rotate', '--immediately', '--yes'], ['rotate']])
      expect(await key(args, other)).toMatchObject({ code: 1, err: expect.stringContaining('another encryption key') });
    expect(await listed()).toEqual(both);
    expect(await key(['rotate', '--immediately', '--yes'])).toMatchObject({ code: 0 });
    const fresh = await listed();
    expect(fresh.map(({ state }) => state)).toEqual(['current', 'current', 'current']);
    expect(fresh.some(({ kid }) => both.some((each) => each.kid === kid))).toBe(false);
  });

  it('applies the clients of the configuration or previews the changes; lists include them afterwards', async () => {
    const clientsFolder = join(folder, 'clients');
    await mkdir(clientsFolder);
    const put = (name: string, more: Record<string, unknown>) =>
      writeFile(
        join(clientsFolder, `${name}.json`),
        JSON.stringify({ client_id: name, redirect_uris: ['https://rp.example/cb'], ...more }),
      );
    const secret = 'a-secret-of-thirty-two-letters-or-more';
    await put('web', { client_secret_env: ['WEB_SECRET'] });
    await put('shop', { token_endpoint_auth_method: 'none' });
    const env = {
      TESSERA_STORE_PATH: join(folder, 'apply.sqlite'),
      TESSERA_CLIENTS_FOLDER: clientsFolder,
      WEB_SECRET: secret,
    };
    const run = (args: string[], more: Record<string, string> = {}) => tessera(args, { env: { ...env, ...more } });
    const json = async (args: string[], more: Record<string, string> = {}) =>
      JSON.parse((await run([...args, '--json'], more)).out);
    const dry = ['config', 'apply', '--dry-run'];
    const none = { dry_run: true, created: [], changed: [], disabled: [], gone: [], unchanged: 0 };

    expect(await json(dry)).toEqual({ ...none, created: ['shop', 'web'] });
    expect(await json(['client', 'list'])).toEqual([]);
    const applied = await run(['config', 'apply']);
    expect(applied).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^created\tshop\ncreated\tweb\n/) });
    expect(await json(['client', 'list'])).toMatchObject([
      { client_id: 'shop', source: 'configuration' },
      { client_id: 'web', source: 'configuration', secrets: [{ name: 'configuration' }] },
    ]);

    await put('web', { client_secret_env: ['WEB_SECRET'], qr_scanner: 'in_app' });
    await rm(join(clientsFolder, 'shop.json'));
    const changed = [{ client_id: 'web', fields: ['qr_scanner'] }];
    expect(await json(dry)).toEqual({ ...none, changed, gone: ['shop'] });
    const shown = await run(dry, { TESSERA_CLIENTS_PRUNE: 'true' });
    expect(shown.out).toMatch(/^changed\tweb\tqr_scanner\ndisabled\tshop\nunchanged\t0\nNothing was written/);
    expect(await json(['config', 'apply'], { TESSERA_CLIENTS_PRUNE: 'true' })).toEqual({
      ...none,
      dry_run: false,
      changed,
      disabled: ['shop'],
    });
    expect(await json(dry)).toEqual({ ...none, unchanged: 1 });
    expect((await run(['client', 'list'])).out).toBe('shop\t\toff\nweb\t\ton, by configuration\n');
    expect(applied.out + shown.out).not.toContain(secret);
    expect(await run(['client', 'delete', '--id', 'shop', '--yes'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('client_read_only'),
    });

    await writeFile(join(clientsFolder, 'half.yaml'), 'client_id: half\nredirect_uris: [');
    expect(await run(['config', 'apply'])).toMatchObject({ code: 1, err: expect.stringContaining('half.yaml') });
    expect(await run(['config', 'check'], { WEB_SECRET: '' })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/web\.json: client_secret_env\.0 names .* not set/),
    });
  });

  it('writes the same reference that it prints', async () => {
    const { code, out } = await tessera(['config', 'reference']);
    expect(code).toBe(0);
    expect(out).toBe(await readFile(join(root, 'config/reference.yaml'), 'utf8'));
  });
});
