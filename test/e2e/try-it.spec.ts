// "Try it" in Chromium: an administrator signs in to a client by QR and sees request, response, ID token and
// userinfo explained.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { desktop, openBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';

let app: TestApp;
let chromium: Browser;
let phone: Page;
let page: Page;

beforeAll(async () => {
  app = await startApp();
  chromium = await openBrowser();
  const account = await app.accounts.findByUsername('alice');
  await app.accounts.update(account?.id ?? '', { roles: ['administrator'] }, null);
  phone = await (await chromium.newContext(phoneOptions)).newPage();
  await phone.goto(`${app.issuer}/sign-in`);
  await phone.getByLabel('Username').fill('alice');
  await phone.getByLabel('Password').fill('tessera-demo-alice');
  await phone.getByRole('button', { name: 'Sign in' }).click();
  await phone.waitForURL(`${app.issuer}/q`);
  page = await (await chromium.newContext(desktop)).newPage();
  await page.goto(`${app.issuer}/admin`);
  await decide('Approve');
  await page.waitForURL(`${app.issuer}/admin/overview`);
  await page.goto(`${app.issuer}/admin/clients`);
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
});

async function decide(button: 'Approve' | 'Deny'): Promise<void> {
  await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  await phone.goto(await readQr(await page.screenshot()));
  await phone.getByRole('button', { name: button }).click();
}

const meaningOf = (name: string) =>
  page.locator('.fact-rows dt', { hasText: name }).first().locator('..').locator('dd');

describe('trying a client', () => {
  it('signs in by QR, as at the real site, and explains every result', async () => {
    await page.getByRole('link', { name: 'My web app' }).click();
    await page.getByRole('link', { name: 'Test', exact: true }).click();
    await page.getByRole('button', { name: 'Sign in as yourself' }).click();
    await page.getByText('My web app').first().waitFor();
    await decide('Approve');
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    expect(page.url()).toBe(`${app.issuer}/admin/clients/dev-web/try`);
    const alice = await app.accounts.findByUsername('alice');
    expect(await meaningOf('sub').textContent()).toContain(alice?.id);
    expect(await meaningOf('aud').textContent()).toContain('dev-web');
    expect(await meaningOf('email').textContent()).toContain('alice@example.com');
    expect(await meaningOf('code_challenge').textContent()).toContain('PKCE');
    // Tokens are never shown whole.
    expect(await page.content()).not.toMatch(/eyJ[\w-]+\.eyJ/);
    await page.reload();
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    // The client is as it was.
    expect((await app.clients.findAny('dev-web'))?.metadata.redirect_uris).not.toContainEqual(
      expect.stringContaining('/admin/try'),
    );
  });

  it('explains a refusal', async () => {
    await page.goto(`${app.issuer}/admin/clients/tea-house/try`);
    expect(await page.getByRole('heading', { name: 'Signed in' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Sign in as yourself' }).click();
    await decide('Deny');
    await page.getByRole('heading', { name: 'Not signed in' }).waitFor();
    await page.getByRole('alert').getByText('The user denied the sign-in').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('access_denied');
    expect(await page.getByRole('heading', { name: 'Userinfo' }).count()).toBe(0);
  });

  it('deletes the result after ten minutes', async () => {
    app.time.shiftSeconds = 601;
    try {
      await page.goto(`${app.issuer}/admin/clients/tea-house/try`);
      await page.getByRole('button', { name: 'Sign in as yourself' }).waitFor();
    } finally {
      app.time.shiftSeconds = 0;
    }
  });
});
