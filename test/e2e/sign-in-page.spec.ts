// The sign-in pages in real Chromium, beyond the main way of the demo: without script, on a phone, with a
// typed code, expired, with a cut stream, in Chinese, in the dark scheme, and with a new proof.
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDemo } from '../support/app.ts';
import { desktop, openBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';
import { authorizationParams, redirectUri } from '../support/waiting-browser.ts';

let demo: Awaited<ReturnType<typeof startDemo>>;
let chromium: Browser;
let contexts: BrowserContext[] = [];
const pageErrors: string[] = [];

beforeAll(async () => {
  demo = await startDemo();
  chromium = await openBrowser();
});
afterAll(async () => {
  await chromium?.close();
  await demo?.stop();
});
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
  demo.time.shiftSeconds = 0;
  expect(pageErrors.splice(0), 'no script fails and nothing breaks the content security policy').toEqual([]);
});

async function open(options: BrowserContextOptions = desktop): Promise<Page> {
  const context = await chromium.newContext(options);
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => pageErrors.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|is not a function/.test(message.text())) pageErrors.push(message.text());
  });
  return page;
}

async function waitAtSignIn(options: BrowserContextOptions = desktop): Promise<Page> {
  const page = await open(options);
  await page.goto(demo.teaHouse);
  await page.getByRole('link', { name: 'Sign in with QR' }).click();
  await page.waitForURL(`${demo.issuer}/interaction/**`);
  return page;
}

async function openPhone(): Promise<Page> {
  const page = await open(phoneOptions);
  await page.goto(`${demo.issuer}/sign-in`);
  await signIn(page);
  await page.waitForURL(`${demo.issuer}/q`);
  return page;
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password').fill('tessera-demo-alice');
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const isWelcome = async (page: Page) => {
  await page.waitForURL(`${demo.teaHouse}/`);
  expect(await page.textContent('body')).toContain('Alice Liddell');
};

const setVisibility = (state: string) =>
  `Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' })`;

/**
 * What inverts colours: the extension Dark Reader in its two modes, and the forced colours of a system. The
 * extension is not bound by the policy of the page.
 */
const inverters: [string, (page: Page) => Promise<unknown>][] = [
  [
    'Dark Reader',
    async (page) => {
      await page.addScriptTag({ path: fileURLToPath(import.meta.resolve('darkreader/darkreader.js')) });
      await page.evaluate(
        'DarkReader.setFetchMethod(window.fetch); DarkReader.enable({ brightness: 100, contrast: 90 })',
      );
      await page.locator('html[data-darkreader-scheme=dark]').waitFor();
    },
  ],
  [
    'a filter over the page, which spares images',
    (page) =>
      page.addStyleTag({
        content:
          'html { filter: invert(1) hue-rotate(180deg); background: #000 } img { filter: invert(1) hue-rotate(180deg) }',
      }),
  ],
  ['forced colours', (page) => page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' })],
];

const scan = async (page: Page): Promise<string> => readQr(await page.screenshot());
const userCodeOf = (page: Page) => page.locator('#user-code').textContent();

describe('the sign-in page', () => {
  it.each(inverters)('shows a code that scanners read under %s, and so does its next frame', async (_name, invert) => {
    const page = await waitAtSignIn({ ...desktop, bypassCSP: true });
    await invert(page);
    const isLink = expect.stringMatching(/^http:\/\/localhost:\d+\/q\/[\w-]{22}\.\d+\./);
    const first = await scan(page);
    expect(first).toEqual(isLink);
    await expect.poll(() => scan(page)).not.toBe(first);
    expect(await scan(page)).toEqual(isLink);
  });

  it('accepts a password, and shows in place that it is wrong', async () => {
    const page = await waitAtSignIn();
    await page.getByText('Use a password instead').click();
    await page.getByLabel('Username').fill('alice');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The username or the password is wrong.').waitFor();
    await signIn(page);
    await page.getByRole('button', { name: 'Allow' }).click();
    await isWelcome(page);
  });

  it('works without script: the picture is shown, and Continue finishes after the approval', async () => {
    const page = await waitAtSignIn({ ...desktop, javaScriptEnabled: false });
    const phone = await demo.phone();
    const claimed = await phone.scan({ qr: await scan(page) });
    await phone.approve(claimed);
    await page.getByRole('button', { name: 'Continue' }).click();
    await isWelcome(page);
  });

  it('accepts a password without script, on a page that does not reload while somebody types', async () => {
    const page = await waitAtSignIn({ ...desktop, javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Use a password instead' }).click();
    await page.waitForURL('**?password');
    expect(await page.locator('meta[http-equiv=refresh]').count()).toBe(0);
    await signIn(page);
    await page.getByRole('button', { name: 'Allow' }).click();
    await isWelcome(page);
  });

  it('B20 offers on a phone to continue on the device first, with one tap', async () => {
    const page = await waitAtSignIn(phoneOptions);
    expect(await page.getByRole('img', { name: 'QR code for signing in' }).isVisible()).toBe(false);
    await page.getByRole('link', { name: 'Continue on this device' }).click();
    await signIn(page);
    await page.getByRole('button', { name: 'Continue as Alice Liddell' }).click();
    await isWelcome(page);
  });

  it('rotates its picture, and zbar reads each one, also in the dark scheme', async () => {
    const page = await waitAtSignIn({ ...desktop, colorScheme: 'dark' });
    const first = await scan(page);
    await expect.poll(() => scan(page), { timeout: 12_000, interval: 500 }).not.toBe(first);
    expect(first.split('.')[0]).toBe((await scan(page)).split('.')[0]);
  });

  it('renews an expired code by itself, and asks after five of them', async () => {
    const page = await waitAtSignIn();
    // Two codes without their time, because the page returns to the app just before the 10 minutes are over.
    for (let ticket = 1; ticket < 3; ticket++) {
      const before = await userCodeOf(page);
      await page.evaluate("fetch(location.pathname + '/ticket', { method: 'POST' })");
      await expect.poll(() => userCodeOf(page), { timeout: 10_000 }).not.toBe(before);
    }
    for (let ticket = 3; ticket < 5; ticket++) {
      const before = await userCodeOf(page);
      demo.time.shiftSeconds += 119;
      await expect.poll(() => userCodeOf(page), { timeout: 10_000 }).not.toBe(before);
    }
    demo.time.shiftSeconds += 119;
    await page.getByRole('button', { name: 'Show a new code' }).waitFor();
    expect(await page.getByRole('status').textContent()).toContain('expired');
    await page.getByRole('button', { name: /^Back to / }).click();
    await page.waitForURL(`${demo.teaHouse}/callback?**`);
  });

  it('returns to the app by itself just before the 10 minutes are over', async () => {
    const page = await waitAtSignIn();
    demo.time.shiftSeconds = 588;
    await page.reload();
    await page.waitForURL(`${demo.teaHouse}/callback?**`);
    expect(new URL(page.url()).searchParams.get('error_description')).toBe('nobody answered in time');
  });

  it('B18 falls back to polling where streams are cut', async () => {
    const page = await open();
    await page.route('**/events', (route) => route.abort());
    await page.goto(demo.teaHouse);
    await page.getByRole('link', { name: 'Sign in with QR' }).click();
    const phone = await demo.phone();
    const claimed = await phone.scan({ qr: await scan(page) });
    await page.getByRole('status').filter({ hasText: 'Check your phone' }).waitFor();
    await phone.approve(claimed);
    await isWelcome(page);
  });

  it('is in Chinese for browsers that prefer it', async () => {
    const page = await waitAtSignIn({ ...desktop, locale: 'zh-CN' });
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
    await page.getByRole('img', { name: '用于登录的二维码' }).waitFor();
    expect(await page.getByRole('heading').textContent()).toBe('登录 Tea House');
  });
});

describe('the approving phone', () => {
  it('accepts the typed code, continues after a reload, and lists the browser until it is ended', async () => {
    const [waiting, phone] = [await waitAtSignIn(), await openPhone()];
    await phone.getByLabel('Code from the screen').fill((await userCodeOf(waiting)) ?? '');
    await phone.getByRole('button', { name: 'Continue' }).click();
    await phone.getByRole('button', { name: 'Approve' }).waitFor();
    await phone.reload();
    await phone.getByText('You approve as Alice Liddell (alice).').waitFor();
    const another = phone.getByRole('link', { name: 'Use another account' });
    expect(await another.getAttribute('href')).toBe('/sign-in?switch&return_to=%2Fq');
    await phone.getByRole('button', { name: 'Approve' }).click();
    await isWelcome(waiting);
    await phone.goto(`${demo.issuer}/q`);
    await phone.getByRole('button', { name: 'Sign out' }).first().click();
    await phone.getByRole('listitem').getByText('Signed out').waitFor();
  });

  it('shows the problem of a typed code', async () => {
    const phone = await openPhone();
    await phone.getByLabel('Code from the screen').fill('BBBB-BBBB');
    await phone.getByRole('button', { name: 'Continue' }).click();
    await phone.getByRole('alert').getByText('Check the screen and try again').waitFor();
  });

  it('B8 does not claim while the page is in the background', async () => {
    const [waiting, phone] = [await waitAtSignIn(), await openPhone()];
    await phone.addInitScript(setVisibility('hidden'));
    await phone.goto(await scan(waiting));
    await phone.getByText('Reading the code').waitFor();
    await waiting.getByText('Waiting for your phone').waitFor();
    await phone.evaluate(`${setVisibility('visible')}; document.dispatchEvent(new Event('visibilitychange'))`);
    await phone.getByRole('button', { name: 'Approve' }).waitFor();
  });

  it('A12 asks for the password again where the request requires it, then approves', async () => {
    demo.time.shiftSeconds = -30;
    const phone = await openPhone();
    demo.time.shiftSeconds = 0;
    const waiting = await open();
    await waiting.goto(`${demo.issuer}/auth?${authorizationParams({ prompt: 'login' }).params}`);
    await phone.goto(await scan(waiting));
    expect(await phone.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
    await phone.getByRole('link', { name: 'Confirm that it’s you' }).click();
    await phone.getByLabel('Password').fill('tessera-demo-alice');
    await phone.getByRole('button', { name: 'Sign in' }).click();
    // Nobody listens there: that the browser asks is enough.
    const back = waiting.waitForRequest((request) => request.url().startsWith(redirectUri));
    await phone.getByRole('button', { name: 'Approve' }).click();
    expect(new URL((await back).url()).searchParams.get('code')).toBeTruthy();
  });

  it('B16 reports a sign-in that the person did not start', async () => {
    const [waiting, phone] = [await waitAtSignIn(), await openPhone()];
    await phone.goto(await scan(waiting));
    await phone.getByRole('button', { name: 'I did not start this' }).click();
    await phone.getByText('Denied and blocked').waitFor();
    await waiting.getByRole('button', { name: 'Back to Tea House' }).click();
    await waiting.waitForURL(`${demo.teaHouse}/callback?**`);
  });

  it('C8 requires a full sign-in after a lost key', async () => {
    const [waiting, phone] = [await waitAtSignIn(), await openPhone()];
    await phone.evaluate("new Promise((done) => { indexedDB.deleteDatabase('tessera').onsuccess = done; })");
    await phone.goto(await scan(waiting));
    await phone.getByText('This phone has to sign in again').waitFor();
    await phone.getByRole('link', { name: 'Confirm that it’s you' }).click();
    await signIn(phone);
    await phone.getByRole('button', { name: 'Approve' }).click();
    await isWelcome(waiting);
  });
});
