// F4 A relying party that signs people in by a popup: the popup keeps its opener on every page that a sign-in
// or a sign-out passes, by each way to sign in (kit/security-headers.ts has the table).
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestApp } from '../support/app.ts';
import { desktop, phone as phoneOptions } from '../support/browser.ts';
import { type ChainDesk, type RedirectChain, startChainDesk } from '../support/redirect-chain.ts';
import { authorizationParams } from '../support/waiting-browser.ts';

let desk: ChainDesk;
let app: TestApp;
let chain: RedirectChain;
let chromium: Browser;
let context: BrowserContext;

beforeAll(async () => {
  desk = await startChainDesk(
    ({ redirectUri }) => [
      {
        client_id: 'popup',
        client_name: 'Popup',
        post_logout_redirect_uris: [redirectUri],
        scope: 'openid profile email',
      },
    ],
    { sign_up: 'open' },
  );
  ({ app, chain, chromium } = desk);
});
afterAll(() => desk?.stop());
afterEach(() => context?.close());

const requestPath = (change: Record<string, string> = {}): string =>
  `/auth?${authorizationParams({ client_id: 'popup', redirect_uri: chain.redirectUri, ...change }).params}`;

/** Opens the path in a popup of the relying party's page. */
async function openPopup(path: string, options = desktop): Promise<Page> {
  context = await chromium.newContext({ ...options, serviceWorkers: 'block' });
  const site = await context.newPage();
  await site.goto(chain.end);
  const [popup] = await Promise.all([
    context.waitForEvent('page'),
    site.evaluate(`void window.open('${app.issuer}${path}')`),
  ]);
  await popup.waitForLoadState();
  return popup;
}

/** Whether the page still has its opener; once lost it never comes back. */
async function keepsOpener(page: Page): Promise<void> {
  expect(await page.evaluate('window.opener !== null'), page.url()).toBe(true);
}

/**
 * Navigates as the relying party's page would. A typed address gives a window another browsing context group.
 */
const goFrom = (page: Page, path: string): Promise<unknown> => page.evaluate(`location.href = '${app.issuer}${path}'`);

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password').fill('tessera-demo-alice');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function byPassword(page: Page): Promise<void> {
  await page.goto(`${page.url()}?password`);
  await signIn(page);
  await page.getByRole('button', { name: 'Allow' }).click();
}

async function arrives(page: Page): Promise<URLSearchParams> {
  await page.waitForURL(`${chain.end}**`, { timeout: 15_000 });
  await keepsOpener(page);
  return new URL(page.url()).searchParams;
}

/** The passkey that a page of Alice makes, to be put into another window's authenticator. */
const authenticatorOptions = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
} as const;

async function authenticatorOf(page: Page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: authenticatorOptions });
  return { cdp, authenticatorId };
}

describe('F4 a popup keeps its opener', { timeout: 60_000 }, () => {
  it('by password and consent', async () => {
    const popup = await openPopup(requestPath());
    await keepsOpener(popup);
    await byPassword(popup);
    expect((await arrives(popup)).has('code')).toBe(true);
  });

  it('by the approval of a phone', async () => {
    const popup = await openPopup(requestPath());
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const { qr } = (await (await fetch(`${popup.url()}/ticket`, { headers: { cookie } })).json()) as { qr: string };
    const phone = await app.phone('alice');
    await phone.approve(await phone.scan({ qr }));
    expect((await arrives(popup)).has('code')).toBe(true);
  });

  it('by passkey', async () => {
    const own = await (await chromium.newContext({ ...phoneOptions, serviceWorkers: 'block' })).newPage();
    const made = await authenticatorOf(own);
    await own.goto(`${app.issuer}/sign-in?return_to=/account/passkeys`);
    await signIn(own);
    await own.getByLabel('Name of the new passkey').fill('My key');
    await own.getByRole('button', { name: 'Create a passkey' }).click();
    await own.getByRole('listitem').getByText('My key').first().waitFor();
    const { credentials } = await made.cdp.send('WebAuthn.getCredentials', { authenticatorId: made.authenticatorId });
    await own.context().close();

    const popup = await openPopup(requestPath());
    const { cdp, authenticatorId } = await authenticatorOf(popup);
    for (const credential of credentials) await cdp.send('WebAuthn.addCredential', { authenticatorId, credential });
    await popup.getByRole('button', { name: /passkey/i }).click();
    await popup.getByRole('button', { name: 'Allow' }).click();
    expect((await arrives(popup)).has('code')).toBe(true);
  });

  it('by signing in on this device and continuing with it', async () => {
    const popup = await openPopup(requestPath(), phoneOptions);
    await popup.getByRole('link', { name: 'Continue on this device' }).click();
    await keepsOpener(popup);
    await signIn(popup);
    await popup.getByRole('button', { name: 'Continue as Alice Liddell' }).click();
    expect((await arrives(popup)).has('code')).toBe(true);
  });

  it('by a new account', async () => {
    const popup = await openPopup(requestPath({ prompt: 'create' }));
    await popup.getByLabel('Username').fill('dora');
    await popup.getByLabel('Password').fill('four words make a sentence');
    await popup.getByRole('button', { name: 'Create account' }).click();
    await popup.getByRole('button', { name: 'Allow' }).click();
    expect((await arrives(popup)).has('code')).toBe(true);
  });

  it('when a second person signs in, and by form_post', async () => {
    const popup = await openPopup(requestPath());
    await byPassword(popup);
    await arrives(popup);
    await goFrom(popup, requestPath({ prompt: 'login', response_mode: 'form_post' }));
    await popup.waitForURL('**/interaction/*');
    await popup.goto(`${popup.url()}?password`);
    await popup.getByLabel('Username').fill('bob');
    await popup.getByLabel('Password').fill('tessera-demo-bob');
    await popup.getByRole('button', { name: 'Sign in', exact: true }).click();
    await popup.getByRole('button', { name: 'Allow' }).click();
    expect((await arrives(popup)).has('code')).toBe(true);
  });

  it('by Cancel, and over the pages beside the way', async () => {
    const popup = await openPopup(requestPath());
    const waiting = popup.url();
    for (const path of [
      '/sign-in',
      '/sign-up',
      '/forgot',
      '/recover',
      `/link/${'x'.repeat(43)}`,
      '/auth?client_id=x',
    ]) {
      await popup.goto(app.issuer + path);
      await keepsOpener(popup);
    }
    await popup.goto(waiting);
    await popup.getByRole('button', { name: 'Cancel' }).click();
    expect((await arrives(popup)).get('error')).toBe('access_denied');
  });

  it('by signing out, with and without a way back', async () => {
    const popup = await openPopup(requestPath());
    await byPassword(popup);
    await arrives(popup);
    const parameters = new URLSearchParams({ client_id: 'popup', post_logout_redirect_uri: chain.redirectUri });
    await goFrom(popup, `/session/end?${parameters}`);
    await popup.getByRole('button', { name: 'Sign out' }).click();
    await arrives(popup);
    await goFrom(popup, '/session/end');
    await popup.waitForURL('**/session/end/success');
    await keepsOpener(popup);
  });

  it('but not on the pages of an account, of a phone and of the console', async () => {
    for (const path of ['/q', '/account', '/admin']) {
      const answer = await fetch(app.issuer + path, { redirect: 'manual', headers: { accept: 'text/html' } });
      expect(answer.headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
    }
  });
});
