// Dynamic registration, black box (security.md E3; RFC 7591, RFC 7592): closed unless configured and
// allowed, and never more than asked.
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { createWaitingBrowser, redirectUri } from '../../support/waiting-browser.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ registration: { enabled: true } });
});
afterAll(() => app.stop());

const day = 86_400;
const metadata = { client_name: 'Small shop', redirect_uris: [redirectUri] };
type Body = Record<string, unknown>;

async function call(
  method: string,
  url: string,
  token: string,
  body?: unknown,
): Promise<{ status: number; body: Body; headers: Headers }> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : {}, headers: response.headers };
}

const register = async (body: Body = metadata, token?: string) =>
  call(
    'POST',
    `${app.issuer}/registration`,
    token ?? (await app.registrations.createInitialToken({ name: 'test', uses: 1, days: 1 })),
    body,
  );

describe('registering', () => {
  it('E3 answers 404 unless it is configured', async () => {
    const closed = await startApp();
    try {
      const discovery = (await (await fetch(`${closed.issuer}/.well-known/openid-configuration`)).json()) as Body;
      expect(discovery).not.toHaveProperty('registration_endpoint');
      expect((await fetch(`${closed.issuer}/registration`, { method: 'POST' })).status).toBe(404);
    } finally {
      await closed.stop();
    }
  });

  it('E3 needs an initial access token', async () => {
    for (const token of ['', 'x', 'x'.repeat(43)]) {
      const refused = await call('POST', `${app.issuer}/registration`, token, metadata);
      expect([refused.status, refused.body.error]).toEqual([401, 'invalid_token']);
      expect(refused.headers.get('www-authenticate')).toContain('invalid_token');
    }
  });

  it('makes a client that can sign people in, with a standard library and discovery', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(app.issuer);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const initialAccessToken = await app.registrations.createInitialToken({ name: 'library', uses: 1, days: 1 });
    const options = { ...insecure, initialAccessToken };
    const asked = { ...metadata, token_endpoint_auth_method: 'none' };
    const client = await oauth.processDynamicClientRegistrationResponse(
      await oauth.dynamicClientRegistrationRequest(as, asked, options),
    );
    const browser = createWaitingBrowser(app.issuer);
    const page = await browser.open({ client_id: client.client_id, scope: 'openid' });
    expect(page.text).toContain('Small shop');
    const phone = await app.phone();
    const claim = await phone.scan({ qr: await browser.qr() });
    expect(claim.context).toMatchObject({ client: { self_registered: true, first_party: false } });
    await phone.approve(claim);
    const callback = await browser.follow(String((await browser.finish()).json().location));
    expect(
      (await browser.redeem(callback.searchParams.get('code') ?? '', { client_id: client.client_id })).status,
    ).toBe(200);
  });

  it('E3 grants no more than a self-registered client may have', async () => {
    const { status, body } = await register({
      ...metadata,
      client_id: 'tea-house',
      first_party: true,
      qr_confirmation: 'never',
      scope: 'openid profile clients:write approve admin',
      grant_types: ['authorization_code', 'client_credentials', 'password', 'implicit'],
      response_types: ['code', 'token'],
      software_statement: 'x',
      unknown: true,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      scope: 'openid profile',
      grant_types: ['authorization_code'],
      response_types: ['code'],
    });
    for (const name of ['first_party', 'qr_confirmation', 'software_statement', 'unknown'])
      expect(body).not.toHaveProperty(name);
    expect(body.client_id).not.toBe('tea-house');
    const client = await app.clients.find(String(body.client_id));
    expect(client).toMatchObject({ firstParty: false, qr: { qr_confirmation: 'auto' }, registration: { by: 'test' } });
  });

  it.each([
    ['invalid_redirect_uri', { redirect_uris: ['javascript:alert(1)'] }],
    ['invalid_redirect_uri', { redirect_uris: [] }],
    ['invalid_redirect_uri', { redirect_uris: ['https://rp.example/#x'] }],
    ['invalid_client_metadata', { logo_uri: 'data:text/html,x' }],
    ['invalid_client_metadata', { client_name: 'Bank\u202e' }],
    ['invalid_client_metadata', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['invalid_client_metadata', { token_endpoint_auth_method: 'magic' }],
  ])('E4 refuses with %s: %j', async (error, change) => {
    const { status, body } = await register({ ...metadata, ...change });
    expect([status, body.error]).toEqual([400, error]);
    expect(body.error_description).toEqual(expect.any(String));
  });

  it('E3 counts the uses of a token: of 50 at once three succeed, and none after its expiry', async () => {
    const token = await app.registrations.createInitialToken({ name: 'three', uses: 3, days: 1 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => register(metadata, token)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(47);
    const late = await app.registrations.createInitialToken({ name: 'late', uses: 3, days: 1 });
    app.time.shiftSeconds = day;
    try {
      expect((await register(metadata, late)).status).toBe(401);
    } finally {
      app.time.shiftSeconds = 0;
    }
  });
});

describe('a registered client', () => {
  it('E3 reads, changes and deletes itself by a token that is new after every change', async () => {
    const { body: made } = await register();
    const url = String(made.registration_client_uri);
    const first = String(made.registration_access_token);
    const read = await call('GET', url, first);
    expect(read.body).toMatchObject({ client_id: made.client_id, client_name: 'Small shop' });
    expect(read.body).not.toHaveProperty('client_secret');
    // RFC 7592 §3: reading changes nothing.
    expect(read.body.registration_access_token).toBe(first);
    expect((await call('GET', url, first)).body).toEqual(read.body);
    const bad = await call('PUT', url, first, { ...metadata, redirect_uris: ['/x'] });
    expect([bad.status, bad.body.error]).toEqual([400, 'invalid_redirect_uri']);
    const changed = await call('PUT', url, first, {
      ...metadata,
      client_name: 'Big shop',
      policy_uri: 'https://rp.example/p',
    });
    expect([changed.status, changed.body.client_name]).toEqual([200, 'Big shop']);
    const second = String(changed.body.registration_access_token);
    expect((await call('GET', url, first)).status).toBe(401);
    const back = await call('PUT', url, second, metadata);
    expect(back.body).not.toHaveProperty('policy_uri');
    const third = String(back.body.registration_access_token);
    expect((await call('DELETE', url, third)).status).toBe(204);
    expect((await call('GET', url, third)).status).toBe(401);
    expect(await app.clients.findAny(String(made.client_id))).toBeNull();
  });

  it('gets a secret when it becomes a client with one, and keeps its id', async () => {
    const { body: made } = await register({ ...metadata, token_endpoint_auth_method: 'none' });
    const url = String(made.registration_client_uri);
    const other = await call('PUT', url, String(made.registration_access_token), { ...metadata, client_id: 'other' });
    expect([other.status, other.body.error]).toEqual([400, 'invalid_client_metadata']);
    const { status, body } = await call('PUT', url, String(made.registration_access_token), metadata);
    expect([status, body.token_endpoint_auth_method]).toEqual([200, 'client_secret_basic']);
    expect(body).toMatchObject({ client_secret: expect.stringMatching(/^[\w-]{43}$/), client_secret_expires_at: 0 });
    const { records } = await app.audit.query({ clientId: String(made.client_id), event: 'client.created', limit: 5 });
    expect(records[0]?.facts).toMatchObject({ initial_token: 'test' });
  });

  it.each([
    [undefined, 'openid profile email'],
    [['authorization_code', 'refresh_token'], 'openid profile email offline_access'],
  ])('oidcc-refresh-token: with the grants %j and no scope it may ask for %s', async (grant_types, scope) => {
    expect((await register({ ...metadata, ...(grant_types && { grant_types }) })).body.scope).toBe(scope);
  });

  it('oidcc-registration-policy-uri, oidcc-registration-tos-uri: both stand on the sign-in page and on the phone', async () => {
    const links = { policy_uri: 'https://rp.example/policy', tos_uri: 'https://rp.example/terms' };
    const { body: made } = await register({ ...metadata, ...links });
    const browser = createWaitingBrowser(app.issuer);
    const { text } = await browser.open({ client_id: String(made.client_id) });
    for (const link of Object.values(links)) expect(text).toContain(`href="${link}"`);
    expect(text).toContain('Privacy policy');
    // The phone draws its links from these.
    expect((await (await app.phone()).scan({ qr: await browser.qr() })).context.client).toMatchObject(links);
  });

  it('E3 cannot undo what an administrator set for it', async () => {
    const { body: made } = await register({ ...metadata, policy_uri: 'https://rp.example/p' });
    const id = String(made.client_id);
    const url = String(made.registration_client_uri);
    const set = { require_pkce: true, id_token_claims: 'minimal', session_seconds: 600, response_modes: ['query'] };
    const policy = { sign_in: 'passkey', qr_scanner: 'in_app' };
    await app.clients.update(id, { patch: { ...set, ...policy, first_party: true } }, null);
    const wish = { ...metadata, require_pkce: false, id_token_claims: 'scopes', sign_in: 'any', qr_scanner: 'any' };
    const changed = await call('PUT', url, String(made.registration_access_token), wish);
    expect(changed.status).toBe(200);
    const kept = await app.clients.findAny(id);
    expect(kept).toMatchObject({ metadata: set, qr: policy, firstParty: true });
    expect(kept?.metadata).not.toHaveProperty('policy_uri');
    // Nobody agreed that codes go there without consent.
    const moved = { ...metadata, redirect_uris: ['https://elsewhere.example/callback'] };
    const token = String(changed.body.registration_access_token);
    expect((await call('PUT', url, token, moved)).status).toBe(200);
    expect(await app.clients.findAny(id)).toMatchObject({ metadata: set, qr: policy, firstParty: false });
  });

  it('E3 cannot change another client, and one of 50 parallel changes by a token succeeds', async () => {
    const [{ body: mine }, { body: other }] = [await register(), await register()];
    const token = String(mine.registration_access_token);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? metadata : undefined;
      expect((await call(method, String(other.registration_client_uri), token, body)).status).toBe(401);
      expect((await call(method, `${app.issuer}/registration/dev-web`, token, body)).status).toBe(401);
    }
    const uses = await Promise.all(
      Array.from({ length: 50 }, () => call('PUT', String(mine.registration_client_uri), token, metadata)),
    );
    expect(uses.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('input of other libraries', () => {
  it('takes empty strings and null for absent, at registration and at a change', async () => {
    const empty = {
      client_id: '',
      client_uri: '',
      logo_uri: null,
      scope: '',
      grant_types: null,
      response_types: null,
      token_endpoint_auth_method: '',
      jwks: null,
      jwks_uri: '',
      contacts: null,
      default_max_age: null,
      subject_type: '',
      id_token_signed_response_alg: '',
    };
    const made = await register({ ...empty, ...metadata });
    expect([made.status, made.body.error_description]).toEqual([201, undefined]);
    expect(made.body).toMatchObject({
      scope: 'openid profile email',
      token_endpoint_auth_method: 'client_secret_basic',
    });
    for (const name of ['client_uri', 'logo_uri', 'jwks_uri', 'subject_type'])
      expect(made.body).not.toHaveProperty(name);
    const token = String(made.body.registration_access_token);
    const put = { ...empty, ...metadata, client_id: null, client_name: '' };
    const changed = await call('PUT', String(made.body.registration_client_uri), token, put);
    expect(changed.status).toBe(200);
    expect(changed.body).not.toHaveProperty('client_name');
  });

  it('answers every refusal in the shape of RFC 7591', async () => {
    const send = async (body: string, type: string) => {
      const token = await app.registrations.createInitialToken({ name: 'test', uses: 1, days: 1 });
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      const answer = await fetch(`${app.issuer}/registration`, { method: 'POST', headers, body });
      return { status: answer.status, body: (await answer.json()) as Body, headers: answer.headers };
    };
    const json = 'application/json';
    const wrong = { ...metadata, redirect_uris: ['javascript:alert(1)'] };
    const deep = '['.repeat(6000) + ']'.repeat(6000);
    const deepKeys = `{"redirect_uris":["${redirectUri}"],"jwks":{"keys":${deep}}}`;
    const refusals = [
      [await send('{', json), 'invalid_client_metadata'],
      [await send(deepKeys, json), 'invalid_client_metadata'],
      [await send('[]', json), 'invalid_client_metadata'],
      [await send('a=b', 'application/x-www-form-urlencoded'), 'invalid_client_metadata'],
      [await send(JSON.stringify({ ...metadata, client_name: 'x'.repeat(300_000) }), json), 'invalid_client_metadata'],
      [await send(JSON.stringify({ ...metadata, client_name: 7 }), json), 'invalid_client_metadata'],
      [await send(JSON.stringify(wrong), json), 'invalid_redirect_uri'],
    ] as const;
    for (const [answer, error] of refusals) {
      expect([answer.status >= 400 && answer.status < 500, answer.body.error]).toEqual([true, error]);
      expect(Object.keys(answer.body).sort()).toEqual(['error', 'error_description']);
      expect(answer.headers.get('content-type')).toContain('application/json');
    }
  });
});
