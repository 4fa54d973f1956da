// Draws the pictures of the documents, docs/sign-in.png and docs/console.png, with the system's Chromium.
// Run it by hand when the pages change: `node test/support/draw-documents.ts`. It takes the ports 3000 and
// 3001.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { bucketStarts, timeCounter } from '../../src/core/statistics/statistic.ts';
import { startTeaHouse } from '../../src/demo/tea-house.ts';
import { startApp, type TestApp } from './app.ts';
import { desktop, openBrowser, phone as phoneOptions, readQr } from './browser.ts';
import { startMailReceiver } from './mail-receiver.ts';

const issuer = 'http://localhost:3000';
const docs = new URL('../../docs/', import.meta.url);
const isQrShown = (page: Page) => page.getByRole('img', { name: 'QR code for signing in' }).waitFor();

const receiver = await startMailReceiver();
const mail = { smtp_url: receiver.url, from: 'Tessera <tessera@example.com>' };
const app = await startApp({ issuer, http: { port: 3000 }, mail });
const teaHouse = await startTeaHouse({
  issuer,
  port: 3001,
  clientId: 'tea-house',
  cellarClientId: 'tea-cellar',
  tvClientId: 'tea-house-tv',
  allowInsecure: true,
});
const chromium = await openBrowser();
try {
  const phone = await openPhone(chromium);
  await drawSignIn(chromium, phone);
  await drawConsole(chromium, phone, app);
} finally {
  await chromium.close();
  await teaHouse.close();
  await app.stop();
  await receiver.close();
}

async function open(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  return (await browser.newContext(options)).newPage();
}

async function openPhone(browser: Browser): Promise<Page> {
  const page = await open(browser, phoneOptions);
  await page.goto(`${issuer}/sign-in`);
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password').fill('tessera-demo-alice');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${issuer}/q`);
  return page;
}

async function drawSignIn(browser: Browser, phone: Page): Promise<void> {
  const page = await open(browser, { ...desktop, viewport: { width: 1060, height: 756 } });
  await page.goto(teaHouse.url);
  await page.getByRole('link', { name: 'Sign in with QR' }).click();
  await isQrShown(page);
  const waiting = await page.screenshot();
  await phone.goto(await readQr(waiting));
  await phone.getByRole('button', { name: 'Approve' }).waitFor();
  await compose(
    browser,
    'sign-in.png',
    [1480, 860],
    [
      { picture: waiting, style: 'left:50px;top:60px;width:1060px;border-radius:14px' },
      {
        picture: await phone.screenshot(),
        style: 'left:1070px;top:70px;width:340px;border:10px solid #17191c;border-radius:44px',
      },
    ],
  );
}

async function drawConsole(browser: Browser, phone: Page, { accounts, clients, store }: TestApp): Promise<void> {
  for (const username of ['alice', 'bob']) {
    const account = await accounts.findByUsername(username);
    await accounts.update(account?.id ?? '', { roles: ['administrator'] }, null);
  }
  const made = { redirect_uris: ['https://juniper.example/callback'], scope: 'openid profile' };
  const { client } = await clients.create({ client_name: 'Juniper Books', ...made });
  await fillStatistics(store, client.id);
  const page = await open(browser, { ...desktop, viewport: { width: 960, height: 980 } });
  await page.goto(`${issuer}/admin`);
  await isQrShown(page);
  await phone.goto(await readQr(await page.screenshot()));
  await phone.getByRole('button', { name: 'Approve' }).click();
  await page.waitForURL(`${issuer}/admin/overview`);
  const storageState = await page.context().storageState();
  const narrow = { ...phoneOptions, viewport: { width: 400, height: 980 }, colorScheme: 'dark', storageState } as const;
  const small = await open(browser, narrow);
  await small.goto(`${issuer}/admin/clients/${client.id}`);
  await small.locator('main').waitFor();
  await compose(
    browser,
    'console.png',
    [1456, 1020],
    [
      { picture: await page.screenshot(), style: 'left:32px;top:20px;width:960px;border-radius:16px' },
      { picture: await small.screenshot(), style: 'left:1024px;top:20px;width:400px;border-radius:32px' },
    ],
  );
}

/** A month with a day's rise and fall. The oldest hour is the first of the list. */
async function fillStatistics(store: TestApp['store'], clientId: string): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const counts = (span: 'hour' | 'day', at: number, shown: number) =>
    Object.entries({ shown, scanned: 0.84, approved: 0.78, denied: 0.02, cancelled: 0.04 }).map(([counter, share]) => ({
      span,
      at,
      counter: counter as 'shown',
      count: counter === 'shown' ? shown : Math.round(shown * share),
    }));
  const hours = bucketStarts('hour', now, 24).flatMap((at) => {
    const hour = (at / 3600) % 24;
    return counts('hour', at, Math.round(50 + 42 * Math.cos(((hour - 14) / 24) * 2 * Math.PI)));
  });
  const days = bucketStarts('day', now, 30).flatMap((at, index) => counts('day', at, 700 + ((index * 137) % 350)));
  const median = {
    span: 'day',
    at: bucketStarts('day', now, 1)[0] ?? now,
    counter: timeCounter(9),
    count: 100,
  } as const;
  const used = { day: bucketStarts('day', now, 1)[0] ?? now, clientId, shown: 820, approved: 640 };
  await store.statistics.add({
    totals: [...hours, ...days, median, { ...median, span: 'hour', at: bucketStarts('hour', now, 1)[0] ?? now }],
    clients: [used],
  });
}

type Part = { readonly picture: Buffer; readonly style: string };

/** Several screenshots as one picture, on a quiet ground. */
async function compose(
  browser: Browser,
  name: string,
  [width, height]: [number, number],
  parts: Part[],
): Promise<void> {
  const page = await open(browser, { viewport: { width, height } });
  const images = parts.map(
    ({ picture, style }) => `<img src="data:image/png;base64,${picture.toString('base64')}" style="${style}">`,
  );
  const ground = 'background:linear-gradient(120deg,#ece8e0,#dfe6e2)';
  const shadow = 'position:absolute;box-sizing:content-box;box-shadow:0 20px 50px rgb(0 0 0 / .22)';
  await page.setContent(`<style>body{margin:0;${ground}}img{${shadow}}</style>${images.join('')}`);
  await page.screenshot({ path: new URL(name, docs).pathname });
  await page.context().close();
}
