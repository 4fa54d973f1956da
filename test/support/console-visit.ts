// A person at the console: signed in on a phone, and by it on a desktop.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { TestApp } from './app.ts';
import { desktop, phone as phoneOptions, readQr } from './browser.ts';

export type ConsoleVisit = Awaited<ReturnType<typeof visitConsole>>;

/** The account gets these roles first. */
export async function visitConsole(
  app: TestApp,
  chromium: Browser,
  { username = 'alice', roles = ['administrator'], options = {} as BrowserContextOptions } = {},
) {
  const account = await app.accounts.findByUsername(username);
  await app.accounts.update(account?.id ?? '', { roles }, null);
  const phone = await (await chromium.newContext(phoneOptions)).newPage();
  await phone.goto(`${app.issuer}/sign-in`);
  await phone.getByLabel('Username').fill(username);
  await phone.getByLabel('Password').fill(`tessera-demo-${username}`);
  await phone.getByRole('button', { name: 'Sign in' }).click();
  await phone.waitForURL(`${app.issuer}/q`);

  /** Scans what the page shows. */
  async function scan(page: Page): Promise<void> {
    await page.locator('#qr img').first().waitFor();
    await phone.goto(await readQr(await page.screenshot()));
  }

  const context = await chromium.newContext({ ...desktop, ...options });
  const page = await context.newPage();
  await page.goto(`${app.issuer}/admin/clients`);
  await scan(page);
  await phone.getByRole('button', { name: 'Approve' }).click();
  await phone.getByText('You can put the phone away').waitFor();
  await page.waitForURL(`${app.issuer}/admin/clients`);
  return {
    page,
    phone,
    scan,
    /** A form's post as a browser sends it. */
    async post(path: string, body: URLSearchParams | FormData): Promise<Response> {
      const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
      const headers = { cookie, origin: app.issuer, 'sec-fetch-site': 'same-origin', accept: 'text/html' };
      return fetch(`${app.issuer}${path}`, { method: 'POST', redirect: 'manual', headers, body });
    },
    async close(): Promise<void> {
      await Promise.all([context.close(), phone.context().close()]);
    },
  };
}
