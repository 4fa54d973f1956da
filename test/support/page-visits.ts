// How to get to every page of the product, in each state that looks different, whatever its language: one
// line each. A new template needs a line here, or the accessibility test fails and names it.
import type { Page } from 'playwright-core';
import { createBrowsers } from '../../src/core/device/browsers.ts';
import type { TestApp } from './app.ts';
import { screenVisits } from './screen-visits.ts';
import { approveFor } from './signed-in.ts';
import { trustBrowser } from './trusted-browser.ts';
import { authorizationParams, createWaitingBrowser } from './waiting-browser.ts';

export type World = {
  readonly app: TestApp;
  /** Ids of clients that show what the configured ones do not. */
  readonly clients: { readonly passwordOnly: string; readonly noWay: string; readonly stored: string };
};

/**
 * stranger: no cookies. phone: signed in as Bob, with a device key. administrator, stale, auditor: at the
 * console.
 */
export type Who = 'stranger' | 'phone' | 'administrator' | 'stale' | 'auditor' | 'nobody';

export type Visit = {
  readonly name: string;
  /** Below `views`, without its ending. */
  readonly template: string;
  readonly who: Who;
  readonly open: (page: Page, world: World) => Promise<unknown>;
};

const visit = (template: string, name: string, who: Who, open: Visit['open']): Visit => ({ template, name, who, open });
const at =
  (path: string): Visit['open'] =>
  (page, { app }) =>
    page.goto(`${app.issuer}${path}`);

const authorize = (page: Page, { app }: World, change: Record<string, string> = {}) =>
  page.goto(`${app.issuer}/auth?${authorizationParams(change).params}`);

/** A page as a ticket's state shows it. */
const shows = (page: Page, view: string) => page.locator(`main[data-view=${view}]`).waitFor();

/** What the QR code says at this moment. */
const qrOf = async (page: Page): Promise<string> => {
  const answer = await page.evaluate("fetch(location.pathname + '/ticket').then((each) => each.json())");
  return (answer as { qr: string }).qr;
};

async function claimFrom(page: Page, { app }: World) {
  const phone = await app.phone('alice');
  return { phone, claim: await phone.scan({ qr: await qrOf(page) }) };
}

/** What waiting-view.ts does when the time is up, without waiting for it. */
const showAs = (page: Page, view: string) =>
  page.evaluate(`
    document.querySelector('main').dataset.view = '${view}';
    for (const part of document.querySelectorAll('[data-when]'))
      part.hidden = !part.dataset.when.split(' ').includes('${view}');
    document.querySelector('#status').textContent = JSON.parse(document.querySelector('#texts').textContent).waiting.status['${view}'];
  `);

async function byPassword(page: Page, password: string, username = 'alice'): Promise<void> {
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(password);
  await page.locator('#password').press('Enter');
}

async function untilConsent(page: Page, world: World): Promise<void> {
  await authorize(page, world);
  await page.goto(`${page.url()}?password`);
  await byPassword(page, 'tessera-demo-alice');
  await page.locator('body.page-waiting-consent').waitFor();
}

/** A phone at the link of a QR code that waits elsewhere. */
async function scanned(
  page: Page,
  world: World,
  change: Record<string, string> = {},
  extraHTTPHeaders: Record<string, string> = {},
): Promise<void> {
  const other = await page.context().browser()?.newContext({ extraHTTPHeaders });
  if (!other) throw new Error('the browser is gone');
  const waiting = await other.newPage();
  await authorize(waiting, world, change);
  const qr = await qrOf(waiting);
  await other.close();
  await page.goto(qr);
  await page.locator('[data-slot=approve]').waitFor();
}

/** The sign-in page in a browser that Alice calls her own. */
async function askable(page: Page, world: World): Promise<void> {
  await authorize(page, world);
  const kept = await page.context().cookies();
  await trustBrowser(world.app, 'alice', kept.find(({ name }) => name === 'tessera_browser')?.value ?? '');
  await page.reload();
  await page.locator('#ask-phone').waitFor();
}

/** The browser that asked last: as long as its request is open, no other can ask. */
let asking = { cancel: async (): Promise<unknown> => undefined };

/** Bob's own browser, elsewhere, asks his phone, which is this page. */
async function asked(page: Page, { app }: World): Promise<void> {
  await asking.cancel();
  const browser = createWaitingBrowser(app.issuer);
  await browser.open();
  await trustBrowser(app, 'bob', browser.cookies.get('tessera_browser /')?.value ?? '');
  await browser.json('POST', `${browser.base}/ask`, {});
  asking = browser;
  await page.goto(`${app.issuer}/q`);
  await page.locator('#ask-look').waitFor();
}

const cellar = { client_id: 'tea-cellar', redirect_uri: 'http://localhost:3001/cellar/callback' };

const maker = { way: 'command_line', name: null } as const;

const accountOf = async ({ app }: World, username: string): Promise<string> =>
  (await app.accounts.findByUsername(username))?.id ?? '';

/** Where the link leads that Bob gets when a phone of his signs in a browser he never used. */
async function notMePath({ app }: World): Promise<string> {
  const phone = await app.phone('bob');
  await approveFor(createWaitingBrowser(app.issuer), phone);
  const bob = await app.accounts.findByUsername('bob');
  const shown = (await app.notices.list(bob?.id ?? '', 'another phone')).find(({ link }) => link !== null);
  return new URL(shown?.link ?? '').pathname;
}

/** The phone is Bob's: he proves himself once more, so that forms are there. */
const confirmed =
  (path: string): Visit['open'] =>
  async (page, { app }) => {
    await page.goto(`${app.issuer}/sign-in?return_to=${encodeURIComponent(path)}`);
    await byPassword(page, 'tessera-demo-bob', 'bob');
    await page.waitForURL(`${app.issuer}${path}`);
  };

/** The last proof is too old for changing anything. */
const unconfirmed =
  (path: string): Visit['open'] =>
  async (page, world) => {
    world.app.time.shiftSeconds = 301;
    await at(path)(page, world);
    world.app.time.shiftSeconds = 0;
  };

const bobOf = async ({ app }: World) => app.accounts.getByUsername('bob');

async function signBrowsersIn({ app }: World): Promise<void> {
  const phone = await app.phone('bob');
  await approveFor(createWaitingBrowser(app.issuer), phone);
  await approveFor(createWaitingBrowser(app.issuer), phone, {}, { trust_browser: true });
}

const accountVisits: readonly Visit[] = [
  visit('account/home', 'account', 'phone', at('/account')),
  visit('account/closed', 'account, in a browser without a device', 'stranger', at('/account')),
  visit('account/browsers', 'browsers signed in', 'phone', async (page, world) => {
    await signBrowsersIn(world);
    await at('/account/browsers')(page, world);
    await page.locator('summary').click();
  }),
  visit('account/sites', 'sites', 'phone', async (page, world) => {
    await signBrowsersIn(world);
    await at('/account/sites')(page, world);
  }),
  visit('account/browsers', 'browsers signed in, one just ended', 'phone', async (page, world) => {
    await signBrowsersIn(world);
    await at('/account/browsers')(page, world);
    await page.locator('.own-list button').first().click();
    await page.getByRole('status').waitFor();
  }),
  visit('account/browsers', 'browsers signed in, some blocked', 'phone', async (page, world) => {
    const { id } = await bobOf(world);
    const as = { name: 'Firefox', system: 'Windows', isScreen: false };
    await world.app.store.browsers.deleteByAccount(id);
    await createBrowsers({ store: world.app.store.browsers, clock: () => Date.now() / 1000 }).block(id, 'blocked', as);
    await at('/account/browsers')(page, world);
    await page.locator('section button, section summary').first().waitFor();
  }),
  visit('account/browsers', 'browsers signed in, none', 'phone', async (page, world) => {
    await world.app.approvals.endAll((await bobOf(world)).id, 'owner');
    await at('/account/browsers')(page, world);
  }),
  visit('account/sites', 'sites, none', 'phone', async (page, world) => {
    await world.app.oidc.grants.withdrawAll((await bobOf(world)).id, null);
    await at('/account/sites')(page, world);
  }),
  visit('account/devices', 'devices', 'phone', async (page, world) => {
    await world.app.devices.removeAll((await bobOf(world)).id);
    await at('/sign-in')(page, world);
    await byPassword(page, 'tessera-demo-bob', 'bob');
    await page.waitForURL(`${world.app.issuer}/q`);
    await world.app.phone('bob');
    await at('/account/devices')(page, world);
    await page.locator('summary').last().click();
  }),
  visit('account/password', 'password', 'phone', confirmed('/account/password')),
  visit('account/password', 'password, too common', 'phone', async (page, world) => {
    await confirmed('/account/password')(page, world);
    await page.locator('#password').fill('passwordpassword');
    await page.locator('#password').press('Enter');
    await page.getByRole('alert').waitFor();
  }),
  visit('account/password', 'password, without a fresh proof', 'phone', unconfirmed('/account/password')),
  visit('account/activity', 'own activity', 'phone', at('/account/activity')),
  visit('account/profile', 'personal data', 'phone', confirmed('/account/profile')),
  visit('account/profile', 'personal data, refused', 'phone', async (page, world) => {
    await confirmed('/account/profile')(page, world);
    await page.locator('#email').fill('nobody');
    await page.locator('#email').press('Enter');
    await page.locator('#email_wrong').waitFor();
  }),
  visit('account/profile', 'personal data, without a fresh proof', 'phone', unconfirmed('/account/profile')),
  visit('account/data', 'own data', 'phone', async (page, world) => {
    await confirmed('/account/data')(page, world);
    await page.locator('summary').click();
  }),
  visit('account/data', 'own data, without a fresh proof', 'phone', unconfirmed('/account/data')),
  visit('kit/error', 'a change that the device did not sign', 'phone', async (page, world) => {
    await at('/account/devices')(page, world);
    // As sent by a browser that keeps no keys.
    await page.evaluate("document.querySelector('form[data-signed]').submit()");
    await page.locator('body.page-kit-error').waitFor();
  }),
  visit('account/gone', 'an account that was deleted', 'stranger', async (page, { app }) => {
    const username = `u${crypto.randomUUID().slice(0, 8)}`;
    await app.accounts.create({ username, password: 'a passphrase of many words' });
    await page.goto(`${app.issuer}/sign-in?return_to=%2Faccount%2Fdata`);
    await byPassword(page, 'a passphrase of many words', username);
    await page.waitForURL(`${app.issuer}/account/data`);
    await page.locator('summary').click();
    await page.locator('#username').fill(username);
    await page.locator('#username').press('Enter');
    await page.locator('body.page-account-gone').waitFor();
  }),
];

export const pageVisits: readonly Visit[] = [
  visit('waiting/waiting', 'waiting for a scan', 'stranger', authorize),
  visit('waiting/waiting', 'ask my phone', 'stranger', askable),
  visit('waiting/waiting', 'phone asked', 'stranger', async (page, world) => {
    await askable(page, world);
    await page.locator('#ask-phone button').click();
    await page.locator('#asked').waitFor();
  }),
  visit('waiting/waiting', 'scanned', 'stranger', async (page, world) => {
    await authorize(page, world);
    await claimFrom(page, world);
    await shows(page, 'scanned');
  }),
  visit('waiting/waiting', 'confirmation code wanted', 'stranger', async (page, world) => {
    await authorize(page, world, cellar);
    const { phone, claim } = await claimFrom(page, world);
    await phone.approve(claim);
    await shows(page, 'code');
  }),
  visit('waiting/waiting', 'confirmation code wrong', 'stranger', async (page, world) => {
    await authorize(page, world, cellar);
    const { phone, claim } = await claimFrom(page, world);
    const right = await phone.approve(claim);
    await page.locator('#confirmation_code').fill(right === '000000' ? '111111' : '000000');
    await page.locator('#confirm button').click();
    await page.locator('#confirmation_error').waitFor();
  }),
  visit('waiting/waiting', 'denied', 'stranger', async (page, world) => {
    await authorize(page, world);
    // It would go back to the relying party in a moment, which is not there.
    await page.route('**/cancel', () => undefined);
    const { phone, claim } = await claimFrom(page, world);
    await phone.deny(claim);
    await shows(page, 'denied');
  }),
  ...['expired', 'cancelled'].map((view) =>
    visit('waiting/waiting', view, 'stranger', async (page, world) => {
      // No news of the real state while this one is looked at.
      await page.route(/\/interaction\/[^/]+\/(events|ticket)/, () => undefined);
      await authorize(page, world);
      await showAs(page, view);
    }),
  ),
  visit('waiting/waiting', 'password wrong', 'stranger', async (page, world) => {
    await authorize(page, world);
    await page.goto(`${page.url()}?password`);
    await byPassword(page, 'not the password', `nobody-${crypto.randomUUID().slice(0, 8)}`);
    await page.locator('.wrong:visible').first().waitFor();
  }),
  visit('waiting/waiting', 'password alone', 'stranger', (page, world) =>
    authorize(page, world, { client_id: world.clients.passwordOnly, scope: 'openid' }),
  ),
  visit('waiting/waiting', 'no way in', 'stranger', (page, world) =>
    authorize(page, world, { client_id: world.clients.noWay, scope: 'openid' }),
  ),
  visit('waiting/continue', 'continue on this phone', 'phone', authorize),
  visit('waiting/consent', 'consent', 'stranger', untilConsent),

  visit('phone/sign-in', 'sign in', 'stranger', at('/sign-in')),
  visit('phone/sign-in', 'sign in, refused', 'stranger', async (page, world) => {
    await at('/sign-in')(page, world);
    await byPassword(page, 'not the password', `nobody-${crypto.randomUUID().slice(0, 8)}`);
    await page.locator('.wrong:visible').first().waitFor();
  }),
  visit('phone/sign-in', 'sign in again', 'phone', at('/sign-in')),
  visit('phone/phone-home', 'phone', 'phone', at('/q')),
  visit('phone/phone-home', 'phone, asked', 'phone', asked),
  visit('phone/review', 'number to choose', 'phone', async (page, world) => {
    await asked(page, world);
    await page.locator('#ask-look').click();
    await page.locator('[data-slot=approve]').click();
    await page.locator('[data-slot=choices]').waitFor();
  }),
  visit('phone/phone-home', 'phone, code unknown', 'phone', async (page, world) => {
    await at('/q')(page, world);
    await page.locator('#user_code').fill('BCDF-GHJK');
    await page.locator('#user_code').press('Enter');
    await page.locator('#user_code_error').waitFor();
  }),
  visit('phone/offline', 'without network', 'stranger', at('/offline')),
  visit('phone/review', 'review', 'phone', scanned),
  visit('phone/review', 'review, from another country', 'phone', async (page, world) => {
    await page.setExtraHTTPHeaders({ 'x-forwarded-for': '84.1.2.3' });
    await scanned(page, world, {}, { 'x-forwarded-for': '46.1.2.3' });
  }),
  visit('phone/review', 'review, from the same city', 'phone', async (page, world) => {
    await page.setExtraHTTPHeaders({ 'x-forwarded-for': '84.1.2.3' });
    await scanned(page, world, {}, { 'x-forwarded-for': '84.1.9.9' });
  }),
  ...screenVisits,
  visit('phone/review', 'approved, with a code', 'phone', async (page, world) => {
    await scanned(page, world, cellar);
    await page.locator('[data-slot=approve]').click();
    await page.locator('[data-slot=code]').waitFor();
  }),
  visit('phone/review', 'denied on the phone', 'phone', async (page, world) => {
    await scanned(page, world);
    await page.locator('[data-slot=deny]').click();
    await page.locator('.outcome').waitFor();
  }),

  visit('oidc/logout', 'sign out?', 'administrator', at('/session/end')),
  visit('kit/message', 'signed out', 'stranger', async (page, world) => {
    await at('/session/end')(page, world);
    const yes = page.locator('button[name=logout]');
    if ((await yes.count()) > 0) await yes.click();
    await page.locator('body.page-kit-message').waitFor();
  }),
  visit('kit/onward', 'on the way back to the app', 'stranger', async (page, world) => {
    await untilConsent(page, world);
    // Without its scripts the page stays.
    await page.route(/\/assets\/(onward|plain)\./, (route) => route.abort());
    await page.getByRole('button', { name: /^(Allow|允许)$/ }).click();
    await page.locator('body.page-kit-onward').waitFor();
  }),
  visit('oidc/logout-again', 'sign out, asked for by another site', 'stranger', async (page, world) => {
    // Without its script the page stays.
    await page.route('**/assets/send-again.*', (route) => route.abort());
    await page.setContent(`<form method="post" action="${world.app.issuer}/session/end"><button>x</button></form>`);
    await page.locator('button').click();
    await page.locator('body.page-oidc-logout-again').waitFor();
  }),
  visit('kit/error', 'nothing there', 'stranger', at('/nothing')),
  visit('kit/error', 'a wrong authorization request', 'stranger', at('/auth?client_id=nobody')),
  visit('kit/error', 'no role', 'nobody', at('/admin/clients')),

  visit('console/clients', 'relying parties', 'administrator', at('/admin/clients')),
  visit(
    'console/clients',
    'relying parties, none found',
    'administrator',
    at('/admin/clients?search=nothing-of-that-name'),
  ),
  visit('console/clients', 'relying parties, for an auditor', 'auditor', at('/admin/clients')),
  visit('console/client-new', 'a new relying party', 'administrator', at('/admin/clients/new')),
  visit('console/client-new', 'a new relying party, without a fresh proof', 'stale', at('/admin/clients/new')),
  visit('console/client-new', 'a new relying party, refused', 'administrator', async (page, world) => {
    await at('/admin/clients/new')(page, world);
    await page.locator('[name=client_name]').fill('My shop');
    await page.locator('[name=redirect_uris]').fill('javascript:alert(1)');
    await page.locator('form[action="/admin/clients"] button[type=submit]').last().click();
    await page.getByRole('alert').waitFor();
  }),
  visit('console/client', 'a relying party', 'administrator', (page, world) =>
    at(`/admin/clients/${world.clients.stored}`)(page, world),
  ),
  visit('console/client', 'a relying party of the configuration', 'administrator', at('/admin/clients/dev-web')),
  visit('console/client-connect', 'connect', 'administrator', at('/admin/clients/dev-web/connect')),
  visit('console/client-try', 'try it', 'administrator', at('/admin/clients/dev-web/try')),
  visit('console/client-claims', 'claims', 'administrator', at('/admin/clients/dev-web/claims?account=alice')),
  visit('console/overview', 'overview', 'administrator', at('/admin/overview')),
  visit('console/continue', 'a form that waited for a proof', 'administrator', async (page, world) => {
    await at('/admin/invitations')(page, world);
    world.app.time.shiftSeconds = 301;
    await page.evaluate(
      "fetch('/admin/invitations', { method: 'POST', redirect: 'manual', body: new URLSearchParams({ name: 'Tea' }) })",
    );
    world.app.time.shiftSeconds = 0;
    await at('/admin/continue')(page, world);
    await page.locator('body.page-console-continue').waitFor();
  }),
  visit('console/accounts', 'accounts', 'administrator', at('/admin/accounts')),
  visit('console/accounts', 'accounts, none found', 'administrator', at('/admin/accounts?search=nobody-of-that-name')),
  visit('console/account', 'an account', 'administrator', async (page, world) => {
    await at(`/admin/accounts/${await accountOf(world, 'alice')}`)(page, world);
  }),
  visit('console/account', 'an account, for an auditor', 'auditor', async (page, world) => {
    await at(`/admin/accounts/${await accountOf(world, 'bob')}`)(page, world);
  }),
  visit('console/invitations', 'invitations', 'administrator', at('/admin/invitations')),
  visit('console/reset-link', 'a reset link', 'administrator', async (page, world) => {
    await at(`/admin/accounts/${await accountOf(world, 'alice')}`)(page, world);
    await page.locator('form[action$="/reset-link"] button').click();
    await page.locator('body.page-console-reset-link').waitFor();
  }),
  visit('console/activity', 'activity', 'administrator', at('/admin/activity')),
  visit('console/activity', 'activity, none found', 'administrator', at('/admin/activity?event=client.deleted')),
  visit('console/ticket', 'one sign-in', 'administrator', async (page, world) => {
    const { records } = await world.app.audit.query({ event: 'ticket.approved', limit: 1 });
    await at(`/admin/activity/tickets/${records[0]?.ticketId}`)(page, world);
  }),
  visit('console/keys', 'keys', 'administrator', at('/admin/keys')),
  visit('console/registration', 'registration', 'administrator', at('/admin/registration')),

  ...accountVisits,
  visit('account/passkeys', 'passkeys', 'phone', at('/account/passkeys')),
  visit('account/recovery-codes', 'recovery codes', 'phone', at('/account/recovery-codes')),
  visit('account/recovery-codes', 'recovery codes, made', 'phone', async (page, world) => {
    await at('/account/recovery-codes')(page, world);
    await page.locator('#make button').click();
    await page.locator('#codes li').last().waitFor();
  }),
  visit('guest/sign-up', 'sign up', 'stranger', at('/sign-up')),
  visit('guest/sign-up', 'sign up, refused', 'stranger', async (page, world) => {
    await at('/sign-up')(page, world);
    await page.locator('#email').fill('carol..tea@example.com');
    await page.locator('#email').press('Enter');
    await page.getByRole('alert').waitFor();
  }),
  visit('guest/mail-sent', 'look at your mail', 'stranger', async (page, world) => {
    await at('/sign-up')(page, world);
    await page.locator('#email').fill('a-person-with-a-long-name@subdomain.of.example.com');
    await page.locator('#email').press('Enter');
    await page.locator('body.page-guest-mail-sent').waitFor();
  }),
  visit('guest/forgot', 'forgot the password', 'stranger', at('/forgot')),
  visit('guest/mail-sent', 'look at your mail for a reset', 'stranger', async (page, world) => {
    await at('/forgot')(page, world);
    await page.locator('#name').fill('alice');
    await page.locator('#name').press('Enter');
    await page.locator('body.page-guest-mail-sent').waitFor();
  }),
  visit('guest/recover', 'a recovery code', 'stranger', at('/recover')),
  visit('guest/recover', 'a recovery code, refused', 'stranger', async (page, world) => {
    await at('/recover')(page, world);
    await page.locator('#username').fill(`nobody-${crypto.randomUUID().slice(0, 8)}`);
    await page.locator('#code').fill('ABCD-EFGH-JKMN-PQRS');
    await page.locator('#code').press('Enter');
    await page.getByRole('alert').waitFor();
  }),
  visit('guest/email-proof', 'confirm an address', 'stranger', async (page, { app }) => {
    const alice = await app.accounts.getByUsername('alice');
    await page.goto((await app.links.makeEmailLink(alice, 'alice.liddell@example.com')).address);
  }),
  visit('guest/link', 'an account by a mailed link', 'stranger', async (page, { app }) => {
    await page.goto((await app.links.makeSignUpLink('carol@example.com')).address);
  }),
  visit('phone/phone-home', 'phone, with notices', 'phone', async (page, world) => {
    await notMePath(world);
    const bob = await world.app.accounts.findByUsername('bob');
    if (bob) await world.app.notices.credentialChanged(bob, 'passkey_created');
    await at('/q')(page, world);
    await page.locator('#notices').waitFor();
  }),
  visit('guest/not-me', 'this was not me', 'stranger', async (page, world) => at(await notMePath(world))(page, world)),
  visit('guest/not-me', 'this was not me, done', 'stranger', async (page, world) => {
    await at(await notMePath(world))(page, world);
    await page.locator('form button').click();
    await page.locator('.badge-good').waitFor();
  }),
  visit('guest/not-me', 'this was not me, done before', 'stranger', async (page, world) => {
    const path = await notMePath(world);
    await at(path)(page, world);
    await page.locator('form button').click();
    await page.locator('.badge-good').waitFor();
    await at(path)(page, world);
  }),
  visit('kit/error', 'a notice that is over', 'stranger', at(`/not-me/${'a'.repeat(43)}`)),
  visit('guest/link', 'an invitation', 'stranger', async (page, { app }) => {
    await page.goto((await app.links.invite({ roles: ['auditor'] }, maker)).address);
  }),
  visit('guest/link', 'an invitation, refused', 'stranger', async (page, { app }) => {
    await page.goto((await app.links.invite({}, maker)).address);
    await page.locator('#username').fill('alice');
    await page.locator('#password').fill('a passphrase of many words');
    await page.locator('#password').press('Enter');
    await page.getByRole('alert').waitFor();
  }),
  visit('kit/error', 'a link that is over', 'stranger', at(`/link/${'a'.repeat(43)}`)),
  visit('guest/link-done', 'a new password is set', 'stranger', async (page, { app }) => {
    const username = `u${crypto.randomUUID().slice(0, 8)}`;
    const { id } = await app.accounts.create({ username, password: 'a passphrase of many words' });
    await page.goto((await app.links.makeResetLink(id, maker)).address);
    await page.locator('#password').fill('another passphrase of many words');
    await page.locator('#password').press('Enter');
    await page.locator('body.page-guest-link-done').waitFor();
  }),
];
