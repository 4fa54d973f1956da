// The `claims` parameter (OIDC Core §5.5): single claims are asked for by name, shown, granted and kept. The
// conformance suite asks for one in the module oidcc-claims-essential.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { approveFor, userinfo } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { authorizationParams, createWaitingBrowser, type WaitingBrowser } from '../support/waiting-browser.ts';

const callback = 'https://shop.example/callback';
const html = { headers: { accept: 'text/html' } };
const client = { redirect_uris: [callback], token_endpoint_auth_method: 'none', scope: 'openid profile email' };
const clients = ['listed', 'shop', 'bakery', 'phone-app', 'kiosk', 'refused', 'subject'].map((id) => ({
  ...client,
  client_id: id,
  client_name: `Client ${id}`,
}));
const slim = { ...client, client_id: 'slim', client_name: 'Slim', id_token_claims: 'minimal' };
const ours = { ...client, client_id: 'ours', client_name: 'Ours', first_party: true };

type Claims = { userinfo?: Record<string, unknown>; id_token?: Record<string, unknown> };
type Change = Record<string, string | undefined>;

describe('the claims parameter', () => {
  let app: TestApp;
  let alice: VirtualPhone;
  beforeAll(async () => {
    app = await startApp({ clients: [...clients, slim, ours] });
    alice = await app.phone('alice');
  });
  afterAll(() => app?.stop());

  const asking = (claims: Claims, change: Change = {}): Change => ({
    client_id: 'shop',
    redirect_uri: callback,
    scope: 'openid',
    claims: JSON.stringify(claims),
    ...change,
  });
  const name = { userinfo: { name: { essential: true } } };

  /** Signs in by password. @returns where the library leads: to the client, or to the consent page */
  async function byPassword(browser: WaitingBrowser, change: Change): Promise<string> {
    await browser.open(change);
    const form = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice' });
    const answer = await browser.request(`${browser.base}/password`, { method: 'POST', body: form });
    const next = await browser.request(String(answer.json().location), html);
    return next.headers.get('location') ?? '';
  }

  async function agree(browser: WaitingBrowser, page: string): Promise<URL> {
    const answer = await browser.json('POST', `${page}/consent`, {});
    return browser.follow(String(answer.json().location));
  }

  /** What the client receives for this code. */
  async function released(browser: WaitingBrowser, to: URL | string, clientId = 'shop') {
    const code = new URL(to).searchParams.get('code') ?? '';
    const answer = await browser.redeem(code, { client_id: clientId, redirect_uri: callback });
    const tokens = (await answer.json()) as { id_token: string; access_token: string };
    return { idToken: decodeJwt(tokens.id_token), userinfo: await (await userinfo(app, tokens.access_token)).json() };
  }

  const errorOf = (to: URL | string) => new URL(to).searchParams.get('error');

  it('oidcc-claims-essential: userinfo has a claim that was asked for by name, and the ID token has not', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const page = await byPassword(browser, asking(name));
    expect((await browser.request(page, html)).text).toContain('See your name');
    const { idToken, userinfo: told } = await released(browser, await agree(browser, page));
    expect(told).toEqual({ sub: idToken.sub, name: 'Alice Liddell' });
    expect(idToken).not.toHaveProperty('name');
  });

  it('A21 a claim that was granted once is not asked for again, and another one is', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await agree(browser, await byPassword(browser, asking(name, { client_id: 'bakery' })));
    const again = await byPassword(createWaitingBrowser(app.issuer), asking(name, { client_id: 'bakery' }));
    expect(again).toContain(`${callback}?code=`);
    const more = asking({ userinfo: { name: null, email: null } }, { client_id: 'bakery' });
    const other = createWaitingBrowser(app.issuer);
    const { text } = await other.request(await byPassword(other, more), html);
    expect(text).toContain('See your email address');
    expect(text).not.toContain('See your name');
  });

  it('A21 what an account granted lists a claim, beside scopes that do not bring it', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const wide = { client_id: 'listed', scope: 'openid email' };
    const both = asking({ userinfo: { name: null, email: null, shoe_size: null, address: null } }, wide);
    await agree(browser, await byPassword(browser, both));
    const accountId = String((await app.accounts.findByUsername('alice'))?.id);
    const found = (await app.oidc.grants.list(accountId)).find(({ clientId }) => clientId === 'listed');
    expect(found?.scopes).toEqual(['openid', 'email', 'claim:name']);
  });

  it('the phone shows a claim as claim:<name>, and grants it', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open(asking(name, { client_id: 'phone-app' }));
    const claim = await alice.scan({ qr: await browser.qr() });
    expect(claim.context.scopes).toContainEqual({ name: 'claim:name', description: 'See your name' });
    const finished = await browser.finish((await alice.approve(claim)) ?? undefined);
    const to = await browser.follow(String(finished.json().location));
    expect((await released(browser, to, 'phone-app')).userinfo).toHaveProperty('name', 'Alice Liddell');
  });

  it('a claim that the phone leaves out is not released, and a scope that has it brings it back', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const less = { scopes: ['openid'] };
    const to = await approveFor(browser, alice, asking(name, { client_id: 'refused' }), less);
    expect((await released(browser, to, 'refused')).userinfo).not.toHaveProperty('name');
    const wide = { client_id: 'refused', redirect_uri: callback, scope: 'openid profile', prompt: 'consent' };
    const { params, verifier } = authorizationParams(wide);
    const page = (await browser.request(`/auth?${params}`, html)).headers.get('location') ?? '';
    const code = (await agree(browser, page)).searchParams.get('code') ?? '';
    const answer = await browser.redeem(code, {
      client_id: 'refused',
      redirect_uri: callback,
      code_verifier: verifier,
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    expect(await (await userinfo(app, access_token)).json()).toHaveProperty('name', 'Alice Liddell');
  });

  it.each([
    ['with a scope that brings it', { scope: 'openid email', client_id: 'kiosk' }, { userinfo: { email: null } }],
    ['when no account can have it', { scope: 'openid', client_id: 'kiosk' }, { userinfo: { phone_number: null } }],
    ['when nobody knows it', { scope: 'openid', client_id: 'kiosk' }, { userinfo: { shoe_size: null } }],
  ])('nobody is asked for a claim %s', async (_when, change, claims) => {
    const plain = createWaitingBrowser(app.issuer);
    const page = await byPassword(plain, { redirect_uri: callback, ...change });
    if (page.startsWith('/')) await agree(plain, page);
    const browser = createWaitingBrowser(app.issuer);
    expect(await byPassword(browser, asking(claims, change))).toContain(`${callback}?code=`);
    const { params } = authorizationParams(asking(claims, { ...change, prompt: 'none' }));
    expect((await browser.request(`/auth?${params}`)).headers.get('location')).toContain(`${callback}?code=`);
  });

  it('a first-party client receives a claim without a question', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const to = await byPassword(browser, asking(name, { client_id: 'ours' }));
    expect((await released(browser, to, 'ours')).userinfo).toHaveProperty('name', 'Alice Liddell');
  });

  it('a minimal ID token has what was asked for in it by name', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const change = asking({ id_token: { email: null } }, { client_id: 'slim', scope: 'openid profile' });
    const { idToken } = await released(browser, await agree(browser, await byPassword(browser, change)), 'slim');
    expect(idToken).toHaveProperty('email', 'alice@example.com');
    expect(idToken).not.toHaveProperty('name');
  });

  it('A13 another account than the requested sub ends with login_required', async () => {
    const sub = String((await app.accounts.findByUsername('bob'))?.id);
    const change = asking({ id_token: { sub: { value: sub } } }, { client_id: 'subject' });
    const browser = createWaitingBrowser(app.issuer);
    await browser.open(change);
    const form = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice' });
    const answer = await browser.request(`${browser.base}/password`, { method: 'POST', body: form });
    expect(errorOf(await browser.follow(String(answer.json().location)))).toBe('login_required');
  });

  it('A14 an essential class that nobody can reach ends at the client, and a voluntary one is ignored', async () => {
    const asked = (acr: object) => asking({ id_token: { acr } }, { client_id: 'subject' });
    const browser = createWaitingBrowser(app.issuer);
    const opened = await browser.open(asked({ essential: true, values: ['urn:other:gold'] }));
    const onward = await browser.follow(opened.headers.get('location') ?? browser.base);
    expect(errorOf(onward)).toBe('unmet_authentication_requirements');
    expect((await createWaitingBrowser(app.issuer).open(asked({ values: ['urn:other:gold'] }))).status).toBe(200);
  });

  it('A14 an essential class is reached by its own way and by no other', async () => {
    const acr = { essential: true, value: 'urn:tessera:password' };
    const browser = createWaitingBrowser(app.issuer);
    const change = asking({ id_token: { acr } }, { client_id: 'subject' });
    expect(await byPassword(browser, change)).toMatch(/^\/interaction\//);
    const refused = createWaitingBrowser(app.issuer);
    await refused.open(change);
    const ticket = await refused.json('POST', `${refused.base}/ticket`);
    expect([ticket.status, ticket.json().code]).toEqual([403, 'acr_unmet']);
  });

  it.each([
    'null',
    '[]',
    '{',
    '{}',
    '{"id_token":[]}',
    '{"id_token":{"sub":{"value":7}}}',
    '{"id_token":{"acr":{"essential":true,"value":{}}}}',
    '{"id_token":{"acr":{"values":"phr"}}}',
    '{"id_token":{"acr":{"values":[1]}}}',
    // The library fails at these.
    '{"id_token":{"sub":"alice"}}',
    '{"id_token":{"sub":7}}',
    '{"id_token":{"sub":[]}}',
    '{"id_token":{"acr":"phr"}}',
    // The library asks for a sign-in again and again at these.
    '{"id_token":{"acr":{"essential":true,"values":[]}}}',
    '{"id_token":{"acr":{"essential":1,"values":["urn:other:gold"]}}}',
    '{"id_token":{"acr":{"essential":true,"value":"urn:tessera:qr","values":["urn:tessera:password"]}}}',
    `{"userinfo":{"name":{"value":${'['.repeat(300)}${']'.repeat(300)}}}}`,
  ])('claims=%s ends with invalid_request at the client', async (claims) => {
    const { params } = authorizationParams({ client_id: 'shop', redirect_uri: callback, scope: 'openid', claims });
    const answer = await fetch(`${app.issuer}/auth?${params}`, { redirect: 'manual' });
    expect(errorOf(answer.headers.get('location') ?? '')).toBe('invalid_request');
  });

  it('null asks for a demanding claim without a demand', async () => {
    const none = asking({ id_token: { acr: null, sub: null } }, { client_id: 'subject' });
    expect((await createWaitingBrowser(app.issuer).open(none)).status).toBe(200);
  });

  it('a claim named like a member of every object is no claim', async () => {
    const { params } = authorizationParams({
      client_id: 'shop',
      redirect_uri: callback,
      scope: 'openid',
      claims: '{"userinfo":{"__proto__":null,"constructor":null}}',
    });
    const answer = await fetch(`${app.issuer}/auth?${params}`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toMatch(/^\/interaction\//);
  });

  it('discovery says that the parameter is supported', async () => {
    const document = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as object;
    expect(document).toHaveProperty('claims_parameter_supported', true);
  });
});
