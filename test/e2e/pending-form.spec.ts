// A long form in Chromium: the proof expires while the form is filled in, and the typed values are kept
// after the next proof.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { openBrowser } from '../support/browser.ts';
import { visitConsole } from '../support/console-visit.ts';

let app: TestApp;
let chromium: Browser;
beforeAll(async () => {
  app = await startApp();
  chromium = await openBrowser();
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
});

it('E2 a form older than five minutes is sent by one click after the phone has confirmed', {
  timeout: 60_000,
}, async () => {
  const { page, phone, scan, close } = await visitConsole(app, chromium);
  await page.goto(`${app.issuer}/admin/invitations`);
  await page.getByLabel('For', { exact: true }).fill('The “long” <form>');
  // Late for the console only: the library, which is asked next, reads the real clock.
  page.on('request', (request) => {
    if (request.url().includes('/admin/sign-in')) app.time.shiftSeconds = 0;
  });
  app.time.shiftSeconds = 301;
  await page.getByRole('button', { name: 'Create link' }).click();
  await page.waitForURL(/\/interaction\//);
  await scan(page);
  await phone.getByRole('link', { name: 'Confirm that it’s you' }).click();
  await phone.getByLabel('Password').fill('tessera-demo-alice');
  await phone.getByRole('button', { name: 'Sign in' }).click();
  await phone.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('heading', { name: 'Nothing has been saved yet' }).waitFor();
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/continue.png` });
  expect((await app.links.invitations({ limit: 9 })).links).toEqual([]);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('Copy the link now').waitFor();
  expect((await app.links.invitations({ limit: 9 })).links).toMatchObject([{ name: 'The “long” <form>' }]);
  await close();
});
