// `tessera login` at a running provider: zbar reads the QR code of the terminal, the phone approves, and the
// commands then work there.
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../src/core/account/account.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';
import { type OtherMachine, openOtherMachine } from '../support/login-process.ts';
import { terminalPicture } from '../support/terminal-picture.ts';

let app: TestApp;
let chromium: Browser;
let machine: OtherMachine;
beforeAll(async () => {
  app = await startApp();
  chromium = await openBrowser();
  // Somebody has to stay administrator while the other's role changes.
  await setRoles('bob', ['administrator']);
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
});
beforeEach(async () => {
  machine = await openOtherMachine();
});
afterEach(() => machine.close());

async function setRoles(username: string, roles: Role[]): Promise<void> {
  const account = await app.accounts.findByUsername(username);
  await app.accounts.update(account?.id ?? '', { roles }, null);
}

const patience = { timeout: 90_000 };
const file = () => join(machine.home, '.config/tessera', `localhost_${new URL(app.issuer).port}.json`);
const tessera = (...args: string[]) => machine.tessera([...args, '--issuer', app.issuer]);
const startLogin = (...args: string[]) => machine.start(['login', '--issuer', app.issuer, ...args]);
const linkIn = (json: string) => String(JSON.parse(json.split('\n')[0] ?? '').verification_uri_complete);

async function approve(qr: string, username = 'alice'): Promise<void> {
  const phone = await app.phone(username);
  const claim = await phone.scan({ qr });
  await phone.approve(claim, { user_code_confirmed: true });
}

/** By the quick way, for what comes after it. */
async function signIn(username = 'alice'): Promise<void> {
  const login = startLogin('--json');
  await login.until('verification_uri_complete');
  await approve(linkIn(login.shown.out), username);
  expect(await login.ended, login.shown.err).toBe(0);
}

describe('tessera login', patience, () => {
  it('shows a QR code that zbar reads in the terminal, waits for the phone, and prints the account', async () => {
    await setRoles('alice', ['administrator']);
    const login = startLogin();
    const text = await login.until('Ctrl-C ends it');
    const links = [];
    for (const ground of ['black', 'white'] as const) {
      const picture = await terminalPicture(chromium, text, ground);
      if (process.env.SCREENSHOTS) await writeFile(`${process.env.SCREENSHOTS}/terminal-login-${ground}.png`, picture);
      links.push(await readQr(picture));
    }
    const [link = '', other] = links;
    expect(other).toBe(link);
    expect(link).toMatch(new RegExp(`^${app.issuer}/q/[\\w-]{22}$`));
    expect(text).toMatch(/\n {4}[B-Z]{4}-[B-Z]{4}\n/);
    await approve(link);
    expect(await login.ended, login.shown.err).toBe(0);
    expect(login.shown.out).toMatch(
      /\nSigned in at http:\/\/localhost:\d+ as Alice Liddell \(alice\), administrator\.\n$/,
    );
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await tessera('whoami')).toMatchObject({
      code: 0,
      out: `Alice Liddell (alice), administrator, at ${app.issuer}\n`,
    });
    // Signed in at one provider only, it goes without saying which.
    expect((await machine.tessera(['whoami'])).out).toContain('alice');
  });

  it('E1 requires the passkey of an administrator who has one, on the phone', async () => {
    await setRoles('alice', ['administrator']);
    const page = await (await chromium.newContext({ ...phoneOptions, serviceWorkers: 'block' })).newPage();
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('WebAuthn.enable', { enableUI: false });
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
    } as const;
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: { ...options, isUserVerified: true },
    });
    const isVerified = (isUserVerified: boolean) =>
      cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    await page.goto(`${app.issuer}/sign-in?return_to=/account/passkeys`);
    await page.getByLabel('Username').fill('alice');
    await page.getByLabel('Password').fill('tessera-demo-alice');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByLabel('Name of the new passkey').fill('My phone');
    await page.getByRole('button', { name: 'Create a passkey' }).click();
    await page.getByRole('listitem').getByText('My phone').first().waitFor();

    const login = startLogin('--json');
    await login.until('verification_uri_complete');
    await page.goto(linkIn(login.shown.out));
    await page.getByRole('button', { name: 'Yes, it shows this code' }).click();
    await page.getByText('Approving asks for your passkey').waitFor();
    // Somebody who holds the phone and is not its owner gets no further than this.
    await isVerified(false);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Your passkey was not used, so nothing was approved').waitFor();
    expect(login.shown.out).not.toContain('signed_in');
    await isVerified(true);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('heading', { name: 'Approved' }).waitFor();
    expect(await login.ended, login.shown.err).toBe(0);
    expect(JSON.parse(login.shown.out.trim().split('\n').at(-1) ?? '')).toMatchObject({ username: 'alice' });
    await page.context().close();
    const alice = await app.accounts.getByUsername('alice');
    for (const { id } of await app.passkeys.list(alice.id)) await app.passkeys.remove(alice, id);
  });

  it('C7 binds its token to its key: a copy without the key, or with another one, is useless', async () => {
    await setRoles('alice', ['administrator']);
    await signIn();
    const kept = JSON.parse(await readFile(file(), 'utf8'));
    const ask = (scheme: string) =>
      fetch(`${app.issuer}/admin/v1/clients`, { headers: { authorization: `${scheme} ${kept.accessToken}` } });
    for (const scheme of ['Bearer', 'DPoP']) expect((await ask(scheme)).status, scheme).toBe(401);
    const { newKey } = await import('../../src/cli/remote/session.ts');
    await writeFile(file(), JSON.stringify({ ...kept, key: await newKey() }), { mode: 0o600 });
    expect(await tessera('client', 'list')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('(session_ended)'),
    });
    await writeFile(file(), JSON.stringify(kept));
    expect(await tessera('client', 'list')).toMatchObject({ code: 0 });
    await chmod(file(), 0o640);
    expect(await tessera('client', 'list')).toMatchObject({
      code: 1,
      err: expect.stringContaining('(session_file_unsafe)'),
    });
  });

  it('ends when the phone denies, and at Ctrl-C, and stores nothing', async () => {
    const refused = startLogin('--json');
    await refused.until('verification_uri_complete');
    const phone = await app.phone();
    await phone.deny(await phone.scan({ qr: linkIn(refused.shown.out) }));
    expect(await refused.ended).toBe(1);
    expect(refused.shown.err).toContain('(login_denied)');

    const stopped = startLogin('--no-qr');
    expect(await stopped.until('Ctrl-C ends it')).not.toContain('\u001b');
    stopped.interrupt();
    expect(await stopped.ended).toBe(130);
    expect(stopped.shown.err).toBe('Cancelled. Nothing was kept. (login_cancelled)\n');
    await expect(stat(file())).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
