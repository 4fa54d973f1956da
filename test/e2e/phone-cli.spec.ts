// `npm run phone`: the phone in the terminal, as a process of its own against a running provider.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { createScreen } from '../support/screen.ts';
import { createWaitingBrowser } from '../support/waiting-browser.ts';

const script = join(import.meta.dirname, '../support/phone-cli.ts');
let app: TestApp;
let folder: string;
beforeAll(async () => {
  app = await startApp();
  folder = await mkdtemp(join(tmpdir(), 'tessera-phone-'));
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

function phone(args: string[], input = '') {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(process.execPath, [script, ...args], { cwd: folder }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
    child.stdin?.end(input);
  });
}

async function open(change: Record<string, string> = {}) {
  const browser = createWaitingBrowser(app.issuer);
  await browser.open(change);
  return browser;
}

const cellar = { client_id: 'tea-cellar', redirect_uri: 'http://localhost:3001/cellar/callback' };

describe('the phone in the terminal', () => {
  it('prints what a phone shows and approves: the relying party gets a code', async () => {
    const browser = await open();
    const { code, out } = await phone([await browser.qr(), '--approve']);
    expect(code).toBe(0);
    for (const shown of [
      'Sign in to My public app?',
      '127.0.0.1:8765',
      'Chrome on Linux, new to you',
      'Only approve if you started this',
    ]) {
      expect(out).toContain(shown);
    }
    expect(out).toMatch(/Approved\. You can put the phone away\.\n$/);
    const callback = await browser.follow(String((await browser.finish()).json().location));
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({ state: 'state-1', iss: app.issuer });
    expect((await browser.redeem(callback.searchParams.get('code') ?? '')).status).toBe(200);
  });

  it('denies: the relying party gets access_denied with state and iss', async () => {
    const browser = await open();
    expect(await phone([await browser.qr(), '--deny'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Denied\.\n$/),
    });
    expect((await browser.ticket()).json().state).toBe('denied');
    const callback = await browser.follow(String((await browser.cancel()).json().location));
    expect(Object.fromEntries(callback.searchParams)).toEqual({
      error: 'access_denied',
      error_description: expect.any(String),
      state: 'state-1',
      iss: app.issuer,
    });
  });

  it('asks for missing answers, signs in as somebody else, and accepts a typed code', async () => {
    const browser = await open();
    const { user_code } = (await browser.ticket()).json();
    const args = [String(user_code).toLowerCase(), '--issuer', app.issuer, '--as', 'bob'];
    expect((await phone(args, 'a\n')).out).toContain('Approve or Deny? [a/d]');
    const callback = await browser.follow(String((await browser.finish()).json().location));
    const tokens = (await (await browser.redeem(callback.searchParams.get('code') ?? '')).json()) as {
      access_token: string;
    };
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    expect(await (await fetch(`${app.issuer}/me`, { headers })).json()).toMatchObject({ name: 'Bob Builder' });
  });

  it('prints nothing but the confirmation code with --confirm', async () => {
    const browser = await open(cellar);
    const { out } = await phone([await browser.qr(), '--confirm']);
    expect(out).toMatch(/^\d{6}\n$/);
    expect((await browser.finish(out.trim())).status).toBe(200);
  });

  it('approves a screen after its code was compared, and denies another code', async () => {
    const tv = createScreen(app.issuer, 'tea-house-tv');
    const begun = await tv.begin();
    const { code, out } = await phone([begun.verification_uri_complete], 'y\na\n');
    expect(code).toBe(0);
    expect(out).toContain(`Does the screen show ${begun.user_code}? [y/n]`);
    expect(out).toContain('Sign in to Tea House TV?\n  You approve as Alice Liddell (alice).');
    expect(out).toMatch(/Approved\. You can put the phone away\.\n$/);
    expect((await tv.poll(begun.device_code)).status).toBe(200);

    const other = await tv.begin();
    expect((await phone([other.verification_uri_complete], 'n\n')).out).toMatch(/Denied\.\n$/);
    expect((await tv.poll(other.device_code)).body.error).toBe('access_denied');
    const typed = await tv.begin();
    expect((await phone([typed.user_code, '--issuer', app.issuer, '--approve'])).code).toBe(0);
    expect((await tv.poll(typed.device_code)).status).toBe(200);
  });

  it('prints errors with their stable code', async () => {
    expect(await phone([`${app.issuer}/q/${'x'.repeat(22)}.0.${'x'.repeat(11)}`, '--approve'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('(ticket_not_found)'),
    });
    expect(await phone([])).toMatchObject({ code: 1, out: expect.stringContaining('--approve, --deny') });
    expect(await phone(['--help'])).toMatchObject({ code: 0 });
  });
});
