// "This was not me" in Chromium: an approval by mistake on the phone, the link in the mail, one press;
// before and after the relying party has redeemed its code (security.md B16). The mail server and the logout
// endpoints are real.
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { desktop, openBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';
import { type MailReceiver, startMailReceiver } from '../support/mail-receiver.ts';
import { type LogoutEndpoint, startLogoutEndpoint } from '../support/relying-party.ts';
import type { Tokens } from '../support/signed-in.ts';
import { userinfo } from '../support/signed-in.ts';
import { authorizationParams, redirectUri } from '../support/waiting-browser.ts';

const patience = { timeout: 5000, interval: 20 };
const client = (id: string, { url }: LogoutEndpoint) => ({
  client_id: id,
  client_name: `The ${id}`,
  token_endpoint_auth_method: 'none',
  redirect_uris: [redirectUri],
  scope: 'openid profile',
  backchannel_logout_uri: url,
  backchannel_logout_session_required: true,
  first_party: true,
});

let app: TestApp;
let receiver: MailReceiver;
let kettle: LogoutEndpoint;
let teapot: LogoutEndpoint;
let chromium: Browser;
let phone: Page;

beforeAll(async () => {
  [receiver, kettle, teapot] = [await startMailReceiver(), await startLogoutEndpoint(), await startLogoutEndpoint()];
  app = await startApp({
    http: { outbound_private_networks: true },
    clients: [client('kettle', kettle), client('teapot', teapot)],
    mail: { smtp_url: receiver.url, from: 'Tessera <no-reply@id.example>' },
  });
  chromium = await openBrowser();
  phone = await (await chromium.newContext(phoneOptions)).newPage();
  await phone.goto(`${app.issuer}/sign-in`);
  await phone.getByLabel('Username').fill('alice');
  await phone.getByLabel('Password').fill('tessera-demo-alice');
  await phone.getByRole('button', { name: 'Sign in', exact: true }).click();
  await phone.waitForURL(`${app.issuer}/q`);
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
  for (const each of [receiver, kettle, teapot]) await each?.close();
});
beforeEach(() => {
  for (const list of [receiver.mails, kettle.tokens, teapot.tokens]) list.length = 0;
});

type Arrival = { readonly code: string; readonly verifier: string; readonly id: string };

/** Nobody listens at the redirect URI: that the browser asks is enough. */
async function openDesk() {
  const page = await (await chromium.newContext(desktop)).newPage();
  return {
    page,
    async ask(id: string, meanwhile: () => Promise<void>, change: Record<string, string> = {}): Promise<Arrival> {
      const { params, verifier } = authorizationParams({ client_id: id, scope: 'openid profile', ...change });
      const callback = page.waitForRequest((request) => request.url().startsWith(redirectUri));
      await page.goto(`${app.issuer}/auth?${params}`).catch(() => undefined);
      await meanwhile();
      const { searchParams } = new URL((await callback).url());
      return { code: searchParams.get('code') ?? String(searchParams.get('error')), verifier, id };
    },
  };
}

/** Without looking. */
async function approve(desk: Page): Promise<void> {
  await desk.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  await phone.goto(await readQr(await desk.screenshot()));
  await phone.getByLabel('This is my own browser').check();
  await phone.getByRole('button', { name: 'Approve' }).click();
  await phone.getByText('You can put the phone away').waitFor();
}

async function redeem({ code, verifier, id }: Arrival): Promise<Tokens & { error?: string }> {
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, client_id: id };
  const body = new URLSearchParams({ ...grant, code_verifier: verifier });
  return (await (await fetch(`${app.issuer}/token`, { method: 'POST', body })).json()) as Tokens & { error?: string };
}

/** Signed in nowhere, from the mail. */
async function pressInMail(): Promise<void> {
  const mail = await vi.waitFor(() => {
    const found = receiver.mails.find(({ text }) => text.includes('/not-me/'));
    expect(found).toBeDefined();
    return found;
  }, patience);
  const page = await (await chromium.newContext(desktop)).newPage();
  await page.goto(/https?:\/\/\S+\/not-me\/[\w-]{43}/.exec(mail?.text ?? '')?.[0] ?? '');
  await page.getByRole('heading', { name: 'Was this not you?' }).waitFor();
  await page.getByRole('button', { name: 'This was not me. End the sign-in.' }).click();
  await page.getByRole('heading', { name: 'The sign-in has ended' }).waitFor();
  await page.context().close();
}

describe('"This was not me"', () => {
  it('B16 makes a code invalid that is not redeemed yet, and blocks the browser', async () => {
    const { page, ask } = await openDesk();
    const arrival = await ask('kettle', () => approve(page));
    await pressInMail();
    expect((await redeem(arrival)).error).toBe('invalid_grant');
    expect((await ask('kettle', async () => undefined, { prompt: 'none' })).code).toBe('login_required');
    // The phone says so, and leads to its devices.
    await phone.goto(`${app.issuer}/q`);
    await phone.getByText('A sign-in was ended. Check your devices.').first().waitFor();
  });

  it('B16 revokes tokens and session after redemption, and both relying parties are told within seconds', async () => {
    const { page, ask } = await openDesk();
    const first = await redeem(await ask('kettle', () => approve(page)));
    const second = await redeem(await ask('teapot', async () => undefined));
    const statusOf = async ({ access_token }: Tokens) => (await userinfo(app, access_token)).status;
    expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200]);
    const before = performance.now();
    await pressInMail();
    expect([await statusOf(first), await statusOf(second)]).toEqual([401, 401]);
    await vi.waitFor(() => expect([kettle.tokens.length, teapot.tokens.length]).toEqual([1, 1]), patience);
    expect(performance.now() - before).toBeLessThan(5000);
    const keys = createRemoteJWKSet(new URL(`${app.issuer}/jwks`));
    for (const [{ tokens }, audience] of [
      [kettle, 'kettle'],
      [teapot, 'teapot'],
    ] as const) {
      const { payload } = await jwtVerify(tokens[0] ?? '', keys, { issuer: app.issuer, audience, typ: 'logout+jwt' });
      expect(payload.events).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
    }
    expect((await ask('teapot', async () => undefined, { prompt: 'none' })).code).toBe('login_required');
  });
});
