// Checks every page of the product with axe-core, in each width, each language and each colour scheme.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../src/core/account/account.ts';
import { expectAccessible, expectKeyboardUsable } from '../support/accessibility.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { desktop, openBrowser, phone } from '../support/browser.ts';
import { openConsoleBrowser } from '../support/console-browser.ts';
import { writePlaces } from '../support/mmdb-writer.ts';
import { pageVisits, type Visit, type Who, type World } from '../support/page-visits.ts';
import { redirectUri } from '../support/waiting-browser.ts';

/** Where pictures of every page are kept, to be looked at; none unless asked for. */
const folder = process.env.SCREENSHOTS;
/** A proof at the console is fresh for five minutes. */
const staleSeconds = 301;
const rolesOf: Partial<Record<Who, Role[]>> = {
  administrator: ['administrator'],
  stale: ['administrator'],
  auditor: ['auditor'],
  nobody: [],
};

let places: Awaited<ReturnType<typeof writePlaces>>;
let app: TestApp;
let chromium: Browser;
let world: World;
let consoleCookies: { name: string; value: string; url: string }[];

beforeAll(async () => {
  const many = Object.fromEntries(
    ['ticket_creations', 'claims_per_address', 'authorizations'].map((name) => [`${name}_per_minute`, 100_000]),
  );
  places = await writePlaces();
  // A mail server that is away: what is sent waits, and pages that speak of mail are there.
  const mail = { smtp_url: 'smtp://127.0.0.1:9?tls=off', from: 'no-reply@example.org' };
  const often = { asks_per_account_per_hour: 100_000, sign_ups_per_hour: 1000, resets_per_hour: 1000 };
  app = await startApp({
    limits: { ...many, ...often },
    sign_up: 'open',
    mail,
    place: places.config,
    http: { trusted_proxies: ['127.0.0.1', '::1'] },
  });
  chromium = await openBrowser();
  const add = async (change: Record<string, string>) =>
    (await app.clients.create({ client_name: 'Teapot', redirect_uris: [redirectUri], scope: 'openid', ...change }))
      .client.id;
  const none = { token_endpoint_auth_method: 'none', qr_sign_in: 'off' };
  world = {
    app,
    clients: {
      passwordOnly: await add(none),
      noWay: await add({ ...none, other_sign_in: 'never' }),
      stored: await add({ client_name: 'A shop of tea' }),
    },
  };
  for (const username of ['alice', 'bob']) await setRoles(username, ['administrator']);
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
  await places?.remove();
});

async function setRoles(username: string, roles: Role[]): Promise<void> {
  const account = await app.accounts.findByUsername(username);
  await app.accounts.update(account?.id ?? '', { roles }, null);
}

/**
 * Each width, language and colour scheme. Of the second look, one page in one of its states is enough. Every
 * look is photographed.
 */
const looks = [
  { layout: 'desktop', locale: 'en-US', colours: 'light', options: desktop },
  { layout: 'phone', locale: 'zh-CN', colours: 'dark', options: phone },
] as const;
const moreLooks = [
  { layout: 'desktop', locale: 'zh-CN', colours: 'dark', options: desktop },
  { layout: 'phone', locale: 'en-US', colours: 'light', options: phone },
] as const;

/** Anew for every case, since it is fresh for minutes only. */
async function openConsole(): Promise<void> {
  await setRoles('alice', ['administrator']);
  const { cookies } = await openConsoleBrowser(app, await app.phone('alice'));
  consoleCookies = [...cookies].map(([key, { value }]) => ({ name: key.split(' ')[0] ?? '', value, url: app.issuer }));
}

async function arrive(context: BrowserContext, who: Who, isNew: boolean): Promise<void> {
  const roles = rolesOf[who];
  app.time.shiftSeconds = who === 'stale' ? staleSeconds : 0;
  if (roles) {
    await setRoles('alice', roles);
    await context.addCookies(consoleCookies);
  }
  if (who !== 'phone' || !isNew) return;
  const page = await context.newPage();
  await page.goto(`${app.issuer}/sign-in`);
  await page.locator('#username').fill('bob');
  await page.locator('#password').fill('tessera-demo-bob');
  await page.locator('#password').press('Enter');
  await page.waitForURL(`${app.issuer}/q`);
  await page.close();
}

/** As good as a new window: what the last page began is over, and nothing of it is remembered here. */
async function leave(page: Page): Promise<void> {
  await page.unrouteAll();
  await page.evaluate('sessionStorage.clear()');
  // A page of our own that does nothing: any other has Chromium start a process anew.
  await page.goto(`${app.issuer}/offline`);
}

const isFirstOfTemplate = ({ template }: Visit, index: number): boolean =>
  pageVisits.findIndex((each) => each.template === template) === index;

describe('accessibility', () => {
  it('is checked on every existing page', () => {
    const templates = globSync('**/*.eta', { cwd: join(import.meta.dirname, '../../views') })
      .map((file) => file.slice(0, -'.eta'.length))
      .filter((name) => name !== 'kit/layout' && !name.startsWith('partials/'));
    const missing = templates.filter((name) => !pageVisits.some(({ template }) => template === name));
    expect(missing, 'say in test/support/page-visits.ts how to get there').toEqual([]);
  });

  describe.each(folder ? [...looks, ...moreLooks] : looks)(
    'on a $layout in $locale, $colours',
    ({ layout, locale, colours: colorScheme, options }) => {
      const look = { ...options, locale, colorScheme, reducedMotion: 'reduce' } as const;
      const opened = new Map<Who, Page>();

      beforeAll(openConsole);
      afterAll(async () => {
        app.time.shiftSeconds = 0;
        await Promise.all([...opened.values()].map((page) => page.context().close()));
      });

      /** Strangers never met; the others stay signed in, in a window they keep. */
      async function windowOf(who: Who): Promise<Page> {
        const known = who === 'stranger' ? undefined : opened.get(who);
        const page = known ?? (await (await chromium.newContext(look)).newPage());
        await opened.get('stranger')?.context().close();
        opened.delete('stranger');
        opened.set(who, page);
        await arrive(page.context(), who, known === undefined);
        return page;
      }

      const visits = folder || layout === 'desktop' ? pageVisits : pageVisits.filter(isFirstOfTemplate);
      it.each(visits)('$name', { timeout: 60_000 }, async ({ name, template, who, open }) => {
        const page = await windowOf(who);
        await open(page, world);
        await page.waitForLoadState();
        const drawn = await page.locator('body').getAttribute('class');
        expect(drawn, page.url()).toBe(`page-${template.replace('/', '-')}`);
        if (folder) await page.screenshot({ path: `${folder}/${layout}-${locale}-${name}.png`, fullPage: true });
        await expectAccessible(page, name);
        if (layout === 'desktop') await expectKeyboardUsable(page, name);
        const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
        expect(overflow, `${name} (${layout}): scrolls sideways`).toBeLessThanOrEqual(0);
        await leave(page);
      });
    },
  );
});
