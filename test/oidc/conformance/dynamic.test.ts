// Modules of the plan "Dynamic OP" of the OpenID conformance suite, by their names (conformance.md). Refresh
// token, policy and terms are in http/oidc/registration.test.ts, the logo is in http/oidc/logo-uri.test.ts.
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { createConformanceClient } from '../../support/conformance-client.ts';
import { redirectUri } from '../../support/waiting-browser.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ registration: { enabled: true } });
});
afterAll(() => app?.stop());

async function register(metadata: Record<string, unknown>) {
  const initial = await app.registrations.createInitialToken({ name: 'suite', uses: 1, days: 1 });
  const answer = await fetch(`${app.issuer}/registration`, {
    method: 'POST',
    headers: { authorization: `Bearer ${initial}`, 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Suite', redirect_uris: [redirectUri], ...metadata }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

/** A client that registered itself, and signs people in without PKCE. */
async function registered(metadata: Record<string, unknown> = {}) {
  const { body } = await register(metadata);
  const credentials = { id: String(body.client_id), secret: String(body.client_secret) };
  return { ...credentials, ...createConformanceClient(app.issuer, credentials, 'query') };
}

const userinfoOf = (token: unknown): Promise<Response> =>
  fetch(`${app.issuer}/me`, { headers: { authorization: `Bearer ${token}` } });

describe('Dynamic OP', () => {
  it('oidcc-server, oidcc-idtoken-rs256: a client that registered itself gets an ID token by RS256', async () => {
    const client = await registered({ id_token_signed_response_alg: 'RS256' });
    const { tokens, idToken } = await client.signIn();
    expect(idToken.aud).toBe(client.id);
    expect(decodeProtectedHeader(String(tokens.id_token)).alg).toBe('RS256');
  });

  it('oidcc-userinfo-rs256: userinfo is a JWT for the client', async () => {
    const client = await registered({ userinfo_signed_response_alg: 'RS256' });
    const answer = await userinfoOf((await client.signIn()).tokens.access_token);
    expect(answer.headers.get('content-type')).toContain('application/jwt');
    expect(decodeProtectedHeader(await answer.text()).alg).toBe('RS256');
  });

  it('oidcc-ensure-redirect-uri-in-authorization-request: a request without one is refused on a page', async () => {
    const { body } = await register({ redirect_uris: [redirectUri, `${redirectUri}/two`] });
    const client = createConformanceClient(app.issuer, { id: String(body.client_id), secret: '' }, 'query');
    const { params, last } = await client.authorize({ redirect_uri: undefined });
    expect([params.size, last.status]).toEqual([0, 400]);
  });

  it('oidcc-redirect-uri-query-OK: a registered query stays, and the answer is added to it', async () => {
    const client = await registered({ redirect_uris: [`${redirectUri}?foo=bar`] });
    const { params } = await client.authorize({ redirect_uri: `${redirectUri}?foo=bar` });
    expect([params.get('foo'), params.has('code')]).toEqual(['bar', true]);
  });

  it.each([
    ['oidcc-redirect-uri-query-mismatch', [`${redirectUri}?foo=bar`], `${redirectUri}?foo=other`],
    ['oidcc-redirect-uri-query-added', [redirectUri], `${redirectUri}?foo=bar`],
  ])('%s: is refused on a page', async (_module, redirect_uris, redirect_uri) => {
    const { params, last } = await (await registered({ redirect_uris })).authorize({ redirect_uri });
    expect([params.size, last.status]).toEqual([0, 400]);
  });

  it('oidcc-redirect-uri-regfrag: an address with a fragment cannot be registered', async () => {
    const { status, body } = await register({ redirect_uris: ['https://rp.example/cb#foo'] });
    expect([status, body.error]).toEqual([400, 'invalid_redirect_uri']);
  });

  it('oidcc-registration-sector-bad: a sector that does not list the addresses is refused', async () => {
    const sector = { subject_type: 'pairwise', sector_identifier_uri: 'https://127.0.0.1:1/sector.json' };
    const { status, body } = await register(sector);
    expect([status, body.error]).toEqual([400, 'invalid_client_metadata']);
  });

  it('oidcc-server-rotate-keys: a new key is published before it signs, and the old one stays', async () => {
    const keysOf = async () => {
      const { keys } = (await (await fetch(`${app.issuer}/jwks`)).json()) as { keys: { kid: string }[] };
      return keys.map(({ kid }) => kid);
    };
    const before = await keysOf();
    await app.signingKeys.rotate();
    await expect.poll(async () => (await keysOf()).length).toBeGreaterThan(before.length);
    expect(await keysOf()).toEqual(expect.arrayContaining(before));
  });

  it.each(['oidcc-request-uri-unsigned', 'oidcc-request-uri-signed-rs256'])(
    '%s: a request by reference is refused, and nothing is fetched (RFC 9101 §10.4)',
    async () => {
      const { params } = await (await registered()).authorize({ request_uri: 'https://127.0.0.1:1/request.jwt' });
      expect(params.get('error')).toBe('request_uri_not_supported');
    },
  );

  it('oidcc-discovery-endpoint-verification: names the code flow alone (RFC 9700 §2.1.2)', async () => {
    const answer = await fetch(`${app.issuer}/.well-known/openid-configuration`);
    expect(await answer.json()).toMatchObject({
      response_types_supported: ['code'],
      registration_endpoint: `${app.issuer}/registration`,
      request_uri_parameter_supported: false,
    });
  });
});
