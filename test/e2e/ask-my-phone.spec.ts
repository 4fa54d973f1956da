// A second sign-in without a camera ("Ask my phone"): one Chromium is the waiting browser, another is the
// phone.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemo } from '../support/app.ts';
import { desktop, openWholeBrowser, phone as phoneOptions } from '../support/browser.ts';
import { startPushService } from '../support/push-service.ts';

let app: Awaited<ReturnType<typeof startDemo>>;
let push: Awaited<ReturnType<typeof startPushService>>;
let chromium: Browser;
let pocket: BrowserContext;
let phone: Page;

beforeAll(async () => {
  push = await startPushService();
  app = await startDemo({ http: { outbound_private_networks: true } });
  chromium = await openWholeBrowser();
  pocket = await chromium.newContext({ ...phoneOptions, permissions: ['notifications'] });
  // No push service of the wide world is reached from here: the browser's half is played by the receiver.
  await pocket.addInitScript(`
    const made = { toJSON: () => (${JSON.stringify(push.subscription('phone'))}), unsubscribe: async () => true };
    Object.defineProperty(Notification, 'permission', { get: () => 'granted' });
    Notification.requestPermission = async () => 'granted';
    PushManager.prototype.getSubscription = async () => null;
    PushManager.prototype.subscribe = async (options) => {
      if (options.applicationServerKey.length !== 87) throw new Error('no key of ours');
      return made;
    };
  `);
  phone = await pocket.newPage();
  await phone.goto(`${app.issuer}/sign-in`);
  await phone.getByLabel('Username').fill('alice');
  await phone.getByLabel('Password').fill('tessera-demo-alice');
  await phone.getByRole('button', { name: 'Sign in', exact: true }).click();
  await phone.waitForURL(`${app.issuer}/q`);
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
  await push?.stop();
});

/** To the sign-in page of the Tea House. */
async function arrive(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(app.teaHouse);
  await page
    .getByRole('link', { name: /sign in/i })
    .first()
    .click();
  await page.locator('main#waiting').waitFor();
  return page;
}

const askButton = (page: Page) => page.getByRole('button', { name: 'Ask my phone' });

/** The first time by code, on a browser that is called one's own; then its session is over. */
async function firstVisit(): Promise<BrowserContext> {
  const context = await chromium.newContext(desktop);
  const page = await arrive(context);
  await expect(askButton(page).count()).resolves.toBe(0);
  await phone.goto(`${app.issuer}/q`);
  await phone.locator('#user_code').fill((await page.locator('#user-code').textContent()) ?? '');
  await phone.locator('#user_code').press('Enter');
  await phone.locator('[data-slot=trust]').check();
  await phone.getByRole('button', { name: 'Approve' }).click();
  await phone.locator('.outcome').waitFor();
  const code = (await phone.locator('[data-slot=code]:visible').allTextContents())[0];
  if (code) {
    await page.locator('#confirmation_code').fill(code);
    await page.locator('#confirm button').click();
  }
  await page.waitForURL(`${app.teaHouse}/**`);
  const kept = (await context.cookies()).filter(({ name }) => name === 'tessera_browser');
  await context.clearCookies();
  await context.addCookies(kept);
  await page.close();
  return context;
}

describe('ask my phone', () => {
  it('signs in a browser that its owner trusts: card, question, number, done', {
    timeout: 60_000,
  }, async () => {
    const browser = await firstVisit();
    await phone.goto(`${app.issuer}/q`);
    await phone.getByRole('button', { name: 'Allow requests on this phone' }).click();
    await phone.getByText('This phone receives sign-in requests').waitFor();

    const page = await arrive(browser);
    expect(await page.locator('main').innerText()).not.toMatch(/alice/i);
    await askButton(page).click();
    const number = await page.locator('#ask-number').textContent();
    await page.getByText('We asked your phone, if it can be reached.').waitFor();

    await phone.getByRole('heading', { name: /Sign-in request from Tea House/ }).waitFor();
    await phone.getByText(/Are you signing in with Chrom\w+ on Linux\?/).waitFor();
    await expect
      .poll(() => push.received.map(({ notice }) => notice.url))
      .toEqual([expect.stringMatching(/\/q\/ask\/[\w-]{22}$/)]);
    await phone.getByRole('link', { name: 'Review' }).click();
    await phone.waitForURL(push.received[0]?.notice.url ?? '');
    await phone.getByText('Only approve if you started this yourself').waitFor();
    await phone.getByRole('button', { name: 'Approve' }).click();
    await phone.getByRole('button', { name: `Number ${number}`, exact: true }).click();
    await phone.getByRole('heading', { name: 'Approved' }).waitFor();
    await page.waitForURL(`${app.teaHouse}/**`);
    await page.getByText(/alice/i).first().waitFor();
    await browser.close();
  });

  it('shows the content of a push message', { timeout: 30_000 }, async () => {
    const session = await pocket.newCDPSession(phone);
    const registered = new Promise<string>((resolve) =>
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        if (registrations[0]) resolve(registrations[0].registrationId);
      }),
    );
    await session.send('ServiceWorker.enable');
    await phone.goto(`${app.issuer}/q`);
    // A worker that is still being activated may miss the message.
    const state = () => phone.evaluate('navigator.serviceWorker.ready.then(({ active }) => active.state)');
    await expect.poll(state).toBe('activated');
    const data = JSON.stringify({ title: 'Shop asks', body: 'Is it you?', url: `${app.issuer}/q/ask/x` });
    const registrationId = await registered;
    const deliver = () =>
      session.send('ServiceWorker.deliverPushMessage', { origin: app.issuer, registrationId, data });
    const list = () =>
      phone.evaluate(
        'navigator.serviceWorker.ready.then((each) => each.getNotifications()).then((all) => all.map(({ title, body, data }) => [title, body, data]))',
      ) as Promise<unknown[]>;
    // Chromium deletes a notification that is listed before it is drawn. So each look comes a while after the
    // delivery, and a message that was lost is delivered once more.
    await expect
      .poll(
        async () => {
          const shown = await list();
          if (shown.length === 0) await deliver();
          return shown;
        },
        { interval: 1000 },
      )
      .toEqual([['Shop asks', 'Is it you?', `${app.issuer}/q/ask/x`]]);
  });

  it('denies after a wrong number, on both screens', { timeout: 60_000 }, async () => {
    const browser = await firstVisit();
    const page = await arrive(browser);
    await askButton(page).click();
    const number = await page.locator('#ask-number').textContent();
    await phone.goto(`${app.issuer}/q`);
    await phone.getByRole('link', { name: 'Review' }).click();
    await phone.getByRole('button', { name: 'Approve' }).click();
    const numbers = phone.locator('[data-slot=choices] button');
    await numbers
      .filter({ hasNotText: number ?? '' })
      .first()
      .click();
    await phone.getByText('This is not the number on the other screen').waitFor();
    await page.waitForURL(`${app.teaHouse}/**`);
    expect(await page.locator('body').innerText()).not.toMatch(/alice/i);
    await browser.close();
  });

  it('is not offered in a browser without the secret, and cannot be forced', async () => {
    const stranger = await chromium.newContext(desktop);
    const page = await arrive(stranger);
    expect(await askButton(page).count()).toBe(0);
    const status = await page.evaluate(
      "fetch(location.pathname + '/ask', { method: 'POST', headers: { accept: 'application/json' } }).then((each) => each.status)",
    );
    expect(status).toBe(404);
    await stranger.close();
  });
});
