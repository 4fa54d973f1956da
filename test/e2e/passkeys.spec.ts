// Passkeys in real Chromium with its virtual authenticator: created on the phone, used there, on the waiting
// browser and at approval; and the attacks of a page, a site or a person in the middle.
import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { digest } from '../../src/crypto.ts';
import { startDemo } from '../support/app.ts';
import { desktop, openBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';
import { authorizationParams, redirectUri } from '../support/waiting-browser.ts';

let demo: Awaited<ReturnType<typeof startDemo>>;
let chromium: Browser;
let contexts: BrowserContext[] = [];
const pageErrors: string[] = [];

beforeAll(async () => {
  demo = await startDemo({ http: { trusted_proxies: ['127.0.0.1', '::1'] } });
  chromium = await openBrowser();
});
afterAll(async () => {
  await chromium?.close();
  await demo?.stop();
});
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
  const alice = await demo.accounts.getByUsername('alice');
  for (const { id } of await demo.passkeys.list(alice.id)) await demo.passkeys.remove(alice, id);
  expect(pageErrors.splice(0), 'no script fails and nothing breaks the content security policy').toEqual([]);
});

async function open(options: BrowserContextOptions = desktop): Promise<Page> {
  // What a service worker passes on escapes `page.route`: these tests change what is sent.
  const context = await chromium.newContext({ serviceWorkers: 'block', ...options });
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => pageErrors.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|is not a function/.test(message.text())) pageErrors.push(message.text());
  });
  return page;
}

type Authenticator = { cdp: CDPSession; authenticatorId: string };

async function addAuthenticator(page: Page): Promise<Authenticator> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
  return { cdp, authenticatorId };
}

/** As a password manager would, or the phone over Bluetooth. */
async function copyCredentials(from: Authenticator, to: Authenticator): Promise<void> {
  const { credentials } = await from.cdp.send('WebAuthn.getCredentials', from);
  for (const credential of credentials)
    await to.cdp.send('WebAuthn.addCredential', { authenticatorId: to.authenticatorId, credential });
}

async function openPhone(options: BrowserContextOptions = phoneOptions): Promise<Page> {
  const page = await open(options);
  await page.goto(`${demo.issuer}/sign-in`);
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password').fill('tessera-demo-alice');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(`${demo.issuer}/q`);
  return page;
}

/** A signed-in phone with a passkey. */
async function openPhoneWithPasskey(options: BrowserContextOptions = phoneOptions) {
  const page = await openPhone(options);
  const authenticator = await addAuthenticator(page);
  await page.getByRole('link', { name: 'Your account' }).click();
  await page.getByRole('link', { name: 'Passkeys' }).click();
  await page.getByLabel('Name of the new passkey').fill('My phone');
  await page.getByRole('button', { name: 'Create a passkey' }).click();
  await page.getByRole('listitem').getByText('My phone').first().waitFor();
  return { page, authenticator };
}

async function waitAt(change: Record<string, string>, options: BrowserContextOptions = desktop): Promise<Page> {
  const page = await open(options);
  await page.goto(`${demo.issuer}/auth?${authorizationParams({ scope: 'openid', ...change }).params}`);
  return page;
}

const scan = async (page: Page): Promise<string> => readQr(await page.screenshot());

/** Nobody listens at the redirect URI: that the browser asks is enough. */
const callbackOf = async (page: Page): Promise<URL> =>
  new URL((await page.waitForRequest((request) => request.url().startsWith(redirectUri))).url());

const verified = { acr_values: 'urn:tessera:qr:verified' };

describe('a passkey', () => {
  it('D8 is created, renamed and removed by its owner, and signs in on the phone', async () => {
    const { page, authenticator } = await openPhoneWithPasskey();
    await page.getByText('Manage', { exact: false }).first().click();
    await page.getByLabel('Name', { exact: true }).fill('Kitchen phone');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('listitem').getByText('Kitchen phone').first().waitFor();
    await page.getByRole('link', { name: 'Your account' }).click();
    // A browser that lists none in fields: there is the button.
    await page.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = async () => false');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByText('Signed in as Alice Liddell').waitFor();
    await page.goto(`${demo.issuer}/account/passkeys`);
    await page.getByText('Last used').waitFor();
    await page.getByText('Manage', { exact: false }).first().click();
    await page.getByRole('button', { name: 'Remove this passkey' }).click();
    await page.getByText('You have no passkeys.').waitFor();
    // The page told the browser (Signal API), so the authenticator offers it no more.
    const kept = async () =>
      (await authenticator.cdp.send('WebAuthn.getCredentials', authenticator)).credentials.length;
    await expect.poll(kept).toBe(0);
  });

  it('signs in from the username field, where the browser suggests it', async () => {
    const { page } = await openPhoneWithPasskey();
    await page.goto(`${demo.issuer}/q`);
    expect(await page.getByText('Signed in as Alice Liddell').isVisible()).toBe(true);
    // The virtual authenticator takes the first of the list by itself.
    await page.getByRole('button', { name: 'Sign out' }).click();
    const again = page.waitForResponse((response) => response.request().postData()?.includes('"passkey"') === true);
    expect((await again).status()).toBe(200);
    await page.getByText('Signed in as Alice Liddell').waitFor();
  });

  it('D7 requires a fresh proof before any change', async () => {
    demo.time.shiftSeconds = -301;
    const page = await open(phoneOptions);
    // A clock five minutes behind at the server looks like a sign-in five minutes ago afterwards.
    await page.clock.setFixedTime(Date.now() - 301_000);
    await page.goto(`${demo.issuer}/sign-in?return_to=%2Faccount%2Fpasskeys`);
    await page.getByLabel('Username').fill('alice');
    await page.getByLabel('Password').fill('tessera-demo-alice');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Create a passkey' }).waitFor();
    demo.time.shiftSeconds = 0;
    await page.getByRole('button', { name: 'Create a passkey' }).click();
    await page.waitForURL('**/sign-in?return_to=%2Faccount%2Fpasskeys');
    await page.getByRole('heading', { name: 'Confirm that it’s you' }).waitFor();
  });

  it('B20 signs in on the waiting browser, beside the QR code', async () => {
    const { authenticator } = await openPhoneWithPasskey();
    const waiting = await open();
    await copyCredentials(authenticator, await addAuthenticator(waiting));
    await waiting.goto(demo.teaHouse);
    await waiting.getByRole('link', { name: 'Sign in with QR' }).click();
    await waiting.getByRole('img', { name: 'QR code for signing in' }).waitFor();
    await waiting.getByRole('button', { name: 'Use a passkey' }).click();
    await waiting.getByRole('button', { name: 'Allow' }).click();
    await waiting.waitForURL(`${demo.teaHouse}/`);
    expect(await waiting.textContent('body')).toContain('Alice Liddell');
  });

  it('A14 is the only way to sign in for acr_values=phr: no code, no password, no silent fallback', async () => {
    const { authenticator } = await openPhoneWithPasskey();
    const without = await waitAt({ acr_values: 'phr' });
    await without.getByRole('button', { name: 'Use a passkey' }).waitFor();
    expect(await without.getByRole('img', { name: 'QR code for signing in' }).count()).toBe(0);
    expect(await without.getByLabel('Password').count()).toBe(0);
    const waiting = await open();
    await copyCredentials(authenticator, await addAuthenticator(waiting));
    await waiting.goto(`${demo.issuer}/auth?${authorizationParams({ scope: 'openid', acr_values: 'phr' }).params}`);
    await waiting.getByRole('button', { name: 'Use a passkey' }).click();
    const allowed = callbackOf(waiting);
    await waiting.getByRole('button', { name: 'Allow' }).click();
    expect((await allowed).searchParams.get('code')).toBeTruthy();
  });

  it('is reported as unavailable in a browser without passkeys', async () => {
    const page = await open();
    await page.addInitScript('delete window.PublicKeyCredential');
    await page.goto(`${demo.issuer}/auth?${authorizationParams({ acr_values: 'phr' }).params}`);
    await page.getByText('This browser does not support passkeys').waitFor();
    expect(await page.getByRole('button', { name: 'Use a passkey' }).count()).toBe(0);
  });
});

describe('the console', () => {
  it('E1 requires only the passkey of an administrator who has one', async () => {
    const alice = await demo.accounts.getByUsername('alice');
    await demo.accounts.update(alice.id, { roles: ['administrator'] }, null);
    const phone = await openPhone();
    const desk = await open();
    await desk.goto(`${demo.issuer}/admin/clients`);
    await phone.goto(await scan(desk));
    await phone.getByRole('button', { name: 'Approve' }).click();
    await desk.waitForURL(`${demo.issuer}/admin/clients`);

    await addAuthenticator(phone);
    await phone.goto(`${demo.issuer}/account/passkeys`);
    await phone.getByRole('button', { name: 'Create a passkey' }).click();
    await phone.getByRole('listitem').first().waitFor();

    // What was signed in by a tap is no longer enough, and no password is offered.
    await desk.reload();
    await desk.getByRole('img', { name: 'QR code for signing in' }).waitFor();
    expect(await desk.getByLabel('Password').count()).toBe(0);
    await phone.goto(await scan(desk));
    await phone.getByText('Approving asks for your passkey').waitFor();
    await phone.getByRole('button', { name: 'Approve' }).click();
    await desk.waitForURL(`${demo.issuer}/admin/clients`);
    await desk.getByRole('heading', { name: 'Apps' }).waitFor();
    await desk.goto(`${demo.issuer}/admin/clients/new`);
    await desk.getByLabel('Name', { exact: true }).fill('Made after a passkey');
    expect(await desk.getByText('Confirm that it’s you').count(), 'the passkey was fresh').toBe(0);
  });
});

describe('an approval', () => {
  it('B13 B15 at high risk asks for the passkey after a tap on Approve', async () => {
    const address = '93.184.216.34';
    const { page } = await openPhoneWithPasskey({
      ...phoneOptions,
      extraHTTPHeaders: { 'x-forwarded-for': '8.8.8.8' },
    });
    await demo.store.limits.add(`recent tickets:${digest(address)}`, 500, 600, Math.floor(Date.now() / 1000));
    const waiting = await waitAt({}, { ...desktop, extraHTTPHeaders: { 'x-forwarded-for': address } });
    await page.goto(await scan(waiting));
    await page.getByText('Unusually many codes').waitFor();
    await page.getByText('Approving asks for your passkey').waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    const code = (await page.locator('.code').textContent()) ?? '';
    await waiting.getByLabel('Confirmation code').fill(code);
    const back = callbackOf(waiting);
    await waiting.getByRole('button', { name: 'Continue' }).click();
    expect((await back).searchParams.get('code')).toBeTruthy();
  });

  it('B13 without a passkey leads to creating one, and continues from there', async () => {
    const page = await openPhone();
    await addAuthenticator(page);
    const waiting = await waitAt(verified);
    await page.goto(await scan(waiting));
    expect(await page.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'Create a passkey' }).click();
    await page.getByRole('button', { name: 'Create a passkey' }).click();
    await page.getByRole('listitem').first().waitFor();
    await page.goBack();
    const back = callbackOf(waiting);
    await page.getByRole('button', { name: 'Approve' }).click();
    expect((await back).searchParams.get('code')).toBeTruthy();
  });

  it('B13 without user verification is refused, whatever the page was told to ask', async () => {
    const { page, authenticator } = await openPhoneWithPasskey();
    await authenticator.cdp.send('WebAuthn.setUserVerified', { ...authenticator, isUserVerified: false });
    const waiting = await waitAt(verified);
    await page.goto(await scan(waiting));
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Your passkey was not used').waitFor();
    // The authenticator answers when it is not asked to verify anybody; its flag then says so.
    await page.route(/\/phone\/v1\/tickets\/[^/]+\/review$/, async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      body.passkey_options.userVerification = 'discouraged';
      await route.fulfill({ response, json: body });
    });
    const looked = page.waitForResponse(/\/review$/);
    await page.reload();
    await looked;
    const refused = page.waitForResponse(/\/approve$/);
    await page.getByRole('button', { name: 'Approve' }).click();
    expect([(await refused).status(), (await (await refused).json()).code]).toEqual([400, 'passkey_unverified']);
    await page.getByText('A security key needs a PIN here').waitFor();
    await waiting.getByText('Scanned. Check your phone.').waitFor();
  });

  it('B13 with an assertion made at another site on the same host is refused', async () => {
    const { page } = await openPhoneWithPasskey();
    const waiting = await waitAt(verified);
    const claimed = page.waitForResponse(/\/phone\/v1\/scan$/);
    await page.goto(await scan(waiting));
    const { passkey_options } = await (await claimed).json();
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    const review = page.url();
    // rpId is the host alone, so the browser lets it happen.
    await page.goto(demo.teaHouse);
    const passkey = await page.evaluate(answerHere, passkey_options);
    await page.goto(review);
    await page.route(/\/approve$/, (route) =>
      route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), passkey }) }),
    );
    const refused = page.waitForResponse(/\/approve$/);
    await page.getByRole('button', { name: 'Approve' }).click();
    expect([(await refused).status(), (await (await refused).json()).code]).toEqual([400, 'passkey_invalid']);
  });

  it('B13 with an assertion for another ticket is refused', async () => {
    const { page } = await openPhoneWithPasskey();
    let kept: unknown;
    await page.route(/\/approve$/, (route) => {
      const body = route.request().postDataJSON();
      if (kept) return route.continue({ postData: JSON.stringify({ ...body, passkey: kept }) });
      kept = body.passkey;
      return route.abort();
    });
    await page.goto(await scan(await waitAt(verified)));
    await page.getByRole('button', { name: 'Approve' }).click();
    await expect.poll(() => kept).toBeTruthy();
    const other = await waitAt(verified);
    await page.goto(await scan(other));
    const refused = page.waitForResponse(/\/approve$/);
    await page.getByRole('button', { name: 'Approve' }).click();
    expect([(await refused).status(), (await (await refused).json()).code]).toEqual([400, 'passkey_invalid']);
    await page.getByText('The passkey could not be verified').waitFor();
    // The page has put a new question meanwhile; answered by this very page it counts.
    await page.unroute(/\/approve$/);
    const back = callbackOf(other);
    await page.getByRole('button', { name: 'Approve' }).click();
    expect((await back).searchParams.get('code')).toBeTruthy();
  });

  it('A12 satisfies prompt=login by the passkey, without another step', async () => {
    demo.time.shiftSeconds = -30;
    const page = await openPhone();
    demo.time.shiftSeconds = 0;
    await addAuthenticator(page);
    await page.goto(`${demo.issuer}/account/passkeys`);
    await page.getByRole('button', { name: 'Create a passkey' }).click();
    await page.getByRole('listitem').first().waitFor();
    const waiting = await waitAt({ prompt: 'login' });
    await page.goto(await scan(waiting));
    const back = callbackOf(waiting);
    await page.getByRole('button', { name: 'Approve' }).click();
    expect((await back).searchParams.get('code')).toBeTruthy();
  });
});

/** Runs in a page of another origin; types of the DOM are not among those of the tests. */
async function answerHere(options: Record<string, unknown>): Promise<unknown> {
  const { PublicKeyCredential: api } = globalThis as unknown as {
    PublicKeyCredential: { parseRequestOptionsFromJSON(json: unknown): unknown };
  };
  const { credentials } = navigator as unknown as {
    credentials: { get(options: unknown): Promise<{ toJSON(): Record<string, unknown> }> };
  };
  const credential = await credentials.get({ publicKey: api.parseRequestOptionsFromJSON(options) });
  return credential.toJSON();
}
