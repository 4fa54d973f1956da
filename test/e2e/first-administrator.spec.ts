// From an empty installation to the console in Chromium by the link alone, and how administrators then use
// links there.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { desktop, openBrowser, phone as phoneOptions } from '../support/browser.ts';

const password = 'four words make a sentence';
let app: TestApp;
let chromium: Browser;
let context: BrowserContext;
let page: Page;
let address: string;

beforeAll(async () => {
  app = await startApp();
  chromium = await openBrowser();
  context = await chromium.newContext(desktop);
  page = await context.newPage();
  address = (await app.links.makeAdministratorLink({ way: 'start', name: null })).address;
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
});

async function fill(on: Page, username: string): Promise<void> {
  await on.getByLabel('Username').fill(username);
  await on.getByLabel('Password', { exact: true }).fill(password);
}

describe('the first administrator', () => {
  it('E1 creates the account by the link, with the keyboard alone, and opens the console after one more tap', async () => {
    await page.goto(address);
    await page.keyboard.type('root');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Ruth Root');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('password password');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('too common').waitFor();
    expect(await page.getByLabel('Your name').inputValue()).toBe('Ruth Root');
    await page.keyboard.type(password);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByLabel('Password', { exact: true }).getAttribute('type')).toBe('text');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('button', { name: 'Continue as Ruth Root' }).click();
    await page.waitForURL(`${app.issuer}/admin/overview`);
    await page.goto(`${app.issuer}/admin/clients`);
    await page.getByRole('heading', { name: 'Apps' }).waitFor();
    // Making the account was the proof: nothing asks for another one.
    expect(await page.getByText('Confirm that it’s you').count()).toBe(0);
  }, 60_000);

  it('E1 gets a clear refusal at a second use of the link, in this browser and in another one', async () => {
    for (const options of [desktop, phoneOptions]) {
      const other = await (await chromium.newContext(options)).newPage();
      expect((await other.goto(address))?.status()).toBe(404);
      await other.getByRole('heading', { name: 'This link no longer works' }).waitFor();
      await other.context().close();
    }
    await page.goto(address);
    await page.getByText('It was used, has expired, or was replaced').waitFor();
  }, 60_000);

  it('invites somebody from the console; the link is shown once, and is valid until it is revoked', async () => {
    await page.goto(`${app.issuer}/admin/invitations`);
    await page.getByLabel('For', { exact: true }).fill('Book club');
    await page.getByLabel('Number of accounts').fill('2');
    await page.getByLabel('Auditor').check();
    await page.getByRole('button', { name: 'Create link' }).click();
    const link = (await page.locator('.console-secret code').textContent()) ?? '';
    expect(link).toMatch(new RegExp(`^${app.issuer}/link/[\\w-]{43}$`));
    await page.getByRole('button', { name: 'Copy', exact: true }).waitFor();
    await page.goto(`${app.issuer}/admin/invitations`);
    expect(await page.content()).not.toContain(link.split('/link/')[1]);

    const guest = await (await chromium.newContext(phoneOptions)).newPage();
    await guest.goto(link);
    await guest.getByText('Your role here: auditor.').waitFor();
    await fill(guest, 'gus');
    await guest.getByRole('button', { name: 'Create account' }).click();
    await guest.getByRole('button', { name: 'Continue as gus' }).click();
    await guest.waitForURL(`${app.issuer}/admin/overview`);
    await guest.goto(`${app.issuer}/admin/invitations`);
    await guest.getByText('1 of 2').waitFor();
    await guest.getByText('Your role can view this page but not change it').waitFor();
    expect(await guest.getByRole('button', { name: /Revoke|Create link/ }).count()).toBe(0);
    const cookie = (await guest.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const account = await app.accounts.findByUsername('alice');
    for (const path of ['/invitations', '/invitations/x/revoke', `/accounts/${account?.id}/reset-link`]) {
      const answer = await fetch(`${app.issuer}/admin${path}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie },
      });
      expect(answer.status, `E1 ${path}`).toBe(403);
    }

    await page.reload();
    await page.getByRole('button', { name: 'Revoke Book club' }).click();
    await page.getByText('There are no open invitations').waitFor();
    expect((await guest.goto(link))?.status()).toBe(404);
    await guest.context().close();
  }, 60_000);

  it('D6 E2 makes a reset link for somebody, only after a fresh proof; that person chooses the password', async () => {
    const account = await app.accounts.findByUsername('alice');
    const target = `${app.issuer}/admin/accounts/${account?.id}/reset-link`;
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const ask = () => fetch(target, { method: 'POST', redirect: 'manual', headers: { cookie, accept: 'text/html' } });
    app.time.shiftSeconds = 301;
    const stale = await ask();
    app.time.shiftSeconds = 0;
    expect([stale.status, stale.headers.get('location')]).toEqual([303, expect.stringContaining('fresh')]);
    const shown = await (await ask()).text();
    const [link = ''] = new RegExp(`${app.issuer}/link/[\\w-]{43}`).exec(shown) ?? [];
    const alice = await (await chromium.newContext(phoneOptions)).newPage();
    await alice.goto(link);
    expect(await alice.getByLabel('Username').inputValue()).toBe('alice');
    await alice.getByLabel('New password').fill(password);
    await alice.getByRole('button', { name: 'Set password' }).click();
    await alice.getByRole('link', { name: 'Sign in' }).click();
    await fill(alice, 'alice');
    await alice.getByRole('button', { name: 'Sign in' }).click();
    await alice.waitForURL(`${app.issuer}/q`);
    await alice.context().close();
  }, 60_000);
});
