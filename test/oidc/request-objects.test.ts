// Signed authorization requests by value (RFC 9101), and answers as signed JWTs (JARM): what is accepted,
// what is refused, and that each refusal names the check that failed.
import { createRemoteJWKSet, decodeJwt, generateKeyPair, jwtVerify, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { approveFor, claimsOf } from '../support/signed-in.ts';
import { type Claims, createSigningClient, type SigningClient, secondsNow } from '../support/signing-client.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { authorizationParams, createWaitingBrowser } from '../support/waiting-browser.ts';

let app: TestApp;
let alice: VirtualPhone;
let client: SigningClient;
beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
  client = await createSigningClient(app);
});
afterAll(() => app.stop());

/** A request that consists of these parameters alone. */
const only = (params: Record<string, string>): Record<string, string | undefined> => ({
  ...Object.fromEntries([...authorizationParams().params.keys()].map((name) => [name, undefined])),
  ...params,
});

/** Sends these parameters, and says with which error the request ends; null for a sign-in page. */
async function refusalOf(params: Record<string, string>) {
  const query = new URLSearchParams(params);
  const answer = await fetch(`${app.issuer}/auth?${query}`, { redirect: 'manual', headers: { accept: 'text/html' } });
  const location = answer.headers.get('location') ?? '';
  if (location.startsWith('/interaction/')) return null;
  const error = location ? new URL(location).searchParams.get('error') : null;
  return { error: error ?? `page ${answer.status}`, text: await answer.text() };
}

/** The newest refusal of this client, waited for: records are written in the background. */
async function newestRefusal(clientId: string, since: number) {
  for (let i = 0; i < 500; i++) {
    const { records } = await app.store.audit.query({ isRefusal: true, limit: 500 });
    const [newest] = records.filter((record) => record.clientId === clientId);
    if (newest && records.length > since) return newest.facts;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error('no refusal was recorded');
}
const countRefusals = async () => (await app.store.audit.query({ isRefusal: true, limit: 500 })).records.length;

describe('A22 a signed request', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('signs a person in when it is signed by %s', async (alg) => {
    const signer = await createSigningClient(app, {}, alg);
    const { request, verifier } = await signer.requestObject();
    const browser = createWaitingBrowser(app.issuer);
    const callback = await approveFor(browser, alice, only({ client_id: signer.id, request }));
    expect(callback.searchParams.get('state')).toBe('state-1');
    const { status, body } = await signer.redeem(callback.searchParams.get('code') ?? '', verifier);
    expect(status).toBe(200);
    expect(claimsOf(body.id_token ?? '')).toMatchObject({ nonce: 'nonce-1', aud: signer.id });
  });

  it('counts alone: what stands beside it is not read (RFC 9101 §6.3)', async () => {
    const { request } = await client.requestObject({ claims: { scope: 'openid', state: 'inside' } });
    const browser = createWaitingBrowser(app.issuer);
    const beside = { scope: 'openid email', state: 'outside', prompt: 'none', response_type: 'code' };
    const callback = await approveFor(browser, alice, only({ client_id: client.id, request, ...beside }));
    expect(callback.searchParams.get('state')).toBe('inside');
  });

  it('may be pushed, and a refresh may repeat the scopes of its first request', async () => {
    const signer = await createSigningClient(app, { grant_types: ['authorization_code', 'refresh_token'] });
    const scope = 'openid email unknown';
    const { request, verifier } = await signer.requestObject({ claims: { scope, requested_scope: 'profile' } });
    const pushed = await signer.push({ request });
    expect(pushed.status).toBe(201);
    const browser = createWaitingBrowser(app.issuer);
    const uri = pushed.body.request_uri ?? '';
    const callback = await approveFor(browser, alice, only({ client_id: signer.id, request_uri: uri }));
    const tokens = (await signer.redeem(callback.searchParams.get('code') ?? '', verifier)).body;
    expect(tokens.scope).toBe('openid email');
    const proof = async () => ({ dpop: await signer.proof('POST', '/token') });
    const again = (wanted: string, headers: Record<string, string>) =>
      signer.post(
        '/token',
        { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '', scope: wanted },
        {},
        headers,
      );
    expect((await again(scope, await proof())).status).toBe(200);
    expect((await again('openid profile', await proof())).body.error).toBe('invalid_scope');
  });

  it('is required where the client says so', async () => {
    const signer = await createSigningClient(app, { require_signed_request_object: true });
    const { params } = authorizationParams({ client_id: signer.id });
    expect(await refusalOf(Object.fromEntries(params))).toMatchObject({ error: 'invalid_request' });
    const { request } = await signer.requestObject();
    expect(await refusalOf({ client_id: signer.id, request })).toBeNull();
    await expect(
      app.clients.create({ redirect_uris: ['https://rp.example/cb'], require_signed_request_object: true }),
    ).rejects.toThrow(/jwks/);
  });

  it('is refused with another algorithm than the registered one', async () => {
    const signer = await createSigningClient(app, { request_object_signing_alg: 'PS256' });
    const { request } = await signer.requestObject();
    expect(await refusalOf({ client_id: signer.id, request })).toMatchObject({ error: 'invalid_request_object' });
  });

  it('by reference is refused: only pushed requests have a request_uri here', async () => {
    const refused = await refusalOf({ client_id: client.id, request_uri: 'https://rp.example/request.jwt' });
    expect(refused?.error).toMatch(/request_uri_not_supported|page 400/);
  });
});

describe('A22 a wrong request object is refused, and the record says why', () => {
  const ago = secondsNow() - 3600;
  const wrong: [string, Claims, RegExp][] = [
    ['has another audience', { aud: 'https://other.example' }, /audience/],
    ['has no audience', { aud: undefined }, /audience/],
    ['has another issuer', { iss: 'dev-web' }, /issuer/],
    ['has expired', { exp: ago }, /expired/],
    ['is not valid yet', { nbf: secondsNow() + 3600 }, /not active yet/],
    ['has a time that is no number', { exp: 'soon' }, /exp/],
    ['names another client', { client_id: 'dev-web' }, /client_id/],
    ['contains a request', { request: 'x.y.z' }, /request or request_uri/],
    ['contains a request_uri', { request_uri: 'https://rp.example/r' }, /request or request_uri/],
    ['could be sent as a client assertion', { sub: 'CLIENT' }, /sub must not be the client_id/],
    ['repeats a parameter', { state: ['a', 'b'] }, /state/],
    ['has an object without a text', { nonce: { toString: 1 } }, /nonce must be a string/],
    ['has one in a list', { resource: ['https://api.example', { toString: 1 }] }, /resource must be a string/],
    ['has one as client_id', { client_id: { toString: 1 } }, /client_id must be a string/],
  ];
  it.each(wrong)('when it %s', async (_title, claims, reason) => {
    const own = Object.fromEntries(
      Object.entries(claims).map(([name, each]) => [name, each === 'CLIENT' ? client.id : each]),
    );
    const { request } = await client.requestObject({ claims: own });
    const since = await countRefusals();
    const refused = await refusalOf({ client_id: client.id, request });
    expect(refused?.error).toMatch(/invalid_request_object|invalid_request|page 400/);
    const facts = await newestRefusal(client.id, since);
    expect(`${facts.description} ${facts.detail}`).toMatch(reason);
    expect(JSON.stringify(facts)).not.toContain(request);
  });

  it('when another key signed it', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const { request } = await client.requestObject({ key: privateKey });
    const since = await countRefusals();
    expect(await refusalOf({ client_id: client.id, request })).toMatchObject({ error: 'invalid_request_object' });
    const facts = await newestRefusal(client.id, since);
    expect(facts).toMatchObject({ error: 'invalid_request_object' });
    expect(`${facts.description} ${facts.detail}`).toMatch(/signature/);
  });

  it('when its response_type or client_id differs from those beside it', async () => {
    const { request } = await client.requestObject();
    const { params } = authorizationParams({ client_id: client.id });
    const beside = { redirect_uri: params.get('redirect_uri') ?? '', client_id: client.id };
    expect(await refusalOf({ ...beside, request, response_type: 'token' })).toMatchObject({
      error: 'invalid_request_object',
    });
    expect((await refusalOf({ request, client_id: 'dev-public' }))?.error).toMatch(/invalid_request_object|page 400/);
  });

  const partsOf = (header: string, payload: string) =>
    [header, payload, 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
  it.each<[string, (signer: SigningClient) => Promise<string> | string]>([
    ['is not signed', (signer) => new UnsecuredJWT({ client_id: signer.id, iss: signer.id, aud: app.issuer }).encode()],
    ['is no JWT', () => 'not-a-jwt'],
    ['is empty', () => ''],
    ['is encrypted', () => 'a.b.c.d.e'],
    ['has parts that are no JSON', () => partsOf('not', 'json')],
    ['is nested', async (signer) => signer.sign({ request: await signer.assertion() })],
    ['is an array', () => partsOf('{"alg":"ES256"}', '[]')],
  ])('when it %s', async (_title, make) => {
    const answer = await refusalOf({ client_id: client.id, request: await make(client) });
    expect(answer?.error ?? 'accepted').toMatch(/invalid_request|page 400/);
    expect((await client.push({ request: await make(client) })).status).toBe(400);
  });

  it('when it is far too long, on every way in', async () => {
    const { request } = await client.requestObject({ claims: { state: 'x'.repeat(100_000) } });
    const form = { method: 'POST', body: new URLSearchParams({ client_id: client.id, request }) } as const;
    expect((await fetch(`${app.issuer}/auth`, { ...form, redirect: 'manual' })).status).toBe(413);
    const pushed = await client.push({ request }).catch(() => ({ status: 413 }));
    expect(pushed.status).toBe(413);
  });

  const deep = '['.repeat(6000) + ']'.repeat(6000);
  const deepJwt = (more: Claims) => {
    const claims = { client_id: client.id, iss: client.id, aud: app.issuer, ...more };
    return partsOf('{"alg":"ES256"}', `{"x":${deep},${JSON.stringify(claims).slice(1)}`);
  };
  it.each<[string, () => Record<string, string>, string]>([
    ['a request object', () => ({ request: deepJwt({}) }), 'invalid_request_object'],
    ['a header', () => ({ request: partsOf(`{"alg":"ES256","x":${deep}}`, '{}') }), 'invalid_request_object'],
    ['the parameter claims', () => ({ claims: `{"userinfo":{"name":${deep}}}` }), 'invalid_request'],
    ['an assertion', () => ({ client_assertion: deepJwt({ sub: client.id, exp: 9e9, jti: 'x' }) }), 'invalid_client'],
  ])('when %s is nested thousands of times', async (_title, body, error) => {
    const { params } = authorizationParams({ client_id: client.id });
    const answer = await client.push({ ...Object.fromEntries(params), ...body() });
    expect([answer.status, answer.body.error]).toEqual([error === 'invalid_client' ? 401 : 400, error]);
  });

  it('when it is pushed after its end, so that its address would have no life', async () => {
    const { request } = await client.requestObject({ claims: { exp: secondsNow() - 3 } });
    const { status, body } = await client.push({ request });
    expect([status, body.error]).toEqual([400, 'invalid_request_object']);
  });

  it.each(['oauth-authz-req+jwt', 'application/oauth-authz-req+jwt'])(
    'and never authenticates the client with the typ %s',
    async (typ) => {
      const { request } = await client.requestObject({ claims: { sub: client.id, jti: typ }, header: { typ } });
      const form = {
        grant_type: 'authorization_code',
        code: 'x',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: request,
      };
      const answer = await fetch(`${app.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
      expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([401, 'invalid_client']);
    },
  );
});

describe('an answer as a signed JWT (JARM)', () => {
  const verified = async (jwt: string, audience: string) =>
    jwtVerify(jwt, createRemoteJWKSet(new URL(`${app.issuer}/jwks`)), { issuer: app.issuer, audience });

  it.each(['jwt', 'query.jwt', 'fragment.jwt'])('is sent by response_mode=%s', async (mode) => {
    const browser = createWaitingBrowser(app.issuer);
    const callback = await approveFor(browser, alice, { response_mode: mode });
    const place = mode === 'fragment.jwt' ? new URLSearchParams(callback.hash.slice(1)) : callback.searchParams;
    expect([...place.keys()]).toEqual(['response']);
    const { payload } = await verified(place.get('response') ?? '', 'dev-public');
    expect(payload).toMatchObject({ state: 'state-1', code: expect.any(String) });
    expect((payload.exp ?? 0) - secondsNow()).toBeLessThanOrEqual(600);
    expect((await browser.redeem(String(payload.code))).status).toBe(200);
  });

  it('is posted by response_mode=form_post.jwt, from a page without form-action', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ response_mode: 'form_post.jwt' });
    const claim = await alice.scan({ qr: await browser.qr() });
    const finished = await browser.finish((await alice.approve(claim)) ?? undefined);
    const page = await browser.request(String(finished.json().location), { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).not.toContain('form-action');
    const jwt = /name="response" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    expect((await verified(jwt, 'dev-public')).payload.code).toEqual(expect.any(String));
  });

  it('is how an error is sent too, signed by the algorithm of the client', async () => {
    const signer = await createSigningClient(app, { authorization_signed_response_alg: 'ES256' });
    const { params } = authorizationParams({ client_id: signer.id, response_mode: 'jwt', prompt: 'none' });
    const answer = await fetch(`${app.issuer}/auth?${params}`, { redirect: 'manual' });
    const jwt = new URL(answer.headers.get('location') ?? '').searchParams.get('response') ?? '';
    const { payload, protectedHeader } = await verified(jwt, signer.id);
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload).toMatchObject({ error: 'login_required', state: 'state-1' });
    expect(decodeJwt(jwt)).not.toHaveProperty('code');
  });

  it('and signed requests are named in discovery', async () => {
    const discovery = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as Record<
      string,
      unknown
    >;
    expect(discovery).toMatchObject({
      request_parameter_supported: true,
      request_uri_parameter_supported: false,
      request_object_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      authorization_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
      dpop_signing_alg_values_supported: ['PS256', 'ES256', 'EdDSA'],
    });
    expect(discovery.response_modes_supported).toEqual(
      expect.arrayContaining(['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt']),
    );
  });
});
