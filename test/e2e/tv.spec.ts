// The screen of the demo, which has no keyboard, and a phone: two browsers that share only a picture and a
// user code of eight letters.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from '../support/accessibility.ts';
import { startDemo } from '../support/app.ts';
import { openBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';

const hd: BrowserContextOptions = { viewport: { width: 1920, height: 1080 }, locale: 'en-US' };
const small: BrowserContextOptions = { viewport: { width: 1280, height: 720 }, locale: 'en-US' };

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

const folder = process.env.SCREENSHOTS;
const keep = (page: Page, name: string) => (folder ? page.screenshot({ path: `${folder}/${name}.png` }) : null);

async function open(options: BrowserContextOptions): Promise<Page> {
  const context = await chromium.newContext(options);
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => {
    throw error;
  });
  return page;
}

async function openTv(options = hd): Promise<Page> {
  const tv = await open(options);
  await tv.goto(`${demo.teaHouse}/tv`);
  await tv.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  return tv;
}

async function openPhone(): Promise<Page> {
  const phone = await open(phoneOptions);
  await phone.goto(`${demo.issuer}/sign-in`);
  await phone.getByLabel('Username').fill('alice');
  await phone.getByLabel('Password').fill('tessera-demo-alice');
  await phone.getByRole('button', { name: 'Sign in' }).click();
  await phone.waitForURL(`${demo.issuer}/q`);
  return phone;
}

const codeOn = async (tv: Page) => (await tv.getByLabel('Code', { exact: true }).textContent()) ?? '';

/** Nothing to scroll on a screen that nobody can scroll. */
async function expectFits(tv: Page): Promise<void> {
  const { width, height } = tv.viewportSize() ?? { width: 0, height: 0 };
  const page = await tv.evaluate('[document.documentElement.scrollWidth, document.documentElement.scrollHeight]');
  expect(page).toEqual([width, height]);
  await expectAccessible(tv, await tv.title());
}

describe('the TV', () => {
  it('shows a large code: zbar reads it in both sizes, light and dark', async () => {
    const seen: string[] = [];
    for (const [size, options] of Object.entries({ hd, small })) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const tv = await openTv({ ...options, colorScheme });
        await keep(tv, `tv-${size}-${colorScheme}`);
        await expectFits(tv);
        const box = await tv.getByRole('img', { name: 'QR code for signing in' }).boundingBox();
        expect(box?.width).toBeGreaterThanOrEqual(320);
        expect(await codeOn(tv)).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
        seen.push(await readQr(await tv.screenshot()));
      }
    }
    for (const link of seen) expect(link).toMatch(new RegExp(`^${demo.issuer}/q/[\\w-]{22}$`));
    expect(new Set(seen).size).toBe(4);
  });

  it('welcomes the person who approved: the phone shows the same letters first, and the screen is updated by itself', async () => {
    const [tv, phone] = [await openTv(), await openPhone()];
    await phone.goto(await readQr(await tv.screenshot()));
    const yes = phone.getByRole('button', { name: 'Yes, it shows this code' });
    await yes.waitFor();
    expect(await phone.textContent('body')).toContain(await codeOn(tv));
    await keep(phone, 'tv-phone-code');
    await yes.click();
    await keep(phone, 'tv-phone-review');
    expect(await phone.textContent('body')).toContain('Tea House TV');
    await phone.getByRole('button', { name: 'Approve' }).click();
    await tv.getByRole('heading', { name: 'Welcome, Alice Liddell.' }).waitFor();
    await keep(tv, 'tv-welcome');
    await expectFits(tv);
  });

  it('shows that the person said no to the letters, and ends', async () => {
    const [tv, phone] = [await openTv(small), await openPhone()];
    await phone.goto(await readQr(await tv.screenshot()));
    await phone.getByRole('button', { name: 'No', exact: true }).click();
    await tv.getByRole('heading', { name: 'No tea this time.' }).waitFor();
    await keep(tv, 'tv-denied');
    await expectFits(tv);
    await tv.keyboard.press('Enter');
    await tv.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  });

  it('expires, and shows a new code at one press of Enter', async () => {
    const tv = await openTv(small);
    const first = await codeOn(tv);
    // It is the provider that says so: the screen's own clock knows nothing yet.
    demo.time.shiftSeconds += 301;
    await tv.getByRole('heading', { name: 'This code has ended.' }).waitFor();
    await keep(tv, 'tv-expired');
    await expectFits(tv);
    await tv.keyboard.press('Enter');
    await tv.getByRole('img', { name: 'QR code for signing in' }).waitFor();
    expect(await codeOn(tv)).not.toBe(first);
  });

  it('reports why it may not request a code, and tries again', async () => {
    const refused = await startDemo({ clients: [] });
    try {
      const tv = await open(hd);
      await tv.goto(`${refused.teaHouse}/tv`);
      await tv.getByRole('heading', { name: 'That did not work.' }).waitFor();
      await tv.getByText('invalid_client').waitFor();
      await keep(tv, 'tv-failed');
      await tv.getByRole('button', { name: 'Try again' }).press('Enter');
      await tv.getByText('invalid_client').waitFor();
    } finally {
      await refused.stop();
    }
  });
});
