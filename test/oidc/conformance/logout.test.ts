// The modules of the plan "RP-Initiated Logout OP" of the OpenID conformance suite, by their names
// (conformance.md). All of them failed at first, because their sign-in did. The modules of "Back-Channel
// Logout OP" are at the end.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { createConformanceClient } from '../../support/conformance-client.ts';
import { type LogoutEndpoint, startLogoutEndpoint } from '../../support/relying-party.ts';
import { createWaitingBrowser, onwardOf, redirectUri, type WaitingBrowser } from '../../support/waiting-browser.ts';

const secret = 'a-secret-for-the-modules-0123456789abcdef';
const back = 'http://127.0.0.1:8765/post_logout_redirect';
const html = { accept: 'text/html' };

let app: TestApp;
let endpoint: LogoutEndpoint;
beforeAll(async () => {
  endpoint = await startLogoutEndpoint();
  const client = {
    client_id: 'basic',
    client_name: 'Basic',
    client_secret_sha256: [createHash('sha256').update(secret).digest('hex')],
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [back],
    backchannel_logout_uri: endpoint.url,
  };
  app = await startApp({ clients: [client], http: { outbound_private_networks: true } });
});
afterAll(async () => {
  await app?.stop();
  await endpoint?.close();
});

const discovery = async () =>
  (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as Record<string, unknown>;

async function signedIn(): Promise<{ browser: WaitingBrowser; hint: string }> {
  const browser = createWaitingBrowser(app.issuer);
  const client = createConformanceClient(app.issuer, { id: 'basic', secret }, 'query');
  const { tokens } = await client.signIn({}, browser);
  return { browser, hint: String(tokens.id_token) };
}

async function isSignedIn(browser: WaitingBrowser): Promise<boolean> {
  const client = createConformanceClient(app.issuer, { id: 'basic', secret }, 'query');
  return (await client.authorize({ prompt: 'none' }, browser)).params.has('code');
}

/** Asks to sign out, and presses the button where the provider asks. @returns where the browser ends */
async function signOut(browser: WaitingBrowser, params: Record<string, string>): Promise<string> {
  const page = await browser.request(`/session/end?${new URLSearchParams(params)}`, { headers: html });
  const to = page.headers.get('location');
  if (to) return to;
  const fields = [...page.text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, n, v]) => [n, v]);
  const body = new URLSearchParams({ ...Object.fromEntries(fields), logout: 'yes' });
  const done = await browser.request('/session/end/answer', { method: 'POST', headers: html, body });
  return done.headers.get('location') ?? onwardOf(done) ?? '';
}

const forged = (token: string): string => `${token.slice(0, -6)}AAAAAA`;
const unsigned = (token: string): string =>
  `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`;

describe('RP-Initiated Logout OP', () => {
  it('oidcc-rp-initiated-logout-discovery-endpoint-verification', async () => {
    expect((await discovery()).end_session_endpoint).toBe(`${app.issuer}/session/end`);
  });

  const ends: readonly [string, (hint: string) => Record<string, string>, string][] = [
    [
      'oidcc-rp-initiated-logout',
      (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: back, state: 's' }),
      `${back}?state=s`,
    ],
    ['oidcc-rp-initiated-logout-no-state', (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: back }), back],
    [
      'oidcc-rp-initiated-logout-no-post-logout-redirect-uri',
      (hint) => ({ id_token_hint: hint }),
      '/session/end/success',
    ],
    ['oidcc-rp-initiated-logout-no-params', () => ({}), '/session/end/success'],
    ['oidcc-rp-initiated-logout-only-state', () => ({ state: 's' }), '/session/end/success'],
    [
      'oidcc-rp-initiated-logout-no-id-token-hint',
      () => ({ post_logout_redirect_uri: back, state: 's' }),
      '/session/end/success',
    ],
    [
      'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri',
      (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: 'https://evil.example/' }),
      '/session/end/success?problem=return_address_unregistered',
    ],
    [
      'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri',
      (hint) => ({ id_token_hint: hint, post_logout_redirect_uri: `${back}?foo=bar` }),
      '/session/end/success?problem=return_address_unregistered',
    ],
    [
      'oidcc-rp-initiated-logout-modified-id-token-hint',
      (hint) => ({ id_token_hint: forged(hint), post_logout_redirect_uri: back }),
      '/session/end/success',
    ],
    [
      'oidcc-rp-initiated-logout-bad-id-token-hint',
      (hint) => ({ id_token_hint: unsigned(hint), post_logout_redirect_uri: back }),
      '/session/end/success',
    ],
  ];
  it.each(ends)('%s: ends the session at the right address', async (_module, params, end) => {
    const { browser, hint } = await signedIn();
    expect(await signOut(browser, params(hint))).toBe(end);
    expect(await isSignedIn(browser)).toBe(false);
  });
});

describe('Back-Channel Logout OP', () => {
  it('oidcc-backchannel-logout-discovery-endpoint-verification', async () => {
    expect(await discovery()).toMatchObject({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
  });

  it('oidcc-backchannel-rp-initiated-logout: the client hears of it', async () => {
    const { browser, hint } = await signedIn();
    const before = endpoint.tokens.length;
    await signOut(browser, { id_token_hint: hint, post_logout_redirect_uri: back });
    await expect.poll(() => endpoint.tokens.length).toBe(before + 1);
  });
});
