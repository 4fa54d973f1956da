// The way of an administrator in real browsers on a real process: the first administrator by a link, a
// relying party by the form, its secret rotated while people sign in, and its deactivation while somebody
// waits.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as oidc from 'openid-client';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desktop, openBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { type Node, startNode } from '../support/process.ts';
import { createVirtualPhone } from '../support/virtual-phone.ts';
import { createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

const password = 'four words make a sentence';
const qrName = 'QR code for signing in';
let issuer: string;
let node: Node;
let folder: string;
let chromium: Browser;
/** The administrator's desktop, and the phone in their hand. */
let desk: Page;
let phone: Page;
let link: string;
let clientId: string;
let secret: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-story-'));
  const port = await freePort();
  issuer = `http://localhost:${port}`;
  const env = { TESSERA_STORE_PATH: join(folder, 'tessera.sqlite') };
  [node, chromium] = await Promise.all([startNode({ port, issuer, env }), openBrowser()]);
  desk = await (await chromium.newContext(desktop)).newPage();
  phone = await (await chromium.newContext(phoneOptions)).newPage();
});
afterAll(async () => {
  await chromium?.close();
  await node?.stop();
  await rm(folder, { recursive: true, force: true });
});

const screenshots = process.env.SCREENSHOTS;
const keep = async (page: Page, name: string) => {
  if (screenshots) await page.screenshot({ path: `${screenshots}/${name}.png` });
};

async function scan(page: Page): Promise<void> {
  await page.getByRole('img', { name: qrName }).waitFor();
  await phone.goto(await readQr(await page.screenshot()));
}

const fact = (label: string) => desk.locator('dt', { hasText: new RegExp(`^${label}$`) }).locator('..');
/** What the button beside it puts on the clipboard. */
async function copy(label: string): Promise<string> {
  await fact(label).getByRole('button', { name: /^Copy/ }).click();
  return String(await desk.evaluate('navigator.clipboard.readText()'));
}

/** A relying party's side, unmodified: it signs people in with the secret it has at that moment. */
async function signInAt(
  present: string,
  person: ReturnType<typeof createVirtualPhone>,
): Promise<oidc.TokenEndpointResponse> {
  const options = { execute: [oidc.allowInsecureRequests] };
  const config = await oidc.discovery(new URL(issuer), clientId, present, oidc.ClientSecretBasic(present), options);
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const expectedState = oidc.randomState();
  const location = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
  });
  const browser = createWaitingBrowser(issuer);
  const base = (await browser.request(location.href)).headers.get('location') ?? '';
  await browser.request(base, { headers: { accept: 'text/html' } });
  const { qr } = (await browser.json('GET', `${base}/ticket`)).json();
  const code = await person.approve(await person.scan({ qr: String(qr) }));
  const finished = await browser.json('POST', `${base}/finish`, code === null ? {} : { confirmation_code: code });
  const callback = await browser.follow(String(finished.json().location));
  return oidc.authorizationCodeGrant(config, callback, { pkceCodeVerifier, expectedState });
}

const tokenStatus = async (present: string): Promise<number> => {
  const authorization = `Basic ${btoa(`${clientId}:${present}`)}`;
  const body = new URLSearchParams({ grant_type: 'authorization_code', code: 'x', redirect_uri: redirectUri });
  return (await fetch(`${issuer}/token`, { method: 'POST', headers: { authorization }, body })).status;
};

// One story: each part stands on the one before.
describe('the administrator of an empty installation', { timeout: 90_000 }, () => {
  it('E1 gets the role by the link that the start printed, which works once', async () => {
    await expect.poll(node.output).toContain('/link/');
    link = /http:\S+\/link\/\S+/.exec(node.output())?.[0] ?? '';
    await desk.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: issuer });
    await phone.goto(link);
    await phone.getByLabel('Username').fill('ruth');
    await phone.getByLabel('Password', { exact: true }).fill(password);
    await phone.getByRole('button', { name: 'Create account' }).click();
    await phone.getByRole('button', { name: 'Continue as ruth' }).waitFor();
    expect((await desk.goto(link))?.status()).toBe(404);
    await desk.getByRole('heading', { name: 'This link no longer works' }).waitFor();
    // That phone signs the desktop in, as it does anybody.
    await desk.goto(`${issuer}/admin`);
    await scan(desk);
    await phone.getByRole('button', { name: 'Approve' }).click();
    await desk.waitForURL(`${issuer}/admin/overview`);
  });

  it('adds a relying party by the form, and copies its secret from the page that shows it once', async () => {
    await desk.getByRole('link', { name: 'Add an app' }).click();
    await desk.getByRole('radio', { name: 'Website with a server' }).check();
    await desk.getByLabel('Name', { exact: true }).fill('Corner shop');
    await desk.getByLabel('Redirect URIs', { exact: true }).fill(redirectUri);
    await desk.getByRole('button', { name: 'Add app', exact: true }).click();
    await desk.getByText('Copy the secret now').waitFor();
    clientId = await copy('Client ID');
    secret = await copy('Client secret');
    expect(clientId).toMatch(/^[\w-]{8,}$/);
    expect(secret).toMatch(/^[\w-]{43,}$/);
    expect(await tokenStatus(secret)).toBe(400);
    await desk.goto(`${issuer}/admin/clients/${clientId}`);
    expect(await desk.content()).not.toContain(secret);
  });

  it('tries it: signs in by QR with the phone, as at the real site', async () => {
    await desk.getByRole('link', { name: 'Test', exact: true }).click();
    await desk.getByRole('button', { name: 'Sign in as yourself' }).click();
    await scan(desk);
    await phone.getByText('Corner shop').first().waitFor();
    await phone.getByRole('button', { name: 'Approve' }).click();
    await desk.getByRole('heading', { name: 'Signed in' }).waitFor();
    await keep(desk, 'story-tried');
  });

  it('E6 rotates its secret while people sign in, without a failed sign-in', async () => {
    let present = secret;
    let isOver = false;
    const failed: unknown[] = [];
    const redeemed: string[] = [];
    const people = ['alice', 'bob'].map(async (username) => {
      const person = createVirtualPhone({ issuer });
      await person.signIn(username, `tessera-demo-${username}`);
      while (!isOver) {
        const used = present;
        await signInAt(used, person).then(
          () => redeemed.push(used),
          (error: unknown) => failed.push(error),
        );
      }
    });
    const afterSignIns = async (count: number) =>
      expect.poll(() => redeemed.length, { timeout: 30_000 }).toBeGreaterThan(count);
    try {
      await afterSignIns(2);
      await desk.goto(`${issuer}/admin/clients/${clientId}`);
      await desk.getByRole('button', { name: 'Add a secret' }).click();
      await desk.getByText('Copy the secret now').waitFor();
      const second = await copy('Client secret');
      expect(second).not.toBe(secret);
      await afterSignIns(redeemed.length + 2);
      present = second;
      // What began with the old one has ended.
      await expect.poll(() => redeemed.slice(-3).every((used) => used === second), { timeout: 30_000 }).toBe(true);
      await desk.goto(`${issuer}/admin/clients/${clientId}`);
      expect([await tokenStatus(secret), await tokenStatus(second)]).toEqual([400, 400]);
      await desk
        .getByRole('button', { name: /^Revoke/ })
        .first()
        .click();
      await expect.poll(() => desk.getByRole('button', { name: /^Revoke/ }).count()).toBe(1);
      expect([await tokenStatus(secret), await tokenStatus(second)]).toEqual([401, 400]);
      await afterSignIns(redeemed.length + 3);
      secret = second;
    } finally {
      isOver = true;
      await Promise.all(people);
    }
    expect(failed).toEqual([]);
    expect(redeemed.length).toBeGreaterThanOrEqual(10);
    expect(new Set(redeemed).size).toBe(2);
  });

  it('A18 disables it while a browser waits: the page reports the end, the phone is refused, nobody is signed in', async () => {
    const waiting = await (await chromium.newContext(desktop)).newPage();
    const other = await (await chromium.newContext(desktop)).newPage();
    const request = new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid profile',
      state: 's',
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    });
    for (const page of [waiting, other]) {
      await page.goto(`${issuer}/auth?${request}`);
      await page.getByRole('img', { name: qrName }).waitFor();
    }
    const code = await readQr(await waiting.screenshot());
    const later = await readQr(await other.screenshot());
    // Scanned already, not yet approved: that is no way in either.
    await phone.goto(later);
    await phone.getByRole('button', { name: 'Approve' }).waitFor();

    await desk.goto(`${issuer}/admin/clients/${clientId}`);
    await desk.getByRole('button', { name: 'Disable' }).click();
    await desk.getByRole('button', { name: 'Enable' }).waitFor();

    await phone.getByRole('button', { name: 'Approve' }).click();
    await phone.getByRole('heading', { name: 'This app is disabled' }).waitFor();
    await keep(phone, 'story-off-approve');
    await phone.goto(code);
    await phone.getByRole('heading', { name: 'This app is disabled' }).waitFor();
    expect(await phone.getByRole('button', { name: 'Approve' }).isVisible()).toBe(false);
    await keep(phone, 'story-off-phone');

    for (const [i, page] of [waiting, other].entries()) {
      await page.getByRole('heading', { name: 'This sign-in has ended' }).waitFor({ timeout: 20_000 });
      expect(await page.getByRole('img', { name: qrName }).count()).toBe(0);
      expect(new URL(page.url()).origin).toBe(issuer);
      await keep(page, `story-off-waiting-${i}`);
    }
    const again = await waiting.reload();
    expect(again?.status()).toBe(404);
    await waiting.getByRole('heading', { name: 'This sign-in has ended' }).waitFor();
    await keep(waiting, 'story-off-reload');
    expect((await waiting.goto(`${issuer}/auth?${request}`))?.status()).toBe(400);
    await keep(waiting, 'story-off-new');
    expect(await tokenStatus(secret)).toBe(401);
    await Promise.all([waiting.context().close(), other.context().close()]);
  });
});
