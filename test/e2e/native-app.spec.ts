// The native app of test/support with Chromium as the system browser: what it may do with its key, and that
// it can do nothing without it.
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { desktop, openBrowser, readQr } from '../support/browser.ts';
import { createNativeApp, type NativeApp } from '../support/native-app.ts';
import { authorizationParams, createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

const cli = new URL('../support/native-app-cli.ts', import.meta.url).pathname;
let app: TestApp;
let chromium: Browser;
let file: string;
let native: NativeApp;

beforeAll(async () => {
  [app, chromium] = await Promise.all([startApp(), openBrowser()]);
  file = join(app.folder, 'native', 'kept.json');
  native = await startNativeApp();
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
});

const startNativeApp = () =>
  createNativeApp({ issuer: app.issuer, clientId: 'dev-phone', file, openBrowser: signInThere });

/** What a person does in the browser that the app opened. */
async function signInThere(address: string): Promise<void> {
  const page = await (await chromium.newContext(desktop)).newPage();
  await page.goto(address);
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password').fill('tessera-demo-alice');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('You can go back to the app').waitFor();
  await page.context().close();
}

async function waitAtDesk() {
  const page = await (await chromium.newContext(desktop)).newPage();
  await page.goto(`${app.issuer}/auth?${authorizationParams({ scope: 'openid' }).params}`);
  await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  return page;
}

const keptToken = async (): Promise<string> => JSON.parse(await readFile(file, 'utf8')).refreshToken;

describe('a native app', () => {
  it('C7 signs in by the system browser and approves what it scanned, with the key it made', async () => {
    await native.signIn();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const desk = await waitAtDesk();
    const review = await native.scan({ qr: await readQr(await desk.screenshot()) });
    expect(review.context.client).toMatchObject({ name: 'My public app', redirect_host: '127.0.0.1:8765' });
    const back = desk.waitForRequest((request) => request.url().startsWith(redirectUri));
    expect(await native.approve(review)).toBeNull();
    expect(new URL((await back).url()).searchParams.get('code')).toBeTruthy();
    // The app's own sign-in by password in the system browser is listed too.
    const byPhone = async () => (await native.approvals()).filter(({ method }) => method === 'phone');
    const [approval] = await byPhone();
    await native.endApproval(approval?.id ?? '');
    expect(await byPhone()).toEqual([]);
  });

  it('continues after a restart, as a separate command', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ scope: 'openid' });
    const { stdout } = await promisify(execFile)(process.execPath, [
      cli,
      await browser.qr(),
      '--approve',
      ...['--issuer', app.issuer, '--file', file],
    ]);
    expect(stdout).toBe('Sign in to My public app? (127.0.0.1:8765)\nApproved.\n');
    expect((await browser.finish()).status).toBe(200);
    native = await startNativeApp();
  });

  it('signs again with the server’s time when its own clock is wrong', async () => {
    app.time.shiftSeconds = 200;
    try {
      expect((await native.approvals()).length).toBeGreaterThan(0);
    } finally {
      app.time.shiftSeconds = 0;
    }
    expect((await native.approvals()).length).toBeGreaterThan(0);
  });

  it('shows a refusal with its code', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ scope: 'openid' });
    const review = await native.scan({ qr: await browser.qr() });
    await native.deny(review);
    await expect(native.approve(review)).rejects.toMatchObject({ code: 'ticket_already_decided' });
  });

  it.each(['without a proof', 'with a bare key of its own'])('C7 cannot refresh its tokens %s', async (how) => {
    const before = await keptToken();
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: before, client_id: 'dev-phone' });
    const stranger = await app.phone('bob');
    const headers = how === 'without a proof' ? {} : { DPoP: await stranger.proof('POST', '/token') };
    const answer = await fetch(`${app.issuer}/token`, { method: 'POST', body, headers });
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([400, 'invalid_grant']);
    // The attempt cost the app nothing. A refresh token that is bound to a key keeps its value.
    await native.refresh();
    expect(await keptToken()).toBe(before);
  });

  it('C5 is signed out as soon as its device is signed out', async () => {
    const alice = await app.phone('alice');
    const devices = (await alice.call('GET', '/phone/v1/devices')).body.devices as { id: string; current: boolean }[];
    for (const { id, current } of devices) if (!current) await alice.call('DELETE', `/phone/v1/devices/${id}`);
    await expect(native.approvals()).rejects.toMatchObject({ code: 'not_signed_in' });
  });
});
