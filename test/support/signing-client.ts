// A confidential client with keys of its own: client assertions, request objects and DPoP proofs as a relying
// party would make them. Every member of them can be changed, so that a test can make them wrong.
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type CryptoKey as JwtKey, SignJWT } from 'jose';
import type { TestApp } from './app.ts';
import { authorizationParams, redirectUri } from './waiting-browser.ts';

export type SigningClient = Awaited<ReturnType<typeof createSigningClient>>;
/** Members of a JWT. One that is `undefined` is left out. */
export type Claims = Readonly<Record<string, unknown>>;
type Change = {
  readonly claims?: Claims;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: JwtKey;
};

export const secondsNow = (): number => Math.floor(Date.now() / 1000);

/** @param settings of the client, beside its name, redirect URI, method and keys */
export async function createSigningClient(app: TestApp, settings: Record<string, unknown> = {}, alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const proofKeys = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'own', alg, use: 'sig' };
  const { client } = await app.clients.create({
    client_name: 'Bank app',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [jwk] },
    // The redirect URI is on this machine, which a profile allows to native apps only.
    ...(settings.profile !== undefined && { application_type: 'native' }),
    ...settings,
  });

  const sign = (claims: Claims, { header = {}, key = privateKey }: Change = {}): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg, kid: 'own', ...header }).sign(key);

  const assertion = (change: Change = {}): Promise<string> =>
    sign(
      {
        iss: client.id,
        sub: client.id,
        aud: app.issuer,
        jti: randomUUID(),
        iat: secondsNow(),
        exp: secondsNow() + 60,
        ...change.claims,
      },
      change,
    );

  /** A request object that is right in every respect, and its PKCE verifier. */
  async function requestObject(change: Change = {}): Promise<{ request: string; verifier: string }> {
    const { params, verifier } = authorizationParams({ client_id: client.id });
    const times = { iat: secondsNow(), nbf: secondsNow(), exp: secondsNow() + 300 };
    const claims = { ...Object.fromEntries(params), iss: client.id, aud: app.issuer, ...times, ...change.claims };
    const request = await sign(claims, { ...change, header: { typ: 'oauth-authz-req+jwt', ...change.header } });
    return { request, verifier };
  }

  /** A DPoP proof (RFC 9449 §4.2). @param more members that replace its own */
  async function proof(method: string, path: string, nonce?: string, more: Claims = {}): Promise<string> {
    const claims = {
      htm: method,
      htu: `${app.issuer}${path}`,
      jti: randomUUID(),
      iat: secondsNow(),
      ...(nonce && { nonce }),
      ...more,
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(proofKeys.publicKey) })
      .sign(proofKeys.privateKey);
  }

  /** Posts a form to an endpoint with a client assertion. */
  async function post(
    path: string,
    body: Record<string, string>,
    change: Change = {},
    headers: Record<string, string> = {},
  ) {
    const form = new URLSearchParams({
      client_id: client.id,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(change),
      ...body,
    });
    const answer = await fetch(`${app.issuer}${path}`, { method: 'POST', body: form, headers });
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  }

  return {
    id: client.id,
    privateKey,
    sign,
    assertion,
    requestObject,
    proof,
    post,

    /** Pushes a request (RFC 9126 §2). */
    push: (body: Record<string, string>, change: Change = {}) => post('/request', body, change),

    /** Redeems a code, with a DPoP proof. */
    redeem: async (code: string, verifier: string, change: Change = {}) =>
      post(
        '/token',
        { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier },
        change,
        { dpop: await proof('POST', '/token') },
      ),
  };
}
