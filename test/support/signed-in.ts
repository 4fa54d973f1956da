// A whole sign-in in one call, for tests that begin where it ends.
import type { TestApp } from './app.ts';
import type { VirtualPhone } from './virtual-phone.ts';
import { createWaitingBrowser, type WaitingBrowser } from './waiting-browser.ts';

export type Tokens = {
  access_token: string;
  id_token: string;
  refresh_token?: string;
  expires_in: number;
  token_type: string;
  scope?: string;
};

/** Authorization request, scan, approval, finish. @returns the callback URL at the relying party. */
export async function approveFor(
  browser: WaitingBrowser,
  phone: VirtualPhone,
  change: Record<string, string | undefined> = {},
  wish: Parameters<VirtualPhone['approve']>[1] = {},
): Promise<URL> {
  const page = await browser.open(change);
  if (!browser.uid) throw new Error(`no sign-in page: ${page.status} ${page.headers.get('location')}`);
  const claim = await phone.scan({ qr: await browser.qr() });
  const code = await phone.approve(claim, wish);
  const finished = await browser.finish(code ?? undefined);
  return browser.follow(String(finished.json().location));
}

/** The same, redeemed by the public client. */
export async function signIn(app: TestApp, phone: VirtualPhone, change: Record<string, string | undefined> = {}) {
  const browser = createWaitingBrowser(app.issuer);
  const callback = await approveFor(browser, phone, change);
  const code = callback.searchParams.get('code') ?? '';
  const response = await browser.redeem(code);
  return { browser, callback, code, tokens: (await response.json()) as Tokens, status: response.status };
}

export const claimsOf = (jwt: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));

export const refresh = (app: TestApp, token: string, change: Record<string, string> = {}) =>
  fetch(`${app.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: token,
      client_id: 'dev-public',
      ...change,
    }),
  });

export const userinfo = (app: TestApp, token: string) =>
  fetch(`${app.issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
