// A screen without a browser, signed in from the phone's pages in Chromium: its code is compared first, "no"
// ends the sign-in, a link shows a warning, and the signed-in screen is listed and can be ended there.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { openBrowser, phone as phoneOptions } from '../support/browser.ts';
import { type BegunScreen, createScreen, type TestScreen } from '../support/screen.ts';

const client = {
  client_id: 'tv',
  client_name: 'Tea TV',
  token_endpoint_auth_method: 'none',
  grant_types: ['refresh_token'],
  scope: 'openid profile offline_access',
  device_grant: true,
};

let app: TestApp;
let chromium: Browser;
let page: Page;
let tv: TestScreen;
const pageErrors: string[] = [];

beforeAll(async () => {
  app = await startApp({ clients: [client] });
  tv = createScreen(app.issuer, 'tv', { 'user-agent': 'Tea TV/2.1' });
  chromium = await openBrowser();
  page = await (await chromium.newContext(phoneOptions)).newPage();
  page.on('pageerror', (error) => pageErrors.push(error.message));
  await page.goto(`${app.issuer}/sign-in`);
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password').fill('tessera-demo-alice');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${app.issuer}/q`);
});
afterAll(async () => {
  expect(pageErrors).toEqual([]);
  await chromium?.close();
  await app?.stop();
});

const warning = () => page.getByText('Did somebody send you this link?');
const codeOnPhone = () => page.locator('.screen-code').textContent();

async function type({ user_code }: BegunScreen): Promise<void> {
  await page.goto(`${app.issuer}/q`);
  await page.locator('#user_code').fill(user_code.toLowerCase().replace('-', ' '));
  await page.locator('#user_code').press('Enter');
  await page.getByRole('heading', { name: 'Does the screen in front of you show this code?' }).waitFor();
}

it('a screen is signed in after the code is compared and confirmed; ending it revokes its tokens', {
  timeout: 40_000,
}, async () => {
  const begun = await tv.begin({ scope: 'openid offline_access' });
  await type(begun);
  expect(await codeOnPhone()).toBe(begun.user_code);
  expect(await warning().isVisible()).toBe(false);
  expect(await page.getByText('Did somebody tell you this code?').isVisible()).toBe(true);
  // Nothing can be approved here.
  expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Yes, it shows this code' }).click();
  await page.getByRole('heading', { name: 'Sign in to Tea TV on this device?' }).waitFor();
  expect(await page.locator('[data-slot=browser]').textContent()).toBe('Tea TV');
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('heading', { name: 'Approved' }).waitFor();
  const { status, body } = await tv.poll(begun.device_code);
  expect(status).toBe(200);

  await page.goto(`${app.issuer}/account/browsers`);
  await page.getByRole('button', { name: /^Sign out · Tea TV, Tea TV/ }).click();
  await page.getByText('It has been signed out.').waitFor();
  const refreshed = await tv.post('/token', { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) });
  expect(refreshed.body.error).toBe('invalid_grant');
});

it('a sign-in of a screen by a link shows a warning; a wrong code, answered with no, ends it', {
  timeout: 40_000,
}, async () => {
  const begun = await tv.begin();
  await page.goto(begun.verification_uri_complete);
  await warning().waitFor();
  await page.getByRole('button', { name: 'No', exact: true }).click();
  await page.getByRole('heading', { name: 'Denied' }).waitFor();
  expect((await tv.poll(begun.device_code)).body.error).toBe('access_denied');
});

it('a sign-in of a screen continues after a reload at the same step, and never skips the comparison', {
  timeout: 40_000,
}, async () => {
  const begun = await tv.begin();
  await page.goto(begun.verification_uri_complete);
  await page.locator('.screen-code').waitFor();
  await page.reload();
  expect(await codeOnPhone()).toBe(begun.user_code);
  await page.getByRole('button', { name: 'Yes, it shows this code' }).click();
  await page.reload();
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('heading', { name: 'Approved' }).waitFor();
});
