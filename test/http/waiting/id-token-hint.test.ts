// The id_token_hint rule (OIDC Core §3.1.2.2, security.md A13): whichever way somebody signs in, an account
// other than the named one ends in login_required, and the named account ends in a code.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { approveFor, signIn } from '../../support/signed-in.ts';
import { createVirtualAuthenticator, type VirtualAuthenticator } from '../../support/virtual-authenticator.ts';
import type { VirtualPhone } from '../../support/virtual-phone.ts';
import { createWaitingBrowser, onwardOf, redirectUri, type WaitingBrowser } from '../../support/waiting-browser.ts';

type Person = { username: string; phone: VirtualPhone; key: VirtualAuthenticator };

let app: TestApp;
let alice: Person;
let bob: Person;
/** An ID token of Alice's. */
let hint: string;

async function personOf(username: string): Promise<Person> {
  const phone = await app.phone(username);
  const key = createVirtualAuthenticator({ origin: app.issuer });
  await phone.addPasskey(key);
  return { username, phone, key };
}

beforeAll(async () => {
  // Of our own: a password or a passkey leads to the code without a consent page in between.
  const dev = { token_endpoint_auth_method: 'none', redirect_uris: [redirectUri], scope: 'openid profile email' };
  app = await startApp({
    sign_up: 'open',
    clients: [{ client_id: 'dev-public', client_name: 'Shop', first_party: true, ...dev }],
  });
  alice = await personOf('alice');
  bob = await personOf('bob');
  hint = (await signIn(app, alice.phone)).tokens.id_token;
});
afterAll(() => app.stop());

/** Each way to sign in, from an open sign-in page to the address where the browser goes on. */
const ways: Record<string, (browser: WaitingBrowser, person: Person) => Promise<unknown>> = {
  async finish(browser, { phone }) {
    const code = await phone.approve(await phone.scan({ qr: await browser.qr() }));
    return (await browser.finish(code ?? undefined)).json().location;
  },
  async password(browser, { username }) {
    const body = new URLSearchParams({ username, password: `tessera-demo-${username}` });
    return (await browser.request(`${browser.base}/password`, { method: 'POST', body })).json().location;
  },
  async passkey(browser, { key }) {
    const path = `${browser.base}/passkey`;
    const passkey = key.get((await browser.json('POST', path, {})).json().options as Record<string, unknown>);
    return (await browser.json('POST', path, { passkey })).json().location;
  },
  async continue(browser, { phone }) {
    const path = `${browser.base}/continue`;
    const [name = '', value = ''] = phone.cookie.split('=');
    browser.cookies.set(`${name} /`, { value, path: '/' });
    const headers = { 'content-type': 'application/json', DPoP: await phone.proof('POST', path) };
    return (await browser.request(path, { method: 'POST', headers, body: '{}' })).json().location;
  },
};

async function endingOf(browser: WaitingBrowser, location: unknown) {
  const { searchParams } = await browser.follow(String(location));
  return { error: searchParams.get('error'), hasCode: searchParams.has('code') };
}

describe.each(Object.keys(ways))('A13 POST /interaction/:uid/%s with an id_token_hint', (way) => {
  it('ends in login_required for another account', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ id_token_hint: hint });
    const location = await ways[way]?.(browser, bob);
    expect(await endingOf(browser, location)).toEqual({ error: 'login_required', hasCode: false });
  });

  it('ends in a code for the account that it names', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ id_token_hint: hint });
    expect(await endingOf(browser, await ways[way]?.(browser, alice))).toEqual({ error: null, hasCode: true });
  });
});

describe('A13 consent alone with an id_token_hint', () => {
  const consenting = () => ({ prompt: 'consent', id_token_hint: hint });

  it('is not offered to the session of another account', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, bob.phone, {}, { trust_browser: true });
    const page = await browser.open(consenting());
    expect([page.status, page.text.includes('<img src="data:image/svg')]).toEqual([200, true]);
    expect((await browser.json('POST', `${browser.base}/consent`)).status).toBe(404);
  });

  it('ends in a code for the account that it names', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, alice.phone, {}, { trust_browser: true });
    await browser.open(consenting());
    const { location } = (await browser.json('POST', `${browser.base}/consent`)).json();
    expect(await endingOf(browser, location)).toEqual({ error: null, hasCode: true });
  });
});

describe('A13 sign-up with an id_token_hint', () => {
  it('ends in login_required, since the new account is not the named one', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ prompt: 'create', id_token_hint: hint });
    const body = new URLSearchParams({ username: 'newcomer', password: 'four words make a sentence' });
    const headers = { accept: 'text/html' };
    const answer = await browser.request(`${browser.base}/sign-up`, { method: 'POST', headers, body });
    expect(await endingOf(browser, onwardOf(answer))).toEqual({ error: 'login_required', hasCode: false });
  });
});

it('this file tries every route that ends an interaction', () => {
  const posts = app.routes.filter(({ method, path }) => method === 'POST' && path.startsWith('/interaction/:uid/'));
  const endings = posts.map(({ path }) => path.slice('/interaction/:uid/'.length));
  const others = ['sign-up', 'ticket', 'ask', 'cancel'];
  expect(endings.sort()).toEqual([...Object.keys(ways), 'consent', ...others].sort());
});
