// The demo as a newcomer uses it: a desktop browser at the Tea House and a phone beside it, in real
// Chromium. With SCREENSHOTS=<folder>, every page is kept as a picture.
import type { Browser, BrowserContext, Page } from 'playwright-core';
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

const folder = process.env.SCREENSHOTS;
const keep = (page: Page, name: string) =>
  folder ? page.screenshot({ path: `${folder}/${name}.png`, fullPage: true }) : null;

async function open(options: Parameters<Browser['newContext']>[0]): Promise<Page> {
  const context = await chromium.newContext(options);
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => {
    throw error;
  });
  return page;
}

async function waitAtSignIn(start = 'Sign in with QR', options = desktop): Promise<Page> {
  const page = await open(options);
  await page.goto(demo.teaHouse);
  await page.getByRole('link', { name: start }).click();
  await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  return page;
}

async function openPhone(username = 'alice'): Promise<Page> {
  const page = await open(phoneOptions);
  await page.goto(`${demo.issuer}/sign-in`);
  await keep(page, 'phone-sign-in');
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(`tessera-demo-${username}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${demo.issuer}/q`);
  return page;
}

/** What a person does: reads the picture on the screen. */
const scan = async (page: Page): Promise<string> => readQr(await page.screenshot());

describe('the demo in Chromium', () => {
  it('approves: the phone scans, shows the client and is tapped, and the relying party knows the person', async () => {
    const [waiting, phone] = [await waitAtSignIn(), await openPhone()];
    await keep(waiting, 'waiting-pending');
    await phone.goto(await scan(waiting));
    await phone.getByRole('button', { name: 'Approve' }).waitFor();
    await keep(phone, 'review');
    expect(await phone.textContent('body')).toContain('Tea House');
    expect(await phone.textContent('body')).toContain('Only approve if you started this yourself');
    await waiting.getByRole('status').filter({ hasText: 'phone' }).first().waitFor();
    await keep(waiting, 'waiting-scanned');
    await phone.getByRole('button', { name: 'Approve' }).click();
    await waiting.waitForURL(`${demo.teaHouse}/`);
    await keep(waiting, 'tea-house-welcome');
    expect(await waiting.textContent('body')).toContain('urn:tessera:qr');
    expect(await waiting.textContent('body')).toContain('Alice Liddell');
    await phone.getByText('You can put the phone away').waitFor();
    await keep(phone, 'review-approved');
  });

  it('B19 denies: the relying party gets access_denied with state and iss', async () => {
    const [waiting, phone] = [await waitAtSignIn(), await openPhone()];
    await phone.goto(await scan(waiting));
    await phone.getByRole('button', { name: 'Deny' }).click();
    await waiting.getByText('denied', { exact: false }).first().waitFor();
    await keep(waiting, 'waiting-denied');
    await keep(phone, 'review-denied');
    if (waiting.url().startsWith(demo.issuer)) await waiting.getByRole('button', { name: /Back to/ }).click();
    await waiting.waitForURL(`${demo.teaHouse}/callback?**`);
    expect(await waiting.textContent('body')).toContain('access_denied');
    expect(await waiting.textContent('body')).toContain('state is ours');
    expect(await waiting.textContent('body')).toContain('iss is the provider');
  });

  it('B12 asks for the confirmation code: a wrong one is refused, the correct one continues', async () => {
    const [waiting, phone] = [await waitAtSignIn('Open the cellar (asks for a confirmation code)'), await openPhone()];
    await phone.goto(await scan(waiting));
    await phone.getByRole('button', { name: 'Approve' }).click();
    const input = waiting.getByLabel('Confirmation code');
    await input.waitFor();
    await keep(waiting, 'waiting-code');
    await keep(phone, 'review-code');
    // The waiting browser may know before the phone has drawn it.
    const code = ((await phone.locator('.code').textContent()) ?? '').replace(/\s/g, '');
    expect(code).toMatch(/^\d{6}$/);
    await input.fill(code === '000000' ? '111111' : '000000');
    await waiting.getByRole('button', { name: 'Continue' }).click();
    await waiting.getByText('Tries left: 4').waitFor();
    await keep(waiting, 'waiting-code-wrong');
    await input.fill(code);
    await waiting.getByRole('button', { name: 'Continue' }).click();
    await waiting.waitForURL(`${demo.teaHouse}/`);
    expect(await waiting.textContent('body')).toContain('The cellar is open');
  });

  it('cancels at the waiting browser, and the phone shows that', async () => {
    const [waiting, phone] = [await waitAtSignIn(), await openPhone()];
    await phone.goto(await scan(waiting));
    await phone.getByRole('button', { name: 'Approve' }).waitFor();
    await waiting.getByRole('button', { name: 'Cancel' }).click();
    await waiting.waitForURL(`${demo.teaHouse}/callback?**`);
    expect(await waiting.textContent('body')).toContain('access_denied');
    await phone.getByRole('button', { name: 'Approve' }).waitFor({ state: 'hidden' });
    await keep(phone, 'review-cancelled');
  });
});
