// Modules of the plan "FAPI 2.0 Security Profile Final" of the OpenID conformance suite, by their names
// (conformance.md): those that failed or warned once, and those whose rules are ours beside the library's.
// fapi.test.ts tests the limits of each rule.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { approveFor } from '../../support/signed-in.ts';
import { type Claims, createSigningClient, type SigningClient, secondsNow } from '../../support/signing-client.ts';
import type { VirtualPhone } from '../../support/virtual-phone.ts';
import { authorizationParams, createWaitingBrowser, type WaitingBrowser } from '../../support/waiting-browser.ts';

let app: TestApp;
let alice: VirtualPhone;
let one: SigningClient;
let two: SigningClient;
beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
  const grants = { grant_types: ['authorization_code', 'refresh_token'], scope: 'openid profile email offline_access' };
  one = await createSigningClient(app, { profile: 'fapi2', ...grants }, 'PS256');
  two = await createSigningClient(app, { profile: 'fapi2', ...grants }, 'PS256');
});
afterAll(() => app?.stop());

type Change = Record<string, string | undefined>;
const named = (module: string): string => `fapi2-security-profile-final-${module}`;
const nothing = Object.fromEntries([...authorizationParams().params.keys()].map((name) => [name, undefined]));
const ahead = (seconds: number): number => secondsNow() + seconds;

/** Pushes a request that is right but for this change. */
async function push(change: Change = {}, claims: Claims = {}, client = one) {
  const { params, verifier } = authorizationParams({ client_id: client.id, ...change });
  const { status, body } = await client.push(Object.fromEntries(params), { claims });
  return { status, body, verifier, uri: String(body.request_uri) };
}

const byUri = (uri: string, client = one): Change => ({ ...nothing, client_id: client.id, request_uri: uri });

/** A whole sign-in up to the code. */
async function codeFor(change: Change = {}, browser = createWaitingBrowser(app.issuer)) {
  const { uri, verifier } = await push(change);
  const callback = await approveFor(browser, alice, byUri(uri));
  return { uri, verifier, callback, code: callback.searchParams.get('code') ?? '' };
}

const errorAt = (answer: { headers: Headers }): string | null =>
  new URL(answer.headers.get('location') ?? 'http://none').searchParams.get('error');

describe('a sign-in', () => {
  it(`${named('happy-flow')}: DPoP is bound, and the answer names the issuer`, async () => {
    const { callback, code, verifier } = await codeFor();
    expect(callback.searchParams.get('iss')).toBe(app.issuer);
    const { status, body } = await one.redeem(code, verifier);
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
  });

  it(`${named('user-rejects-authentication')}: is answered by access_denied`, async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open(byUri((await push()).uri));
    const callback = await browser.follow(String((await browser.cancel()).json().location));
    expect(callback.searchParams.get('error')).toBe('access_denied');
  });

  it.each([
    ['ensure-authorization-request-without-state-success', { state: undefined }],
    ['ensure-authorization-request-without-nonce-success', { nonce: undefined }],
    ['ensure-authorization-request-with-64-char-nonce-success', { nonce: 'n'.repeat(64) }],
    ['ensure-other-scope-order-succeeds', { scope: 'email profile openid' }],
  ])('fapi2-security-profile-final-%s', async (_module, change: Change) => {
    const { code, verifier, callback } = await codeFor(change);
    expect(callback.searchParams.has('state')).toBe(!('state' in change));
    expect((await one.redeem(code, verifier)).status).toBe(200);
  });

  it(`${named('test-claims-parameter-identity-claims')}: the ID token has what was asked for, and the account has`, async () => {
    const { code, verifier } = await codeFor({ claims: JSON.stringify({ id_token: { name: null, email: null } }) });
    const { body } = await one.redeem(code, verifier);
    const claims = JSON.parse(Buffer.from(String(body.id_token).split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ name: expect.any(String), email: 'alice@example.com' });
  });

  it(`${named('ensure-authorization-code-is-bound-to-client')}: another client cannot redeem it`, async () => {
    const { code, verifier } = await codeFor();
    expect((await two.redeem(code, verifier)).body.error).toBe('invalid_grant');
  });

  it(`${named('attempt-reuse-authorization-code-after-one-second')}: a code works once`, async () => {
    const { code, verifier } = await codeFor();
    expect((await one.redeem(code, verifier)).status).toBe(200);
    expect((await one.redeem(code, verifier)).body.error).toBe('invalid_grant');
  });

  it(`${named('refresh-token')}: stays the same, and belongs to its client`, async () => {
    const { code, verifier } = await codeFor({ scope: 'openid offline_access', prompt: 'consent' });
    const token = String((await one.redeem(code, verifier)).body.refresh_token);
    const use = async (client: SigningClient) =>
      client.post(
        '/token',
        { grant_type: 'refresh_token', refresh_token: token },
        {},
        { dpop: await client.proof('POST', '/token') },
      );
    expect((await use(two)).body.error).toBe('invalid_grant');
    for (let times = 0; times < 2; times++) {
      const { status, body } = await use(one);
      expect([status, body.refresh_token ?? token]).toEqual([200, token]);
    }
  });
});

describe('a pushed request', () => {
  const opened = async (browser: WaitingBrowser, uri: string) => browser.open(byUri(uri));

  it(`${named('par-ensure-reused-request-uri-prior-to-auth-completion-succeeds')}: a reload signs in`, async () => {
    const { uri, verifier } = await push();
    const browser = createWaitingBrowser(app.issuer);
    expect((await opened(browser, uri)).status).toBe(200);
    const callback = await approveFor(browser, alice, byUri(uri));
    expect((await one.redeem(callback.searchParams.get('code') ?? '', verifier)).status).toBe(200);
  });

  it(`${named('par-attempt-reuse-request_uri')}: is refused once a code was sent`, async () => {
    const { uri } = await codeFor();
    const again = await opened(createWaitingBrowser(app.issuer), uri);
    expect([again.status === 400, errorAt(again) === 'invalid_request_uri']).toContain(true);
  });

  it(`${named('par-attempt-to-use-request_uri-for-different-client')}: is refused`, async () => {
    const { uri } = await push();
    const refused = await createWaitingBrowser(app.issuer).open(byUri(uri, two));
    expect(refused.status === 400 || errorAt(refused) !== null).toBe(true);
    expect(new URL(refused.headers.get('location') ?? 'http://none').searchParams.has('code')).toBe(false);
  });

  it.each([
    ['par-ensure-pkce-required', { code_challenge: undefined, code_challenge_method: undefined }],
    ['par-plain-pkce-rejected', { code_challenge_method: 'plain' }],
    [
      'par-authorization-request-containing-request_uri-form-param',
      { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
    ],
    ['ensure-redirect-uri-in-authorization-request', { redirect_uri: undefined }],
    ['ensure-response-type-code-idtoken-fails', { response_type: 'code id_token' }],
    ['ensure-response-type-token-fails', { response_type: 'token' }],
  ])('fapi2-security-profile-final-%s', async (_module, change: Change) => {
    expect((await push(change)).status).toBe(400);
  });

  it(`${named('ensure-unsigned-authorization-request-without-using-par-fails')}: only pushed requests count`, async () => {
    const { params } = authorizationParams({ client_id: one.id });
    const refused = await fetch(`${app.issuer}/auth?${params}`, { redirect: 'manual' });
    expect(errorAt(refused)).toBe('invalid_request');
  });

  it.each([
    ['incorrect-pkce-code-verifier-rejected', 'x'.repeat(43)],
    ['ensure-pkce-code-verifier-required', ''],
  ])('fapi2-security-profile-final-%s', async (_module, verifier) => {
    expect((await one.redeem((await codeFor()).code, verifier)).status).toBe(400);
  });
});

describe('a client assertion', () => {
  it.each<[string, () => Claims]>([
    ['par-test-array-as-audience-fails', () => ({ aud: [app.issuer] })],
    ['par-test-par-endpoint-url-as-audience-fails', () => ({ aud: `${app.issuer}/request` })],
    ['par-test-token-endpoint-url-as-audience-fails', () => ({ aud: `${app.issuer}/token` })],
    ['ensure-client-assertion-with-wrong-aud-fails', () => ({ aud: 'https://other.example' })],
    ['ensure-client-assertion-with-no-sub-fails', () => ({ sub: undefined })],
    ['ensure-client-assertion-with-exp-is-5-minutes-in-past-fails', () => ({ exp: ahead(-300) })],
    ['par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails', () => ({ nbf: ahead(61) })],
  ])('fapi2-security-profile-final-%s', async (_module, claims) => {
    const { status, body } = await push({}, claims());
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it(`${named('par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted')}`, async () => {
    expect((await push({}, { nbf: ahead(8) })).status).toBe(201);
  });

  it(`${named('ensure-signed-client-assertion-with-RS256-fails')}`, async () => {
    const weak = await createSigningClient(app, { profile: 'fapi2' }, 'RS256');
    expect((await push({}, {}, weak)).body.error).toBe('invalid_client');
  });
});

describe('a DPoP proof', () => {
  it.each([
    ['ensure-dpopproof-with-iat-10seconds-before-succeeds', -10],
    ['ensure-dpopproof-with-iat-10seconds-after-succeeds', 10],
  ])('fapi2-security-profile-final-%s', async (_module, seconds) => {
    const { code, verifier } = await codeFor();
    const body = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: String(authorizationParams().params.get('redirect_uri')),
      code_verifier: verifier,
    };
    const dpop = await one.proof('POST', '/token', undefined, { iat: ahead(seconds) });
    expect((await one.post('/token', body, {}, { dpop })).status).toBe(200);
  });

  it(`${named('ensure-holder-of-key-required')}: no proof, no tokens`, async () => {
    const { code, verifier } = await codeFor();
    const body = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: String(authorizationParams().params.get('redirect_uri')),
      code_verifier: verifier,
    };
    expect((await one.post('/token', body)).status).toBe(400);
  });

  it(`${named('ensure-mismatched-dpop-jkt-fails')}: the pushed thumbprint is that of the proof`, async () => {
    const { code, verifier } = await codeFor({ dpop_jkt: 'A'.repeat(43) });
    expect((await one.redeem(code, verifier)).status).toBe(400);
  });
});
