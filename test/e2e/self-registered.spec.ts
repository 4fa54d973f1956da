// An app that registered itself, in Chromium: the sign-in page and the phone's question show the logo that it
// provides as such, and link its privacy policy and terms. A real server has the logo.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { desktop, openBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';
import { png } from '../support/pictures.ts';
import { authorizationParams, redirectUri } from '../support/waiting-browser.ts';

const site = createServer((_req, res) => res.writeHead(200, { 'content-type': 'image/png' }).end(png(64)));
let app: TestApp;
let chromium: Browser;

beforeAll(async () => {
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  app = await startApp({ registration: { enabled: true }, http: { outbound_private_networks: true } });
  chromium = await openBrowser();
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
  site.close();
});

const links = { policy_uri: 'https://rp.example/policy', tos_uri: 'https://rp.example/terms' };

async function register(): Promise<string> {
  const token = await app.registrations.createInitialToken({ name: 'test', uses: 1, days: 1 });
  const logo_uri = `http://127.0.0.1:${(site.address() as AddressInfo).port}/logo.png`;
  const metadata = { client_name: 'Small shop', redirect_uris: [redirectUri], ...links, logo_uri };
  const { client } = await app.registrations.register(token, metadata);
  await vi.waitFor(async () => expect((await app.clients.findAny(client.id))?.logo).toBeTruthy(), { timeout: 5000 });
  return client.id;
}

/** What the page shows of the app, once the picture is loaded. */
async function expectApp(page: Page, language: { logo: string; policy: string; terms: string }): Promise<void> {
  await page.getByText(language.logo, { exact: true }).waitFor();
  const isDrawn = () => page.locator('img.logo').evaluate((image) => Reflect.get(image, 'naturalWidth'));
  await vi.waitFor(async () => expect(await isDrawn()).toBe(64), { timeout: 5000 });
  for (const [name, href] of [
    [language.policy, links.policy_uri],
    [language.terms, links.tos_uri],
  ] as const)
    expect(await page.getByRole('link', { name }).getAttribute('href')).toBe(href);
}

const english = { logo: 'Logo provided by the app', policy: 'Privacy policy', terms: 'Terms' };

it('shows its logo as provided by the app, and links its policy and terms, on the sign-in page and the phone', async () => {
  const { params } = authorizationParams({ client_id: await register(), scope: 'openid profile' });
  const desk = await (await chromium.newContext(desktop)).newPage();
  await desk.goto(`${app.issuer}/auth?${params}`);
  await expectApp(desk, english);
  const phone = await (await chromium.newContext(phoneOptions)).newPage();
  await phone.goto(`${app.issuer}/sign-in`);
  await phone.getByLabel('Username').fill('alice');
  await phone.getByLabel('Password').fill('tessera-demo-alice');
  await phone.getByRole('button', { name: 'Sign in', exact: true }).click();
  await phone.waitForURL(`${app.issuer}/q`);
  await desk.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  await phone.goto(await readQr(await desk.screenshot()));
  await expectApp(phone, english);
});
