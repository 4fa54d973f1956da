// B19 Two tabs of one browser, and the Back button, in Chromium: the other tab continues by itself, and a
// sign-in that has ended offers the way back to the app. With scripts and without.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestApp } from '../support/app.ts';
import { desktop } from '../support/browser.ts';
import { type ChainDesk, type RedirectChain, startChainDesk } from '../support/redirect-chain.ts';
import { authorizationParams } from '../support/waiting-browser.ts';

let desk: ChainDesk;
let app: TestApp;
let chain: RedirectChain;
let chromium: Browser;
let context: BrowserContext;
/** Of the latest request. */
let verifier = '';

beforeAll(async () => {
  const shared = { scope: 'openid profile' };
  desk = await startChainDesk(({ end }) => [
    { ...shared, client_uri: end, client_id: 'shop', client_name: 'Corner shop', first_party: true },
    { ...shared, client_uri: end, client_id: 'form', client_name: 'Form', first_party: true, qr_sign_in: 'off' },
    { ...shared, client_uri: end, client_id: 'stranger', client_name: 'Stranger' },
  ]);
  ({ app, chain, chromium } = desk);
});
afterAll(() => desk?.stop());
afterEach(() => context?.close());

const open = async (javaScriptEnabled = true): Promise<void> => {
  context = await chromium.newContext({ ...desktop, javaScriptEnabled });
};

/** A tab with an authorization request. */
async function openTab(clientId: string, change: Record<string, string> = {}): Promise<Page> {
  const page = await context.newPage();
  const { params, verifier: made } = authorizationParams({
    client_id: clientId,
    redirect_uri: chain.redirectUri,
    scope: 'openid profile',
    ...change,
  });
  verifier = made;
  await page.goto(`${app.issuer}/auth?${params}`);
  return page;
}

async function signIn(page: Page): Promise<void> {
  await page.bringToFront();
  const field = page.getByLabel('Username');
  if (!(await field.isVisible())) await page.goto(`${page.url()}?password`);
  await field.fill('alice');
  await page.getByLabel('Password').fill('tessera-demo-alice');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function arrives(page: Page): Promise<void> {
  await page.waitForURL(`${chain.end}**`, { timeout: 20_000 });
  expect(new URL(page.url()).searchParams.get('code')).toMatch(/./);
}

async function redeem(code: string, clientId: string): Promise<void> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    client_id: clientId,
    redirect_uri: chain.redirectUri,
    code_verifier: verifier,
  });
  expect((await fetch(`${app.issuer}/token`, { method: 'POST', body })).status).toBe(200);
}

describe.each([
  ['with scripts', true],
  ['without scripts', false],
])('B19 two tabs %s', (_title, hasScript) => {
  it.each(['shop', ...(hasScript ? ['form'] : [])])('the other tab continues by itself (%s)', async (clientId) => {
    await open(hasScript);
    const [one, two] = [await openTab(clientId), await openTab(clientId)];
    await signIn(one);
    await arrives(one);
    await two.bringToFront();
    await arrives(two);
  });

  it('does not take its own answer for that of another tab while a slow app is on its way', async () => {
    // A page asks half a second and two seconds after it hears of an answer.
    const slow = createServer((_, answer) => setTimeout(() => answer.end('arrived'), 2500));
    await new Promise<void>((done) => slow.listen(0, '127.0.0.1', done));
    try {
      const uri = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/callback`;
      const settings = { token_endpoint_auth_method: 'none', redirect_uris: [uri], scope: 'openid', first_party: true };
      const { client } = await app.clients.create({ client_name: 'Slow shop', ...settings });
      await open(hasScript);
      const page = await openTab(client.id, { redirect_uri: uri, scope: 'openid' });
      await signIn(page);
      await page.getByText('arrived').waitFor({ timeout: 15_000 });
    } finally {
      slow.closeAllConnections();
      slow.close();
    }
  });

  it('stays where the request asks for a new sign-in', async () => {
    await open(hasScript);
    const [one, two] = [await openTab('shop'), await openTab('shop', { prompt: 'login' })];
    await signIn(one);
    await arrives(one);
    // The server has answered the script's question, or the page has refreshed itself.
    const asked = hasScript ? two.waitForResponse(/\/session$/) : two.waitForEvent('load');
    await two.bringToFront();
    if (hasScript) await two.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await asked;
    expect(two.url()).toContain('/interaction/');
    expect(await two.getByRole('heading', { level: 1 }).textContent()).toBe('Sign in to Corner shop');
  });

  it('Back after the sign-in leads to a page with a link to the app', async () => {
    await open(hasScript);
    const page = await openTab('shop');
    await signIn(page);
    await arrives(page);
    // Until the app has redeemed the code, Back leads to the app with it.
    await redeem(new URL(page.url()).searchParams.get('code') ?? '', 'shop');
    await page.goBack();
    const link = page.getByRole('link', { name: 'Back to Corner shop' });
    await link.waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('This sign-in has ended');
    await link.click();
    await page.waitForURL(`${chain.end}**`);
  });

  it('a reload after the interaction expired does so too', async () => {
    await open(hasScript);
    const page = await openTab('shop', { prompt: 'login' });
    app.time.shiftSeconds = 700;
    try {
      await page.reload();
      await page.getByRole('link', { name: 'Back to Corner shop' }).waitFor();
    } finally {
      app.time.shiftSeconds = 0;
    }
  });
});

describe('B19 the consent page', () => {
  it('continues when the other tab consented, also when both are visible', async () => {
    await open();
    const [one, two] = [await openTab('stranger'), await openTab('stranger')];
    await signIn(one);
    await one.getByRole('button', { name: 'Allow' }).waitFor();
    // Headless tabs are all visible: the other one is told, and comes to its own consent page.
    await two.getByRole('button', { name: 'Allow' }).waitFor({ timeout: 20_000 });
    await one.getByRole('button', { name: 'Allow' }).click();
    await arrives(one);
    await two.bringToFront();
    await two.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await arrives(two);
  });
});
