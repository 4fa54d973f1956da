// `npm start -- --lan` as a person with a real phone uses it: HTTPS with a certificate made at start, on an
// address instead of a name. The address is the loopback of this machine, so nothing leaves it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { desktop, openBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';

const root = new URL('../..', import.meta.url).pathname;
const address = '127.0.0.1';
let folder: string;
let provider: ChildProcess;
let output = '';
let issuer = '';
let teaHouse = '';
let chromium: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-lan-'));
  const [port, demoPort] = [await freePort(), await freePort()];
  [issuer, teaHouse] = [`https://${address}:${port}`, `https://${address}:${demoPort}`];
  provider = start(['--lan', '--lan-address', address], {
    TESSERA_HTTP_PORT: String(port),
    TESSERA_DEMO_RELYING_PARTY_PORT: String(demoPort),
    TESSERA_STORE_PATH: join(folder, 'tessera.sqlite'),
  });
  chromium = await openBrowser();
  await vi.waitFor(() => expect(output).toContain('scan this'), 30_000);
});
afterAll(async () => {
  await chromium?.close();
  await end(provider);
  await rm(folder, { recursive: true, force: true });
});

function start(args: readonly string[], env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ['src/main.ts', ...args], { cwd: root, env: { ...process.env, ...env } });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** A person accepts the certificate once. */
async function open(options: BrowserContextOptions): Promise<Page> {
  return (await chromium.newContext({ ...options, ignoreHTTPSErrors: true })).newPage();
}

describe('a provider on the local network', () => {
  it('signs a browser in: a phone signs in over HTTPS and scans the code of the desktop', async () => {
    const phone = await open(phoneOptions);
    await phone.goto(`${issuer}/q`);
    expect(await phone.evaluate('isSecureContext')).toBe(true);
    // At a bare address there are no passkeys (WebAuthn §5.1.3: the RP ID is a domain), and none are offered.
    expect(await phone.getByRole('button', { name: 'Use a passkey' }).count()).toBe(0);
    await phone.getByLabel('Username').fill('alice');
    await phone.getByLabel('Password').fill('tessera-demo-alice');
    await phone.getByRole('button', { name: 'Sign in', exact: true }).click();
    await phone.getByRole('button', { name: 'Scan a code' }).waitFor();

    const desk = await open(desktop);
    await desk.goto(teaHouse);
    await desk.getByRole('link', { name: 'Sign in with QR' }).click();
    await desk.getByRole('img', { name: 'QR code for signing in' }).waitFor();
    const code = await readQr(await desk.screenshot());
    expect(code.startsWith(`${issuer}/q/`)).toBe(true);
    await phone.goto(code);
    await phone.getByRole('heading', { name: 'Sign in to Tea House?' }).waitFor();
    await phone.getByRole('button', { name: 'Approve' }).click();
    await desk.waitForURL(`${teaHouse}/**`);
    await desk.getByRole('heading', { name: 'Welcome, Alice Liddell.' }).waitFor();
    expect(output, 'only one address needs to be typed, and it is a QR code').toContain(issuer);
  });

  it('requires an address at which it can be reached, and reports that', async () => {
    output = '';
    const refused = start(['--lan', '--lan-address', 'nowhere'], { TESSERA_STORE_PATH: join(folder, 'other.sqlite') });
    const [code] = await once(refused, 'exit');
    expect([code, output]).toEqual([1, expect.stringContaining('--lan-address must be an IPv4 address')]);
  });
});
