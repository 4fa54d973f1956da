// The administration API over HTTP (security.md E1-E4, E6): who may call it, and clients from registration
// to deletion.
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdminScope } from '../../../src/http/admin/operation.ts';
import { type Answer, type Machine, openMachine } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { secondsLater } from '../../support/seconds.ts';
import { approveFor, signIn } from '../../support/signed-in.ts';
import { createWaitingBrowser, redirectUri } from '../../support/waiting-browser.ts';

let app: TestApp;
let api: Machine;

beforeAll(async () => {
  app = await startApp();
  api = await machine('clients:read', 'clients:write');
});
afterAll(() => app.stop());

const machine = (...scopes: AdminScope[]) => openMachine(app, ...scopes);

const web = { client_name: 'Web shop', redirect_uris: [redirectUri], scope: 'openid profile' };
const etag = ({ headers }: Answer) => headers.get('etag') ?? '';

async function everyOperation(): Promise<[method: string, path: string, scope: string][]> {
  const response = await fetch(`${app.issuer}/admin/v1/openapi.json`);
  const document = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, { security: { token?: string[] }[] }>>;
  };
  expect(document.openapi).toBe('3.1.0');
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, { security }]) => security.length > 0)
      .map(([method, { security }]): [string, string, string] => [
        method.toUpperCase(),
        path.replace('/admin/v1', '').replace(/\{\w+\}/g, 'x'),
        security[0]?.token?.[0] ?? '',
      ]),
  );
}

describe('a caller', () => {
  it('E1 is refused on every operation without a token, with a person’s token, or without the scope', async () => {
    const alice = await app.phone('alice');
    const { tokens } = await signIn(app, alice);
    const reader = await machine('audit:read');
    const operations = await everyOperation();
    expect(operations.length).toBeGreaterThanOrEqual(7);
    for (const [method, path, scope] of operations) {
      const withToken = (authorization: string) =>
        fetch(`${app.issuer}/admin/v1${path}`, { method, headers: { authorization, cookie: alice.cookie } });
      const about = `${method} ${path}`;
      for (const none of ['', 'Bearer', 'Bearer nonsense', `DPoP ${api.token}`, `Basic ${api.token}`]) {
        const response = await withToken(none);
        if (none.startsWith('Basic')) continue;
        expect(response.status, `${about} with "${none.slice(0, 12)}"`).toBe(401);
        expect(response.headers.get('www-authenticate')).toBeTruthy();
      }
      expect((await withToken(`Bearer ${tokens.access_token}`)).status, about).toBe(403);
      const other = await withToken(`Bearer ${reader.token}`);
      // What is for everybody who may do anything here has no scope of its own.
      const isForReader = scope === 'audit:read' || path === '/me';
      expect(other.status, about).toBe(isForReader ? other.status : 403);
    }
  });

  it('E1 gets tokens only as a machine that is registered for these scopes', async () => {
    const ask = (id: string, secret: string, change: Record<string, string> = {}) =>
      fetch(`${app.issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: `${app.issuer}/admin`, ...change }),
      }).then(async (response) => [response.status, ((await response.json()) as { error?: string }).error]);
    expect(await ask('dev-web', 'dev-web-secret-for-local-use-only', { scope: 'clients:read' })).toEqual([
      400,
      'invalid_request',
    ]);
    const { client, secret } = await app.clients.create({ client_name: 'Idle', grant_types: ['client_credentials'] });
    expect(await ask(client.id, secret ?? '', { scope: 'clients:read' })).toEqual([400, 'invalid_target']);
    const person = await fetch(
      `${app.issuer}/auth?${new URLSearchParams({ client_id: 'dev-public', redirect_uri: redirectUri, response_type: 'code', scope: 'openid', resource: `${app.issuer}/admin`, code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' })}`,
      { redirect: 'manual' },
    );
    expect(person.headers.get('location')).toContain('error=invalid_target');
  });

  it('has to prove the key that a token is bound to (RFC 9449)', async () => {
    const dpop = oidc.getDPoPHandle(api.config, await oidc.randomDPoPKeyPair('ES256'));
    const parameters = { scope: 'clients:read', resource: `${app.issuer}/admin` };
    const bound = await oidc.clientCredentialsGrant(api.config, parameters, { DPoP: dpop });
    expect(bound.token_type).toBe('dpop');
    const url = new URL(`${app.issuer}/admin/v1/clients`);
    const fetched = oidc.fetchProtectedResource(api.config, bound.access_token, url, 'GET', null, undefined, {
      DPoP: dpop,
    });
    expect((await fetched).status).toBe(200);
    const bare = await fetch(url, { headers: { authorization: `Bearer ${bound.access_token}` } });
    expect(bare.status).toBe(401);
  });

  it('is refused at once when the machine is disabled', async () => {
    const ops = await machine('clients:read');
    expect((await ops.call('GET', '/clients')).status).toBe(200);
    await app.clients.setDisabled(ops.clientId, true, null);
    expect((await ops.call('GET', '/clients')).status).toBe(401);
  });
});

describe('a client', () => {
  it('is registered, and a relying party signs in with it at once', async () => {
    const made = await api.call('POST', '/clients', { ...web, token_endpoint_auth_method: 'none' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ ...web, enabled: true, source: 'registered', client_secret: null, secrets: [] });
    expect(made.headers.get('location')).toBe(`${app.issuer}/admin/v1/clients/${made.body.client_id}`);
    const browser = createWaitingBrowser(app.issuer);
    const alice = await app.phone('alice');
    const change = { client_id: String(made.body.client_id), scope: 'openid profile' };
    const callback = await approveFor(browser, alice, change);
    const code = callback.searchParams.get('code') ?? '';
    expect((await browser.redeem(code, { client_id: change.client_id })).status).toBe(200);
  });

  it('E4 is refused with every wrong field named, and nothing is created', async () => {
    const before = (await api.call('GET', '/clients?search=bad')).body.clients;
    const wrong = await api.call('POST', '/clients', {
      client_name: 'Bad\u202e',
      redirect_uris: ['https://ok.example/cb', 'JaVaScript:alert(1)', 'https://*.example/cb'],
      logo_uri: 'data:text/html,x',
      qr_confirmtion: 'always',
    });
    expect([wrong.status, wrong.body.code]).toEqual([422, 'client_metadata_invalid']);
    const paths = (wrong.body.errors as { path: string; message: string }[]).map(({ path }) => path);
    expect(paths.sort()).toEqual(['client_name', 'logo_uri', 'qr_confirmtion', 'redirect_uris.1', 'redirect_uris.2']);
    for (const body of ['{', '[]', '"x"', 'null']) expect((await api.call('POST', '/clients', body)).status).toBe(400);
    expect(
      (await api.call('POST', '/clients', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415);
    expect((await api.call('GET', '/clients?search=bad')).body.clients).toEqual(before);
  });

  it('is created once, however often a request is repeated with its Idempotency-Key', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() };
    const first = await api.call('POST', '/clients', { ...web, client_name: 'Once' }, key);
    expect(first.body.client_secret).toEqual(expect.any(String));
    const again = await api.call('POST', '/clients', { ...web, client_name: 'Once' }, key);
    expect([again.status, again.body, etag(again)]).toEqual([201, first.body, etag(first)]);
    const raced = { 'idempotency-key': crypto.randomUUID() };
    const many = await Promise.all(
      Array.from({ length: 50 }, () => api.call('POST', '/clients', { ...web, client_name: 'Raced' }, raced)),
    );
    expect(new Set(many.filter(({ status }) => status === 201).map(({ body }) => body.client_id)).size).toBe(1);
    expect(many.every(({ status, body }) => status === 201 || body.code === 'request_in_progress')).toBe(true);
    expect((await api.call('GET', '/clients?search=raced')).body.clients).toHaveLength(1);
    const failed = { 'idempotency-key': crypto.randomUUID() };
    expect((await api.call('POST', '/clients', { client_name: 'x' }, failed)).status).toBe(422);
    expect((await api.call('POST', '/clients', web, failed)).status).toBe(201);
  });

  it('E2 is changed with the present revision only', async () => {
    const made = await api.call('POST', '/clients', web);
    const path = `/clients/${made.body.client_id}`;
    expect((await api.call('PATCH', path, { client_name: 'x' })).status).toBe(428);
    const changed = await api.call(
      'PATCH',
      path,
      { client_name: 'Changed', qr_confirmation: 'always' },
      { 'if-match': etag(made) },
    );
    expect([changed.status, etag(changed)]).toEqual([200, '"2"']);
    expect(changed.body).toMatchObject({
      client_name: 'Changed',
      qr_confirmation: 'always',
      redirect_uris: web.redirect_uris,
    });
    const stale = await api.call('PATCH', path, { client_name: 'Other' }, { 'if-match': etag(made) });
    expect([stale.status, stale.body.code]).toEqual([412, 'client_changed']);
    const reset = await api.call('PATCH', path, { qr_confirmation: null }, { 'if-match': '*' });
    expect(reset.body).toMatchObject({ client_name: 'Changed', qr_confirmation: 'auto' });
    const bad = await api.call('PATCH', path, { redirect_uris: [] }, { 'if-match': '*' });
    expect([bad.status, bad.body.errors]).toEqual([422, [{ path: 'redirect_uris', message: expect.any(String) }]]);
  });

  it('refuses sign-ins with a clear page when it is disabled while a browser waits', async () => {
    const made = await api.call('POST', '/clients', { ...web, token_endpoint_auth_method: 'none' });
    const id = String(made.body.client_id);
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ client_id: id, scope: 'openid' });
    const alice = await app.phone('alice');
    const claim = await alice.scan({ qr: await browser.qr() });
    const off = await api.call('PATCH', `/clients/${id}`, { enabled: false }, { 'if-match': '*' });
    expect(off.body.enabled).toBe(false);
    await expect(alice.approve(claim)).rejects.toMatchObject({ code: 'client_switched_off' });
    expect((await browser.finish()).status).toBe(404);
    const page = await browser.request(browser.base, { headers: { accept: 'text/html' } });
    expect([page.status, page.text]).toEqual([404, expect.stringContaining('This sign-in has ended')]);
    expect((await browser.open({ client_id: id })).status).toBe(400);
    await api.call('PATCH', `/clients/${id}`, { enabled: true }, { 'if-match': '*' });
    expect((await browser.open({ client_id: id, scope: 'openid' })).status).toBe(200);
  });

  it('E6 gets a second secret; both work until the first is revoked, which then gets 401 at once', async () => {
    const made = await api.call('POST', '/clients', { ...web, grant_types: ['authorization_code'] });
    const path = `/clients/${made.body.client_id}`;
    const redeem = (secret: unknown) =>
      fetch(`${app.issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${made.body.client_id}:${secret}`).toString('base64')}` },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: 'x',
          redirect_uri: redirectUri,
          code_verifier: 'x'.repeat(43),
        }),
      }).then(({ status }) => status);
    const second = await api.call('POST', `${path}/secrets`, { name: 'spring', expires_in_days: 30 });
    expect(second.status).toBe(201);
    expect(second.body).toMatchObject({ name: 'spring', client_secret: expect.stringMatching(/^[\w-]{43}$/) });
    expect([await redeem(made.body.client_secret), await redeem(second.body.client_secret)]).toEqual([400, 400]);
    expect(JSON.stringify((await api.call('GET', path)).body)).not.toContain(String(second.body.client_secret));
    const [first] = made.body.secrets as { id: string }[];
    expect((await api.call('DELETE', `${path}/secrets/${first?.id}`)).status).toBe(204);
    expect([await redeem(made.body.client_secret), await redeem(second.body.client_secret)]).toEqual([401, 400]);
    app.time.shiftSeconds = 31 * 86_400;
    try {
      expect(await redeem(second.body.client_secret)).toBe(401);
    } finally {
      app.time.shiftSeconds = 0;
    }
    expect((await api.call('DELETE', `${path}/secrets/nope`)).status).toBe(404);
  });

  it('is deleted for good', async () => {
    const made = await api.call('POST', '/clients', web);
    const path = `/clients/${made.body.client_id}`;
    expect((await api.call('DELETE', path)).status).toBe(428);
    expect((await api.call('DELETE', path, undefined, { 'if-match': '"9"' })).status).toBe(412);
    expect((await api.call('DELETE', path, undefined, { 'if-match': etag(made) })).status).toBe(204);
    expect((await api.call('GET', path)).status).toBe(404);
  });

  it('from the configuration is read-only', async () => {
    expect((await api.call('GET', '/clients/dev-web')).body).toMatchObject({ source: 'configuration' });
    for (const [method, path, body] of [
      ['PATCH', '/clients/dev-web', { client_name: 'x' }],
      ['DELETE', '/clients/dev-web', undefined],
      ['POST', '/clients/dev-web/secrets', { name: 'x' }],
    ] as const) {
      const answer = await api.call(method, path, body, { 'if-match': '*' });
      expect([answer.status, answer.body.code]).toEqual([409, 'client_read_only']);
    }
  });

  it('appears once on the pages of the list', async () => {
    for (let i = 0; i < 7; i++) await api.call('POST', '/clients', { ...web, client_name: `Paged ${i}` });
    const seen: unknown[] = [];
    for (let cursor = ''; ; ) {
      const { status, body } = await api.call('GET', `/clients?search=PAGED&limit=3${cursor && `&cursor=${cursor}`}`);
      expect(status).toBe(200);
      seen.push(...(body.clients as { client_name: string }[]).map((each) => each.client_name));
      if (body.next_cursor === null) break;
      cursor = String(body.next_cursor);
    }
    expect(seen).toEqual(Array.from({ length: 7 }, (_, i) => `Paged ${i}`));
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'limits=3', `search=${'x'.repeat(101)}`]) {
      expect((await api.call('GET', `/clients?${query}`)).status, query).toBe(400);
    }
  });
});

describe('the API refuses', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'a client id that is a property of every object: %s',
    async (id) => {
      const answer = await api.call(
        'POST',
        '/clients',
        `{"client_id":"${id}","client_name":"x","redirect_uris":["${redirectUri}"]}`,
      );
      expect([answer.status, ({} as Record<string, unknown>).sid]).toEqual([answer.status, undefined]);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    },
  );

  it.each([
    { contacts: ['Ops team'] },
    { default_acr_values: ['nonsense'] },
    { response_modes: ['web_message'] },
    { grant_types: ['refresh_token'], redirect_uris: [redirectUri] },
    { scope: 'openid nonsense' },
    { jwks: { nothing: true } },
    { token_endpoint_auth_signing_alg: 'ES256' },
    { subject_type: 'pairwise', redirect_uris: ['https://a.example/cb', 'https://b.example/cb'] },
  ])('E4 metadata that only fails when it is used: %j', async (change) => {
    const answer = await api.call('POST', '/clients', { ...web, ...change });
    expect([answer.status, answer.body.code]).toEqual([422, 'client_metadata_invalid']);
    const made = await api.call('POST', '/clients', web);
    const changed = await api.call('PATCH', `/clients/${made.body.client_id}`, change, { 'if-match': '*' });
    expect(changed.status).toBe(422);
  });

  it('E1 a machine that creates or changes a client with more rights than its own', async () => {
    const more = { client_name: 'More', grant_types: ['client_credentials'], scope: 'clients:write audit:read' };
    const made = await api.call('POST', '/clients', more);
    expect([made.status, made.body.code]).toEqual([403, 'scope_insufficient']);
    const own = await api.call(
      'PATCH',
      `/clients/${api.clientId}`,
      { scope: 'clients:write audit:read' },
      { 'if-match': '*' },
    );
    expect(own.status).toBe(403);
    const auditor = await machine('audit:read');
    expect((await api.call('POST', `/clients/${auditor.clientId}/secrets`, { name: 'x' })).status).toBe(403);
    expect(
      (await api.call('PATCH', `/clients/${auditor.clientId}`, { client_name: 'x' }, { 'if-match': '*' })).status,
    ).toBe(403);
  });

  it('E1 a scope that was removed, also for an older token', async () => {
    const ops = await machine('clients:read', 'clients:write');
    await app.clients.update(ops.clientId, { patch: { scope: 'clients:read' } }, null);
    expect((await ops.call('GET', '/clients')).status).toBe(200);
    expect((await ops.call('POST', '/clients', web)).status).toBe(403);
  });

  it('the tokens of a deleted client, even if another client takes its id', async () => {
    const alice = await app.phone('alice');
    const again = {
      ...web,
      client_id: 'again',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    };
    await api.call('POST', '/clients', again);
    const browser = createWaitingBrowser(app.issuer);
    const callback = await approveFor(browser, alice, { client_id: 'again', scope: 'openid profile' });
    const redeemed = await browser.redeem(callback.searchParams.get('code') ?? '', { client_id: 'again' });
    const tokens = (await redeemed.json()) as { access_token: string; refresh_token: string };
    expect((await api.call('DELETE', '/clients/again', undefined, { 'if-match': '*' })).status).toBe(204);
    await secondsLater(1);
    expect((await api.call('POST', '/clients', { ...again, client_name: 'Somebody else' })).status).toBe(201);
    const me = await fetch(`${app.issuer}/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    expect(me.status).toBe(401);
    const refreshed = await fetch(`${app.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: tokens.refresh_token,
        client_id: 'again',
      }),
    });
    expect(refreshed.status).toBe(400);
  });

  it('another body under a used Idempotency-Key', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() };
    expect((await api.call('POST', '/clients', { ...web, client_name: 'Shop A' }, key)).status).toBe(201);
    const other = await api.call('POST', '/clients', { ...web, client_name: 'Shop B' }, key);
    expect([other.status, other.body.client_secret]).toEqual([400, undefined]);
  });

  it('an Idempotency-Key that is empty, too long, or has a space', async () => {
    for (const key of ['', 'k'.repeat(201), 'two words']) {
      const answer = await api.call('POST', '/clients', web, { 'idempotency-key': key });
      expect([answer.status, answer.body.code], JSON.stringify(key)).toEqual([400, 'body_invalid']);
    }
  });

  it('E2 a redirect URI that hides behind many others in the audit trail', async () => {
    const many = Array.from({ length: 12 }, (_, i) => `https://rp-${i}.example/a/long/way/to/the/callback`);
    const made = await api.call('POST', '/clients', { ...web, redirect_uris: many });
    const path = `/clients/${made.body.client_id}`;
    await api.call('PATCH', path, { redirect_uris: [...many, 'https://evil.example/cb'] }, { 'if-match': '*' });
    const { records } = await app.audit.query({ clientId: String(made.body.client_id), limit: 10 });
    expect(records.find(({ event }) => event === 'client.changed')?.facts).toEqual({
      redirect_uris: '+"https://evil.example/cb"',
      by: api.clientId,
      by_kind: 'client',
    });
  });

  it('a name that makes the list end', async () => {
    await api.call('POST', '/clients', { ...web, client_name: '\ufdfa'.repeat(200) });
    expect((await api.call('POST', '/clients', { ...web, client_name: 'Evil\ud800' })).status).toBe(422);
    let cursor = '';
    for (let i = 0; i < 500; i++) {
      const { status, body } = await api.call('GET', `/clients?limit=1${cursor && `&cursor=${cursor}`}`);
      expect(status).toBe(200);
      if (body.next_cursor === null) return;
      cursor = String(body.next_cursor);
    }
    throw new Error('the list has no end');
  });

  it('revoking the only secret: the client is refused, and nobody else notices', async () => {
    const alice = await app.phone('alice');
    const made = await api.call('POST', '/clients', { ...web, grant_types: ['authorization_code'] });
    const id = String(made.body.client_id);
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, alice, { client_id: id, scope: 'openid' });
    const [secret] = made.body.secrets as { id: string }[];
    expect((await api.call('DELETE', `/clients/${id}/secrets/${secret?.id}`)).status).toBe(204);
    const logout = await browser.request('/session/end');
    const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(logout.text) ?? [];
    const [, plan = ''] = /name="plan" value="([^"]+)"/.exec(logout.text) ?? [];
    const body = new URLSearchParams({ xsrf, plan, logout: 'yes' });
    const done = await browser.request('/session/end/answer', { method: 'POST', body });
    expect(done.status).toBe(303);
  });
});

describe('the OpenAPI document of administration', () => {
  it('describes what is served: each operation answers, and nothing else does', async () => {
    const described = await everyOperation();
    for (const [method, path] of described) {
      const { status } = await api.call(method, path, method === 'GET' || method === 'DELETE' ? undefined : {});
      expect([404, 405], `${method} ${path}`).not.toContain(status === 404 && path.includes('x') ? 0 : status);
    }
    for (const path of ['/clients', '/clients/x', '/clients/x/secrets', '/clients/x/secrets/x']) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        if (described.some(([m, p]) => m === method && p === path)) continue;
        expect((await api.call(method, path)).status, `${method} ${path}`).toBe(405);
      }
    }
  });
});
