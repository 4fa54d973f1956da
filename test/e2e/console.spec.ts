// The console in Chromium: an administrator signs in to it by QR, adds a relying party, and changes it after
// a fresh proof.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { desktop, openBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';
import { createWaitingBrowser } from '../support/waiting-browser.ts';

let app: TestApp;
let chromium: Browser;
let phone: Page;

beforeAll(async () => {
  app = await startApp();
  chromium = await openBrowser();
  phone = await (await chromium.newContext(phoneOptions)).newPage();
  await signInOnPhone(phone, 'alice');
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
});

const folder = process.env.SCREENSHOTS;
const keep = (page: Page, name: string) =>
  folder ? page.screenshot({ path: `${folder}/${name}.png`, fullPage: true }) : null;

async function signInOnPhone(page: Page, username: string): Promise<void> {
  await page.goto(`${app.issuer}/sign-in`);
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(`tessera-demo-${username}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${app.issuer}/q`);
}

async function setRoles(username: string, roles: string[]): Promise<void> {
  const account = await app.accounts.findByUsername(username);
  await app.accounts.update(account?.id ?? '', { roles }, null);
}

/** A desktop at the console, signed in by the phone. */
async function openConsole(by: Page = phone): Promise<Page> {
  const page = await (await chromium.newContext(desktop)).newPage();
  await page.goto(`${app.issuer}/admin/clients`);
  await approveOn(by, page);
  return page;
}

async function approveOn(by: Page, page: Page): Promise<void> {
  await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  await by.goto(await readQr(await page.screenshot()));
  await by.getByRole('button', { name: 'Approve' }).click();
  await by.getByText('You can put the phone away').waitFor();
}

describe('the console', () => {
  it('E1 refuses accounts without a role, and shows a sign-in page to everybody else who is not signed in', async () => {
    const page = await openConsole();
    await page.getByRole('heading', { name: 'You have no administration role' }).waitFor();
    for (const path of ['/admin/clients', '/admin/clients/new', '/admin/clients/dev-web']) {
      const answer = await fetch(`${app.issuer}${path}`, { redirect: 'manual', headers: { accept: 'text/html' } });
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        expect.stringMatching(/^\/admin\/sign-in/),
      ]);
    }
    await page.context().close();
  });

  it('adds a relying party at which people can sign in at once; its secret is shown once', async () => {
    await setRoles('alice', ['administrator']);
    const page = await openConsole();
    await page.waitForURL(`${app.issuer}/admin/clients`);
    await keep(page, 'console-clients');
    await page.getByRole('link', { name: 'Add an app' }).click();
    await page.getByLabel('Single-page app').check();
    await page.getByLabel('Name').fill('My shop');
    await page.getByLabel('Redirect URIs').fill('javascript:alert(1)');
    await page.getByRole('button', { name: 'Add app' }).click();
    await page.getByRole('alert').getByText('redirect_uris.0').waitFor();
    await keep(page, 'console-new-refused');
    expect(await page.getByLabel('Name').inputValue()).toBe('My shop');
    await page.getByLabel('Redirect URIs').fill('http://127.0.0.1:8765/callback');
    await page.getByRole('button', { name: 'Add app' }).click();
    await page.getByRole('heading', { name: 'My shop' }).waitFor();
    const id = (await page.locator('dt', { hasText: 'Client ID' }).locator('..').locator('code').textContent()) ?? '';
    const browser = createWaitingBrowser(app.issuer);
    expect((await browser.open({ client_id: id, scope: 'openid' })).text).toContain('My shop');

    await page.goto(`${app.issuer}/admin/clients/new`);
    await page.getByLabel('Name').fill('My server');
    await page.getByLabel('Redirect URIs').fill('https://shop.example/callback');
    await page.getByRole('button', { name: 'Add app' }).click();
    await page.getByText('Copy the secret now').waitFor();
    await keep(page, 'console-secret');
    const secret = (await page.locator('.console-secret code').textContent()) ?? '';
    expect(secret).toMatch(/^[\w-]{43}$/);
    await page.goto(`${app.issuer}/admin/clients`);
    await page.getByRole('link', { name: 'My server' }).click();
    expect(await page.content()).not.toContain(secret);
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('button', { name: 'Enable' }).waitFor();
    await page.getByLabel('Type the client ID').fill('wrong');
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('alert').getByText('That is not the client ID').waitFor();
    const serverId = new URL(page.url()).pathname.split('/')[3] ?? '';
    await page.getByLabel('Type the client ID').fill(decodeURIComponent(serverId));
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL(`${app.issuer}/admin/clients`);
    expect(await page.getByRole('link', { name: 'My server' }).count()).toBe(0);
    await page.context().close();
  });

  it('E2 refuses changes five minutes after the last proof, and asks the phone for a new one', async () => {
    const page = await openConsole();
    await page.waitForURL(`${app.issuer}/admin/clients`);
    app.time.shiftSeconds = 301;
    try {
      await page.goto(`${app.issuer}/admin/clients/new`);
      await page.getByText('Confirm that it’s you').waitFor();
      await keep(page, 'console-stale');
      expect(await page.getByLabel('Name').isDisabled()).toBe(true);
      const before = await app.clients.page({ limit: 100 });
      const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
      const body = new URLSearchParams({ client_name: 'x', redirect_uris: 'https://rp.example/cb' });
      const answer = await fetch(`${app.issuer}/admin/clients`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie, origin: app.issuer },
        body,
      });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, expect.stringContaining('fresh')]);
      const crossSite = { cookie, origin: 'https://evil.example' };
      const forged = await fetch(`${app.issuer}/admin/clients`, {
        method: 'POST',
        redirect: 'manual',
        headers: crossSite,
        body,
      });
      expect(forged.status).toBe(403);
      expect((await app.clients.page({ limit: 100 })).clients).toHaveLength(before.clients.length);
    } finally {
      app.time.shiftSeconds = 0;
    }
    await page.context().close();
  });

  it('E1 is read-only for an auditor, and ends with the sign-in', async () => {
    await setRoles('bob', ['auditor']);
    const bobs = await (await chromium.newContext(phoneOptions)).newPage();
    await signInOnPhone(bobs, 'bob');
    const page = await openConsole(bobs);
    await page.waitForURL(`${app.issuer}/admin/clients`);
    await page.getByText('Your role can view this page but not change it').waitFor();
    expect(await page.getByRole('link', { name: 'Add an app' }).count()).toBe(0);
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    for (const path of ['', '/dev-web', '/dev-web/secrets', '/dev-web/switch', '/dev-web/delete']) {
      const answer = await fetch(`${app.issuer}/admin/clients${path}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie },
      });
      expect(answer.status, path).toBe(403);
    }
    await bobs.goto(`${app.issuer}/q`);
    await bobs
      .getByRole('button', { name: /Sign it out|End|Sign out · Tessera|Tessera/ })
      .first()
      .click();
    await expect.poll(async () => (await page.goto(`${app.issuer}/admin/clients`))?.url()).toContain('/interaction/');
    await page.context().close();
    await bobs.context().close();
  });
});
