// The profiles of a client: what `fapi2` and `fapi2-message-signing` turn on, refuse, and demand of JWTs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { approveFor } from '../support/signed-in.ts';
import { type Claims, createSigningClient, type SigningClient, secondsNow } from '../support/signing-client.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { authorizationParams, createWaitingBrowser } from '../support/waiting-browser.ts';

let app: TestApp;
let alice: VirtualPhone;
let bank: SigningClient;
beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
  bank = await createSigningClient(app, { profile: 'fapi2' });
});
afterAll(() => app.stop());

const paramsOf = (client: SigningClient, change: Record<string, string | undefined> = {}) => {
  const { params, verifier } = authorizationParams({ client_id: client.id, ...change });
  return { params: Object.fromEntries(params), verifier };
};
const nothing = Object.fromEntries([...authorizationParams().params.keys()].map((name) => [name, undefined]));

/** Signs a person in with a request that was pushed. */
async function signInBy(client: SigningClient, pushedUri: string): Promise<URL> {
  const browser = createWaitingBrowser(app.issuer);
  return approveFor(browser, alice, { ...nothing, client_id: client.id, request_uri: pushedUri });
}

describe('A23 profile: fapi2', () => {
  it('signs a person in by PAR, PKCE, private_key_jwt and DPoP, with an ID token by ES256', async () => {
    const { params, verifier } = paramsOf(bank);
    const pushed = await bank.push(params);
    expect(pushed.status).toBe(201);
    const callback = await signInBy(bank, pushed.body.request_uri ?? '');
    expect(callback.searchParams.get('iss')).toBe(app.issuer);
    const { status, body } = await bank.redeem(callback.searchParams.get('code') ?? '', verifier);
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
    const header = JSON.parse(Buffer.from(body.id_token?.split('.')[0] ?? '', 'base64url').toString());
    expect(header.alg).toBe('ES256');
  });

  it('refuses a request that was not pushed', async () => {
    const { params } = paramsOf(bank);
    const answer = await fetch(`${app.issuer}/auth?${new URLSearchParams(params)}`, { redirect: 'manual' });
    expect(new URL(answer.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
  });

  it.each([
    ['code_challenge', undefined],
    ['code_challenge_method', 'plain'],
    ['redirect_uri', undefined],
    ['response_type', 'code id_token'],
  ])('refuses a pushed request whose %s is %s', async (name, value) => {
    const { params } = paramsOf(bank, { [name]: value });
    const pushed = await bank.push(params);
    expect(pushed.status).toBe(400);
  });

  it('refuses a code without a DPoP proof', async () => {
    const { params, verifier } = paramsOf(bank);
    const pushed = await bank.push(params);
    const code = (await signInBy(bank, pushed.body.request_uri ?? '')).searchParams.get('code') ?? '';
    const bare = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: params.redirect_uri ?? '',
      code_verifier: verifier,
    };
    const { status, body } = await bank.post('/token', bare);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
  });

  const inFuture = (seconds: number) => secondsNow() + seconds;
  it.each<[string, () => Claims]>([
    ['names the token endpoint as audience', () => ({ aud: `${app.issuer}/token` })],
    ['names the issuer in a list', () => ({ aud: [app.issuer] })],
    ['names two audiences', () => ({ aud: [app.issuer, `${app.issuer}/token`] })],
    ['was made more than a minute ahead', () => ({ iat: inFuture(90), exp: inFuture(200) })],
    ['is not valid yet', () => ({ nbf: inFuture(90), exp: inFuture(200) })],
    ['has expired', () => ({ exp: inFuture(-60) })],
    ['lives for a day', () => ({ exp: inFuture(86_400) })],
    ['has no expiry', () => ({ exp: undefined })],
  ])('refuses a client assertion that %s', async (_title, claims) => {
    const { params } = paramsOf(bank);
    const { status, body } = await bank.push(params, { claims: claims() });
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it('accepts a client whose clock is 10 seconds ahead', async () => {
    const ahead = { iat: inFuture(10), nbf: inFuture(10), exp: inFuture(70) };
    expect((await bank.push(paramsOf(bank).params, { claims: ahead })).status).toBe(201);
  });

  it('leaves other clients their audiences', async () => {
    const other = await createSigningClient(app);
    for (const aud of [`${app.issuer}/token`, [app.issuer], app.issuer])
      expect((await other.push(paramsOf(other).params, { claims: { aud } })).status, String(aud)).toBe(201);
  });

  it.each([90_000, 9e15, 1e300])('refuses an assertion of any client that lives for %d seconds', async (seconds) => {
    const other = await createSigningClient(app);
    const push = (exp: number) => other.push(paramsOf(other).params, { claims: { exp } });
    expect((await push(inFuture(seconds))).body.error).toBe('invalid_client');
    expect((await push(inFuture(86_000))).status).toBe(201);
  });

  it('refuses an assertion by RS256', async () => {
    const other = await createSigningClient(app, { profile: 'fapi2' }, 'RS256');
    expect((await other.push(paramsOf(other).params)).body.error).toBe('invalid_client');
  });

  const wellFormed = {
    redirect_uris: ['https://rp.example/cb'],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks_uri: 'https://rp.example/jwks',
    profile: 'fapi2',
  };
  it.each([
    ['require_pushed_authorization_requests', false],
    ['require_pkce', false],
    ['dpop_bound_access_tokens', false],
    ['token_endpoint_auth_method', 'client_secret_basic'],
    ['token_endpoint_auth_method', undefined],
    ['token_endpoint_auth_method', 'none'],
    ['id_token_signed_response_alg', 'RS256'],
    ['userinfo_signed_response_alg', 'RS256'],
    ['authorization_signed_response_alg', 'RS256'],
    ['request_object_signing_alg', 'RS256'],
    ['token_endpoint_auth_signing_alg', 'RS256'],
    ['allow_insecure_redirects', true],
    ['device_grant', true],
  ])('refuses a client whose %s is %s, and says how to correct it', async (name, value) => {
    const refused = app.clients.create({ ...wellFormed, [name]: value });
    await expect(refused).rejects.toMatchObject({ code: 'client_metadata_invalid' });
    await expect(refused).rejects.toThrow(new RegExp(`${name} must be .*profile fapi2 requires it`));
  });

  it('refuses a site whose answers are not encrypted on their way', async () => {
    const insecure = { ...wellFormed, redirect_uris: ['https://rp.example/cb', 'http://localhost:3000/cb'] };
    await expect(app.clients.create(insecure)).rejects.toMatchObject({ problems: [{ path: 'redirect_uris.1' }] });
    await expect(app.clients.create(insecure)).rejects.toThrow(/must begin with https.*profile fapi2 requires it/);
    expect(await app.clients.create({ ...insecure, application_type: 'native' })).toBeTruthy();
  });

  it.each(['FAPI2', '', 'fapi1', 2, ['fapi2']])('refuses the profile %j', async (profile) => {
    await expect(app.clients.create({ ...wellFormed, profile })).rejects.toMatchObject({
      problems: [{ path: 'profile' }],
    });
  });

  it('is removed by none, and its switches with it', async () => {
    const { client } = await app.clients.create(wellFormed);
    const changed = await app.clients.update(client.id, { patch: { profile: 'none' } }, null);
    expect(changed.metadata).not.toHaveProperty('require_pkce');
  });
});

describe('A23 profile: fapi2-message-signing', () => {
  let signing: SigningClient;
  beforeAll(async () => {
    signing = await createSigningClient(app, { profile: 'fapi2-message-signing' });
  });

  it('signs a person in by a signed request and a signed answer', async () => {
    const { request, verifier } = await signing.requestObject({ claims: { response_mode: 'jwt' } });
    const pushed = await signing.push({ request });
    expect(pushed.status).toBe(201);
    const callback = await signInBy(signing, pushed.body.request_uri ?? '');
    const [, payload = ''] = (callback.searchParams.get('response') ?? '').split('.');
    const answer = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect((await signing.redeem(answer.code, verifier)).status).toBe(200);
  });

  it('refuses a request that is not signed, or whose answer would not be', async () => {
    const { params } = paramsOf(signing, { response_mode: 'jwt' });
    expect((await signing.push(params)).status).toBe(400);
    for (const claims of [{}, { response_mode: 'query' }, { response_mode: 'form_post' }]) {
      const { request } = await signing.requestObject({ claims });
      expect((await signing.push({ request })).status, JSON.stringify(claims)).toBe(400);
    }
  });

  it.each<[string, () => Claims]>([
    ['has no nbf', () => ({ nbf: undefined })],
    ['has no exp', () => ({ exp: undefined })],
    ['began more than an hour ago', () => ({ nbf: secondsNow() - 3700, exp: secondsNow() + 60 })],
    ['lives for more than an hour', () => ({ exp: secondsNow() + 4000 })],
    ['was made in the future', () => ({ iat: secondsNow() + 90 })],
    ['names another audience', () => ({ aud: `${app.issuer}/request` })],
  ])('refuses a request object that %s', async (_title, claims) => {
    const { request } = await signing.requestObject({ claims: { response_mode: 'jwt', ...claims() } });
    const { status, body } = await signing.push({ request });
    expect([status, body.error]).toEqual([400, 'invalid_request_object']);
  });

  it.each([
    ['require_signed_request_object', false],
    ['response_modes', ['query', 'jwt']],
  ])('refuses a client whose %s is %j', async (name, value) => {
    const settings = { profile: 'fapi2-message-signing', [name]: value };
    await expect(createSigningClient(app, settings)).rejects.toThrow(/profile fapi2-message-signing requires it/);
  });
});
