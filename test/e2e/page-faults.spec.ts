// The pages in real Chromium when something around them fails: the module does not run, the browser keeps no
// keys, an answer never comes, a script throws, six windows are open, news stop arriving.
import type { Browser, BrowserContext, BrowserContextOptions, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDemo } from '../support/app.ts';
import { desktop, openBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';

let demo: Awaited<ReturnType<typeof startDemo>>;
let chromium: Browser;
let contexts: BrowserContext[] = [];

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
});

async function open(options: BrowserContextOptions): Promise<Page> {
  const context = await chromium.newContext(options);
  contexts.push(context);
  return context.newPage();
}

async function waitAtSignIn(page: Page): Promise<Page> {
  await page.goto(demo.teaHouse);
  await page.getByRole('link', { name: 'Sign in with QR' }).click();
  await page.waitForURL(`${demo.issuer}/interaction/**`);
  return page;
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password').fill('tessera-demo-alice');
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function openPhone(options: BrowserContextOptions = phoneOptions): Promise<Page> {
  const page = await open(options);
  await page.goto(`${demo.issuer}/sign-in`);
  await signIn(page);
  await page.waitForURL(`${demo.issuer}/q`);
  return page;
}

const isWelcome = (page: Page) => page.waitForURL(`${demo.teaHouse}/`);
const scan = async (page: Page): Promise<string> => readQr(await page.screenshot());
const userCodeOf = async (page: Page): Promise<string> => (await page.locator('#user-code').textContent()) ?? '';
const plainButton = (page: Page) => page.locator('.plain-part').getByRole('button', { name: 'Continue' });
const needsScript = (page: Page) => page.locator('.plain-part').getByText('This page needs JavaScript');
const never = () => {};
/** The server handles the first request, and its answer does not arrive. */
const loseFirstAnswer = () => {
  let isLost = false;
  return async (route: Route): Promise<void> => {
    if (isLost) return route.continue();
    isLost = true;
    await route.fetch();
    await route.abort();
  };
};
const approve = async (link: string) => {
  const phone = await demo.phone();
  await phone.approve(await phone.scan({ qr: link }));
};

/** Opens the question about a sign-in that waits in another browser, by its typed code. */
async function openQuestion(phone: Page): Promise<Page> {
  const waiting = await waitAtSignIn(await open(desktop));
  await phone.getByLabel('Code from the screen').fill(await userCodeOf(waiting));
  await phone.getByRole('button', { name: 'Continue' }).click();
  await phone.getByRole('button', { name: 'Approve' }).waitFor();
  return waiting;
}

describe('the plain page', () => {
  it('is shown when the module does not load, and finishes the sign-in', async () => {
    const page = await open(desktop);
    await page.route('**/assets/waiting.*', (route) => route.abort());
    await waitAtSignIn(page);
    await plainButton(page).waitFor();
    await approve(await scan(page));
    await plainButton(page).click();
    await isWelcome(page);
  });

  it('is shown when the module loads and does not run, and no spinner turns beside it', async () => {
    const waiting = await waitAtSignIn(await open(desktop));
    const phone = await openPhone();
    const notRunning = (route: Route) => route.fulfill({ contentType: 'text/javascript', body: 'const x = ;' });
    await phone.route('**/assets/review.*', notRunning);
    await phone.goto(await scan(waiting));
    await needsScript(phone).waitFor();
    expect(await phone.locator('.spinner').isVisible()).toBe(false);
  });

  it('is taken back by a module that arrives late', async () => {
    const page = await open(desktop);
    await page.clock.install();
    let arrive: () => void = never;
    await page.route('**/assets/waiting.*', async (route) => {
      await new Promise<void>((resolve) => {
        arrive = resolve;
      });
      await route.continue();
    });
    await page.goto(demo.teaHouse);
    await page.getByRole('link', { name: 'Sign in with QR' }).click();
    await page.waitForURL(`${demo.issuer}/interaction/**`, { waitUntil: 'commit' });
    await page.locator('#user-code').waitFor();
    await expect.poll(() => arrive !== never).toBe(true);
    await page.clock.fastForward(3000);
    expect(await plainButton(page).isVisible()).toBe(false);
    arrive();
    await page.locator('html[data-runs]').waitFor();
    expect(await page.locator('.plain-part').count()).toBe(0);
  });
});

describe('a browser that keeps no keys', () => {
  it('says so before somebody signs in, lets them sign in, and says it again instead of asking', async () => {
    const waiting = await waitAtSignIn(await open(desktop));
    const link = await scan(waiting);
    const phone = await open(phoneOptions);
    // As in Safari on iOS, outside the installed app.
    await phone.addInitScript(() => Object.assign(navigator, { standalone: false }));
    await phone.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined }));
    await phone.goto(link);
    await phone.getByText('This browser cannot remember a key.').waitFor();
    await signIn(phone);
    await phone.getByRole('heading', { name: 'This browser cannot remember a key' }).waitFor();
    await phone.goto(`${demo.issuer}/q`);
    await phone.getByRole('alert').getByText('This browser cannot remember a key').waitFor();
    await phone.getByText('Add to Home Screen').waitFor();
  });
});

describe('a question on the phone', () => {
  it('is in view: the page is at its top, and the heading is visible', async () => {
    const phone = await openPhone({ ...phoneOptions, viewport: { width: 390, height: 460 } });
    await phone.evaluate('window.scrollTo(0, document.body.scrollHeight)');
    await openQuestion(phone);
    expect(await phone.evaluate('window.scrollY')).toBe(0);
    const heading = await phone.getByRole('heading', { level: 1 }).boundingBox();
    expect(heading?.y).toBeGreaterThanOrEqual(0);
    expect((heading?.y ?? 0) + (heading?.height ?? 0)).toBeLessThan(460);
  });

  it('whose decision gets no answer says so after 10 seconds, and its buttons work again', async () => {
    const phone = await openPhone();
    await phone.clock.install();
    await openQuestion(phone);
    await phone.route('**/approve', never);
    await phone.getByRole('button', { name: 'Approve' }).click();
    expect(await phone.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
    await phone.clock.fastForward(10_000);
    await phone.getByRole('alert').getByText('The server did not answer').waitFor();
    await phone.unroute('**/approve');
    await phone.getByRole('button', { name: 'Approve' }).click();
    await phone.getByRole('heading', { name: 'Approved' }).waitFor();
  });

  it('whose approval is recorded and loses its answer shows the outcome by itself', async () => {
    const phone = await openPhone();
    const waiting = await openQuestion(phone);
    await waiting.route('**/finish', (route) => route.abort());
    await phone.route('**/approve', loseFirstAnswer());
    await phone.getByRole('button', { name: 'Approve' }).click();
    await phone.getByRole('heading', { name: 'Approved' }).waitFor();
  });

  it('whose approval is recorded and that is reloaded before its answer came shows the outcome', async () => {
    const phone = await openPhone();
    const waiting = await openQuestion(phone);
    await waiting.route('**/finish', (route) => route.abort());
    const recorded = Promise.withResolvers<void>();
    await phone.route('**/approve', (route) => route.fetch().then(() => recorded.resolve()), { times: 1 });
    await phone.getByRole('button', { name: 'Approve' }).click();
    await recorded.promise;
    await phone.reload();
    await phone.getByRole('heading', { name: 'Approved' }).waitFor();
  });

  it('whose approval the other screen does not use in time says that it lapsed, on both sides', async () => {
    const phone = await openPhone();
    const waiting = await openQuestion(phone);
    await waiting.route('**/finish', (route) => route.abort());
    await phone.getByRole('button', { name: 'Approve' }).click();
    await phone.getByRole('heading', { name: 'Approved' }).waitFor();
    demo.time.shiftSeconds += 61;
    await phone.getByRole('heading', { name: 'Not used in time' }).waitFor();
    await waiting.getByText('The approval was not used in time').waitFor();
    demo.time.shiftSeconds = 0;
  });
});

describe('the waiting browser', () => {
  it('in six windows at once does not block itself: their streams leave a connection to finish', async () => {
    const first = await waitAtSignIn(await open(desktop));
    const pages = [first];
    for (let i = 1; i < 6; i++) pages.push(await waitAtSignIn(await first.context().newPage()));
    await approve(await scan(first));
    // The app remembers only the request of the last window. That the first one arrives there is enough.
    await first.waitForURL(`${demo.teaHouse}/callback?code=**`);
  });

  it('finishes although the answer to its request was lost, also while it is hidden', async () => {
    const page = await waitAtSignIn(await open(desktop));
    const link = await scan(page);
    await page.route('**/finish', loseFirstAnswer());
    await page.evaluate(`
      Object.defineProperty(document, 'hidden', { get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));`);
    await approve(link);
    await isWelcome(page);
  });

  it('blurs a code that is too old, says that it reconnects, and comes back by itself', async () => {
    const page = await open(desktop);
    await page.clock.install();
    await waitAtSignIn(page);
    const isCut = (route: Route) => route.abort();
    await page.route(/\/(events|ticket\?.*)$/, isCut);
    await page.clock.runFor(25_000);
    await page.getByText('Reconnecting …').waitFor();
    await page.getByText('The server does not answer').waitFor();
    await page.unroute(/\/(events|ticket\?.*)$/, isCut);
    await page.clock.runFor(5000);
    await page.getByText('Reconnecting …').waitFor({ state: 'hidden' });
    await page.getByText('The server does not answer').waitFor({ state: 'hidden' });
    expect(await scan(page)).toContain(`${demo.issuer}/q/`);
  });
});

describe('an exception in a script', () => {
  it('ends nothing silently: the page says that something went wrong, with a reference', async () => {
    const phone = await openPhone();
    await phone.route('**/phone/v1/scan', (route) => route.fulfill({ json: {}, headers: { 'X-Request-Id': 'r-17' } }));
    await phone.getByLabel('Code from the screen').fill('BBBB-BBBB');
    await phone.getByRole('button', { name: 'Continue' }).click();
    await phone.getByRole('alert').getByText('Reference: r-17 · TypeError').waitFor();
    expect(await phone.getByRole('button', { name: 'Continue' }).isEnabled()).toBe(true);
  });
});
