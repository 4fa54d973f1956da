// Two tabs of one browser: when one has signed in or consented, the other one continues, by the rules of
// silent sign-on (protocol.md section 3).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import type { VirtualPhone } from '../../support/virtual-phone.ts';
import {
  authorizationParams,
  createWaitingBrowser,
  onwardOf,
  type WaitingBrowser,
} from '../../support/waiting-browser.ts';

const html = { headers: { accept: 'text/html' } };
const callback = 'https://shop.example/callback';
const shared = { redirect_uris: [callback], token_endpoint_auth_method: 'none', scope: 'openid profile email' };
const base = { client_id: 'shop', redirect_uri: callback, scope: 'openid profile' };
type Change = Record<string, string>;

let app: TestApp;
let alice: VirtualPhone;
beforeAll(async () => {
  app = await startApp({
    clients: [
      { ...shared, client_id: 'shop', client_name: 'Shop', first_party: true },
      { ...shared, client_id: 'bakery', client_name: 'Bakery', first_party: true },
      { ...shared, client_id: 'stranger', client_name: 'Stranger' },
      { ...shared, client_id: 'keys-only', client_name: 'Keys only', first_party: true, sign_in: 'passkey' },
    ],
  });
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

/** Opens a tab that waits. @returns its path */
async function openTab(browser: WaitingBrowser, change: Change = {}): Promise<string> {
  const { params } = authorizationParams({ ...base, ...change });
  const path = (await browser.request(`/auth?${params}`, html)).headers.get('location') ?? '';
  expect(path).toMatch(/^\/interaction\//);
  await browser.request(path, html);
  return path;
}

async function byPassword(browser: WaitingBrowser, path: string, username = 'alice'): Promise<URL | string> {
  const form = new URLSearchParams({ username, password: `tessera-demo-${username}` });
  const answer = await browser.request(`${path}/password`, { method: 'POST', body: form });
  const next = await browser.request(String(answer.json().location), html);
  return next.headers.get('location') ?? '';
}

const continues = async (browser: WaitingBrowser, path: string): Promise<unknown> =>
  (await browser.json('GET', `${path}/session`)).json().continues;

/** Where the page of the tab leads, as a browser without script follows it; null when it stays. */
async function ending(browser: WaitingBrowser, path: string): Promise<URL | null> {
  const onward = onwardOf(await browser.request(path, html));
  return onward === null ? null : browser.follow(onward);
}

describe('a waiting tab', () => {
  it('B19 continues when another tab has signed in, and its code cannot be approved any more', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const [one, two] = [await openTab(browser), await openTab(browser, { state: 'state-2', client_id: 'bakery' })];
    const claim = { qr: String((await browser.json('GET', `${two}/ticket`)).json().qr) };
    expect(await continues(browser, two)).toBe(false);
    expect(await byPassword(browser, one)).toContain('?code=');
    expect(await continues(browser, two)).toBe(true);
    const end = await ending(browser, two);
    expect([end?.searchParams.get('code'), end?.searchParams.get('state')]).toEqual([expect.any(String), 'state-2']);
    await expect(alice.scan(claim)).rejects.toMatchObject({ code: expect.stringMatching(/^ticket_/) });
  });

  it('B19 continues to the consent page, and from there when the other tab consented', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const change = { client_id: 'stranger' };
    const [one, two, three] = [
      await openTab(browser, change),
      await openTab(browser, change),
      await openTab(browser, change),
    ];
    const ofOne = String(await byPassword(browser, one));
    expect(ofOne).toMatch(/^\/interaction\//);
    const onward = onwardOf(await browser.request(two, html)) ?? '';
    const ofTwo = (await browser.request(onward, html)).headers.get('location') ?? '';
    expect((await browser.request(ofTwo, html)).text).toContain('Stranger asks to:');
    expect(await continues(browser, ofTwo)).toBe(false);
    const agreed = await browser.json('POST', `${ofOne}/consent`, {});
    expect((await browser.follow(String(agreed.json().location))).search).toContain('code=');
    expect(await continues(browser, ofTwo)).toBe(true);
    expect((await ending(browser, ofTwo))?.search).toContain('code=');
    expect((await ending(browser, three))?.search).toContain('code=');
  });

  it.each<[rule: string, change: Change]>([
    ['prompt=login', { prompt: 'login' }],
    ['prompt=select_account', { prompt: 'select_account' }],
    ['acr_values that the session lacks', { acr_values: 'phr' }],
    ['a client that takes passkeys only', { client_id: 'keys-only' }],
  ])('B19 stays with %s', async (_rule, change) => {
    const browser = createWaitingBrowser(app.issuer);
    const [one, two] = [await openTab(browser), await openTab(browser, change)];
    expect(await byPassword(browser, one)).toContain('?code=');
    expect(await continues(browser, two)).toBe(false);
    expect(await ending(browser, two)).toBeNull();
  });

  it('B19 stays with a max_age that has passed, and continues within it', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const [one, two] = [await openTab(browser), await openTab(browser, { max_age: '100' })];
    expect(await byPassword(browser, one)).toContain('?code=');
    try {
      app.time.shiftSeconds = 50;
      expect(await continues(browser, two)).toBe(true);
    } finally {
      app.time.shiftSeconds = 0;
    }
    const late = await openTab(browser, { max_age: '0' });
    expect(await continues(browser, late)).toBe(false);
  });

  it('B17 stays when the other tab was signed in by phone for another client, without trust', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const [one, two] = [await openTab(browser), await openTab(browser, { client_id: 'bakery' })];
    const same = await openTab(browser, { state: 'same' });
    const qr = String((await browser.json('GET', `${one}/ticket`)).json().qr);
    const code = await alice.approve(await alice.scan({ qr }));
    const finished = await browser.json('POST', `${one}/finish`, code ? { confirmation_code: code } : {});
    expect((await browser.follow(String(finished.json().location))).search).toContain('code=');
    expect(await continues(browser, two)).toBe(false);
    expect(await continues(browser, same)).toBe(true);
  });

  it('A13 stays when another account signed in than id_token_hint names', async () => {
    const first = createWaitingBrowser(app.issuer);
    await first.open(base);
    const end = await first.follow(new URL(String(await byPassword(first, first.base)), app.issuer).href);
    const answer = await first.redeem(end.searchParams.get('code') ?? '', {
      client_id: 'shop',
      redirect_uri: callback,
    });
    const { id_token } = (await answer.json()) as { id_token: string };
    const browser = createWaitingBrowser(app.issuer);
    const [one, two] = [await openTab(browser), await openTab(browser, { id_token_hint: id_token })];
    expect(await byPassword(browser, one, 'bob')).toContain('?code=');
    expect(await continues(browser, two)).toBe(false);
  });

  it('B19 stays while a phone decides about its code, and where the person chose "other"', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const [one, two] = [await openTab(browser), await openTab(browser)];
    const bob = await app.phone('bob');
    await bob.scan({ qr: String((await browser.json('GET', `${two}/ticket`)).json().qr) });
    const three = await openTab(browser);
    expect(await byPassword(browser, one)).toContain('?code=');
    expect(await continues(browser, two)).toBe(false);
    expect((await browser.json('GET', `${three}/session?other=1`)).json().continues).toBe(false);
    expect(await continues(browser, three)).toBe(true);
  });

  it('B19 stays when the session was there before it, as with a consent that is missing', async () => {
    const browser = createWaitingBrowser(app.issuer);
    expect(await byPassword(browser, await openTab(browser))).toContain('?code=');
    const consent = await openTab(browser, { client_id: 'stranger', scope: 'openid email' });
    expect(await continues(browser, consent)).toBe(false);
    expect(await ending(browser, consent)).toBeNull();
  });
});
