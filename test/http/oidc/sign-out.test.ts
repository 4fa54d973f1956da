// Signing out never fails (OpenID Connect RP-Initiated Logout §4): what does not validate is not used, the
// person is asked, and the button works in every tab.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { signIn } from '../../support/signed-in.ts';
import { authorizationParams, type createWaitingBrowser } from '../../support/waiting-browser.ts';

type Browser = ReturnType<typeof createWaitingBrowser>;

let app: TestApp;
let alice: Awaited<ReturnType<TestApp['phone']>>;
beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

const html = { accept: 'text/html' };
const registered = 'http://127.0.0.1:8765/';
const end = (browser: Browser, params: Record<string, string>, headers: Record<string, string> = html) =>
  browser.request(`/session/end?${new URLSearchParams(params)}`, { headers });
const fieldsOf = (page: string) =>
  Object.fromEntries([...page.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, n, v]) => [n, v]));
const press = (browser: Browser, page: string, change: Record<string, string> = { logout: 'yes' }) =>
  browser.request('/session/end/answer', {
    method: 'POST',
    headers: html,
    body: new URLSearchParams({ ...fieldsOf(page), ...change }),
  });
async function isSignedIn(browser: Browser): Promise<boolean> {
  const silent = await browser.request(`/auth?${authorizationParams({ prompt: 'none' }).params}`);
  return new URL(silent.headers.get('location') ?? '').searchParams.has('code');
}
const forged = (token: string) => `${token.slice(0, -6)}AAAAAA`;

describe('signing out', () => {
  it('does not ask with a valid hint of this session, and returns with the state', async () => {
    const { browser, tokens } = await signIn(app, alice);
    const done = await end(browser, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: registered,
      state: 's t',
    });
    expect(done.headers.get('location')).toBe(`${registered}?state=s%20t`);
    expect(await isSignedIn(browser)).toBe(false);
    const again = await end(browser, { id_token_hint: tokens.id_token });
    expect(again.headers.get('location')).toBe('/session/end/success');
  });

  it.each([
    [
      'an unregistered return address',
      'return_address_unregistered',
      (token: string) => ({ id_token_hint: token, post_logout_redirect_uri: 'https://evil.example/?x=1' }),
      true,
    ],
    ['a malformed hint', 'hint_invalid', () => ({ id_token_hint: 'x.y', post_logout_redirect_uri: registered }), false],
    [
      'a forged hint',
      'hint_invalid',
      (token: string) => ({ id_token_hint: forged(token), post_logout_redirect_uri: registered }),
      false,
    ],
    [
      'a hint of a client that is gone',
      'client_unknown',
      () => ({ id_token_hint: `e30.${Buffer.from('{"aud":"gone"}').toString('base64url')}.x` }),
      false,
    ],
    ['a client that does not exist', 'client_unknown', () => ({ client_id: 'gone' }), false],
    ['a return address without a client', 'client_missing', () => ({ post_logout_redirect_uri: registered }), false],
    [
      'a hint of another client',
      'hint_invalid',
      (token: string) => ({ id_token_hint: token, client_id: 'dev-web' }),
      false,
    ],
  ] as const)('survives %s: it stays here, says why, and is recorded', async (_name, reason, params, isProven) => {
    const { browser, tokens } = await signIn(app, alice);
    const page = await end(browser, params(tokens.id_token));
    await expect
      .poll(async () => (await app.store.audit.query({ event: 'logout.refused', limit: 1 })).records[0]?.facts.reason)
      .toBe(reason);
    if (isProven) {
      // The page that follows says why the browser stays here.
      const to = String(page.headers.get('location'));
      expect(to).toBe(`/session/end/success?problem=${reason}`);
      expect((await browser.request(to, { headers: html })).text).toContain('so you stay here');
    } else {
      expect(page.status).toBe(200);
      expect(page.text).toContain('Sign out?');
      expect(page.text).toContain('stay on this page');
      expect((await press(browser, page.text)).headers.get('location')).toBe('/session/end/success');
    }
    expect((await browser.request('/session/end/success', { headers: html })).text).toContain('You are signed out');
    expect(await isSignedIn(browser)).toBe(false);
    expect(app.logText()).not.toContain(tokens.id_token.slice(0, 40));
    expect(app.logText()).not.toContain('x=1');
  });

  it('has a session id in every ID token of a browser, another one in each browser', async () => {
    const sidOf = async () => {
      const { tokens } = await signIn(app, alice);
      return JSON.parse(Buffer.from(tokens.id_token.split('.')[1] ?? '', 'base64url').toString()).sid;
    };
    const [first, second] = [await sidOf(), await sidOf()];
    expect(first).toMatch(/^[\w-]{20,}$/);
    expect(second).not.toBe(first);
  });

  it('asks where the hint is of another session of the same person', async () => {
    const [one, other] = [await signIn(app, alice), await signIn(app, alice)];
    expect((await end(one.browser, { id_token_hint: other.tokens.id_token })).status).toBe(200);
    expect(await isSignedIn(one.browser)).toBe(true);
  });

  it('answers a revocation with JSON', async () => {
    const { tokens } = await signIn(app, alice);
    for (const token of [tokens.access_token, 'unknown']) {
      const body = new URLSearchParams({ token, client_id: 'dev-public' });
      const response = await fetch(`${app.issuer}/token/revocation`, { method: 'POST', body });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(await response.json()).toEqual({});
    }
  });

  it('works in the first of two tabs, and in the second one afterwards', async () => {
    const { browser } = await signIn(app, alice);
    const params = { client_id: 'dev-public', post_logout_redirect_uri: registered };
    const [first, second] = [await end(browser, params), await end(browser, {})];
    const done = await press(browser, first.text);
    expect(done.status).toBe(200);
    expect(done.text).toContain(`id="onward" href="${registered}"`);
    expect(await isSignedIn(browser)).toBe(false);
    expect((await press(browser, second.text)).headers.get('location')).toBe('/session/end/success');
  });

  it('asks again when somebody else signed in meanwhile, and believes no form of another site', async () => {
    const { browser } = await signIn(app, alice);
    const page = await end(browser, {});
    const { browser: other } = await signIn(app, alice);
    const stale = await press(other, page.text);
    expect(stale.headers.get('location')).toBe('/session/end');
    expect(await isSignedIn(other)).toBe(true);
    const body = new URLSearchParams({ logout: 'yes', plan: 'forged' });
    const bare = await other.request('/session/end/answer', { method: 'POST', headers: html, body });
    expect(bare.headers.get('location')).toBe('/session/end');
    expect(await isSignedIn(other)).toBe(true);
  });

  it('never tells a person who is signed in that they are signed out', async () => {
    const { browser } = await signIn(app, alice);
    // A form of another site comes without cookies, as if nobody were signed in.
    const headers = { ...html, 'sec-fetch-site': 'cross-site', cookie: 'none=1' };
    const body = new URLSearchParams({ logout: 'yes' });
    const foreign = await browser.request('/session/end/answer', { method: 'POST', headers, body });
    expect(foreign.headers.get('location')).toBe('/session/end');
    const linked = await browser.request('/session/end/success', { headers: html });
    expect([linked.status, linked.headers.get('location')]).toEqual([303, '/session/end']);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('uses a return address only while it is registered, also for a page that was open before', async () => {
    const { browser } = await signIn(app, alice);
    const { client } = await app.clients.create({
      client_id: 'moving',
      redirect_uris: ['https://moving.example/cb'],
      post_logout_redirect_uris: ['https://moving.example/bye'],
    });
    const params = { client_id: client.id, post_logout_redirect_uri: 'https://moving.example/bye', state: 's' };
    const [first, second] = [await end(browser, params), await end(browser, params)];
    expect((await press(browser, first.text)).text).toContain('href="https://moving.example/bye?state=s"');
    await app.clients.update(client.id, { patch: { post_logout_redirect_uris: null } }, null);
    expect((await press(browser, second.text)).headers.get('location')).toBe('/session/end/success');
    await app.clients.delete(client.id, null);
    expect((await press(browser, first.text)).headers.get('location')).toBe('/session/end/success');
  });

  it('records a wrong hint for the client that it names, and the id of one that is gone', async () => {
    const { browser, tokens } = await signIn(app, alice);
    const latest = async () => (await app.store.audit.query({ event: 'logout.refused', limit: 1 })).records[0];
    await end(browser, { id_token_hint: forged(tokens.id_token), state: 'of a wrong hint' });
    await expect.poll(async () => (await latest())?.clientId).toBe('dev-public');
    await end(browser, { id_token_hint: `e30.${Buffer.from('{"aud":"gone-app"}').toString('base64url')}.x` });
    await expect.poll(async () => (await latest())?.facts.client_received).toBe('gone-app');
    expect((await latest())?.clientId).toBeNull();
    // Somebody who puts the token into the wrong parameter must not find it in a log.
    await end(browser, { client_id: tokens.id_token });
    await expect.poll(async () => (await latest())?.facts.client_received).toBe('[removed]');
  });

  it('keeps the person signed in who says no', async () => {
    const { browser } = await signIn(app, alice);
    const page = await end(browser, {});
    expect((await press(browser, page.text, {})).text).toContain('You are still signed in');
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('takes a POST, sends one of another site again without a hint in an address, and 16 KB of it', async () => {
    const { browser, tokens } = await signIn(app, alice);
    const body = new URLSearchParams({
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: registered,
      state: 'a'.repeat(15_000),
    });
    const send = (fields: URLSearchParams) =>
      browser.request('/session/end', {
        method: 'POST',
        headers: { ...html, 'sec-fetch-site': 'cross-site', cookie: 'none=1' },
        body: fields,
      });
    const foreign = await send(body);
    // Without its cookies nobody is signed in, so the answer would say what is not true.
    const pretending = await send(new URLSearchParams({ again: '1' }));
    expect([pretending.status, fieldsOf(pretending.text).again]).toEqual([200, '1']);
    expect(foreign.status).toBe(200);
    expect(foreign.headers.get('location')).toBeNull();
    expect(fieldsOf(foreign.text)).toMatchObject({ id_token_hint: tokens.id_token, again: '1' });
    const own = await browser.request('/session/end', {
      method: 'POST',
      headers: { ...html, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams(fieldsOf(foreign.text) as Record<string, string>),
    });
    expect(own.text).toContain(`id="onward" href="${registered}?state=aaa`);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('speaks the language of ui_locales, and takes repeated parameters as missing', async () => {
    const { browser } = await signIn(app, alice);
    const page = await end(browser, { ui_locales: 'zh-CN' });
    expect(page.text).toContain('退出登录？');
    const done = await press(browser, page.text);
    expect((await browser.request(String(done.headers.get('location')), { headers: html })).text).toContain(
      '您已退出登录',
    );
    const twice = await browser.request('/session/end?client_id=a&client_id=b&state=&state=', { headers: html });
    expect(twice.headers.get('location')).toBe('/session/end/success');
    expect((await browser.request('/session/end', { method: 'DELETE' })).status).toBe(405);
  });
});
