// Disabling an account ends what it has signed in for good, and enabling brings back the account only, on
// each kind of store (security.md A18).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byCommandLine } from '../../src/core/audit/actor.ts';
import type { TestApp } from '../support/app.ts';
import { type LogoutEndpoint, startLogoutEndpoint } from '../support/relying-party.ts';
import { createScreen } from '../support/screen.ts';
import { secondsLater } from '../support/seconds.ts';
import { approveFor, claimsOf, refresh, type Tokens, userinfo } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import {
  authorizationParams,
  createWaitingBrowser,
  redirectUri,
  type WaitingBrowser,
} from '../support/waiting-browser.ts';

const fifty = Array.from({ length: 50 });
const signInForm = (username: string) => ({
  method: 'POST',
  body: new URLSearchParams({ username, password: `tessera-demo-${username}` }),
  headers: { accept: 'application/json' },
});

export const disabledConfig = (logoutUrl: string) => ({
  http: { outbound_private_networks: true },
  limits: {
    claims_per_device_per_minute: 5000,
    claims_per_address_per_minute: 5000,
    ticket_creations_per_minute: 5000,
  },
  clients: [
    {
      client_id: 'dev-public',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [redirectUri],
      scope: 'openid profile email offline_access',
      backchannel_logout_uri: logoutUrl,
    },
    {
      client_id: 'own',
      first_party: true,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [redirectUri],
      scope: 'openid profile email offline_access',
    },
    {
      client_id: 'tv',
      token_endpoint_auth_method: 'none',
      grant_types: ['refresh_token'],
      device_grant: true,
      redirect_uris: [],
      scope: 'openid profile offline_access',
    },
  ],
});

export function disabledCases(name: string, open: (config: Record<string, unknown>) => Promise<TestApp>): void {
  describe(`an account that is disabled and enabled again, on ${name}`, () => {
    let app: TestApp;
    let endpoint: LogoutEndpoint;
    beforeAll(async () => {
      endpoint = await startLogoutEndpoint();
      app = await open(disabledConfig(endpoint.url));
    });
    afterAll(async () => {
      await app.stop();
      await endpoint.close();
    });

    const alice = async (): Promise<string> => (await app.accounts.getByUsername('alice')).id;
    const turn = async (isDisabled: boolean) =>
      app.accountChanges.change(await alice(), {}, { by: byCommandLine, expected: null, isDisabled });
    async function disableAndEnable(): Promise<void> {
      await turn(true);
      await turn(false);
      // A sign-in of the second in which the account was disabled is over as well.
      await secondsLater(1);
    }
    const silently = async (browser: WaitingBrowser, change: Record<string, string> = {}) => {
      const { params } = authorizationParams({ prompt: 'none', ...change });
      const { searchParams } = new URL((await browser.request(`/auth?${params}`)).headers.get('location') ?? '');
      return searchParams.get('error') ?? 'code';
    };
    const withPassword = async (change: Record<string, string> = {}) => {
      const browser = createWaitingBrowser(app.issuer);
      await browser.open(change);
      const done = await browser.request(`${browser.base}/password`, signInForm('alice'));
      return { browser, location: String(done.json().location) };
    };
    /** Consents are listed too; they have no end. */
    const grantsOf = async (id: string) =>
      (await app.oidc.grants.list(id)).filter(({ expiresAt }) => expiresAt !== null);
    const consentOf = (url: URL | string) => /\/interaction\/[^/?]+/.exec(String(url))?.[0] ?? '';
    const errorOf = async (response: Response) => ((await response.json()) as { error?: string }).error;

    it('A18 lets nothing return: browsers, tokens, phones, screens, trusted browsers', async () => {
      const phone = await app.phone('alice');
      const byPhone = createWaitingBrowser(app.issuer);
      const asked = { scope: 'openid offline_access', prompt: 'consent' };
      const callback = await approveFor(byPhone, phone, asked, { trust_browser: true });
      const tokens = (await (await byPhone.redeem(callback.searchParams.get('code') ?? '')).json()) as Tokens;
      const { browser: byPassword, location } = await withPassword({ client_id: 'own' });
      const own = await byPassword.follow(location);
      expect(own.searchParams.get('code')).toBeTruthy();
      const screen = createScreen(app.issuer, 'tv');
      const begun = await screen.begin({ scope: 'openid offline_access' });
      await phone.approve(await phone.scan({ user_code: begun.user_code }), { user_code_confirmed: true });
      const tv = (await screen.poll(begun.device_code)).body as unknown as Tokens;
      expect([tokens.refresh_token, tv.refresh_token].every(Boolean)).toBe(true);
      expect([await silently(byPhone, { scope: 'openid' }), await silently(byPassword, { client_id: 'own' })]).toEqual([
        'code',
        'code',
      ]);

      await disableAndEnable();

      expect(await silently(byPhone)).toBe('login_required');
      expect(await silently(byPassword, { client_id: 'own' })).toBe('login_required');
      expect((await userinfo(app, tokens.access_token)).status).toBe(401);
      expect(await errorOf(await refresh(app, tokens.refresh_token ?? ''))).toBe('invalid_grant');
      expect(await errorOf(await refresh(app, tv.refresh_token ?? '', { client_id: 'tv' }))).toBe('invalid_grant');
      expect((await phone.call('GET', '/phone/v1/approvals')).status).toBe(401);
      const id = await alice();
      expect(await app.approvals.list(id)).toEqual([]);
      expect(await app.devices.list(id)).toEqual([]);
      expect(await grantsOf(id)).toEqual([]);
      // A decision of the person, which outlives what was granted by it.
      expect(await app.store.consents.listByAccount(id)).not.toEqual([]);
      expect((await app.browsers.list(id)).filter(({ trusted }) => trusted)).toEqual([]);
      await expect.poll(() => endpoint.tokens.map((token) => claimsOf(token).sub), { timeout: 10_000 }).toContain(id);
      expect((await app.accounts.find(id))?.passwordHash).toBeTruthy();
    });

    it('A18 keeps no approved ticket, unredeemed code or finished interaction', async () => {
      const phone = await app.phone('alice');
      const approved = createWaitingBrowser(app.issuer);
      await approved.open();
      const confirmation = await phone.approve(await phone.scan({ qr: await approved.qr() }));
      const unredeemed = createWaitingBrowser(app.issuer);
      const code = (await approveFor(unredeemed, phone)).searchParams.get('code') ?? '';
      const finished = createWaitingBrowser(app.issuer);
      await finished.open();
      const second = await phone.approve(await phone.scan({ qr: await finished.qr() }));
      const toResume = String((await finished.finish(second ?? undefined)).json().location);
      const withOwn = await withPassword({ client_id: 'own' });
      const withThird = await withPassword();

      await disableAndEnable();

      expect((await approved.finish(confirmation ?? undefined)).status).toBe(409);
      expect(await errorOf(await unredeemed.redeem(code))).toBe('invalid_grant');
      for (const [browser, location, client] of [
        [finished, toResume, 'dev-public'],
        [withOwn.browser, withOwn.location, 'own'],
        [withThird.browser, withThird.location, 'dev-public'],
      ] as const) {
        const resumed = await browser.request(location, { headers: { accept: 'text/html' } });
        expect(resumed.headers.get('location')).toMatch(/^\/interaction\//);
        expect(await silently(browser, { client_id: client })).toBe('login_required');
      }
    });

    it('A18 keeps no consent page of an ended session', async () => {
      const { browser, location } = await withPassword();
      const resumed = await browser.request(location, { headers: { accept: 'text/html' } });
      const base = consentOf(resumed.headers.get('location') ?? '');
      await disableAndEnable();
      const consented = await browser.json('POST', `${base}/consent`, {});
      expect([consented.status, consented.json().code]).toEqual([404, 'interaction_not_found']);
      expect(await grantsOf(await alice())).toEqual([]);
    });

    it('A18 lets the person sign in again at once', async () => {
      await disableAndEnable();
      const phone = await app.phone('alice');
      const callback = await approveFor(createWaitingBrowser(app.issuer), phone);
      expect(callback.searchParams.get('code')).toBeTruthy();
      expect(await app.approvals.list(await alice())).toHaveLength(1);
    });

    it('A18 wins against 50 parallel refreshes', async () => {
      const browser = createWaitingBrowser(app.issuer);
      const asked = { scope: 'openid offline_access', prompt: 'consent' };
      const callback = await approveFor(browser, await app.phone('alice'), asked);
      const { refresh_token: first = '' } = (await (
        await browser.redeem(callback.searchParams.get('code') ?? '')
      ).json()) as Tokens;
      const racing = fifty.map(() => refresh(app, first));
      await Promise.all([...racing, turn(true)]);
      await turn(false);
      await secondsLater(1);
      for (const answer of await Promise.all(racing)) {
        if (answer.status !== 200) continue;
        const tokens = (await answer.json()) as Tokens;
        expect((await userinfo(app, tokens.access_token)).status).toBe(401);
        expect(await errorOf(await refresh(app, tokens.refresh_token ?? ''))).toBe('invalid_grant');
      }
    });

    it('A18 wins against 50 browsers that finish in parallel', async () => {
      const phone: VirtualPhone = await app.phone('alice');
      const approved = async (): Promise<[WaitingBrowser, string | undefined]> => {
        const browser = createWaitingBrowser(app.issuer);
        await browser.open({ client_id: 'own' });
        return [browser, (await phone.approve(await phone.scan({ qr: await browser.qr() }))) ?? undefined];
      };
      const waiting: [WaitingBrowser, string | undefined][] = [];
      for (let i = 0; i < 50; i += 10) waiting.push(...(await Promise.all(fifty.slice(0, 10).map(approved))));
      const finish = async ([browser, confirmation]: [WaitingBrowser, string | undefined]) => {
        const finished = await browser.finish(confirmation);
        if (finished.status !== 200) return null;
        const resumed = await browser.request(String(finished.json().location), { headers: { accept: 'text/html' } });
        return new URL(resumed.headers.get('location') ?? '', app.issuer).searchParams.get('code');
      };
      const [codes] = await Promise.all([Promise.all(waiting.map(finish)), turn(true)]);
      await turn(false);
      await secondsLater(1);
      const after = async ([browser]: [WaitingBrowser, string | undefined], i: number) => {
        const code = codes[i];
        if (code) expect(await errorOf(await browser.redeem(code, { client_id: 'own' }))).toBe('invalid_grant');
        expect(await silently(browser, { client_id: 'own' })).toBe('login_required');
      };
      await Promise.all(waiting.map(after));
      expect(await app.approvals.list(await alice())).toEqual([]);
    }, 120_000);
  });
}
