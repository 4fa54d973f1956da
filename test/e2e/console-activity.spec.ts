// The audit trail, keys and registration of the console in Chromium. The trail is read, filtered, followed
// and exported. Keys are rotated, and tokens are made and revoked, only by those who may.
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { consoleClientId } from '../../src/oidc/own-client.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { desktop, openBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';
import { signIn } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { createWaitingBrowser } from '../support/waiting-browser.ts';

let app: TestApp;
let chromium: Browser;
let bob: VirtualPhone;
let page: Page;

beforeAll(async () => {
  app = await startApp({ registration: { enabled: true } });
  chromium = await openBrowser();
  bob = await app.phone('bob');
  await setRoles('alice', ['administrator']);
  page = await openConsole('alice');
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
});

const folder = process.env.SCREENSHOTS;
vi.setConfig({ testTimeout: folder ? 120_000 : 40_000 });

/** The same page as every reader may see it: wide and narrow, light and dark, in both languages. */
async function keep(at: Page, name: string): Promise<void> {
  if (!folder) return;
  const storageState = await at.context().storageState();
  const looks: [string, BrowserContextOptions][] = [
    ['wide-light-en', { ...desktop }],
    ['wide-dark-zh', { ...desktop, colorScheme: 'dark', locale: 'zh-CN' }],
    ['narrow-dark-en', { ...phoneOptions, colorScheme: 'dark' }],
    ['narrow-light-zh', { ...phoneOptions, locale: 'zh-CN' }],
  ];
  for (const [look, options] of looks) {
    const context = await chromium.newContext({ ...options, storageState });
    const other = await context.newPage();
    await other.goto(at.url());
    expect(await other.evaluate('document.documentElement.scrollWidth - innerWidth'), `${name} ${look}`).toBe(0);
    await other.screenshot({ path: `${folder}/${name}-${look}.png`, fullPage: true });
    await context.close();
  }
}

const idOf = async (username: string) => (await app.accounts.findByUsername(username))?.id ?? '';

async function setRoles(username: string, roles: string[]): Promise<void> {
  await app.accounts.update(await idOf(username), { roles }, null);
}

async function openConsole(username: string): Promise<Page> {
  const phone = await app.phone(username);
  const opened = await (await chromium.newContext(desktop)).newPage();
  await opened.goto(`${app.issuer}/admin`);
  await opened.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  const claim = await phone.scan({ qr: await readQr(await opened.screenshot()) });
  const code = await phone.approve(claim);
  if (code !== null) {
    await opened.getByLabel('Confirmation code').fill(code);
    await opened.keyboard.press('Enter');
  }
  await opened.waitForURL(/\/admin\/\w+$/);
  return opened;
}

const post = async (at: Page, path: string, body: Record<string, string> = {}) => {
  const cookie = (await at.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  return fetch(`${app.issuer}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: app.issuer },
    body: new URLSearchParams(body),
  });
};

const sentences = (at: Page) => at.locator('.activity > li .activity-line > p:first-child').allTextContents();

describe('activity', () => {
  it('H5 lists events as sentences, newest first, including the administrator’s sign-in to the console', async () => {
    await page.goto(`${app.issuer}/admin/activity`);
    const own = await sentences(page);
    expect(own).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^alice approved a sign-in to Tessera from Chrome on Linux$/),
        'Tessera redeemed the authorization code for alice',
      ]),
    );
    await signIn(app, bob);
    await page.reload();
    const [first, second] = await sentences(page);
    expect([first, second]).toEqual([
      'My public app redeemed the authorization code for bob',
      'My public app received an authorization code for bob',
    ]);
    const time = page.locator('.activity time').first();
    expect(await time.getAttribute('title')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
    expect(await page.getByText('Your role can view').count()).toBe(0);
    const { records } = await app.audit.query({ clientId: consoleClientId, event: 'code.redeemed', limit: 5 });
    expect(records).toMatchObject([{ accountId: await idOf('alice'), ticketId: expect.any(String) }]);
  });

  it('filters by account, client, event and time, keeps the typed values, and reports an empty result', async () => {
    await page.goto(`${app.issuer}/admin/activity`);
    await page.getByLabel('User').fill('bob');
    await page.getByLabel('Event').selectOption({ label: 'Approved' });
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.waitForURL(/account=bob/);
    expect(await sentences(page)).toEqual(['bob approved a sign-in to My public app from Chrome on Linux']);
    expect(await page.getByLabel('User').inputValue()).toBe('bob');
    await page.getByText('Sign-in request and time').click();
    await page.getByLabel('To (UTC)').fill('2020-01-31T12:00');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByText('No records match these filters').waitFor();
    await keep(page, 'activity-none');
    await page.getByRole('link', { name: 'Clear filters' }).click();
    await page.waitForURL(`${app.issuer}/admin/activity`);
    // By the id as well, which is what is left of an account that is gone.
    await page.goto(`${app.issuer}/admin/activity?account=${await idOf('bob')}&event=ticket.approved`);
    expect(await sentences(page)).toHaveLength(1);
    for (const wrong of ['event=tea.made', 'from=yesterday', 'to=2020-13-01T00:00']) {
      const answer = await page.goto(`${app.issuer}/admin/activity?${wrong}`);
      expect(answer?.status(), wrong).toBe(422);
      await page.getByRole('alert').waitFor();
      expect((await page.goto(`${app.issuer}/admin/activity/export?${wrong}`).catch(() => null))?.status()).toBe(400);
    }
    await page.goto(`${app.issuer}/admin/activity?event=tea.made`);
    await keep(page, 'activity-wrong');
  });

  it('shows one sign-in from the displayed code to the redeemed code and the end of the session', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const page1 = await browser.open();
    expect(page1.status).toBe(200);
    const alice = await app.phone('alice');
    const qr = await browser.qr();
    const claim = await bob.scan({ qr });
    await expect(alice.scan({ qr })).rejects.toMatchObject({ code: 'ticket_already_scanned' });
    const code = (await bob.approve(claim)) ?? '';
    expect((await browser.finish(code === '000000' ? '000001' : '000000')).status).toBe(422);
    const finished = await browser.finish(code);
    const callback = await browser.follow(String(finished.json().location));
    await browser.redeem(callback.searchParams.get('code') ?? '');
    const [approval] = await bob.approvals();
    await bob.endApproval(String(approval?.id));

    await page.goto(`${app.issuer}/admin/activity?account=bob`);
    await page.getByRole('link', { name: 'Whole sign-in' }).first().click();
    await page.getByRole('heading', { name: 'Sign-in', exact: true }).waitFor();
    const story = await page.locator('.story-what > p:first-child').allTextContents();
    expect(story).toEqual([
      'A QR code for My public app was shown in Chrome on Linux',
      'bob scanned the QR code for My public app',
      'Another phone, of alice, scanned the QR code for My public app',
      'bob approved a sign-in to My public app from Chrome on Linux',
      'A wrong confirmation code was entered for My public app',
      'The browser was signed in to My public app as bob',
      'My public app received an authorization code for bob',
      'My public app redeemed the authorization code for bob',
      'A browser or device of bob was signed out of My public app',
    ]);
    await page.getByText('Signed in, since ended').waitFor();
    await page.locator('.story li').nth(3).getByText('Details').click();
    const facts = await page.locator('.story li').nth(3).locator('dl').innerText();
    expect(facts).toContain('Another phone has scanned the same code.');
    await keep(page, 'story');
    expect((await page.goto(`${app.issuer}/admin/activity/tickets/nothing`))?.status()).toBe(404);
  });

  it('pages through many records once each, and through empty pages', async () => {
    const now = Math.floor(Date.now() / 1000);
    const record = (at: number, name: string) =>
      app.store.audit.append({
        at,
        event: 'device.created',
        ticketId: null,
        correlationId: null,
        accountId: 'gone',
        clientId: null,
        deviceId: 'd',
        address: '203.0.113.7',
        facts: { name },
      });
    await app.store.audit.append({
      ...(await newest()),
      event: 'key.removed',
      at: now - 9_000_000,
      facts: { alg: 'RS256' },
    });
    for (let i = 0; i < 120; i++) await record(now - 200_000 - i, `Phone ${i} <b>`);
    await page.goto(`${app.issuer}/admin/activity?account=gone`);
    const seen = await sentences(page);
    while (await page.getByRole('link', { name: 'Older' }).count()) {
      await page.getByRole('link', { name: 'Older' }).click();
      await page.waitForURL(/after=/);
      const [last] = seen.slice(-1);
      await expect.poll(async () => (await sentences(page))[0]).not.toBe(last);
      seen.push(...(await sentences(page)));
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, i) => `gone signed in on a new device, Phone ${i} <b>`));
    await page.getByRole('link', { name: 'Back to newest' }).click();
    await page.goto(`${app.issuer}/admin/activity?event=key.removed`);
    expect(await sentences(page)).toEqual(['A signing key (RS256) was deleted']);
    await page.goto(`${app.issuer}/admin/activity`);
    await keep(page, 'activity');
  });

  it('finds rare records behind many others by searching further back', async () => {
    const base = await newest();
    const at = Math.floor(Date.now() / 1000);
    for (let i = 0; i < 10_100; i++)
      await app.store.audit.append({
        ...base,
        at,
        ticketId: null,
        correlationId: null,
        event: 'rate_limited',
        facts: {},
      });
    await page.goto(`${app.issuer}/admin/activity?event=key.removed`);
    await page.getByText('There are older ones').waitFor();
    await keep(page, 'activity-further');
    await page.getByRole('link', { name: 'Search older records' }).click();
    await page.getByText('A signing key (RS256) was deleted').waitFor();
  });

  it('is exported as JSON Lines with the same filters, from the browser', async () => {
    await page.goto(`${app.issuer}/admin/activity?account=bob&event=ticket.approved`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export (JSON Lines)' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('audit.jsonl');
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(2);
    const bobId = await idOf('bob');
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ event: 'ticket.approved', account_id: bobId });
  });

  const newest = async () => {
    const [record] = (await app.audit.query({ limit: 1 })).records;
    if (!record) throw new Error('nothing is recorded');
    return record;
  };
});

describe('keys', () => {
  it('H3 rotates on request, replaces all at once only after the name is typed, and records both with the actor', async () => {
    await page.goto(`${app.issuer}/admin/keys`);
    const kids = async () => (await app.signingKeys.list()).map(({ key, state }) => `${state} ${key.kid}`).sort();
    const before = await kids();
    expect(await page.getByRole('heading', { name: 'Next' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Rotate now' }).click();
    await page.getByRole('status').getByText('New keys are published').waitFor();
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(
      expect.arrayContaining(['Next', 'Current']),
    );
    expect(await kids()).toEqual(expect.arrayContaining(before));
    app.time.shiftSeconds = 400;
    try {
      await page.reload();
      await page.getByRole('heading', { name: 'Previous' }).waitFor();
      await keep(page, 'keys');
    } finally {
      app.time.shiftSeconds = 0;
    }
    await page.goto(`${app.issuer}/admin/keys`);
    await page.getByLabel(/^Type localhost/).fill('somewhere.example');
    await page.getByRole('button', { name: 'Replace all keys' }).click();
    await page.getByRole('alert').getByText('Nothing was replaced').waitFor();
    expect(
      (await kids()).filter((kid) => before.some((each) => each.split(' ')[1] === kid.split(' ')[1])),
    ).toHaveLength(3);
    await page.getByLabel(/^Type localhost/).fill(new URL(app.issuer).host);
    await page.getByRole('button', { name: 'Replace all keys' }).click();
    await page.getByText('All keys have been replaced').waitFor();
    const after = await app.signingKeys.list();
    expect(after.map(({ state }) => state)).toEqual(['current', 'current', 'current']);
    expect(after.some(({ key }) => before.some((each) => each.endsWith(key.kid)))).toBe(false);
    const { records } = await app.audit.query({ event: 'key.rotation_asked', limit: 5 });
    const accountId = await idOf('alice');
    expect(records).toMatchObject([
      { accountId, facts: { immediately: true } },
      { accountId, facts: { immediately: false } },
    ]);
  });
});

describe('registration', () => {
  it('E3 makes a token that is shown once and registers clients, lists its remaining uses, and revokes it', async () => {
    await page.goto(`${app.issuer}/admin/registration`);
    await page.getByText('There are no tokens').waitFor();
    await keep(page, 'registration-empty');
    await page.getByLabel('Name').fill('Partners');
    await page.getByLabel('Uses').fill('two');
    await page.getByRole('button', { name: 'Create token' }).click();
    await page.getByRole('alert').getByText('a whole number from 1 to 1000').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('Partners');
    await page.getByLabel('Uses').fill('2');
    await page.getByRole('button', { name: 'Create token' }).click();
    await page.getByText('Copy the token now').waitFor();
    if (folder) await page.screenshot({ path: `${folder}/registration-token.png`, fullPage: true });
    const token = (await page.locator('.console-secret code').textContent()) ?? '';
    expect(token).toMatch(/^[\w-]{43}$/);
    const register = () =>
      fetch(`${app.issuer}/registration`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ client_name: 'Registered', redirect_uris: ['https://rp.example/cb'] }),
      }).then(({ status }) => status);
    expect(await register()).toBe(201);
    await page.goto(`${app.issuer}/admin/registration`);
    await page.getByText('1 of 2').waitFor();
    await page.getByText('by alice').waitFor();
    expect(await page.content()).not.toContain(token);
    await keep(page, 'registration-on');
    await page.getByRole('button', { name: 'Revoke Partners' }).click();
    await page.getByText('The token is revoked').waitFor();
    expect(await register()).toBe(401);
    const { records } = await app.audit.query({ accountId: await idOf('alice'), limit: 2 });
    expect(records).toMatchObject([
      { event: 'registration_token.revoked', facts: { name: 'Partners' } },
      { event: 'registration_token.created', facts: { name: 'Partners', uses: 2, days: 7 } },
    ]);
    expect(JSON.stringify(records)).not.toContain(token);
  });

  it('explains how to enable it where it is disabled, and makes no token', async () => {
    const [opened, kept] = [app, page];
    app = await startApp();
    try {
      await setRoles('alice', ['client-manager']);
      page = await openConsole('alice');
      await page.goto(`${app.issuer}/admin/registration`);
      await page.getByText('Registration is disabled').waitFor();
      await keep(page, 'registration-off');
      expect((await post(page, '/admin/registration', { name: 'x', uses: '1', days: '1' })).status).toBe(404);
      // Nothing of what happens concerns who manages relying parties alone.
      for (const path of ['activity', 'activity/export', 'activity/tickets/x', 'keys'])
        expect((await page.goto(`${app.issuer}/admin/${path}`))?.status(), path).toBe(403);
    } finally {
      await page.context().close();
      await app.stop();
      [app, page] = [opened, kept];
    }
  });
});

describe('an auditor', () => {
  it('E1 sees every page and can change nothing', async () => {
    await setRoles('bob', ['auditor']);
    const auditor = await openConsole('bob');
    for (const path of ['activity', 'keys', 'registration']) {
      expect((await auditor.goto(`${app.issuer}/admin/${path}`))?.status(), path).toBe(200);
      expect(await auditor.getByRole('button', { name: /Rotate|Replace|Make|Revoke/ }).count(), path).toBe(0);
    }
    const before = await app.signingKeys.list();
    for (const path of ['keys/rotate', 'keys/replace', 'registration', 'registration/tokens/x/revoke'])
      expect((await post(auditor, `/admin/${path}`, { host: new URL(app.issuer).host })).status, path).toBe(403);
    expect(await app.signingKeys.list()).toEqual(before);
    expect((await post(auditor, '/admin/activity')).status).toBe(405);
    await auditor.context().close();
  });
});
