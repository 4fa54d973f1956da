// The authorization endpoint, black box: what it accepts, refuses, and where refusals go.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { secondsLater } from '../support/seconds.ts';
import { approveFor, claimsOf, signIn } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { authorizationParams, createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

let app: TestApp;
let alice: VirtualPhone;
beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

const ask = (change: Record<string, string | undefined>) =>
  fetch(`${app.issuer}/auth?${authorizationParams(change).params}`, {
    redirect: 'manual',
    headers: { accept: 'text/html' },
  });

const errorAt = (response: Response) => {
  const location = new URL(response.headers.get('location') ?? '', app.issuer);
  return {
    to: `${location.origin}${location.pathname}`,
    error: location.searchParams.get('error'),
    iss: location.searchParams.get('iss'),
  };
};

describe('the authorization endpoint', () => {
  it.each([
    `${redirectUri}/`,
    redirectUri.toUpperCase(),
    `${redirectUri}?x=1`,
    `${redirectUri}/..;/evil`,
    redirectUri.replace('/callback', '/%2e%2e/callback'),
    'http://user@127.0.0.1:8765/callback',
    'http://127.0.0.1:8765@evil.example/callback',
    'http:\\\\127.0.0.1:8765\\callback',
    `${redirectUri}#fragment`,
    `${redirectUri}#`,
    'https://127.0.0.1:8765/callback',
    'http://127.0.0.1:8766/callback',
    'http://sub.127.0.0.1:8765/callback',
    'http://xn--lcalhost-iza:8765/callback',
  ])('A1 matches the redirect URI byte for byte: refuses %s', async (uri) => {
    const response = await ask({ redirect_uri: uri });
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    expect(await response.text()).not.toContain('Error:');
  });

  it.each([
    { client_id: 'nobody' },
    { redirect_uri: 'https://evil.example/cb', prompt: 'none' },
    { redirect_uri: 'https://evil.example/cb', response_mode: 'form_post' },
    { redirect_uri: 'https://evil.example/cb', scope: 'bogus' },
  ])('A2 never redirects before client and redirect URI are valid: %j', async (change) => {
    const response = await ask(change);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });

  it.each(['token', 'id_token', 'code id_token', 'none', 'code token'])(
    'A3 refuses response_type %s',
    async (responseType) => {
      const response = await ask({ response_type: responseType });
      if (response.status === 400) return;
      expect(response.headers.get('location')).toContain('error=unsupported_response_type');
    },
  );

  it('A3 has no password grant, and only code in discovery', async () => {
    const body = new URLSearchParams({
      grant_type: 'password',
      username: 'alice',
      password: 'x',
      client_id: 'dev-public',
    });
    const response = await fetch(`${app.issuer}/token`, { method: 'POST', body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'unsupported_grant_type' });
    const discovery = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as Record<
      string,
      string[]
    >;
    expect(discovery.response_types_supported).toEqual(['code']);
    expect(discovery.grant_types_supported?.sort()).toEqual([
      'authorization_code',
      'client_credentials',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
    ]);
    expect(discovery.code_challenge_methods_supported).toEqual(['S256']);
    expect(discovery.token_endpoint_auth_methods_supported).not.toContain('client_secret_jwt');
  });

  it.each([{ code_challenge: undefined, code_challenge_method: undefined }, { code_challenge_method: 'plain' }])(
    'A4 requires PKCE S256 of a public client: %j',
    async (change) => {
      const response = await ask(change);
      expect(response.status).toBe(303);
      expect(errorAt(response)).toEqual({ to: redirectUri, error: 'invalid_request', iss: app.issuer });
    },
  );

  it('A9 brings state, nonce and iss back untouched, in success and denial', async () => {
    const state = `<"'>&${'ü'.repeat(900)}`;
    const { callback, tokens } = await signIn(app, alice, { state });
    expect(callback.searchParams.get('state')).toBe(state);
    expect(callback.searchParams.get('iss')).toBe(app.issuer);
    expect(claimsOf(tokens.id_token)).toMatchObject({ nonce: 'nonce-1', iss: app.issuer, aud: 'dev-public' });
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ state });
    await alice.deny(await alice.scan({ qr: await browser.qr() }));
    const denied = await browser.follow(String((await browser.cancel()).json().location));
    expect(Object.fromEntries(denied.searchParams)).toMatchObject({ error: 'access_denied', state, iss: app.issuer });
  });

  it('A11 prompt=none never shows a page: login_required without a session', async () => {
    expect(errorAt(await ask({ prompt: 'none' }))).toMatchObject({ to: redirectUri, error: 'login_required' });
  });

  it('A11 prompt=none asks for consent where the session has none for this client', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, alice, {}, { trust_browser: true });
    const { params } = authorizationParams({ client_id: 'dev-web', prompt: 'none' });
    const answer = await browser.request(`/auth?${params}`);
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('error')).toBe('consent_required');
    const again = await browser.request(`/auth?${authorizationParams({ prompt: 'none' }).params}`);
    expect(new URL(again.headers.get('location') ?? '').searchParams.get('code')).toBeTruthy();
  });

  it('B17 gives no silent sign-on into other clients unless the browser is trusted', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, alice);
    const same = await browser.request(`/auth?${authorizationParams({ prompt: 'none' }).params}`);
    expect(new URL(same.headers.get('location') ?? '').searchParams.get('code')).toBeTruthy();
    const other = await browser.request(
      `/auth?${authorizationParams({ client_id: 'dev-web', prompt: 'none' }).params}`,
    );
    expect(new URL(other.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
  });

  it('A12 prompt=login and max_age ask the phone for a proof of the person, and a tap is none', async () => {
    for (const change of [{ prompt: 'login' }, { max_age: '1' }]) {
      const browser = createWaitingBrowser(app.issuer);
      const phone = await app.phone('alice');
      await secondsLater(3);
      const startedAt = Math.floor(Date.now() / 1000);
      await browser.open(change);
      const claim = await phone.scan({ qr: await browser.qr() });
      expect(claim.requires).toContain('reauthentication');
      await expect(phone.approve(claim)).rejects.toMatchObject({ code: 'reauthentication_required' });
      await phone.signIn('alice', 'tessera-demo-alice');
      expect(await phone.approve(claim)).toBeNull();
      const callback = await browser.follow(String((await browser.finish()).json().location));
      const response = await browser.redeem(callback.searchParams.get('code') ?? '');
      const { id_token } = (await response.json()) as { id_token: string };
      expect(claimsOf(id_token).auth_time).toBeGreaterThanOrEqual(startedAt);
    }
  });

  it('A13 an id_token_hint for another account ends in login_required, by phone and by password', async () => {
    const { tokens } = await signIn(app, alice);
    const bob = await app.phone('bob');
    const byPhone = await approveFor(createWaitingBrowser(app.issuer), bob, { id_token_hint: tokens.id_token });
    expect(byPhone.searchParams.get('error')).toBe('login_required');
    expect(byPhone.searchParams.get('code')).toBeNull();
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ id_token_hint: tokens.id_token });
    const form = new URLSearchParams({ username: 'bob', password: 'tessera-demo-bob' });
    const answer = await browser.request(`${browser.base}/password`, { method: 'POST', body: form });
    const byPassword = await browser.follow(String(answer.json().location));
    expect(byPassword.searchParams.get('error')).toBe('login_required');
  });

  it('A14 reports the true acr and amr, and never replaces phr by a weaker class', async () => {
    const { tokens } = await signIn(app, alice, { acr_values: 'urn:tessera:qr phr' });
    expect(claimsOf(tokens.id_token)).toMatchObject({ acr: 'urn:tessera:qr', amr: ['mca', 'swk'] });
    const page = await createWaitingBrowser(app.issuer).open({ acr_values: 'phr' });
    expect([page.status, page.text.includes('passkey-way'), page.text.includes('<img src="data:image/svg')]).toEqual([
      200,
      true,
      false,
    ]);
    const signedIn = createWaitingBrowser(app.issuer);
    await approveFor(signedIn, alice, {}, { trust_browser: true });
    const again = await signedIn.request(`/auth?${authorizationParams({ prompt: 'none', acr_values: 'phr' }).params}`);
    expect(new URL(again.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
  });

  it('A14 refuses phr to every weaker way to sign in, even when the page was never opened', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const started = await browser.request(`/auth?${authorizationParams({ acr_values: 'phr' }).params}`);
    const base = started.headers.get('location') ?? '';
    const json = { accept: 'application/json' };
    const form = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice' });
    const tries = [
      await browser.json('POST', `${base}/ticket`, {}),
      await browser.json('POST', `${base}/finish`, {}),
      await browser.json('POST', `${base}/continue`, {}),
      await browser.request(`${base}/password`, { method: 'POST', headers: json, body: form }),
    ];
    for (const answer of tries) expect([answer.status, answer.json().code]).toEqual([403, 'acr_unmet']);
  });

  it('A16 resumes an interaction by its cookie alone, and a query there does not cause a 500', async () => {
    const answer = await fetch(`${app.issuer}/auth/${'x'.repeat(43)}?client_id=dev-public`, { redirect: 'manual' });
    // Without the cookie this is nobody's interaction, so the page says that it is over.
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/interaction/${'x'.repeat(43)}?ended`]);
  });

  it('A16 refuses repeated parameters, ignores unknown ones, takes POST, limits length', async () => {
    const { params } = authorizationParams({ unknown: 'ignored' });
    const ok = await fetch(`${app.issuer}/auth?${params}`, { redirect: 'manual' });
    expect(ok.headers.get('location')).toMatch(/^\/interaction\//);
    const posted = await fetch(`${app.issuer}/auth`, { method: 'POST', body: params, redirect: 'manual' });
    expect(posted.status).toBe(303);
    expect(posted.headers.get('location')).toBe(`/auth?${params}`);
    const twice = await fetch(`${app.issuer}/auth?${params}&client_id=dev-public`, { redirect: 'manual' });
    expect(twice.status).toBe(400);
    const long = await fetch(`${app.issuer}/auth?${params}&x=${'x'.repeat(9000)}`, { redirect: 'manual' });
    expect(long.status).toBe(414);
    const longPost = await fetch(`${app.issuer}/auth`, {
      method: 'POST',
      body: new URLSearchParams({ x: 'x'.repeat(9000) }),
      redirect: 'manual',
    });
    expect(longPost.status).toBe(414);
  });
});
