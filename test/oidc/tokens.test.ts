// Codes, tokens, keys and sessions, black box.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { approveFor, claimsOf, refresh, signIn, type Tokens, userinfo } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { authorizationParams, createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

let app: TestApp;
let alice: VirtualPhone;
beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

const codeFor = async (change: Record<string, string> = {}, phone = alice) => {
  const browser = createWaitingBrowser(app.issuer);
  const callback = await approveFor(browser, phone, change);
  return { browser, code: callback.searchParams.get('code') ?? '' };
};
const errorOf = async (response: Response) => ((await response.json()) as { error: string }).error;
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const secret = 'dev-web-secret-for-local-use-only';

describe('a code', () => {
  it('A5 needs its verifier, and a wrong client does not consume it', async () => {
    const { browser, code } = await codeFor();
    expect(await errorOf(await browser.redeem(code, { code_verifier: 'x'.repeat(43) }))).toBe('invalid_grant');
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: browser.verifier,
    });
    const foreign = await fetch(`${app.issuer}/token`, { method: 'POST', body, headers: basic('dev-web', secret) });
    expect(await errorOf(foreign)).toBe('invalid_grant');
    expect((await browser.redeem(code)).status).toBe(200);
  });

  it('A6 is redeemed once under 50 parallel tries', async () => {
    const { browser, code } = await codeFor();
    const answers = await Promise.all(Array.from({ length: 50 }, () => browser.redeem(code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(await Promise.all(answers.filter(({ status }) => status !== 200).map(errorOf)))).toEqual(
      new Set(['invalid_grant']),
    );
  });

  it('A7 is bound to its redirect URI, and a replay revokes its tokens', async () => {
    const { browser, code } = await codeFor();
    expect(await errorOf(await browser.redeem(code, { redirect_uri: 'http://localhost:8765/callback' }))).toBe(
      'invalid_grant',
    );
    const tokens = (await (await browser.redeem(code)).json()) as Tokens;
    expect((await userinfo(app, tokens.access_token)).status).toBe(200);
    expect(await errorOf(await browser.redeem(code))).toBe('invalid_grant');
    expect((await userinfo(app, tokens.access_token)).status).toBe(401);
  });
});

describe('a refresh token', () => {
  it('A8 reuse after the grace period revokes the family', async () => {
    const { tokens } = await signIn(app, alice);
    const next = (await (await refresh(app, tokens.refresh_token ?? '')).json()) as Tokens;
    app.time.shiftSeconds += 11;
    expect(await errorOf(await refresh(app, tokens.refresh_token ?? ''))).toBe('invalid_grant');
    expect(await errorOf(await refresh(app, next.refresh_token ?? ''))).toBe('invalid_grant');
    expect((await userinfo(app, next.access_token)).status).toBe(401);
  });

  it('A8 never gets a wider scope', async () => {
    const { tokens } = await signIn(app, alice, { scope: 'openid profile' });
    expect(await errorOf(await refresh(app, tokens.refresh_token ?? '', { scope: 'openid profile email' }))).toBe(
      'invalid_scope',
    );
  });
});

describe('tokens and keys', () => {
  it('A10 signs by a published key; JWKS has no private part', async () => {
    const { tokens } = await signIn(app, alice);
    const header = JSON.parse(Buffer.from(tokens.id_token.split('.')[0] ?? '', 'base64url').toString());
    const { keys } = (await (await fetch(`${app.issuer}/jwks`)).json()) as { keys: Record<string, string>[] };
    expect(header.alg).toBe('RS256');
    expect(keys.map(({ kid }) => kid)).toContain(header.kid);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
    expect(keys.map(({ alg }) => alg)).toEqual(expect.arrayContaining(['RS256', 'ES256']));
    for (const key of keys)
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(member);
    const rsa = keys.find(({ kty }) => kty === 'RSA');
    expect(Buffer.from(rsa?.n ?? '', 'base64url').length * 8).toBeGreaterThanOrEqual(2048);
    const { iss, aud, exp, iat, sub } = claimsOf(tokens.id_token);
    expect({ iss, aud }).toEqual({ iss: app.issuer, aud: 'dev-public' });
    expect(Number(exp) - Number(iat)).toBe(3600);
    expect(sub).toBeTruthy();
  });

  it('serves discovery and JWKS with ETag and Cache-Control', async () => {
    for (const path of ['/.well-known/openid-configuration', '/jwks']) {
      const first = await fetch(`${app.issuer}${path}`);
      expect(first.headers.get('cache-control')).toMatch(/max-age=\d+/);
      const again = await fetch(`${app.issuer}${path}`, {
        headers: { 'if-none-match': first.headers.get('etag') ?? '' },
      });
      expect(again.status).toBe(304);
      expect((await fetch(`${app.issuer}${path}`, { method: 'HEAD' })).status).toBe(200);
    }
  });

  it('A15 authenticates clients strictly', async () => {
    const { code, browser } = await codeFor({ client_id: 'dev-web' });
    const body = () =>
      new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: browser.verifier,
      });
    const wrong = await fetch(`${app.issuer}/token`, {
      method: 'POST',
      body: body(),
      headers: basic('dev-web', 'wrong'),
    });
    expect(wrong.status).toBe(401);
    expect(await errorOf(wrong)).toBe('invalid_client');
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic/);
    const inQuery = await fetch(`${app.issuer}/token?client_id=dev-web&client_secret=${secret}`, {
      method: 'POST',
      body: body(),
    });
    expect([400, 401]).toContain(inQuery.status);
    const right = await fetch(`${app.issuer}/token`, {
      method: 'POST',
      body: body(),
      headers: basic('dev-web', secret),
    });
    expect(right.status).toBe(200);
  });

  it('A17 userinfo refuses everything but a valid access token', async () => {
    const { tokens } = await signIn(app, alice, { scope: 'openid email' });
    expect((await fetch(`${app.issuer}/me`)).status).toBe(401);
    expect((await userinfo(app, 'nonsense')).status).toBe(401);
    expect((await fetch(`${app.issuer}/me?access_token=${tokens.access_token}`)).status).toBe(400);
    const claims = (await (await userinfo(app, tokens.access_token)).json()) as Record<string, unknown>;
    expect(claims).toEqual({ sub: claimsOf(tokens.id_token).sub, email: 'alice@example.com', email_verified: true });
  });

  it('A18 a disabled account is refused by every flow', async () => {
    // Of its own: disabling signs the phone out for good.
    const bob = await app.phone('bob');
    const { tokens } = await signIn(app, bob);
    const { browser, code } = await codeFor({}, bob);
    const waiting = createWaitingBrowser(app.issuer);
    await waiting.open();
    const claim = await bob.scan({ qr: await waiting.qr() });
    await bob.approve(claim);
    await app.accounts.update((await app.accounts.getByUsername('bob')).id, {}, null, true);
    expect(await errorOf(await browser.redeem(code))).toBe('invalid_grant');
    expect(await errorOf(await refresh(app, tokens.refresh_token ?? ''))).toBe('invalid_grant');
    expect((await userinfo(app, tokens.access_token)).status).toBe(401);
    expect((await waiting.finish()).status).toBe(409);
    expect((await bob.call('GET', '/phone/v1/approvals')).status).toBe(401);
    const silent = await browser.request(`/auth?${authorizationParams({ prompt: 'none' }).params}`);
    expect(new URL(silent.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
  });

  it('H2 does not confuse one kind of secret with another', async () => {
    const { tokens, browser, code } = await signIn(app, alice);
    const stray = [tokens.access_token, tokens.refresh_token ?? '', browser.uid, code];
    for (const value of stray) {
      expect(await errorOf(await browser.redeem(value))).toBe('invalid_grant');
      if (value !== tokens.refresh_token) expect(await errorOf(await refresh(app, value))).toBe('invalid_grant');
      if (value !== tokens.access_token) expect((await userinfo(app, value)).status).toBe(401);
      expect((await alice.call('POST', '/phone/v1/scan', { qr: value })).status).toBe(404);
    }
  });
});

describe('sign-out', () => {
  it('A19 goes back only to a registered address, with state, after a hint of our own', async () => {
    const { tokens, browser } = await signIn(app, alice);
    const out = (change: Record<string, string>) =>
      browser.request(
        `/session/end?${new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: 'http://127.0.0.1:8765/', state: 's', ...change })}`,
        {
          headers: { accept: 'text/html' },
        },
      );
    // What does not validate is not used, and the person is asked (RP-Initiated Logout §4).
    const forged = [
      `${tokens.id_token.slice(0, -4)}AAAA`,
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${tokens.id_token.split('.')[1]}.`,
    ];
    for (const hint of forged) {
      const asked = await out({ id_token_hint: hint });
      expect(asked.status).toBe(200);
      expect(asked.text).toContain('name="logout"');
    }
    const elsewhere = await signIn(app, alice);
    const wrong = { id_token_hint: elsewhere.tokens.id_token, post_logout_redirect_uri: 'http://127.0.0.1:8765/evil' };
    const stays = await elsewhere.browser.request(`/session/end?${new URLSearchParams(wrong)}`);
    expect(stays.headers.get('location')).toBe('/session/end/success?problem=return_address_unregistered');
    const done = await out({});
    expect(done.headers.get('location')).toBe('http://127.0.0.1:8765/?state=s');
    const silent = await browser.request(`/auth?${authorizationParams({ prompt: 'none' }).params}`);
    expect(new URL(silent.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
    expect((await userinfo(app, tokens.access_token)).status).toBe(401);
  });

  it('C5 ending an approval on the phone revokes session, grant and tokens at once', async () => {
    const { tokens, browser } = await signIn(app, alice);
    for (const { id } of await alice.approvals()) await alice.endApproval(String(id));
    expect(await alice.approvals()).toEqual([]);
    expect((await userinfo(app, tokens.access_token)).status).toBe(401);
    expect(await errorOf(await refresh(app, tokens.refresh_token ?? ''))).toBe('invalid_grant');
    const silent = await browser.request(`/auth?${authorizationParams({ prompt: 'none' }).params}`);
    expect(new URL(silent.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
  });
});
