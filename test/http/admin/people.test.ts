// The administration API for accounts, the audit trail and the keys, over HTTP (security.md E1, E7, A18, H3,
// H5).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Machine, openMachine } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { secondsLater } from '../../support/seconds.ts';
import { approveFor, refresh, signIn, userinfo } from '../../support/signed-in.ts';
import { createVirtualPhone } from '../../support/virtual-phone.ts';
import { authorizationParams, createWaitingBrowser } from '../../support/waiting-browser.ts';

let app: TestApp;
let api: Machine;
beforeAll(async () => {
  app = await startApp({ registration: { enabled: true } });
  api = await openMachine(
    app,
    'accounts:read',
    'accounts:write',
    'audit:read',
    'keys:read',
    'keys:write',
    'clients:write',
  );
});
afterAll(() => app.stop());

const etag = ({ headers }: Answer) => headers.get('etag') ?? '';
const idOf = async (username: string) => (await app.accounts.findByUsername(username))?.id ?? '';
type Listed = Record<string, unknown>[];

describe('an account', () => {
  it('E7 is shown without credentials, and no operation reads or sets a password or a role', async () => {
    const listed = await api.call('GET', '/accounts?search=ALI');
    expect(listed.body.accounts).toEqual([
      {
        id: await idOf('alice'),
        username: 'alice',
        display_name: 'Alice Liddell',
        email: 'alice@example.com',
        email_verified: true,
        locale: null,
        roles: [],
        enabled: true,
        created_at: expect.any(Number),
        updated_at: expect.any(Number),
      },
    ]);
    const path = `/accounts/${await idOf('alice')}`;
    for (const body of [
      { password: 'a new password for her' },
      { roles: ['administrator'] },
      { username: 'eve' },
      { id: 'x' },
    ]) {
      expect((await api.call('PATCH', path, body, { 'if-match': '*' })).status).toBe(400);
    }
    const document = await (await fetch(`${app.issuer}/admin/v1/openapi.json`)).text();
    // The ways in which a browser was signed in; everything else may not speak of passwords.
    const methods = '"password","passkey","device"';
    expect(document.split(methods)).toHaveLength(2);
    expect(/"password|password_hash/.test(document.replace(methods, ''))).toBe(false);
  });

  it('is changed with the present revision only, and wrong fields are named', async () => {
    const path = `/accounts/${await idOf('bob')}`;
    const seen = await api.call('GET', path);
    const wrong = await api.call(
      'PATCH',
      path,
      { display_name: '\u202e', email: 'no', locale: '!!' },
      { 'if-match': etag(seen) },
    );
    expect([wrong.status, wrong.body.code]).toEqual([422, 'account_invalid']);
    expect((wrong.body.errors as { path: string }[]).map(({ path: field }) => field)).toEqual([
      'display_name',
      'email',
      'locale',
    ]);
    const changed = await api.call(
      'PATCH',
      path,
      { display_name: 'Robert', email: 'bob@new.example' },
      { 'if-match': etag(seen) },
    );
    expect(changed.body).toMatchObject({ display_name: 'Robert', email: 'bob@new.example', email_verified: false });
    const stale = await api.call('PATCH', path, { display_name: 'Bobby' }, { 'if-match': etag(seen) });
    expect([stale.status, stale.body.code]).toEqual([412, 'account_changed']);
    expect((await api.call('PATCH', path, { display_name: 'x' })).status).toBe(428);
    expect((await api.call('GET', '/accounts/nobody')).status).toBe(404);
  });

  it('has an address that is verified or not, as it is told, for whoever reads the claims', async () => {
    const account = await app.accounts.create({ username: 'mona', password: 'four words make a sentence' });
    const path = `/accounts/${account.id}`;
    const patch = (body: object, version = '*') => api.call('PATCH', path, body, { 'if-match': version });
    const none = await patch({ email_verified: true });
    expect([none.status, none.body.code]).toEqual([422, 'account_invalid']);
    expect(none.body.errors).toMatchObject([{ path: 'email_verified' }]);
    expect((await patch({ email: 'mona@example.org' })).body.email_verified).toBe(false);
    const seen = await api.call('GET', path);
    const verified = await patch({ email_verified: true }, etag(seen));
    expect([verified.status, verified.body.email_verified]).toEqual([200, true]);
    const stale = await patch({ email_verified: false }, etag(seen));
    expect([stale.status, (await api.call('GET', path)).body.email_verified]).toEqual([412, true]);
    const both = { email: 'mona@example.net', email_verified: true };
    expect((await patch(both)).body).toMatchObject(both);
    for (const value of ['true', 1, null, [true], {}])
      expect((await patch({ email_verified: value })).status, JSON.stringify(value)).toBe(400);
    const phone = createVirtualPhone({ issuer: app.issuer });
    await phone.signIn('mona@example.net', 'four words make a sentence');
    const { tokens } = await signIn(app, phone, { scope: 'openid email' });
    const claims = { email: 'mona@example.net', email_verified: true };
    expect(await (await userinfo(app, tokens.access_token)).json()).toMatchObject(claims);
    await patch({ email_verified: false });
    expect(await (await userinfo(app, tokens.access_token)).json()).toMatchObject({ ...claims, email_verified: false });
    const fields = (await app.audit.query({ accountId: account.id, event: 'account.changed', limit: 20 })).records;
    expect(fields.map(({ facts }) => facts.fields)).toContain('emailVerified');
    const reader = await openMachine(app, 'accounts:read');
    const refused = await reader.call('PATCH', path, { email_verified: true }, { 'if-match': '*' });
    expect([refused.status, refused.body.code]).toEqual([403, 'scope_insufficient']);
  });

  it('A18 is refused on every path at once when it is disabled', async () => {
    const phone = await app.phone('bob');
    const { tokens } = await signIn(app, phone);
    const path = `/accounts/${await idOf('bob')}`;
    const off = await api.call('PATCH', path, { enabled: false }, { 'if-match': '*' });
    expect(off.body.enabled).toBe(false);
    expect((await userinfo(app, tokens.access_token)).status).toBe(401);
    expect((await refresh(app, tokens.refresh_token ?? '')).status).toBe(400);
    await expect(phone.approvals()).rejects.toMatchObject({ code: 'not_signed_in' });
    expect((await api.call('PATCH', path, { enabled: true }, { 'if-match': '*' })).body.enabled).toBe(true);
  });

  it('E7 is signed out everywhere: devices, browsers, grants and tokens', async () => {
    const [phone, other] = [await app.phone('alice'), await app.phone('alice')];
    const { tokens } = await signIn(app, phone);
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, other, {}, { trust_browser: true });
    const path = `/accounts/${await idOf('alice')}`;
    expect((await api.call('GET', `${path}/devices`)).body.devices).toHaveLength(2);
    const { approvals } = (await api.call('GET', `${path}/approvals`)).body as { approvals: Listed };
    expect(approvals).toHaveLength(2);
    expect((await api.call('DELETE', `${path}/approvals/${approvals[0]?.id}`)).status).toBe(204);
    expect((await api.call('DELETE', `${path}/approvals/nope`)).status).toBe(404);
    const done = await api.call('POST', `${path}/sign-out`, {});
    expect(done.body).toEqual({ devices: 2, approvals: 1 });
    expect((await userinfo(app, tokens.access_token)).status).toBe(401);
    for (const each of [phone, other]) await expect(each.approvals()).rejects.toMatchObject({ code: 'not_signed_in' });
    expect((await api.call('GET', `${path}/devices`)).body.devices).toEqual([]);
  });
});

describe('the API prevents', () => {
  it('A18 a password sign-in from surviving a sign-out everywhere, while a new sign-in works', async () => {
    // Bob was disabled and enabled above, and a sign-in in the second of a disabling is over too.
    await secondsLater(1);
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ scope: 'openid profile' });
    const form = new URLSearchParams({ username: 'bob', password: 'tessera-demo-bob' });
    const answer = await browser.request(`${browser.base}/password`, { method: 'POST', body: form });
    const page = await browser.request(String(answer.json().location), { headers: { accept: 'text/html' } });
    const base = page.headers.get('location') ?? '';
    const consented = await browser.json('POST', `${base}/consent`, {});
    const callback = await browser.follow(String(consented.json().location));
    const redeemed = await browser.redeem(callback.searchParams.get('code') ?? '');
    const tokens = (await redeemed.json()) as { access_token: string; refresh_token: string };
    expect((await userinfo(app, tokens.access_token)).status).toBe(200);
    const path = `/accounts/${await idOf('bob')}`;
    expect((await api.call('POST', `${path}/sign-out`, {})).status).toBe(200);
    expect((await userinfo(app, tokens.access_token)).status).toBe(401);
    expect((await refresh(app, tokens.refresh_token)).status).toBe(400);
    const silent = await browser.request(`/auth?${authorizationParams({ prompt: 'none' }).params}`);
    expect(silent.headers.get('location')).toContain('error=login_required');
    await secondsLater(1);
    const again = await signIn(app, await app.phone('bob'));
    expect((await userinfo(app, again.tokens.access_token)).status).toBe(200);
  });

  it('an edit from enabling an account that is disabled at the same moment', async () => {
    const path = `/accounts/${await idOf('bob')}`;
    const edits = ['en', 'de', 'fr'].map((locale) => api.call('PATCH', path, { locale }, { 'if-match': '*' }));
    const off = api.call('PATCH', path, { display_name: 'Bob', enabled: false }, { 'if-match': '*' });
    await Promise.all(edits);
    expect([(await off).status, (await off).body.enabled]).toEqual([200, false]);
    expect((await api.call('PATCH', path, { enabled: true }, { 'if-match': '*' })).body.enabled).toBe(true);
  });

  it('a machine token from surviving its deleted client when the id is used again', async () => {
    const machine = {
      client_id: 'reused',
      client_name: 'Ops',
      grant_types: ['client_credentials'],
      scope: 'audit:read',
    };
    const { secret } = await app.clients.create(machine);
    const ask = await fetch(`${app.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`reused:${secret}`).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        resource: `${app.issuer}/admin`,
        scope: 'audit:read',
      }),
    });
    const { access_token: token } = (await ask.json()) as { access_token: string };
    const look = () => fetch(`${app.issuer}/admin/v1/audit`, { headers: { authorization: `Bearer ${token}` } });
    expect((await look()).status).toBe(200);
    await app.clients.delete('reused', null);
    await secondsLater(1);
    await app.clients.create(machine);
    expect((await look()).status).toBe(401);
  });

  it('a client from staying enabled without its sector identifier', async () => {
    const { client } = await app.clients.create({ client_name: 'x', redirect_uris: ['https://rp.example/cb'] });
    const metadata = { ...client.metadata, sector_identifier_uri: 'https://127.0.0.1:1/sector' };
    await app.store.clients.update(client.id, (current) => ({ ...current, metadata }));
    const off = await api.call('PATCH', `/clients/${client.id}`, { enabled: false }, { 'if-match': '*' });
    expect([off.status, off.body.enabled]).toEqual([200, false]);
  });
});

describe('the audit trail', () => {
  it('H5 has one sign-in’s whole story by its ticket, and each record once over the pages', async () => {
    const phone = await app.phone('alice');
    await signIn(app, phone);
    const recent = (await api.call('GET', '/audit?event=ticket.consumed&limit=1')).body.records as Listed;
    const ticket = String(recent[0]?.ticket_id);
    const story = (await api.call('GET', `/audit?ticket=${ticket}`)).body.records as Listed;
    expect(story.map(({ event }) => event).reverse()).toEqual(
      expect.arrayContaining(['ticket.issued', 'ticket.scanned', 'ticket.approved', 'ticket.consumed']),
    );
    expect(new Set(story.map(({ ticket_id }) => ticket_id))).toEqual(new Set([ticket]));
    const all: Listed = [];
    for (let cursor = ''; ; ) {
      const { body } = await api.call(
        'GET',
        `/audit?account=${await idOf('alice')}&limit=3${cursor && `&cursor=${cursor}`}`,
      );
      all.push(...(body.records as Listed));
      if (body.next_cursor === null) break;
      cursor = String(body.next_cursor);
    }
    expect(all.length).toBeGreaterThan(8);
    expect(all.map(({ at }) => Number(at))).toEqual(all.map(({ at }) => Number(at)).sort((a, b) => b - a));
    for (const query of ['event=nonsense', 'limit=0', 'from=x', 'other=1']) {
      expect((await api.call('GET', `/audit?${query}`)).status, query).toBe(400);
    }
  });

  it('names who changed what', async () => {
    const { body } = await api.call('GET', '/audit?event=account.changed&limit=50');
    const facts = (body.records as Listed).map((each) => each.facts);
    expect(facts).toContainEqual({ by: api.clientId, by_kind: 'client', fields: 'displayName email' });
    expect(JSON.stringify(facts)).not.toContain('bob@new.example');
  });
});

describe('keys and registration', () => {
  it('H3 lists the signing keys and rotates them', async () => {
    const before = (await api.call('GET', '/keys')).body.keys as Listed;
    expect(before.map(({ alg, state }) => `${alg} ${state}`).sort()).toEqual([
      'ES256 current',
      'EdDSA current',
      'RS256 current',
    ]);
    const after = (await api.call('POST', '/keys/rotate', {})).body.keys as Listed;
    expect(after.filter(({ state }) => state === 'next')).toHaveLength(3);
    expect(JSON.stringify(after)).not.toMatch(/sealed|"d"/);
    // The answer comes when the new keys are published.
    const { keys } = (await (await fetch(`${app.issuer}/jwks`)).json()) as { keys: object[] };
    expect(keys).toHaveLength(6);
    expect((await api.call('POST', '/keys/rotate', { soon: true })).status).toBe(400);
  });

  it('E3 gives tokens to register with, limited in uses and time', async () => {
    const { status, body } = await api.call('POST', '/registration-tokens', { name: 'partners', uses: 1, days: 1 });
    expect(status).toBe(201);
    const register = () =>
      fetch(`${app.issuer}/registration`, {
        method: 'POST',
        headers: { authorization: `Bearer ${body.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: ['https://rp.example/cb'] }),
      }).then((response) => response.status);
    expect([await register(), await register()]).toEqual([201, 401]);
    expect((await api.call('POST', '/registration-tokens', { name: 'x', uses: 0 })).status).toBe(400);
  });
});
