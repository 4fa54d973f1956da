// A sign-in that cannot go on is no dead end: every page of it offers the way back to the app (protocol.md
// section 3).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { authorizationParams, createWaitingBrowser, type WaitingBrowser } from '../../support/waiting-browser.ts';

const html = { headers: { accept: 'text/html' } };
const callback = 'https://shop.example/callback';
const shared = { redirect_uris: [callback], token_endpoint_auth_method: 'none', first_party: true };
const start = 'https://shop.example/login?from=id';
const clients = [
  { ...shared, client_id: 'shop', client_name: 'Shop', initiate_login_uri: start, client_uri: 'https://shop.example/' },
  { ...shared, client_id: 'home', client_name: 'Home', client_uri: 'https://home.example/' },
  { ...shared, client_id: 'nowhere', client_name: 'Nowhere' },
];

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ clients });
});
afterAll(() => app.stop());

/** The link of the button, and what it says. */
const linkOf = (text: string): (string | undefined)[] =>
  (/<a class="button button-main button-wide" href="([^"]*)">([^<]*)</.exec(text) ?? []).slice(1);
const toShop = () => [`${start}&amp;iss=${encodeURIComponent(app.issuer)}`, 'Back to Shop'];

async function open(clientId = 'shop'): Promise<WaitingBrowser> {
  const browser = createWaitingBrowser(app.issuer);
  await browser.open({ client_id: clientId, redirect_uri: callback, scope: 'openid' });
  return browser;
}

/** Until the app redeems the code, the sign-in can be continued (lost-answer-cases.ts). */
async function signIn(browser: WaitingBrowser, clientId = 'shop'): Promise<string> {
  const form = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice' });
  const answer = await browser.request(`${browser.base}/password`, { method: 'POST', body: form });
  const { location } = answer.json();
  const end = await browser.request(String(location), html);
  const code = new URL(String(end.headers.get('location'))).searchParams.get('code') ?? '';
  expect((await browser.redeem(code, { client_id: clientId, redirect_uri: callback })).status).toBe(200);
  return String(location);
}

describe('a sign-in that has ended', () => {
  it('B19 offers the way back after Back or a reload, by initiate_login_uri with iss', async () => {
    const browser = await open();
    await signIn(browser);
    const page = await browser.request(browser.base, html);
    expect(page.status).toBe(404);
    expect(linkOf(page.text)).toEqual(toShop());
  });

  it('B19 offers it by client_uri where the app has no other page, and nothing where it names none', async () => {
    const [home, nowhere] = [await open('home'), await open('nowhere')];
    await signIn(home, 'home');
    await signIn(nowhere, 'nowhere');
    expect(linkOf((await home.request(home.base, html)).text)).toEqual(['https://home.example/', 'Back to Home']);
    expect(linkOf((await nowhere.request(nowhere.base, html)).text)).toEqual([]);
  });

  it.each(['password', 'finish', 'cancel', 'consent', 'ticket'])(
    'B19 offers it to a form that is sent afterwards (%s)',
    async (path) => {
      const browser = await open();
      await signIn(browser);
      const page = await browser.request(`${browser.base}/${path}`, {
        method: 'POST',
        headers: { ...html.headers, origin: app.issuer },
        body: new URLSearchParams({ username: 'alice' }),
      });
      expect([page.status, linkOf(page.text)]).toEqual([404, toShop()]);
    },
  );

  it('B19 offers it after a second use of the address that ends the sign-in', async () => {
    const browser = await open();
    const again = await browser.request(await signIn(browser), html);
    expect(again.status).toBe(303);
    const page = await browser.request(again.headers.get('location') ?? '', html);
    expect([page.status, linkOf(page.text)]).toEqual([404, toShop()]);
  });

  it('B19 offers it after the person cancelled, and after the interaction expired', async () => {
    const [cancelled, expired] = [await open(), await open()];
    await cancelled.follow(String((await cancelled.cancel()).json().location));
    expect(linkOf((await cancelled.request(cancelled.base, html)).text)).toEqual(toShop());
    app.time.shiftSeconds = 700;
    try {
      expect(linkOf((await expired.request(expired.base, html)).text)).toEqual(toShop());
    } finally {
      app.time.shiftSeconds = 0;
    }
  });

  it('B2 says nothing about the app to another browser, or to one with an altered cookie', async () => {
    const browser = await open();
    await signIn(browser);
    const stranger = await createWaitingBrowser(app.issuer).request(browser.base, html);
    expect(stranger.text).not.toContain('Shop');
    const name = `tessera_back ${browser.base}`;
    const value = browser.cookies.get(name)?.value ?? '';
    const [, mac = ''] = value.split('.');
    const forged = [`${Buffer.from('home').toString('base64url')}.${mac}`, mac, '', '.', 'x'.repeat(5000), '%00.%00'];
    for (const each of forged) {
      browser.cookies.set(name, { value: each, path: browser.base });
      const page = await browser.request(browser.base, html);
      expect([page.status, linkOf(page.text)]).toEqual([404, []]);
    }
    // It counts for its own sign-in only.
    const other = await open();
    await signIn(other);
    other.cookies.set(`tessera_back ${other.base}`, { value, path: other.base });
    expect(linkOf((await other.request(other.base, html)).text)).toEqual([]);
  });

  it('answers programs as before', async () => {
    const browser = await open();
    await signIn(browser);
    const answer = await browser.json('GET', browser.base);
    expect([answer.status, answer.json().code]).toEqual([404, 'interaction_not_found']);
  });
});

describe('an error page of the authorization endpoint', () => {
  it('offers the way back to a known app, in both languages', async () => {
    const wrong = { client_id: 'shop', redirect_uri: 'https://elsewhere.example/' };
    const path = `/auth?${authorizationParams(wrong).params}`;
    const page = await createWaitingBrowser(app.issuer).request(path, html);
    expect([page.status, linkOf(page.text)]).toEqual([400, toShop()]);
    const headers = { accept: 'text/html', 'accept-language': 'zh-CN' };
    const chinese = await createWaitingBrowser(app.issuer).request(path, { headers });
    expect(linkOf(chinese.text)[1]).toContain('Shop');
    const unknown = `/auth?${authorizationParams({ client_id: 'nobody' }).params}`;
    expect(linkOf((await createWaitingBrowser(app.issuer).request(unknown, html)).text)).toEqual([]);
  });
});
