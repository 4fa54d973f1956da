// The modules of the plans "Basic OP" and "Form Post Basic OP" of the OpenID conformance suite that once
// failed or warned, by their names (conformance.md). The suite itself runs beside the project, not in it.
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { createConformanceClient } from '../../support/conformance-client.ts';
import { secondsLater } from '../../support/seconds.ts';
import { createWaitingBrowser, redirectUri } from '../../support/waiting-browser.ts';

const secret = 'a-secret-for-the-modules-0123456789abcdef';
const shared = {
  redirect_uris: [redirectUri],
  client_secret_sha256: [createHash('sha256').update(secret).digest('hex')],
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid profile email offline_access',
};
const clients = [
  { client_id: 'basic', client_name: 'Basic', ...shared },
  { client_id: 'second', client_name: 'Second', ...shared },
  { client_id: 'post', client_name: 'Post', token_endpoint_auth_method: 'client_secret_post', ...shared },
];

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ clients });
});
afterAll(() => app?.stop());

/** A JWT without a signature. */
const unsigned = (claims: object): string =>
  [{ alg: 'none' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
    .concat('.');

describe.each(['query', 'form_post'])('by response_mode=%s', (mode) => {
  type Client = ReturnType<typeof createConformanceClient>;
  let basic: Client;
  beforeAll(() => {
    basic = createConformanceClient(app.issuer, { id: 'basic', secret }, mode);
  });
  const userinfo = async (token: string, init: RequestInit = {}) => {
    const answer = await fetch(`${app.issuer}/me`, { headers: { authorization: `Bearer ${token}` }, ...init });
    return { status: answer.status, claims: (await answer.json()) as Record<string, unknown> };
  };

  it('oidcc-server: a confidential client signs a person in without PKCE', async () => {
    const { params, idToken } = await basic.signIn();
    expect(params.get('state')).toBe('state-1');
    expect(params.get('iss')).toBe(app.issuer);
    expect(idToken).toMatchObject({ iss: app.issuer, aud: 'basic', nonce: 'nonce-1', sub: expect.any(String) });
  });

  it('oidcc-response-type-missing: is told so at the client', async () => {
    const { params } = await basic.authorize({ response_type: undefined });
    expect(params.get('error')).toBe('invalid_request');
    expect(params.get('state')).toBe('state-1');
  });

  it('oidcc-userinfo-get, oidcc-userinfo-post-header, oidcc-userinfo-post-body: have the subject of the ID token', async () => {
    const { tokens, idToken } = await basic.signIn();
    const token = String(tokens.access_token);
    const body = new URLSearchParams({ access_token: token });
    for (const init of [{}, { method: 'POST' }, { method: 'POST', headers: {}, body }])
      expect((await userinfo(token, init)).claims.sub).toBe(idToken.sub);
  });

  it('oidcc-ensure-request-without-nonce-succeeds-for-code-flow', async () => {
    expect((await basic.signIn({ nonce: undefined })).idToken).not.toHaveProperty('nonce');
  });

  it('oidcc-scope-profile, oidcc-scope-email, oidcc-scope-all: userinfo has what was granted', async () => {
    const { tokens } = await basic.signIn({ scope: 'openid profile email' });
    const { claims } = await userinfo(String(tokens.access_token));
    expect(claims).toMatchObject({ name: expect.any(String), email: 'alice@example.com', email_verified: true });
  });

  it('oidcc-scope-address, oidcc-scope-phone: are not advertised, because no account can have them', async () => {
    const answer = await fetch(`${app.issuer}/.well-known/openid-configuration`);
    const discovery = (await answer.json()) as { scopes_supported: string[] };
    for (const scope of ['address', 'phone']) expect(discovery.scopes_supported).not.toContain(scope);
  });

  it('oidcc-alternate-happy-flow: a client with other settings of the request signs a person in, too', async () => {
    const { idToken } = await basic.signIn({
      scope: 'openid email',
      nonce: 'n-1',
      max_age: '15000',
      login_hint: 'alice',
    });
    expect(idToken).toMatchObject({ nonce: 'n-1', email: 'alice@example.com' });
  });

  it.each([
    ['oidcc-display-page', 'page'],
    ['oidcc-display-popup', 'popup'],
  ])('%s: is accepted', async (_module, display) => {
    expect((await basic.signIn({ display })).tokens.id_token).toBeDefined();
  });

  it.each(['de-DE sw', 'en'])('oidcc-ui-locales, oidcc-claims-locales: %s is accepted', async (locales) => {
    expect((await basic.signIn({ ui_locales: locales, claims_locales: locales })).tokens.id_token).toBeDefined();
  });

  it('oidcc-prompt-login: asks again, and the time of the sign-in is a new one', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const first = await basic.signIn({ max_age: '3600' }, browser);
    await secondsLater(1);
    const second = await basic.signIn({ prompt: 'login', max_age: '3600' }, browser);
    expect(second.asked.length).toBeGreaterThan(0);
    expect(Number(second.idToken.auth_time)).toBeGreaterThan(Number(first.idToken.auth_time));
  });

  it('oidcc-prompt-none-not-logged-in: is answered by login_required', async () => {
    const { params, asked } = await basic.authorize({ prompt: 'none' });
    expect([params.get('error'), asked.length]).toEqual(['login_required', 0]);
  });

  it('oidcc-prompt-none-logged-in, oidcc-id-token-hint: ask nothing and keep subject and time', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const first = await basic.signIn({ max_age: '3600' }, browser);
    const hint = String(first.tokens.id_token);
    const second = await basic.signIn({ prompt: 'none', id_token_hint: hint, max_age: '3600' }, browser);
    expect(second.asked).toEqual([]);
    expect(second.idToken).toMatchObject({ sub: first.idToken.sub, auth_time: first.idToken.auth_time });
  });

  it('oidcc-max-age-1, oidcc-max-age-10000: ask again only when the sign-in is older', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await basic.signIn({}, browser);
    await secondsLater(2);
    const within = await basic.signIn({ max_age: '10000' }, browser);
    expect([within.asked.length, typeof within.idToken.auth_time]).toEqual([0, 'number']);
    expect((await basic.signIn({ max_age: '1' }, browser)).asked.length).toBeGreaterThan(0);
  });

  it('oidcc-ensure-request-with-unknown-parameter-succeeds, oidcc-login-hint', async () => {
    expect((await basic.signIn({ extra: 'foobar', login_hint: 'alice' })).tokens.id_token).toBeDefined();
  });

  it('oidcc-ensure-request-with-acr-values-succeeds: unknown classes are voluntary', async () => {
    const { params, asked } = await basic.authorize({ acr_values: '1 2' });
    expect([params.get('error'), params.get('code') !== null, asked.length > 0]).toEqual([null, true, true]);
  });

  it('oidcc-codereuse, oidcc-codereuse-30seconds: the second use is refused and ends the tokens of the first', async () => {
    const { params, tokens } = await basic.signIn();
    const again = await basic.redeem(params.get('code') ?? '');
    expect([again.status, ((await again.json()) as { error: string }).error]).toEqual([400, 'invalid_grant']);
    expect((await userinfo(String(tokens.access_token))).status).toBe(401);
  });

  it('oidcc-ensure-registered-redirect-uri: another address is refused on a page', async () => {
    const { params, last } = await basic.authorize({ redirect_uri: `${redirectUri}/random` });
    expect([params.size, last.status]).toEqual([0, 400]);
    expect(last.headers.get('content-type')).toContain('text/html');
  });

  it('oidcc-ensure-post-request-succeeds', async () => {
    expect((await basic.signIn({}, createWaitingBrowser(app.issuer), 'POST')).idToken.nonce).toBe('nonce-1');
  });

  it('oidcc-server-client-secret-post', async () => {
    const post = createConformanceClient(app.issuer, { id: 'post', secret, method: 'post' }, mode);
    expect((await post.signIn()).idToken.aud).toBe('post');
  });

  it('oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported: is refused at the client', async () => {
    const request = unsigned({ client_id: 'basic', response_type: 'code', redirect_uri: redirectUri, scope: 'openid' });
    const { params } = await basic.authorize({ request });
    expect(['invalid_request_object', 'request_not_supported']).toContain(params.get('error'));
  });

  it('oidcc-ensure-request-object-with-redirect-uri: the address in it is not used when it is refused', async () => {
    const request = unsigned({ client_id: 'basic', redirect_uri: `${redirectUri}/random` });
    const { params, last } = await basic.authorize({ request });
    expect(params.get('code')).toBeNull();
    expect(last.text).not.toContain('/random"');
  });

  it('oidcc-claims-essential: a claim that was asked for by name is in userinfo', async () => {
    const { tokens } = await basic.signIn({ claims: JSON.stringify({ userinfo: { name: { essential: true } } }) });
    expect((await userinfo(String(tokens.access_token))).claims.name).toEqual(expect.any(String));
  });

  it('oidcc-refresh-token: new tokens for the same subject, and for no other client', async () => {
    const { tokens, idToken } = await basic.signIn({ scope: 'openid offline_access', prompt: 'consent' });
    const fields = { grant_type: 'refresh_token', refresh_token: String(tokens.refresh_token) };
    const other = createConformanceClient(app.issuer, { id: 'second', secret }, mode);
    expect((await other.token(fields)).status).toBe(400);
    const fresh = (await (await basic.token(fields)).json()) as Record<string, string>;
    const claims = JSON.parse(Buffer.from(String(fresh.id_token).split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ iss: app.issuer, sub: idToken.sub, aud: 'basic' });
  });

  it('oidcc-ensure-request-with-valid-pkce-succeeds', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const { params } = await basic.authorize({ code_challenge: challenge, code_challenge_method: 'S256' });
    const redeemed = await basic.redeem(params.get('code') ?? '', { code_verifier: verifier });
    expect(redeemed.status).toBe(200);
  });
});
