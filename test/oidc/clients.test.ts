// Unmodified standard libraries sign in: openid-client and oauth4webapi. Tessera must not require
// anything that they do not support.
import { createServer } from 'node:http';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { freePort } from '../support/free-port.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

const secret = 'dev-web-secret-for-local-use-only';
let app: TestApp;
let alice: VirtualPhone;
let logoutPort = 0;
let assertionKey: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  logoutPort = await freePort();
  assertionKey = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(assertionKey.publicKey)), alg: 'ES256', kid: 'k1', use: 'sig' };
  const common = {
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid profile email offline_access',
  };
  const { parse } = await import('yaml');
  const { readFile } = await import('node:fs/promises');
  const file = parse(await readFile(new URL('../../config/development.yaml', import.meta.url), 'utf8'));
  app = await startApp({
    http: { outbound_private_networks: true },
    clients: [
      ...file.clients,
      {
        client_id: 'by-key',
        ...common,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [jwk] },
      },
      { client_id: 'pairwise', ...common, token_endpoint_auth_method: 'none', subject_type: 'pairwise' },
      { client_id: 'es256', ...common, token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'ES256' },
      {
        client_id: 'told',
        ...common,
        token_endpoint_auth_method: 'none',
        backchannel_logout_uri: `http://127.0.0.1:${logoutPort}/logout`,
        backchannel_logout_session_required: true,
      },
    ],
  });
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

const discover = (id: string, authentication: client.ClientAuth = client.None()) =>
  client.discovery(new URL(app.issuer), id, undefined, authentication, { execute: [client.allowInsecureRequests] });

/** A browser that is sent to `location`, scanned and approved. */
async function approveAt(location: URL): Promise<URL> {
  const browser = createWaitingBrowser(app.issuer);
  const started = await browser.request(location.href);
  const uid = /\/interaction\/([^/?]+)/.exec(started.headers.get('location') ?? '')?.[1];
  const base = `/interaction/${uid}`;
  await browser.request(base, { headers: { accept: 'text/html' } });
  const { qr } = (await browser.json('GET', `${base}/ticket`)).json();
  await alice.approve(await alice.scan({ qr: String(qr) }));
  const finished = await browser.json('POST', `${base}/finish`, {});
  return browser.follow(String(finished.json().location));
}

/** A browser that is sent to `location` and signs in there with a password. */
async function signInByPassword(location: URL): Promise<URL> {
  const browser = createWaitingBrowser(app.issuer);
  const started = await browser.request(location.href);
  const base = started.headers.get('location') ?? '';
  await browser.request(base, { headers: { accept: 'text/html' } });
  const form = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice' });
  const answer = await browser.request(`${base}/password`, { method: 'POST', body: form });
  return browser.follow(String(answer.json().location));
}

async function run(
  configuration: client.Configuration,
  options: { par?: boolean; dpop?: client.DPoPHandle; scope?: string } = {},
) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const parameters = {
    redirect_uri: redirectUri,
    scope: options.scope ?? 'openid profile email',
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  };
  const location = options.par
    ? await client.buildAuthorizationUrlWithPAR(configuration, parameters)
    : client.buildAuthorizationUrl(configuration, parameters);
  const checks = { pkceCodeVerifier, expectedState, expectedNonce };
  const more = options.dpop ? { DPoP: options.dpop } : {};
  return client.authorizationCodeGrant(configuration, await approveAt(location), checks, undefined, more);
}

describe('openid-client', () => {
  it('signs in with code and PKCE, reads userinfo, refreshes, introspects, revokes, signs out', async () => {
    const configuration = await discover('dev-web', client.ClientSecretBasic(secret));
    const tokens = await run(configuration);
    expect(tokens.claims()).toMatchObject({ acr: 'urn:tessera:qr' });
    const sub = tokens.claims()?.sub ?? '';
    expect(await client.fetchUserInfo(configuration, tokens.access_token, sub)).toMatchObject({
      name: 'Alice Liddell',
      email: 'alice@example.com',
    });
    const next = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '');
    expect(await client.tokenIntrospection(configuration, next.access_token)).toMatchObject({
      active: true,
      client_id: 'dev-web',
    });
    await client.tokenRevocation(configuration, next.access_token);
    expect(await client.tokenIntrospection(configuration, next.access_token)).toMatchObject({ active: false });
    const end = client.buildEndSessionUrl(configuration, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'http://127.0.0.1:8765/',
    });
    expect(end.origin).toBe(app.issuer);
  });

  it('pushes its authorization request (RFC 9126)', async () => {
    const configuration = await discover('dev-web', client.ClientSecretBasic(secret));
    expect((await run(configuration, { par: true })).claims()?.aud).toBe('dev-web');
  });

  it('binds tokens to a key (RFC 9449), without which they do not work', async () => {
    const configuration = await discover('dev-public');
    const dpop = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair('ES256'));
    const tokens = await run(configuration, { dpop });
    expect(tokens.token_type).toBe('dpop');
    const sub = tokens.claims()?.sub ?? '';
    expect((await client.fetchUserInfo(configuration, tokens.access_token, sub, { DPoP: dpop })).sub).toBe(sub);
    await expect(client.fetchUserInfo(configuration, tokens.access_token, sub)).rejects.toThrow();
    await expect(client.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).rejects.toThrow();
    expect(
      (await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '', undefined, { DPoP: dpop })).token_type,
    ).toBe('dpop');
  });

  it('A15 authenticates by private_key_jwt; a replayed, misdirected or expired assertion is refused', async () => {
    const configuration = await discover(
      'by-key',
      client.PrivateKeyJwt({ key: assertionKey.privateKey as client.CryptoKey, kid: 'k1' }),
    );
    expect((await run(configuration)).claims()?.aud).toBe('by-key');
    const now = Math.floor(Date.now() / 1000);
    const assertion = (change: Record<string, unknown> = {}) =>
      new SignJWT({
        iss: 'by-key',
        sub: 'by-key',
        aud: app.issuer,
        jti: crypto.randomUUID(),
        iat: now,
        exp: now + 60,
        ...change,
      })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .sign(assertionKey.privateKey);
    const send = (jwt: string) =>
      fetch(`${app.issuer}/token/introspection`, {
        method: 'POST',
        body: new URLSearchParams({
          token: 'x',
          client_assertion: jwt,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        }),
      });
    const used = await assertion();
    const parallel = await Promise.all(Array.from({ length: 20 }, () => send(used)));
    expect(parallel.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(parallel.filter(({ status }) => status === 401)).toHaveLength(19);
    for (const change of [{ aud: 'https://evil.example' }, { exp: now - 600 }, { iss: 'dev-web' }]) {
      expect((await send(await assertion(change))).status).toBe(401);
    }
    const [, payload] = (await assertion()).split('.');
    expect((await send(`${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`)).status).toBe(401);
  });

  it('gives a pairwise subject to a client that wants one, and ES256 where asked', async () => {
    const one = (await run(await discover('dev-public'))).claims()?.sub;
    const other = (await run(await discover('pairwise'))).claims()?.sub;
    expect(one).not.toBe(other);
    const tokens = await run(await discover('es256'));
    expect(JSON.parse(Buffer.from(tokens.id_token?.split('.')[0] ?? '', 'base64url').toString()).alg).toBe('ES256');
  });

  it('A20 receives a back-channel logout when the owner ends the sign-in', async () => {
    const heard = new Promise<string>((resolve) => {
      const server = createServer((req, res) => {
        let body = '';
        req.on('data', (chunk) => (body += chunk));
        req.on('end', () => {
          res.end();
          server.close();
          resolve(new URLSearchParams(body).get('logout_token') ?? '');
        });
      }).listen(logoutPort, '127.0.0.1');
    });
    const tokens = await run(await discover('told'));
    const ours = (await alice.approvals()).find((each) => (each.client as { id: string }).id === 'told');
    await alice.endApproval(String(ours?.id));
    const token = decodeJwt(await heard);
    expect(token).toMatchObject({
      iss: app.issuer,
      aud: 'told',
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(token.sid).toBe(tokens.claims()?.sid ?? token.sid);
    expect(token.jti).toBeTruthy();
    expect(token.nonce).toBeUndefined();
    expect(Number(token.exp) - Number(token.iat)).toBeLessThanOrEqual(120);
  });

  it('C7 gets a DPoP-bound token for the phone API only as a native app', async () => {
    const configuration = await discover('dev-phone');
    const dpop = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair('ES256'));
    const verifier = client.randomPKCECodeVerifier();
    const challenge = await client.calculatePKCECodeChallenge(verifier);
    const parameters = (scope: string) => ({
      redirect_uri: redirectUri,
      scope,
      resource: `${app.issuer}/phone`,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    const callback = await signInByPassword(client.buildAuthorizationUrl(configuration, parameters('openid approve')));
    const tokens = await client.authorizationCodeGrant(
      configuration,
      callback,
      { pkceCodeVerifier: verifier },
      undefined,
      { DPoP: dpop },
    );
    const listed = await client.fetchProtectedResource(
      configuration,
      tokens.access_token,
      new URL(`${app.issuer}/phone/v1/approvals`),
      'GET',
      null,
      undefined,
      { DPoP: dpop },
    );
    expect(listed.status).toBe(200);
    const bearer = await fetch(`${app.issuer}/phone/v1/approvals`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(bearer.status).toBe(401);
    const unproved = await fetch(`${app.issuer}/phone/v1/approvals`, {
      headers: { authorization: `DPoP ${tokens.access_token}` },
    });
    expect(unproved.status).toBe(401);
    const other = await discover('dev-public');
    const refused = await fetch(client.buildAuthorizationUrl(other, parameters('openid')), { redirect: 'manual' });
    expect(refused.headers.get('location')).toContain('error=invalid_target');
  });
});

describe('oauth4webapi', () => {
  it('signs in with code and PKCE', async () => {
    const insecure = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(app.issuer);
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const relyingParty: oauth.Client = { client_id: 'dev-public' };
    const verifier = oauth.generateRandomCodeVerifier();
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
    const location = new URL(as.authorization_endpoint ?? '');
    location.search = new URLSearchParams({
      client_id: relyingParty.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid email',
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }).toString();
    const parameters = oauth.validateAuthResponse(as, relyingParty, await approveAt(location), state);
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      relyingParty,
      oauth.None(),
      parameters,
      redirectUri,
      verifier,
      insecure,
    );
    const result = await oauth.processAuthorizationCodeResponse(as, relyingParty, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    expect(oauth.getValidatedIdTokenClaims(result)).toMatchObject({ acr: 'urn:tessera:qr' });
    const answer = await oauth.userInfoRequest(as, relyingParty, result.access_token, insecure);
    const sub = oauth.getValidatedIdTokenClaims(result)?.sub ?? '';
    expect((await oauth.processUserInfoResponse(as, relyingParty, sub, answer)).email).toBe('alice@example.com');
  });
});
