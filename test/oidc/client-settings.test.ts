// What a client may say of its own: lifetimes of what it gets, how long a sign-in serves it, and whose
// pages may read answers. Each works for that client alone.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openMachine } from '../support/admin-machine.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { approveFor, claimsOf, refresh, type Tokens } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import {
  authorizationParams,
  createWaitingBrowser,
  redirectUri,
  type WaitingBrowser,
} from '../support/waiting-browser.ts';

let app: TestApp;
let alice: VirtualPhone;
beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

const common = {
  client_name: 'Own ways',
  redirect_uris: [redirectUri],
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid profile offline_access',
};

async function signInTo(settings: Record<string, unknown>, scope = 'openid profile') {
  const { client } = await app.clients.create({ ...common, ...settings });
  const browser = createWaitingBrowser(app.issuer);
  const change = { client_id: client.id, scope, ...(scope.includes('offline') && { prompt: 'consent' }) };
  const callback = await approveFor(browser, alice, change);
  const response = await browser.redeem(callback.searchParams.get('code') ?? '', { client_id: client.id });
  return { client, browser, tokens: (await response.json()) as Tokens };
}

/** Seconds of life of a kept record of this kind, beside those of a client that says nothing. */
async function lifeOf(model: string, settings: Record<string, unknown>, scope?: string): Promise<number> {
  const lives: number[] = [];
  const { artifacts } = app.store;
  const spy = artifacts.upsert.bind(artifacts);
  (artifacts as { upsert: typeof spy }).upsert = async (artifact) => {
    if (artifact.model === model) lives.push((artifact.expiresAt ?? 0) - Math.floor(Date.now() / 1000));
    return spy(artifact);
  };
  try {
    await signInTo(settings, scope);
  } finally {
    (artifacts as { upsert: typeof spy }).upsert = spy;
  }
  return Math.max(...lives);
}

/** Two clocks and the tolerance of the store. */
const about = (seconds: number) => [expect.closeTo(seconds, -1.6)];

const silently = async (browser: WaitingBrowser, clientId: string): Promise<string> => {
  const { params } = authorizationParams({ prompt: 'none', client_id: clientId, scope: 'openid profile' });
  const answer = await browser.request(`/auth?${params}`);
  const { searchParams } = new URL(answer.headers.get('location') ?? '');
  return searchParams.get('code') ? 'code' : String(searchParams.get('error'));
};

/** Everybody's clock: the phone's proofs have to be fresh as well. */
const later = async <Result>(seconds: number, work: () => Promise<Result>): Promise<Result> => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
  try {
    return await work();
  } finally {
    vi.useRealTimers();
  }
};

describe('lifetimes of a client', () => {
  it('are the client’s own where it sets them, else the provider’s', async () => {
    const plain = await signInTo({});
    const own = await signInTo({ access_token_seconds: 120, id_token_seconds: 300 });
    const idLife = ({ id_token }: Tokens) => Number(claimsOf(id_token).exp) - Number(claimsOf(id_token).iat);
    expect([plain.tokens.expires_in, idLife(plain.tokens)]).toEqual([3600, 3600]);
    expect([own.tokens.expires_in, idLife(own.tokens)]).toEqual([120, 300]);
  });

  it('apply to refreshed tokens too', async () => {
    const { client, tokens } = await signInTo({ access_token_seconds: 120 }, 'openid offline_access');
    const again = (await (await refresh(app, tokens.refresh_token ?? '', { client_id: client.id })).json()) as Tokens;
    expect(again.expires_in).toBe(120);
  });

  it('apply to a machine and to our own APIs', async () => {
    const machine = await openMachine(app, 'clients:read');
    await app.clients.update(machine.clientId, { patch: { access_token_seconds: 60 } }, null);
    const { clientCredentialsGrant } = await import('openid-client');
    const wanted = { scope: 'clients:read', resource: `${app.issuer}/admin` };
    expect((await clientCredentialsGrant(machine.config, wanted)).expires_in).toBe(60);
  });

  it('set the lifetime of refresh tokens, and their grant lives longer', async () => {
    const month = 30 * 86_400;
    const settings = { refresh_token_seconds: month };
    expect([await lifeOf('RefreshToken', settings, 'openid offline_access')]).toEqual(about(month));
    expect(await lifeOf('Grant', settings, 'openid offline_access')).toBeGreaterThan(month);
    expect(await lifeOf('Grant', { ...settings, first_party: true }, 'openid')).toBeGreaterThan(month);
    expect([await lifeOf('RefreshToken', {}, 'openid offline_access')]).toEqual(about(14 * 86_400));
  });

  it('end a refresh token without offline_access after session_seconds, like the sign-in', async () => {
    const settings = { session_seconds: 7200 };
    expect([await lifeOf('RefreshToken', settings)]).toEqual(about(7200));
    expect([await lifeOf('RefreshToken', settings, 'openid offline_access')]).toEqual(about(14 * 86_400));
  });

  it('remember a used code for as long as its tokens may live', async () => {
    expect([await lifeOf('AuthorizationCode', { access_token_seconds: 7200 })]).toEqual(about(60 + 7200));
  });

  it.each([
    ['access_token_seconds', 59],
    ['access_token_seconds', 86_401],
    ['id_token_seconds', 3601],
    ['refresh_token_seconds', 31_536_001],
    ['session_seconds', 0],
    ['session_seconds', 600.5],
    ['session_seconds', '600'],
  ])('are refused beyond their bounds: %s %s', async (name, value) => {
    await expect(app.clients.create({ ...common, [name]: value })).rejects.toMatchObject({
      code: 'client_metadata_invalid',
      problems: [{ path: name }],
    });
  });
});

describe('session_seconds', () => {
  it('requires a new sign-in after this time, for which a tap is enough', async () => {
    const { client, browser } = await signInTo({ session_seconds: 600 });
    expect(await silently(browser, client.id)).toBe('code');
    expect(await later(590, () => silently(browser, client.id))).toBe('code');
    await later(600, async () => {
      expect(await silently(browser, client.id)).toBe('login_required');
      const callback = await approveFor(browser, alice, { client_id: client.id, scope: 'openid profile' });
      expect(callback.searchParams.get('code')).toBeTruthy();
      expect(await silently(browser, client.id)).toBe('code');
    });
    expect(await later(1190, () => silently(browser, client.id))).toBe('code');
    expect(await later(1210, () => silently(browser, client.id))).toBe('login_required');
  });

  it('of one client does not change another client', async () => {
    const plain = await signInTo({});
    const strict = await app.clients.create({ ...common, session_seconds: 60 });
    expect(strict.client.metadata.session_seconds).toBe(60);
    expect(await later(3600, () => silently(plain.browser, plain.client.id))).toBe('code');
  });
});

describe('cors_origins', () => {
  const origin = 'https://pages.example';
  const ask = async (path: string, from: string, init: RequestInit = {}) => {
    const response = await fetch(`${app.issuer}${path}`, { ...init, headers: { ...init.headers, origin: from } });
    return response.headers.get('access-control-allow-origin');
  };

  it('F5 let only these pages, and those of its redirect URIs, read the answers of this client', async () => {
    const { client, tokens } = await signInTo({ cors_origins: [origin] });
    const authorization = `Bearer ${tokens.access_token}`;
    const me = (from: string) => ask('/me', from, { headers: { authorization } });
    const [own] = client.metadata.redirect_uris;
    expect(await me(origin)).toBe(origin);
    expect(await me(new URL(own ?? '').origin)).toBe(new URL(own ?? '').origin);
    for (const stranger of [`${origin}:8443`, 'http://pages.example', 'https://sub.pages.example', 'null']) {
      expect(await me(stranger), stranger).toBeNull();
    }
    const preflight = { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } };
    expect(await ask('/token', origin, preflight)).toBe(origin);
    expect(await ask('/token', 'https://strange.example', preflight)).toBeNull();
    await app.clients.update(client.id, { patch: { cors_origins: null } }, null);
    expect([await me(origin), await ask('/token', origin, preflight)]).toEqual([null, null]);
  });

  it('F5 do not apply to the token of another client', async () => {
    await app.clients.create({ ...common, cors_origins: ['https://elsewhere.example'] });
    const { tokens } = await signInTo({});
    const authorization = `Bearer ${tokens.access_token}`;
    expect(await ask('/me', 'https://elsewhere.example', { headers: { authorization } })).toBeNull();
  });

  it.each([
    ['https://*.example', 'has a wildcard or backslash'],
    ['*', 'is not an absolute URI'],
    ['null', 'is not an absolute URI'],
    ['https://pages.example/', 'is not an origin alone; write https://pages.example'],
    ['https://pages.example/path', 'is not an origin alone; write https://pages.example'],
    ['https://Pages.example', 'is not an origin alone; write https://pages.example'],
    ['https://pages.example:443', 'is not an origin alone; write https://pages.example'],
    ['http://pages.example', 'uses http, which is allowed on this machine only'],
    ['https://user@pages.example', 'has user information'],
    ['javascript:alert(1)', 'must begin with https://'],
  ])('E4 refuse %s: it %s', async (wrong, message) => {
    await expect(app.clients.create({ ...common, cors_origins: [origin, wrong] })).rejects.toMatchObject({
      problems: [{ path: 'cors_origins.1', message }],
    });
  });
});
