// The pages that a device without a browser leads to, in each state that looks different (page-visits.ts).
import type { Page } from 'playwright-core';
import type { Visit, Who, World } from './page-visits.ts';
import { createScreen } from './screen.ts';

const visit = (template: string, name: string, who: Who, open: Visit['open']): Visit => ({ template, name, who, open });
const confirmed = { user_code_confirmed: true };

/** A television, made known once. @param agent null: it gives itself no name */
async function televisionOf({ app }: World, agent: string | null = 'Tea TV/2.1 (Linux)') {
  const television = { client_id: 'television', client_name: 'Tea TV', token_endpoint_auth_method: 'none' };
  const may = { grant_types: ['refresh_token'], scope: 'openid profile offline_access', device_grant: true };
  if (!(await app.clients.findAny('television'))) await app.clients.create({ ...television, ...may });
  return createScreen(app.issuer, 'television', { 'user-agent': agent ?? 'openid-client/6.8.5' });
}

/** What one that has just begun shows. */
export async function codeOfTv(world: World) {
  return (await televisionOf(world)).begin({ scope: 'openid profile offline_access' });
}

/** Two of Bob's are signed in: one with a name, one without. */
async function signTvsIn(world: World): Promise<void> {
  const bob = await world.app.accounts.getByUsername('bob');
  if ((await world.app.approvals.list(bob.id)).some(({ kind }) => kind === 'screen')) return;
  const phone = await world.app.phone('bob');
  for (const agent of [undefined, null]) {
    const tv = await televisionOf(world, agent);
    const { device_code, user_code } = await tv.begin({ scope: 'openid profile' });
    await phone.approve(await phone.scan({ user_code }), confirmed);
    await tv.poll(device_code);
  }
}

const at =
  (path: string): Visit['open'] =>
  (page, { app }) =>
    page.goto(`${app.issuer}${path}`);

async function compare(page: Page, world: World): Promise<void> {
  await page.goto((await codeOfTv(world)).verification_uri_complete);
  await page.locator('.screen-code').waitFor();
}

async function review(page: Page, world: World): Promise<void> {
  await compare(page, world);
  await page.locator('[data-slot=yes]').click();
  await page.locator('[data-slot=approve]').waitFor();
}

async function decide(page: Page, world: World, slot: 'approve' | 'deny' | 'report'): Promise<void> {
  await review(page, world);
  await page.locator(`[data-slot=${slot}]`).click();
  await page.locator('.outcome').waitFor();
}

const storyOf: Visit['open'] = async (page, world) => {
  await signTvsIn(world);
  const bob = await world.app.accounts.getByUsername('bob');
  const ofTv = (await world.app.approvals.list(bob.id)).find(({ kind }) => kind === 'screen');
  await at(`/admin/activity/tickets/${ofTv?.id}`)(page, world);
};

export const screenVisits: readonly Visit[] = [
  visit('phone/phone-home', 'device code, typed', 'phone', async (page, world) => {
    const { user_code } = await codeOfTv(world);
    await at('/q')(page, world);
    await page.locator('#user_code').fill(user_code);
    await page.locator('#user_code').press('Enter');
    await page.locator('.screen-code').waitFor();
  }),
  visit('phone/review', 'device code, by a link', 'phone', compare),
  visit('phone/review', 'device, review', 'phone', review),
  visit('phone/review', 'device, stopped by risk', 'phone', async (page, world) => {
    const { verification_uri_complete: link } = await codeOfTv(world);
    await page.goto(link);
    await page.locator('.screen-code').waitFor();
    const second = await world.app.phone('alice');
    await second.scan({ qr: link }).catch(() => null);
    await page.locator('[data-slot=yes]').click();
    await page.locator('[data-slot=approve]').click();
    await page.locator('[data-slot=problem]:visible').waitFor();
  }),
  visit('phone/review', 'device, approved', 'phone', (page, world) => decide(page, world, 'approve')),
  visit('phone/review', 'device, denied', 'phone', (page, world) => decide(page, world, 'deny')),
  visit('phone/review', 'device, too late', 'phone', async (page, world) => {
    await review(page, world);
    world.app.time.shiftSeconds = 301;
    await page.locator('.outcome').waitFor();
    world.app.time.shiftSeconds = 0;
  }),
  visit('phone/phone-home', 'phone, devices signed in', 'phone', async (page, world) => {
    await signTvsIn(world);
    await at('/q')(page, world);
  }),
  visit('account/browsers', 'devices signed in', 'phone', async (page, world) => {
    await signTvsIn(world);
    await at('/account/browsers')(page, world);
  }),
  visit('account/activity', 'own activity, of devices', 'phone', async (page, world) => {
    await signTvsIn(world);
    await at('/account/activity')(page, world);
  }),
  visit('guest/not-me', 'not me, a device', 'phone', async (page, world) => {
    await signTvsIn(world);
    const bob = await world.app.accounts.getByUsername('bob');
    const shown = await world.app.notices.list(bob.id, 'another phone');
    const ofTv = shown.find(
      ({ notice: { about }, link }) => link && about.kind === 'browser_approved' && about.isScreen,
    );
    await at(new URL(ofTv?.link ?? '').pathname)(page, world);
  }),
  visit('console/ticket', 'one sign-in of a device', 'administrator', storyOf),
  visit('console/account', 'an account with devices', 'administrator', async (page, world) => {
    await signTvsIn(world);
    await at(`/admin/accounts/${(await world.app.accounts.getByUsername('bob')).id}`)(page, world);
  }),
  visit('console/client-new', 'a new device', 'administrator', at('/admin/clients/new?kind=screen')),
  visit('console/client', 'a device', 'administrator', async (page, world) => {
    await codeOfTv(world);
    await at('/admin/clients/television')(page, world);
    await page.locator('summary', { hasText: /^(Sign-in|登录)/ }).click();
  }),
  visit('console/client-connect', 'connect a device', 'administrator', async (page, world) => {
    await codeOfTv(world);
    await at('/admin/clients/television/connect?library=curl-device')(page, world);
  }),
];
