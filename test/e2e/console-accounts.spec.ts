// Accounts in the console, in Chromium: searched, viewed, changed, given a role, signed out and disabled; by
// keyboard where it matters. With SCREENSHOTS=<folder>, every page is kept as a picture in both widths,
// schemes and languages.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { desktop, openBrowser, phone as phoneOptions } from '../support/browser.ts';
import { openDesk } from '../support/console-desk.ts';
import { signIn } from '../support/signed-in.ts';

let app: TestApp;
let chromium: Browser;
let context: BrowserContext;
let page: Page;
let bob: string;

const folder = process.env.SCREENSHOTS;

/** A context signed in to the console as alice, by the virtual phone. */
async function openConsole(options: Parameters<Browser['newContext']>[0]): Promise<BrowserContext> {
  const desk = await openDesk(app, await app.phone('alice'));
  const opened = await chromium.newContext(options);
  const { hostname: domain } = new URL(app.issuer);
  const cookies = [...desk.browser.cookies].map(([key, { value, path }]) => ({
    name: key.split(' ')[0] ?? '',
    value,
    path,
    domain,
  }));
  await opened.addCookies(cookies);
  return opened;
}

/** In both widths, schemes and languages; none may scroll sideways. */
async function keep(path: string, name: string): Promise<void> {
  for (const [width, size] of Object.entries({ desktop, phone: phoneOptions })) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const locale of ['en', 'zh-CN']) {
        if (!folder && (colorScheme === 'dark' || locale === 'en')) continue;
        const { userAgent: _userAgent, ...rest } = size;
        const each = await openConsole({ ...rest, colorScheme, locale });
        const shown = await each.newPage();
        await shown.goto(`${app.issuer}${path}`);
        const overflow = await shown.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(overflow, `${name} ${width} ${locale}`).toBe(0);
        if (folder)
          await shown.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}-${locale}.png`, fullPage: true });
        await each.close();
      }
    }
  }
}

beforeAll(async () => {
  app = await startApp();
  chromium = await openBrowser();
  const alice = await app.accounts.getByUsername('alice');
  await app.accounts.update(alice.id, { roles: ['administrator'] }, null);
  bob = (await app.accounts.getByUsername('bob')).id;
  for (const [i, displayName] of ['Hatter', 'Белый Кролик', '三月兔', 'Dormouse'].entries()) {
    const account = await app.accounts.create({
      username: `guest${i}@wonderland.example.com`,
      password: 'a fine long password',
      displayName,
      email: `guest${i}@wonderland.example.com`,
    });
    if (i === 1) await app.accounts.update(account.id, { roles: ['client-manager', 'auditor'] }, null, true);
  }
  const one = await app.phone('bob');
  await signIn(app, one, { scope: 'openid profile email offline_access', prompt: 'consent' });
  await signIn(app, await app.phone('bob'));
  context = await openConsole(desktop);
  page = await context.newPage();
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
});

describe('accounts in the console', () => {
  it('are found by the beginning of their names', async () => {
    await page.goto(`${app.issuer}/admin/accounts`);
    await page.getByRole('heading', { name: 'Users' }).waitFor();
    expect(await page.getByRole('link', { name: 'Invite a user' }).getAttribute('href')).toBe('/admin/invitations');
    await page.getByRole('searchbox').fill('bo');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /Bob/ }).waitFor();
    expect(await page.locator('.console-list tbody tr').count()).toBe(1);
    await page.getByRole('searchbox').fill('nobody');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('No matches for “nobody”.').waitFor();
    await keep('/admin/accounts', 'accounts');
    await keep('/admin/accounts?search=nobody', 'accounts-none');
  }, 120_000);

  it('list every browser, app and device of an account; each is ended separately', async () => {
    await keep(`/admin/accounts/${bob}`, 'account');
    await page.goto(`${app.issuer}/admin/accounts/${bob}`);
    const region = (id: string) => page.locator(`#${id} li`);
    expect([await region('devices').count(), await region('browsers').count(), await region('grants').count()]).toEqual(
      [2, 2, 2],
    );
    for (const [id, button] of [
      ['devices', 'Sign out'],
      ['browsers', 'Sign out'],
      ['grants', 'Revoke'],
    ] as const) {
      const before = await region(id).count();
      await region(id).getByRole('button', { name: button }).first().focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/${bob}#${id}`);
      expect(await region(id).count(), id).toBe(before - 1);
    }
  }, 120_000);

  it('are edited; a problem is shown beside the typed value', async () => {
    await page.goto(`${app.issuer}/admin/accounts/${bob}`);
    await page.getByLabel('Email').fill('nonsense');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').getByText('this is not an email address').waitFor();
    expect(await page.getByLabel('Email').inputValue()).toBe('nonsense');
    expect(await page.getByLabel('Email').getAttribute('aria-invalid')).toBe('true');
    if (folder) await page.screenshot({ path: `${folder}/account-wrong.png`, fullPage: true });
    await page.getByLabel('Email').fill('bob@example.org');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('status').getByText('Saved.').waitFor();
    await page.getByText('Not verified').waitFor();
    await page.getByLabel('Auditor').check();
    await page.getByRole('button', { name: 'Save roles' }).click();
    await page.getByRole('status').getByText('Saved.').waitFor();
    expect((await app.accounts.getByUsername('bob')).roles).toEqual(['auditor']);
  });

  it('E2 keep their last administrator; others are signed out everywhere and disabled', async () => {
    await page.goto(`${app.issuer}/admin/accounts`);
    await page.getByRole('link', { name: /Alice/ }).click();
    await page.getByText('This is you').waitFor();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('alert').getByText('This is the last administrator').waitFor();
    if (folder) await page.screenshot({ path: `${folder}/account-last.png`, fullPage: true });
    await page.goto(`${app.issuer}/admin/accounts/${bob}`);
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();
    await page.getByText('This user is not signed in on any device.').waitFor();
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByText('This user cannot sign in').waitFor();
    expect((await app.accounts.getByUsername('bob')).disabledAt).not.toBeNull();
    await keep(`/admin/accounts/${bob}`, 'account-disabled');
    await page.getByRole('button', { name: 'Enable' }).click();
    await page.getByRole('button', { name: 'Disable' }).waitFor();
  }, 120_000);
});
