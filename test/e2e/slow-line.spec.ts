// The whole approval on a phone with a cold cache, at the edge of its network: 100 kbit/s and 600 ms.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { openBrowser, phone as phoneOptions } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { startSlowLine } from '../support/slow-line.ts';
import { createWaitingBrowser } from '../support/waiting-browser.ts';

let app: TestApp;
let chromium: Browser;
let port: number;
let target: number;
beforeAll(async () => {
  [port, target] = [await freePort(), await freePort()];
  app = await startApp({ issuer: `http://localhost:${port}`, http: { port: target } });
  chromium = await openBrowser();
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
});

it('sends a phone at most 48 KB', async () => {
  const fast = await startSlowLine({ port, target, bitsPerSecond: 1e9, roundTripMs: 0 });
  const context = await chromium.newContext({ ...phoneOptions, serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto(`${app.config.issuer}/sign-in`);
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password').fill('tessera-demo-alice');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(`${app.config.issuer}/q`);
  const browser = createWaitingBrowser(app.config.issuer);
  await browser.open();
  const link = await browser.qr();
  await page.goto('about:blank');
  await (await context.newCDPSession(page)).send('Network.clearBrowserCache');
  await fast.close();

  const slow = await startSlowLine({ port, target });
  const startMs = performance.now();
  await page.goto(link, { waitUntil: 'commit' });
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await page.getByRole('heading', { name: 'Approved' }).waitFor();
  const tookMs = performance.now() - startMs;
  process.stdout.write(`The approval took ${Math.round(tookMs)} ms and ${slow.bytes.down} bytes.\n`);
  expect(slow.bytes.down).toBeLessThanOrEqual(48 * 1024);
  await context.close();
  await slow.close();
});
