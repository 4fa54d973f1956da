// Single-use links over HTTP: the first administrator, invitations and password resets (security.md D6, E1,
// E7).
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digest } from '../../../src/crypto.ts';
import { openMachine } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { refresh, signIn, userinfo } from '../../support/signed-in.ts';
import { createVirtualPhone } from '../../support/virtual-phone.ts';

const password = 'four words make a sentence';
const by = { way: 'command_line', name: null } as const;
const html = { accept: 'text/html' };

const get = (address: string) => fetch(address, { headers: html });
const post = (address: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(address, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...html, origin: new URL(address).origin, ...headers },
    body: new URLSearchParams(fields),
  });
const idOf = async (app: TestApp, username: string) => (await app.accounts.findByUsername(username))?.id ?? '';

describe('the first administrator’s link', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  it('D6 E1 makes one administrator out of 50 uses at once; opening it uses nothing', async () => {
    const { address } = await app.links.makeAdministratorLink(by);
    for (let times = 0; times < 3; times++) {
      const page = await get(address);
      expect([page.status, page.headers.get('referrer-policy'), page.headers.get('cache-control')]).toEqual([
        200,
        'same-origin',
        'no-store',
      ]);
    }
    expect((await fetch(address, { method: 'HEAD' })).status).toBe(200);
    const wrong = await post(address, { username: 'root', password: 'too short' });
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('value="root"')]);
    expect((await post(address, { username: 'alice', password })).status).toBe(409);
    const crossSite = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await post(address, { username: 'evil', password }, crossSite)).status).toBe(403);

    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => post(address, { username: `root-${i}`, password })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 404)).toHaveLength(49);
    const { accounts } = await app.accounts.page({ search: 'root', limit: 60 });
    expect(accounts).toMatchObject([{ roles: ['administrator'] }]);
    const [made] = answers.filter(({ status }) => status === 303);
    expect(made?.headers.get('location')).toBe('/admin');
    expect(made?.headers.getSetCookie().some((cookie) => cookie.startsWith('tessera_device='))).toBe(true);

    const again = await get(address);
    expect([again.status, await again.text()]).toEqual([404, expect.stringContaining('This link no longer works')]);
    await expect(app.links.makeAdministratorLink(by)).rejects.toMatchObject({ code: 'administrator_exists' });
    const trail = await app.audit.query({ limit: 100 });
    expect(trail.records.filter(({ event }) => event.startsWith('link.')).map(({ event }) => event)).toEqual([
      'link.used',
      'link.created',
    ]);
  });

  it('can be made on the command line by an operator who is locked out; a newer one replaces it', async () => {
    const first = await app.links.makeAdministratorLink(by, { isRecovery: true });
    const second = await app.links.makeAdministratorLink(by, { isRecovery: true });
    expect((await get(first.address)).status).toBe(404);
    expect((await post(first.address, { username: 'rescue', password })).status).toBe(404);
    expect((await post(second.address, { username: 'rescue', password })).status).toBe(303);
    expect(await app.accounts.findByUsername('rescue')).toMatchObject({ roles: ['administrator'] });
  });
});

describe('a link that is out', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  it('is void when an administrator was made by other means, and after half an hour', async () => {
    const { address } = await app.links.makeAdministratorLink(by);
    app.time.shiftSeconds = 1800;
    try {
      expect((await post(address, { username: 'late', password })).status).toBe(404);
    } finally {
      app.time.shiftSeconds = 0;
    }
    expect((await get(address)).status).toBe(200);
    await app.accounts.update(await idOf(app, 'bob'), { roles: ['administrator'] }, null);
    expect((await get(address)).status).toBe(404);
    expect((await post(address, { username: 'late', password })).status).toBe(404);
    expect(await app.accounts.findByUsername('late')).toBeNull();
  });

  it('D6 keeps the configured origin whatever the request’s headers say; unknown and malformed links look alike', async () => {
    const api = await openMachine(app, 'accounts:write');
    const forged = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example;proto=https' };
    const made = await api.call('POST', `/accounts/${await idOf(app, 'alice')}/reset-link`, undefined, forged);
    expect(String(made.body.link).startsWith(`${app.issuer}/link/`)).toBe(true);
    const bodies = [];
    for (const end of ['a'.repeat(43), 'a', '..%2f', 'a'.repeat(44)]) {
      const answer = await get(`${app.issuer}/link/${end}`);
      expect(answer.status).toBe(404);
      // Each answer has its own nonce, and its own request id as the reference.
      const reference = answer.headers.get('x-request-id') ?? '';
      bodies.push((await answer.text()).replace(/form_token" value="[^"]*"|nonce="[^"]*"/g, '').replace(reference, ''));
    }
    expect(new Set(bodies).size).toBe(1);
  });

  it('F6 shows what was typed as text, and never the password', async () => {
    const { address } = await app.links.invite({ roles: ['auditor'] }, by);
    const evil = '"><script>alert(1)</script>';
    const answer = await post(address, { username: evil, display_name: evil, email: evil, password });
    const page = await answer.text();
    expect(answer.status).toBe(422);
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).not.toContain(evil);
    expect(page).not.toContain(password);
  });

  it('H1 H4 leaves its secret in no log, no audit record and no database', async () => {
    const { address } = await app.links.invite({ uses: 2 }, by);
    const secret = address.split('/link/')[1] ?? '';
    await get(address);
    await post(address, { username: 'carol', password });
    await post(`${address}?x=${secret}`, { username: 'dora', password });
    const log = () => app.logText();
    await expect.poll(log, { timeout: 10_000 }).toContain('/link/:secret');
    expect(secret).toHaveLength(43);
    expect(log()).not.toContain(secret);
    expect(log()).not.toContain(password);
    expect(JSON.stringify((await app.audit.query({ limit: 500 })).records)).not.toContain(secret);
    expect(JSON.stringify((await app.links.invitations({ limit: 50 })).links)).not.toContain(secret);
    const files = (await readdir(app.folder)).filter((name) => name.startsWith('tessera.sqlite'));
    const kept = (await Promise.all(files.map((name) => readFile(join(app.folder, name), 'latin1')))).join();
    expect(kept).toContain(digest(secret));
    expect(kept).not.toContain(secret);
  });

  it('H2 does nothing but what its purpose says', async () => {
    const reset = await app.links.makeResetLink(await idOf(app, 'bob'), by);
    expect((await post(reset.address, { username: 'mallory', password: 'mallory walks in by the door' })).status).toBe(
      200,
    );
    expect(await app.accounts.findByUsername('mallory')).toBeNull();
    const token = reset.address.split('/link/')[1] ?? '';
    expect((await get(`${app.issuer}/q/${token}`)).status).toBe(404);
    const bearer = await fetch(`${app.issuer}/admin/v1/accounts`, { headers: { authorization: `Bearer ${token}` } });
    expect(bearer.status).toBe(401);
    const device = await fetch(`${app.issuer}/q`, { headers: { ...html, cookie: `tessera_device=${token}` } });
    expect(await device.text()).toContain('id="sign-in"');
  });
});

describe('an invitation', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  it('makes exactly as many accounts as it allows in 50 parallel attempts, with its roles; a refused attempt does not count', async () => {
    const { address, link } = await app.links.invite({ uses: 7, roles: ['auditor'] }, by);
    // All for one name: one gets it, and the rest give their use back.
    const same = await Promise.all(Array.from({ length: 5 }, () => post(address, { username: 'same', password })));
    expect(same.filter(({ status }) => status === 303)).toHaveLength(1);
    expect((await app.store.links.find(link.id))?.used).toBe(1);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => post(address, { username: `guest-${i}`, password })),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(6);
    const { accounts } = await app.accounts.page({ search: 'guest', limit: 100 });
    expect(accounts).toHaveLength(6);
    expect(accounts.every(({ roles }) => roles.join() === 'auditor')).toBe(true);
  });

  it('makes this browser a device that can approve, and warns whoever is signed in already', async () => {
    const { address } = await app.links.invite({}, by);
    const alice = await app.phone('alice');
    const page = await fetch(address, { headers: { ...html, cookie: alice.cookie } });
    expect(await page.text()).toContain('signed in as <strong>Alice Liddell</strong>');
    const key = createVirtualPhone({ issuer: app.issuer });
    const foreign = await post(address, {
      username: 'erin',
      password,
      device_proof: await key.proof('POST', '/link/x'),
    });
    expect(foreign.status).toBe(401);
    expect(await app.accounts.findByUsername('erin')).toBeNull();
    const fields = { username: 'erin', password, display_name: 'Erin', email: ' erin@example.com ' };
    const made = await post(address, { ...fields, device_proof: await key.proof('POST', new URL(address).pathname) });
    expect([made.status, made.headers.get('location')]).toEqual([303, '/q']);
    const erin = await app.accounts.findByUsername('erin');
    expect(erin).toMatchObject({ displayName: 'Erin', email: 'erin@example.com', emailVerified: false, roles: [] });
    const [device] = await app.devices.list(erin?.id ?? '');
    expect(device).toMatchObject({ keyThumbprint: expect.stringMatching(/^[\w-]{43}$/) });
  });

  it('E7 from the API carries no role, is listed without its secret, and is void once revoked', async () => {
    const api = await openMachine(app, 'accounts:read', 'accounts:write');
    expect((await api.call('POST', '/invitations', { roles: ['administrator'] })).status).toBe(400);
    const repeated = { 'idempotency-key': 'once' };
    const made = await api.call('POST', '/invitations', { name: 'Book club', uses: 3, days: 2 }, repeated);
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'Book club', uses: 3, uses_left: 3, roles: [], created_by: { way: 'api', name: api.clientId } },
    });
    expect((await api.call('POST', '/invitations', { name: 'Book club', uses: 3, days: 2 }, repeated)).body).toEqual(
      made.body,
    );
    const address = String(made.body.link);
    expect((await post(address, { username: 'fred', password })).status).toBe(303);
    const listed = await api.call('GET', '/invitations?limit=50');
    expect(listed.body.invitations).toContainEqual(expect.objectContaining({ id: made.body.id, uses_left: 2 }));
    expect(JSON.stringify(listed.body)).not.toContain(address.split('/link/')[1]);
    expect((await api.call('DELETE', `/invitations/${made.body.id}`)).status).toBe(204);
    expect((await api.call('DELETE', `/invitations/${made.body.id}`)).status).toBe(404);
    expect((await post(address, { username: 'greta', password })).status).toBe(404);
    expect((await api.call('DELETE', '/invitations/administrator')).status).toBe(404);
    const reader = await openMachine(app, 'accounts:read');
    expect((await reader.call('POST', '/invitations', {})).status).toBe(403);
    expect((await reader.call('DELETE', `/invitations/${made.body.id}`)).status).toBe(403);
  });
});

describe('a reset link', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  it('D6 works once, expires after an hour, signs the account out everywhere, and signs nobody in', async () => {
    const api = await openMachine(app, 'accounts:write');
    const alice = await app.phone('alice');
    const { tokens } = await signIn(app, alice, { scope: 'openid offline_access', prompt: 'consent' });
    expect((await userinfo(app, tokens.access_token)).status).toBe(200);
    const path = `/accounts/${await idOf(app, 'alice')}/reset-link`;
    const replaced = await api.call('POST', path);
    const { status, body } = await api.call('POST', path);
    expect([status, Number(body.expires_at) - Math.floor(Date.now() / 1000)]).toEqual([201, expect.closeTo(3600, -1)]);
    const address = String(body.link);
    expect((await get(String(replaced.body.link))).status).toBe(404);
    expect(await (await get(address)).text()).toContain('value="alice"');
    expect((await post(address, { password: 'too short' })).status).toBe(422);
    await alice.approvals();

    const done = await post(address, { password });
    expect([done.status, done.headers.getSetCookie()]).toEqual([200, []]);
    expect((await post(address, { password: 'another four words here' })).status).toBe(404);
    await expect(alice.approvals()).rejects.toMatchObject({ code: 'not_signed_in' });
    expect((await userinfo(app, tokens.access_token)).status).toBe(401);
    expect((await refresh(app, tokens.refresh_token ?? '')).status).toBe(400);
    const phone = createVirtualPhone({ issuer: app.issuer });
    await expect(phone.signIn('alice', 'tessera-demo-alice')).rejects.toThrow();
    await phone.signIn('alice', password);
  });

  it('D5 resets the delay after wrong passwords', async () => {
    // The tries are 300 s apart, so that all of them count. The next delay is longer than that, so the last
    // try is refused.
    for (let times = 0; times < 12; times++) {
      await post(`${app.issuer}/sign-in`, { username: 'bob', password: 'a wrong password here' });
      app.time.shiftSeconds += times < 11 ? 300 : 0;
    }
    expect((await post(`${app.issuer}/sign-in`, { username: 'bob', password: 'tessera-demo-bob' })).status).toBe(429);
    const { address } = await app.links.makeResetLink(await idOf(app, 'bob'), by);
    expect((await post(address, { password })).status).toBe(200);
    expect((await post(`${app.issuer}/sign-in`, { username: 'bob', password })).status).toBe(303);
    app.time.shiftSeconds = 0;
  });

  it('E7 cannot be made by a token for an account with a role, and is void for a disabled account', async () => {
    const api = await openMachine(app, 'accounts:read', 'accounts:write');
    const id = await idOf(app, 'bob');
    const { address } = await app.links.makeResetLink(id, by);
    await app.accounts.update(id, { roles: ['auditor'] }, null);
    const refused = await api.call('POST', `/accounts/${id}/reset-link`);
    expect(refused).toMatchObject({ status: 403, body: { code: 'role_insufficient' } });
    expect((await api.call('POST', '/accounts/nobody/reset-link')).status).toBe(404);
    await app.accounts.update((await app.accounts.getByUsername('bob')).id, {}, null, true);
    expect((await get(address)).status).toBe(404);
    expect((await post(address, { password })).status).toBe(404);
  });

  it('G5 is limited: one address may try so many unknown links, then gets 429', async () => {
    const statuses = [];
    for (let times = 0; times < 110; times++) statuses.push((await get(`${app.issuer}/link/${'b'.repeat(43)}`)).status);
    expect(statuses[0]).toBe(404);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('what is recorded of links', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  it('H5 names an administrator by the id only, so that no record names a deleted one', async () => {
    const roles = ['administrator'];
    const account = await app.accounts.create({ username: 'zebedee', password, roles });
    await app.accounts.create({ username: 'another', password, roles });
    const byConsole = { way: 'console', name: 'zebedee', accountId: account.id } as const;
    const { link } = await app.links.invite({}, byConsole);
    expect(await app.links.makerName(link.by)).toBe('zebedee');
    await app.accountDeletion.delete(account, { by: 'cli', by_kind: 'cli' });
    const { records } = await app.audit.query({ limit: 500 });
    expect(JSON.stringify([records, await app.links.invitations({ limit: 50 })])).not.toContain('zebedee');
    const [created] = records.filter(({ event }) => event === 'link.created');
    expect(created?.facts).toMatchObject({ way: 'console', by: account.id, by_kind: 'account' });
    expect(await app.links.makerName(link.by)).toBeNull();
  });

  it('H5 contains nothing from which the address of a link could be guessed', async () => {
    const email = 'quiet@example.com';
    const first = await app.links.makeSignUpLink(email);
    const second = await app.links.makeSignUpLink('Quiet@Example.com');
    expect(second.link.id).toBe(first.link.id);
    const records = JSON.stringify((await app.audit.query({ limit: 500 })).records);
    for (const text of [email, digest(email), createHash('sha256').update(email).digest('hex')])
      expect(records).not.toContain(text);
  });
});
