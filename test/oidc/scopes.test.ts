// Which scopes a request may have, and which it gets (RFC 6749 §3.3), at every endpoint that takes scopes.
import { clientCredentialsGrant } from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMachine } from '../support/admin-machine.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { createScreen } from '../support/screen.ts';
import { approveFor, refresh, type Tokens } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { authorizationParams, createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

let app: TestApp;
let alice: VirtualPhone;
let shop: string;
beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
  shop = await makeClient({});
});
afterAll(() => app.stop());

const common = {
  client_name: 'Shop',
  redirect_uris: [redirectUri],
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid profile offline_access',
};
const makeClient = async (settings: Record<string, unknown>): Promise<string> =>
  (await app.clients.create({ ...common, ...settings })).client.id;

/** The error of an authorization request, at the relying party; null for a sign-in page. */
async function refusalOf(change: Record<string, string | undefined>): Promise<string | null> {
  const { params } = authorizationParams({ client_id: shop, ...change });
  const answer = await fetch(`${app.issuer}/auth?${params}`, { redirect: 'manual', headers: { accept: 'text/html' } });
  const location = answer.headers.get('location') ?? '';
  if (!location.startsWith(redirectUri)) return answer.status === 303 ? null : `page ${answer.status}`;
  return new URL(location).searchParams.get('error');
}

async function tokensOf(scope: string, more: Record<string, string> = {}): Promise<Tokens> {
  const browser = createWaitingBrowser(app.issuer);
  const callback = await approveFor(browser, alice, { client_id: shop, scope, ...more });
  const code = callback.searchParams.get('code') ?? '';
  return (await (await browser.redeem(code, { client_id: shop })).json()) as Tokens;
}

type Answer = Tokens & { error?: string };
const again = async (token: string | undefined, scope: string): Promise<Answer> =>
  (await (await refresh(app, token ?? '', { client_id: shop, scope })).json()) as Answer;
const sorted = (scope: string | undefined) => scope?.split(' ').sort().join(' ');

describe('a request without resource', () => {
  it('gets the scopes that it may have, and the token response names them', async () => {
    const tokens = await tokensOf('openid email unknown clients:read approve profile');
    expect(sorted(tokens.scope)).toBe('openid profile');
  });

  it.each([
    { scope: undefined },
    { scope: 'profile' },
    { scope: 'profile', nonce: undefined },
    { scope: 'unknown' },
    { scope: 'profile', prompt: 'none' },
  ])('is refused at once without openid: %j', async (change) => {
    expect(await refusalOf(change)).toBe('invalid_scope');
  });

  it.each(['openid "x"', 'openid \\', 'openid\u00e9', ' openid  profile'])(
    'is refused when the scope is malformed: %j',
    async (scope) => {
      expect(await refusalOf({ scope })).toBe('invalid_scope');
    },
  );

  it('judges a pushed request in the same way', async () => {
    const push = async (scope: string) => {
      const { params } = authorizationParams({ client_id: shop, scope });
      const answer = await fetch(`${app.issuer}/request`, { method: 'POST', body: params });
      return ((await answer.json()) as { error?: string }).error ?? answer.status;
    };
    expect(await push('profile')).toBe('invalid_scope');
    // What was asked for is kept with every refresh token.
    expect(await push(`openid ${'x'.repeat(4089)}`)).toBe(201);
    expect(await push(`openid ${'x'.repeat(4090)}`)).toBe('invalid_scope');
    expect(await push('openid unknown email')).toBe(201);
  });

  it('judges a screen in the same way', async () => {
    const tv = await makeClient({ grant_types: [], redirect_uris: [], device_grant: true, scope: 'openid profile' });
    const ask = async (body: Record<string, string>) =>
      (await createScreen(app.issuer, tv).post('/device/auth', body)).body.error;
    expect(await ask({ scope: 'profile' })).toBe('invalid_scope');
    expect(await ask({})).toBe('invalid_scope');
    expect(await ask({ scope: 'openid unknown email' })).toBeUndefined();
  });
});

describe('a request with resource', () => {
  const phone = () => ({ resource: `${app.issuer}/phone` });
  const bound = { dpop_bound_access_tokens: true, scope: 'openid profile approve' };

  it('needs no openid, and without a scope it means what the client may have there', async () => {
    const client_id = await makeClient(bound);
    const plain = { nonce: undefined, client_id, ...phone() };
    expect(await refusalOf({ ...plain, scope: 'approve' })).toBeNull();
    expect(await refusalOf({ ...plain, scope: undefined })).toBeNull();
    // Both ask to enrol a device, which no QR code does.
    for (const scope of [undefined, 'approve']) {
      const browser = createWaitingBrowser(app.issuer);
      await browser.open({ ...plain, scope });
      expect([scope, (await browser.ticket()).status]).toEqual([scope, 404]);
    }
  });

  it.each(['unknown', 'approve unknown', 'openid email approve', 'openid clients:read', 'address'])(
    'is refused for a scope that the API does not have or the client may not have: %s',
    async (scope) => {
      expect(await refusalOf({ client_id: await makeClient(bound), scope, ...phone() })).toBe('invalid_scope');
    },
  );

  it('is refused for an unknown resource', async () => {
    for (const resource of ['https://elsewhere.example', `${app.issuer}/admin`])
      expect(await refusalOf({ scope: 'openid', resource })).toBe('invalid_target');
    expect(await refusalOf({ scope: 'openid', ...phone() })).toBe('invalid_target');
  });
});

describe('client credentials', () => {
  const ask = async (body: Record<string, string>) => {
    const { config } = await openMachine(app, 'clients:read', 'audit:read');
    return clientCredentialsGrant(config, body).then(
      ({ scope }) => sorted(scope),
      (error: { error?: string }) => error.error,
    );
  };
  const resource = () => `${app.issuer}/admin`;

  it.each(['unknown', 'openid', 'clients:read clients:write', 'approve'])('refuse the scope %s', async (scope) => {
    expect(await ask({ scope, resource: resource() })).toBe('invalid_scope');
  });

  it('refuse every scope without resource, because no API has it', async () => {
    expect(await ask({ scope: 'clients:read' })).toBe('invalid_scope');
  });

  it('mean all scopes of the client without one', async () => {
    expect(await ask({ resource: resource() })).toBe('audit:read clients:read');
    expect(await ask({ resource: resource(), scope: 'audit:read' })).toBe('audit:read');
  });
});

describe('a refresh', () => {
  it('may repeat every scope of the first request, and gets those that were granted', async () => {
    // Without prompt=consent there is no offline_access (OIDC Core §11).
    const first = 'openid profile offline_access email unknown';
    const tokens = await tokensOf(first);
    expect(sorted(tokens.scope)).toBe('openid profile');
    const second = await again(tokens.refresh_token, first);
    expect(sorted(second.scope)).toBe('openid profile');
    const third = await again(second.refresh_token, first);
    expect(sorted(third.scope)).toBe('openid profile');
    expect((await again(third.refresh_token, 'openid')).scope).toBe('openid');
  });

  it('A8 is refused for any other scope', async () => {
    const tokens = await tokensOf('openid email');
    for (const scope of ['profile', 'openid email profile', 'clients:read', 'email'])
      expect([scope, (await again(tokens.refresh_token, scope)).error]).toEqual([scope, 'invalid_scope']);
    expect((await again(tokens.refresh_token, 'openid')).error).toBeUndefined();
  });

  it('may repeat every scope that a screen asked for', async () => {
    const scope = 'openid profile email unknown offline_access';
    const granted = 'openid profile offline_access';
    const grants = { grant_types: ['refresh_token'], redirect_uris: [], device_grant: true };
    const tv = createScreen(app.issuer, await makeClient({ ...grants, scope: granted }));
    const { verification_uri_complete, device_code } = await tv.begin({ scope });
    await alice.approve(await alice.scan({ qr: verification_uri_complete }), { user_code_confirmed: true });
    const { body: tokens } = await tv.poll(device_code);
    expect(sorted(String(tokens.scope))).toBe(sorted(granted));
    let token = String(tokens.refresh_token);
    for (let times = 0; times < 2; times++) {
      const { body } = await tv.post('/token', { grant_type: 'refresh_token', refresh_token: token, scope });
      expect([body.error, sorted(String(body.scope))]).toEqual([undefined, sorted(granted)]);
      token = String(body.refresh_token);
    }
    const wider = { grant_type: 'refresh_token', refresh_token: token, scope: 'openid address' };
    expect((await tv.post('/token', wider)).body.error).toBe('invalid_scope');
  });

  it('knows the first request when that was pushed, whatever else the client sent', async () => {
    const scope = 'openid email';
    const { params, verifier } = authorizationParams({ client_id: shop, scope, requested_scope: 'address' });
    const pushed = await fetch(`${app.issuer}/request`, { method: 'POST', body: params });
    const { request_uri } = (await pushed.json()) as { request_uri: string };
    const browser = createWaitingBrowser(app.issuer);
    const started = await browser.request(`/auth?${new URLSearchParams({ client_id: shop, request_uri })}`);
    const base = started.headers.get('location') ?? '';
    await browser.request(base, { headers: { accept: 'text/html' } });
    const claim = await alice.scan({ qr: String((await browser.json('GET', `${base}/ticket`)).json().qr) });
    const confirmation = await alice.approve(claim);
    const body = confirmation === null ? {} : { confirmation_code: confirmation };
    const done = await browser.json('POST', `${base}/finish`, body);
    const callback = await browser.follow(String(done.json().location));
    const code = callback.searchParams.get('code') ?? '';
    const answer = await browser.redeem(code, { client_id: shop, code_verifier: verifier });
    const tokens = (await answer.json()) as Tokens;
    expect((await again(tokens.refresh_token, 'openid address')).error).toBe('invalid_scope');
    expect((await again(tokens.refresh_token, scope)).scope).toBe('openid');
  });
});

describe('max_age', () => {
  const wrong = ['1e3', '0x10', ' 5', '5 ', '+5', '-5', '5.0', '٥', 'NaN', 'x', '9'.repeat(30)];
  const right = ['', '0', '5', '007', '999999999'];

  it.each(wrong)('must consist of decimal digits: %j is refused', async (max_age) => {
    expect(await refusalOf({ max_age })).toBe('invalid_request');
    expect(await refusalOf({ max_age, prompt: 'none' })).toBe('invalid_request');
  });

  it.each(right)('may be %j', async (max_age) => {
    expect(await refusalOf({ max_age })).toBeNull();
  });

  it('is judged in the same way in a pushed request and for a screen', async () => {
    const tv = await makeClient({ grant_types: [], redirect_uris: [], device_grant: true, scope: 'openid' });
    const push = async (max_age: string) => {
      const { params } = authorizationParams({ client_id: shop, max_age });
      const answer = await fetch(`${app.issuer}/request`, { method: 'POST', body: params });
      return ((await answer.json()) as { error?: string }).error;
    };
    const ask = async (max_age: string) =>
      (await createScreen(app.issuer, tv).post('/device/auth', { scope: 'openid', max_age })).body.error;
    for (const max_age of wrong)
      expect([max_age, await push(max_age), await ask(max_age)]).toEqual([
        max_age,
        'invalid_request',
        'invalid_request',
      ]);
    for (const max_age of right)
      expect([max_age, await push(max_age), await ask(max_age)]).toEqual([max_age, undefined, undefined]);
  });

  it('may not be sent twice', async () => {
    const { params } = authorizationParams({ client_id: shop, max_age: '5' });
    const answer = await fetch(`${app.issuer}/auth?${params}&max_age=6`, { redirect: 'manual' });
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
  });
});

describe('a nonce', () => {
  it('is refused when it is too long for an ID token', async () => {
    expect(await refusalOf({ nonce: 'n'.repeat(512) })).toBeNull();
    expect(await refusalOf({ nonce: 'n'.repeat(513) })).toBe('invalid_request');
    // JSON writes six characters for one of these.
    expect(await refusalOf({ nonce: '\u0001'.repeat(86) })).toBe('invalid_request');
  });
});
