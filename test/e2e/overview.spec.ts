// The overview of the console in Chromium: what it shows after a fresh install, after a sign-in, and behind
// a misconfigured proxy.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../src/core/account/account.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { desktop, openBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';
import { signIn } from '../support/signed-in.ts';

let app: TestApp;
let chromium: Browser;
let phone: Page;

beforeAll(async () => {
  app = await startApp();
  chromium = await openBrowser();
  phone = await (await chromium.newContext(phoneOptions)).newPage();
  await phone.goto(`${app.issuer}/sign-in`);
  await phone.getByLabel('Username').fill('alice');
  await phone.getByLabel('Password').fill('tessera-demo-alice');
  await phone.getByRole('button', { name: 'Sign in' }).click();
  await phone.waitForURL(`${app.issuer}/q`);
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
});

const setRoles = async (...roles: Role[]) => {
  const account = await app.accounts.findByUsername('alice');
  await app.accounts.update(account?.id ?? '', { roles }, null);
};

async function openConsole(): Promise<{ page: Page; context: BrowserContext }> {
  const context = await chromium.newContext(desktop);
  const page = await context.newPage();
  await page.goto(`${app.issuer}/admin`);
  await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  await phone.goto(await readQr(await page.screenshot()));
  await phone.getByRole('button', { name: 'Approve' }).click();
  await page.waitForURL(`${app.issuer}/admin/overview`);
  return { page, context };
}

const number = (page: Page, name: string) => page.locator('.overview-numbers > div', { hasText: name }).locator('dd');

describe('the overview', () => {
  it('is the first page of the console; after a fresh install, it leads to adding a relying party', async () => {
    // Two have to stay administrators while Alice is now this and now that: fewer are worth a warning.
    const carol = await app.accounts.create({ username: 'carol', password: 'a passphrase of many words' });
    const bob = await app.accounts.findByUsername('bob');
    for (const id of [carol.id, bob?.id ?? '']) await app.accounts.update(id, { roles: ['administrator'] }, null);
    await setRoles('administrator');
    const { page, context } = await openConsole();
    await page.getByRole('heading', { name: 'Nobody has signed in yet' }).waitFor();
    // Five minutes later it still asks for no proof: there is nothing to change.
    app.time.shiftSeconds = 301;
    await page.reload();
    expect(await page.getByText('Confirm that it’s you').count()).toBe(0);
    app.time.shiftSeconds = 0;
    await page.getByRole('link', { name: 'Add an app' }).click();
    await page.waitForURL(`${app.issuer}/admin/clients/new`);
    await context.close();
  });

  it('E1 shows the same charts to every role, each with a table of its numbers', async () => {
    await signIn(app, await app.phone('bob'));
    for (const role of ['administrator', 'client-manager', 'auditor'] as const) {
      await setRoles(role);
      const { page, context } = await openConsole();
      await page.getByRole('img', { name: 'Sign-in requests in each of the last 24 hours' }).waitFor();
      await page.getByRole('img', { name: 'Sign-in requests on each of the last 30 days' }).waitFor();
      expect(await number(page, 'Approved, 24 hours').textContent()).toBe('1');
      await page.locator('summary').first().click();
      const row = page.locator('table').first().locator('tbody tr').last();
      expect((await row.locator('td').allTextContents()).slice(0, 3)).toEqual(['1', '1', '1']);
      await page.getByRole('link', { name: 'My public app' }).waitFor();
      expect(await page.getByText('Needs attention').count()).toBe(0);
      expect(await page.getByText('Your role can view').count()).toBe(0);
      await context.close();
    }
  });

  it('shows what is wrong with the proxy, and how to fix it', async () => {
    const { page, context } = await openConsole();
    await context.setExtraHTTPHeaders({
      'x-forwarded-host': 'other.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '198.51.100.7',
    });
    await page.reload();
    await page.getByText('This page was opened at other.example').waitFor();
    await page.getByText('This page was opened by https').waitFor();
    await page.getByText('http.trusted_proxies').waitFor();
    await context.close();
  });
});
