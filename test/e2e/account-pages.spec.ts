// The account pages in real Chromium, on the owner's phone: a browser is ended, a phone is lost, a copy is
// exported, and the account is deleted, which a real relying party is told.

import { readFile } from 'node:fs/promises';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { openBrowser, phone as phoneOptions } from '../support/browser.ts';
import { png } from '../support/pictures.ts';
import { type LogoutEndpoint, startLogoutEndpoint } from '../support/relying-party.ts';
import { approveFor } from '../support/signed-in.ts';
import { createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

let app: TestApp;
let chromium: Browser;
let shop: LogoutEndpoint;
const pageErrors: string[] = [];

beforeAll(async () => {
  shop = await startLogoutEndpoint();
  const client = {
    client_id: 'shop',
    client_name: 'Tea shop',
    first_party: true,
    token_endpoint_auth_method: 'none',
    redirect_uris: [redirectUri],
    scope: 'openid profile email',
    backchannel_logout_uri: shop.url,
    backchannel_logout_session_required: true,
  };
  app = await startApp({ http: { outbound_private_networks: true }, clients: [client] });
  chromium = await openBrowser();
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
  await shop?.close();
});

async function openPhone(): Promise<Page> {
  const page = await (await chromium.newContext(phoneOptions)).newPage();
  page.on('pageerror', (error) => pageErrors.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) pageErrors.push(message.text());
  });
  await page.goto(`${app.issuer}/sign-in`);
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password').fill('tessera-demo-alice');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${app.issuer}/q`);
  return page;
}

const told = async (count: number) => {
  await expect.poll(() => shop.tokens.length, { timeout: 10_000 }).toBe(count);
  const keys = createRemoteJWKSet(new URL(`${app.issuer}/jwks`));
  return (await jwtVerify(shop.tokens[count - 1] ?? '', keys, { issuer: app.issuer, audience: 'shop' })).payload;
};

it('C5 B17 the owner ends a browser, a lost phone, and finally the account', { timeout: 60_000 }, async () => {
  const page = await openPhone();
  const other = await app.phone('alice');
  for (let i = 0; i < 2; i++) await approveFor(createWaitingBrowser(app.issuer), other, { client_id: 'shop' });

  await page.getByRole('link', { name: 'Your account' }).click();
  await page.getByRole('link', { name: /Your browsers and devices/ }).click();
  await page
    .getByRole('button', { name: /^Sign out · Tea shop/ })
    .first()
    .click();
  await page.getByText('It has been signed out.').waitFor();
  expect(await page.getByRole('button', { name: /^Sign out · Tea shop/ }).count()).toBe(1);
  expect((await told(1)).sid).toEqual(expect.any(String));

  await page.goto(`${app.issuer}/account/devices`);
  await page
    .getByText(/^Manage/)
    .last()
    .click();
  await page.getByRole('button', { name: 'I lost this device' }).click();
  await page.getByText('The device and everything that it approved have been signed out.').waitFor();
  await told(2);
  expect((await other.call('GET', '/phone/v1/approvals')).status).toBe(401);

  await page.goto(`${app.issuer}/account/profile`);
  const picture = { name: 'me.png', mimeType: 'image/png', buffer: png(1500, 900) };
  await page.locator('#picture-file').setInputFiles(picture);
  await page.getByText('Saved.').waitFor();
  await page.getByAltText('Your picture').waitFor();

  await page.goto(`${app.issuer}/account/data`);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const file = await (await downloading).path();
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ account: { username: 'alice' } });

  const third = createWaitingBrowser(app.issuer);
  await third.open({ client_id: 'shop' });
  // By password, so that no phone's approval stands for it.
  const form = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice' });
  const signedIn = await third.request(`${third.base}/password`, { method: 'POST', body: form });
  await third.follow(String(signedIn.json().location));
  await page.locator('summary').click();
  await page.getByLabel(/Type your username/).fill('Alice');
  await page.getByRole('button', { name: 'Delete my account permanently' }).click();
  await page.getByRole('heading', { name: 'Your account has been deleted' }).waitFor();
  await told(3);
  expect(await app.accounts.findByUsername('alice')).toBeNull();
  await page.goto(`${app.issuer}/account`);
  await page.getByText('A browser that was signed in by scanning a code cannot open them.', { exact: false }).waitFor();
  expect(pageErrors).toEqual([]);
});
