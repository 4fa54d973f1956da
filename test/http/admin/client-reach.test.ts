// Settings of relying parties that only an administrator may give, and names that no relying party may take,
// by console and by API (security.md E1, E2, E7).
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, openMachine, openMachineAs } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { type ConsoleVisitor, openConsole } from '../../support/console-visitor.ts';
import { createVirtualPhone } from '../../support/virtual-phone.ts';
import { createWaitingBrowser, redirectUri } from '../../support/waiting-browser.ts';

let app: TestApp;
let administrator: ConsoleVisitor;
let manager: ConsoleVisitor;
let api: Machine;
let approver: string;
let approverSecret: string;

const everyBox = 'scope.openid scope.approve first_party';
const revisionOf = async (id: string) => String((await app.clients.findAny(id))?.revision);
const textOf = ({ text }: { text: string }) =>
  text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll(' :', ':');

beforeAll(async () => {
  app = await startApp({ registration: { enabled: true } });
  administrator = await openConsole(app, 'alice', ['administrator']);
  manager = await openConsole(app, 'bob', ['client-manager']);
  api = await openMachine(app, 'clients:read', 'clients:write');
  const made = await app.clients.create({
    client_name: 'Approver',
    redirect_uris: [redirectUri],
    scope: 'openid approve',
    token_endpoint_auth_method: 'client_secret_post',
    dpop_bound_access_tokens: true,
    first_party: true,
  });
  approver = made.client.id;
  approverSecret = made.client.secrets[0]?.id ?? '';
}, 60_000);
afterAll(() => app.stop());

describe('the scope approve, which may do more than all scopes of administration', () => {
  it('E7 cannot be given by a client manager', async () => {
    const form = { client_name: 'Phone', redirect_uris: redirectUri, boxes: everyBox, 'scope.openid': 'yes' };
    const own = await app.clients.create({ client_name: 'Own', redirect_uris: [redirectUri], scope: 'openid' });
    const given = await manager.post(`/admin/clients/${own.client.id}`, {
      ...form,
      revision: '1',
      'scope.approve': 'yes',
    });
    expect([given.status, (await app.clients.findAny(own.client.id))?.metadata.scope]).toEqual([403, 'openid']);
    const page = await manager.get(`/admin/clients/${own.client.id}`);
    expect(page.text).toMatch(/name="scope.approve"[^>]* disabled/);
    expect((await administrator.get(`/admin/clients/${own.client.id}`)).text).not.toMatch(
      /"scope.approve"[^>]*disabled/,
    );
    const byAdministrator = await administrator.post(`/admin/clients/${own.client.id}`, {
      ...form,
      revision: '1',
      'scope.approve': 'yes',
    });
    expect([byAdministrator.status, (await app.clients.findAny(own.client.id))?.metadata.scope]).toEqual([
      200,
      'openid approve',
    ]);
  });

  it.each([
    ['settings', '', { client_name: 'Approver', redirect_uris: 'https://evil.example/cb', boxes: '' }],
    ['a secret', '/secrets', {}],
    ['off', '/switch', { to: 'off' }],
    ['on', '/switch', { to: 'on' }],
    ['the logo', '/logo/remove', {}],
  ])('E7 protects clients that have it from a client manager: %s', async (_, path, body: Record<string, string>) => {
    const before = await app.clients.findAny(approver);
    const sent = { ...body, revision: await revisionOf(approver) };
    expect((await manager.post(`/admin/clients/${approver}${path}`, sent)).status).toBe(403);
    expect(await app.clients.findAny(approver)).toEqual(before);
  });

  it('E7 protects its clients: a client manager cannot revoke their secrets or delete them', async () => {
    const revoked = await manager.post(`/admin/clients/${approver}/secrets/${approverSecret}/revoke`);
    const deleted = await manager.post(`/admin/clients/${approver}/delete`, { client_id: approver });
    expect([revoked.status, deleted.status]).toEqual([403, 403]);
    const ops = await app.clients.create({ grant_types: ['client_credentials'], scope: 'accounts:write' });
    const machine = `/admin/clients/${ops.client.id}`;
    expect((await manager.post(`${machine}/delete`, { client_id: ops.client.id })).status).toBe(403);
    expect((await manager.post(`${machine}/secrets/${ops.client.secrets[0]?.id}/revoke`)).status).toBe(403);
    expect((await app.clients.find(ops.client.id))?.secrets).toHaveLength(1);
    expect((await app.clients.find(approver))?.secrets).toHaveLength(1);
    const page = await manager.get(`/admin/clients/${approver}`);
    expect(textOf(page)).toContain('Only an administrator can change this app.');
    expect(page.text).not.toContain('/delete"');
  });

  it('E7 cannot be given by a machine, whatever its scopes', async () => {
    const input = { client_name: 'Phone', redirect_uris: [redirectUri], scope: 'openid approve' };
    const own = await api.call('POST', '/clients', { ...input, scope: 'openid' });
    const at = { 'if-match': '*' };
    const every = [
      api.call('POST', '/clients', input),
      api.call('PATCH', `/clients/${own.body.client_id}`, { scope: 'openid approve' }, at),
      api.call('PATCH', `/clients/${approver}`, { redirect_uris: ['https://evil.example/cb'] }, at),
      api.call('PATCH', `/clients/${approver}`, { enabled: false }, at),
      api.call('DELETE', `/clients/${approver}`, undefined, at),
      api.call('POST', `/clients/${approver}/secrets`, { name: 'x' }),
      api.call('DELETE', `/clients/${approver}/secrets/${approverSecret}`),
      api.call('DELETE', `/clients/${approver}/logo`, undefined, at),
    ];
    for (const answer of await Promise.all(every))
      expect([answer.status, answer.body.code]).toEqual([403, 'scope_insufficient']);
    expect((await app.clients.find(approver))?.secrets).toHaveLength(1);
  });

  it('E1 protects its clients: a machine with less cannot delete them or revoke their secrets', async () => {
    const ops = await app.clients.create({ grant_types: ['client_credentials'], scope: 'accounts:write' });
    const path = `/clients/${ops.client.id}`;
    const deleted = await api.call('DELETE', path, undefined, { 'if-match': '*' });
    const revoked = await api.call('DELETE', `${path}/secrets/${ops.client.secrets[0]?.id}`);
    expect([deleted.status, revoked.status]).toEqual([403, 403]);
    expect((await app.clients.find(ops.client.id))?.secrets).toHaveLength(1);
  });

  it.each([
    ['en', 'Approver will be able to approve sign-ins for you'],
    ['zh-CN', 'Approver 将可以代您批准登录'],
  ])('is shown where the password is typed, also for a first-party client: %s', async (locale, sentence) => {
    for (const client of [approver, 'dev-phone']) {
      const browser = createWaitingBrowser(app.issuer);
      const resource = `${app.issuer}/phone`;
      const wish = { client_id: client, scope: 'openid approve', resource, ui_locales: locale };
      const page = await browser.open(wish);
      expect(page.headers.get('location')).toBeNull();
      const shown = textOf({ text: page.text }).replace(/\s+/g, ' ');
      expect(shown).toContain(client === approver ? sentence : sentence.slice('Approver'.length));
      expect(shown).toContain(locale === 'en' ? 'trust it like your own phone' : '像信任自己的手机一样信任它');
    }
    const other = await createWaitingBrowser(app.issuer).open({ ui_locales: locale });
    expect(other.text).not.toContain(sentence.slice('Approver'.length));
  });
});

describe('the console itself', () => {
  it('E7 is approved on the phone’s own page, and by no app', async () => {
    const phone = createVirtualPhone({ issuer: app.issuer });
    await phone.signIn('alice', 'tessera-demo-alice');
    const key = await appToken(phone);
    const begun = createWaitingBrowser(app.issuer);
    let answer = await begun.request('/admin', { headers: { accept: 'text/html' } });
    let path = '';
    while (answer.status === 303) {
      path = String(answer.headers.get('location'));
      answer = await begun.request(path, { headers: { accept: 'text/html' } });
    }
    const { qr } = (await begun.json('GET', `${path}/ticket`)).json();
    const scan = async (code: string) => {
      const response = await fetch(`${app.issuer}/phone/v1/scan`, {
        method: 'POST',
        headers: {
          authorization: `DPoP ${key}`,
          DPoP: await phone.proof('POST', '/phone/v1/scan', {
            ath: createHash('sha256').update(key).digest('base64url'),
          }),
          'content-type': 'application/json',
        },
        body: JSON.stringify({ qr: code }),
      });
      return { status: response.status, body: (await response.json()) as { code?: string } };
    };
    const refused = await scan(String(qr));
    expect([refused.status, refused.body.code]).toEqual([403, 'scope_insufficient']);
    const record = (await app.audit.query({ limit: 1, event: 'ticket.refused' })).records[0];
    expect(record?.facts).toMatchObject({ reason: 'scope_insufficient' });
    // It is open still, for the phone’s own page.
    expect((await administrator.phone.scan({ qr: String(qr) })).ticket).toBeTruthy();
    const shop = createWaitingBrowser(app.issuer);
    await shop.open();
    expect((await scan(await shop.qr())).status).toBe(200);
  });

  it('E7 accepts no app’s token as a sign-in, and no passkey made with one', async () => {
    const phone = createVirtualPhone({ issuer: app.issuer });
    await phone.signIn('alice', 'tessera-demo-alice');
    const key = await appToken(phone);
    const ath = createHash('sha256').update(key).digest('base64url');
    const browser = createWaitingBrowser(app.issuer);
    await browser.open();
    for (const [path, status, code] of [
      [`/interaction/${browser.uid}/continue`, 403, 'scope_insufficient'],
      ['/account/passkeys', 401, 'not_signed_in'],
    ] as const) {
      const answer = await browser.request(path, {
        method: 'POST',
        headers: {
          authorization: `DPoP ${key}`,
          DPoP: await phone.proof('POST', path, { ath }),
          'content-type': 'application/json',
          accept: 'application/json',
        },
        body: '{}',
      });
      expect([path, answer.status, answer.json().code]).toEqual([path, status, code]);
    }
  });

  async function appToken(phone: ReturnType<typeof createVirtualPhone>): Promise<string> {
    const browser = createWaitingBrowser(app.issuer);
    const resource = `${app.issuer}/phone`;
    await browser.open({ client_id: 'dev-phone', scope: 'openid approve', resource });
    const form = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice' });
    const signedIn = await browser.request(`${browser.base}/password`, { method: 'POST', body: form });
    const callback = await browser.follow(String(signedIn.json().location));
    const response = await fetch(`${app.issuer}/token`, {
      method: 'POST',
      headers: { DPoP: await phone.proof('POST', '/token') },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: callback.searchParams.get('code') ?? '',
        redirect_uri: redirectUri,
        client_id: 'dev-phone',
        code_verifier: browser.verifier,
        resource,
      }),
    });
    return String(((await response.json()) as { access_token?: string }).access_token);
  }
});

describe('the audit trail', () => {
  const last = async (event: 'client.deleted' | 'client.created' | 'registration_token.created') =>
    (await app.audit.query({ limit: 1, event })).records[0];

  it('H5 names a machine by the id of an account as a machine', async () => {
    const { id } = (await app.accounts.findByUsername('alice')) ?? { id: '' };
    const forger = await openMachineAs(app, { client_id: id, client_name: 'The command line' }, 'clients:write');
    const made = await forger.call('POST', '/clients', { client_name: 'Made', redirect_uris: [redirectUri] });
    expect((await last('client.created'))?.facts).toMatchObject({ by: id, by_kind: 'client' });
    const shown = textOf(await administrator.get(`/admin/activity?event=client.created`));
    expect(shown).toContain('The command line (app) added Made');
    expect(shown).not.toContain('alice added Made');
    await administrator.post(`/admin/clients/${made.body.client_id}/delete`, {
      client_id: String(made.body.client_id),
    });
    expect((await last('client.deleted'))?.facts).toMatchObject({ by: id, by_kind: 'account' });
    expect(textOf(await administrator.get(`/admin/activity?event=client.deleted`))).toContain('alice deleted');

    await forger.call('POST', '/registration-tokens', { name: 'partners' });
    const list = await forger.call('GET', '/registration-tokens').catch(() => null);
    expect(list?.status).toBe(403);
    const page = textOf(await administrator.get('/admin/registration'));
    expect(page).toContain('The command line (app)');
    expect(page).not.toMatch(/partners[^.]*alice/);
  });

  it('H5 names the maker of an invitation by what it is', async () => {
    const forger = await openMachineAs(app, { client_id: 'alice' }, 'accounts:write');
    await forger.call('POST', '/invitations', { name: 'for friends' });
    expect(textOf(await administrator.get('/admin/invitations'))).toContain('alice (app)');
    expect(textOf(await administrator.get('/admin/activity?event=link.created'))).toContain('Ops (app) created a link');
  });

  it.each(['cli', 'configuration', 'start', 'environment', 'administrator', 'new', '.', '..'])(
    'E4 keeps the id %s for itself',
    async (id) => {
      const input = { client_id: id, client_name: 'x', redirect_uris: [redirectUri] };
      const made = await api.call('POST', '/clients', input);
      expect([made.status, made.body.errors]).toEqual([
        422,
        [{ path: 'client_id', message: 'is a name that Tessera keeps for itself' }],
      ]);
    },
  );

  it.each(['a\u202eb', 'a\u0007', '\ud800'])('E4 records no name that hides or reorders text: %j', async (name) => {
    const own = await api.call('POST', '/clients', { client_name: 'x', redirect_uris: [redirectUri] });
    const secret = await api.call('POST', `/clients/${own.body.client_id}/secrets`, { name });
    const token = await api.call('POST', '/registration-tokens', { name });
    expect([secret.status, token.status]).toEqual([400, 400]);
  });
});

describe('an empty scope', () => {
  it('E4 is refused with the field named; an old record with it grants only the sign-in', async () => {
    const own = await app.clients.create({
      client_name: 'Scoped',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      scope: 'openid',
    });
    const path = `/admin/clients/${own.client.id}`;
    const saved = await administrator.post(path, { revision: '1', boxes: everyBox });
    expect([saved.status, textOf(saved)]).toEqual([422, expect.stringContaining('scope must have openid')]);
    for (const scope of ['', 'approve', 'openid']) {
      // As it was kept before there was this judge.
      await app.store.clients.update(own.client.id, (client) => ({
        ...client,
        metadata: { ...client.metadata, scope },
        revision: client.revision + 1,
      }));
      const browser = createWaitingBrowser(app.issuer);
      const asked = await browser.open({ client_id: own.client.id, scope: 'openid profile email phone' });
      expect([scope, asked.status, asked.headers.get('location')]).toEqual([scope, 200, null]);
      expect((await browser.open({ client_id: own.client.id, scope: 'openid' })).headers.get('location')).toBeNull();
    }
  });
});

describe('the policy sign_in', () => {
  it('is set in the form, and kept when something else is saved', async () => {
    const { client } = await app.clients.create({ client_name: 'Bank', redirect_uris: [redirectUri] });
    const path = `/admin/clients/${client.id}`;
    const save = async (change: Record<string, string>) => {
      const revision = String((await app.clients.findAny(client.id))?.revision);
      expect((await administrator.post(path, { revision, boxes: '', ...change })).status).toBe(200);
      return (await app.clients.findAny(client.id))?.qr.sign_in;
    };
    expect((await administrator.get(path)).text).toMatch(/name="sign_in" value="any" checked/);
    expect(await save({ sign_in: 'passkey' })).toBe('passkey');
    expect(await save({ client_name: 'The bank' })).toBe('passkey');
    expect(await save({ sign_in: 'passkey', qr_confirmation: 'always' })).toBe('passkey');
    expect((await administrator.get(path)).text).toMatch(/name="sign_in" value="passkey" checked/);
    expect(await save({ sign_in: 'any' })).toBe('any');
  });
});

describe('enabling a client', () => {
  it('E4 validates the client, by every way; disabling does not', async () => {
    const wrong = { subject_type: 'pairwise', redirect_uris: ['https://a.example/cb', 'https://b.example/cb'] };
    const { client } = await app.clients.create({ client_name: 'Odd', redirect_uris: [redirectUri] });
    await app.clients.setDisabled(client.id, true, null);
    await app.clients.update(client.id, { patch: wrong }, null);
    const byApi = await api.call('PATCH', `/clients/${client.id}`, { enabled: true }, { 'if-match': '*' });
    expect([byApi.status, byApi.body.code]).toEqual([422, 'client_metadata_invalid']);
    const byConsole = await administrator.post(`/admin/clients/${client.id}/switch`, { to: 'on' });
    expect(byConsole.status).toBe(422);
    await expect(app.clients.setDisabled(client.id, false, null)).rejects.toMatchObject({
      code: 'client_metadata_invalid',
    });
    expect(await app.clients.find(client.id)).toBeNull();
    await app.clients.update(client.id, { patch: { subject_type: null } }, null);
    expect((await administrator.post(`/admin/clients/${client.id}/switch`, { to: 'on' })).status).toBe(303);
    expect((await administrator.post(`/admin/clients/${client.id}/switch`, { to: 'off' })).status).toBe(303);
  });
});
