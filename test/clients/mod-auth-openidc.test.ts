// mod_auth_openidc of Debian's Apache: sign-in, refresh, sign-out at the provider, and back-channel logout.
// The module sends no PKCE by default.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  openJson,
  openStage,
  type RegisteredParty,
  readJson,
  type Stage,
  signInByPassword,
  signInByPhone,
} from './support.ts';

const alice = { name: 'Alice Liddell', email: 'alice@example.com' };
/** Where the module takes its answers, and what it is told and asked besides. */
const path = '/secure/redirect_uri';

let stage: Stage;
let folder: string;
beforeAll(async () => {
  stage = await openStage({ http: { outbound_private_networks: true } });
  folder = await mkdtemp(join(tmpdir(), 'tessera-apache-'));
  await mkdir(join(folder, 'pages/secure'), { recursive: true });
  await writeFile(join(folder, 'pages/index.html'), '{"person":null}');
  await writeFile(join(folder, 'pages/secure/page.html'), '{"page":"protected"}');
});
afterAll(async () => {
  await stage?.close();
  if (folder) await rm(folder, { recursive: true });
});

async function startApache(): Promise<RegisteredParty> {
  const party = await stage.register(path, (origin) => ({
    backchannel_logout_uri: `${origin}${path}?logout=backchannel`,
    backchannel_logout_session_required: true,
  }));
  const command = ['/usr/sbin/apache2', '-X', '-f', join(import.meta.dirname, 'apps/mod-auth-openidc.conf')];
  const env = { ...stage.settingsOf(party), FOLDER: folder, PORT: new URL(party.origin).port };
  await stage.run({ command, env }, party.origin);
  return party;
}

it('mod_auth_openidc signs in, refreshes, signs out, and hears of a sign-out elsewhere', async () => {
  const party = await startApache();
  const protectedPage = `${party.origin}/secure/page.html`;
  const info = `${party.redirectUri}?info=json`;
  const page = await stage.openTab();
  await page.goto(protectedPage);
  await signInByPassword(page);
  expect(await readJson(page, protectedPage)).toEqual({ page: 'protected' });
  const { access_token: before, ...known } = await openJson(page, info);
  expect(known).toMatchObject({ id_token: alice, userinfo: alice });

  const refresh = new URLSearchParams({ refresh: protectedPage, access_token: String(before) });
  await page.goto(`${party.redirectUri}?${refresh}`);
  expect(await readJson(page, protectedPage)).toEqual({ page: 'protected' });
  const { access_token: after } = await openJson(page, info);
  expect(after).not.toBe(before);

  await page.goto(`${party.redirectUri}?logout=${encodeURIComponent(`${party.origin}/`)}`);
  expect(await readJson(page, `${party.origin}/`)).toEqual({ person: null });
  await page.goto(protectedPage);
  await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();

  await signInByPhone(page, await stage.app.phone('alice'));
  expect(await readJson(page, protectedPage)).toEqual({ page: 'protected' });
  await page.goto(`${stage.issuer}/session/end`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${stage.issuer}/session/end/**`);
  await expect.poll(async () => (await page.goto(protectedPage))?.url(), { timeout: 10_000 }).toContain(stage.issuer);
});
