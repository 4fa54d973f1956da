// Browsers that were signed in without a phone: they are in every list that has those signed in by phone, say
// how they were signed in, and are ended one by one (security.md C5), on each kind of store.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAccountDesk } from '../../support/account-desk.ts';
import { type Machine, openMachine } from '../../support/admin-machine.ts';
import type { TestApp } from '../../support/app.ts';
import { openDesk } from '../../support/console-desk.ts';
import { type LogoutEndpoint, startLogoutEndpoint } from '../../support/relying-party.ts';
import { secondsLater } from '../../support/seconds.ts';
import { approveFor, claimsOf } from '../../support/signed-in.ts';
import { createVirtualAuthenticator, type VirtualAuthenticator } from '../../support/virtual-authenticator.ts';
import { createVirtualPhone, type VirtualPhone } from '../../support/virtual-phone.ts';
import {
  authorizationParams,
  createWaitingBrowser,
  redirectUri,
  type WaitingBrowser,
} from '../../support/waiting-browser.ts';

type Row = { id: string; method: string; kind: string };
type Method = 'password' | 'passkey' | 'device';

const configFor = (logoutUrl: string) => ({
  http: { outbound_private_networks: true },
  sign_up: 'open',
  clients: [
    {
      client_id: 'dev-public',
      client_name: 'Shop',
      first_party: true,
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirectUri],
      scope: 'openid profile email',
      backchannel_logout_uri: logoutUrl,
    },
    {
      client_id: 'asks',
      client_name: 'Asks for consent',
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirectUri],
      scope: 'openid profile email',
    },
  ],
});

export function ownSignInCases(name: string, open: (config: Record<string, unknown>) => Promise<TestApp>): void {
  describe(`a browser that is signed in without a phone, on ${name}`, () => {
    let app: TestApp;
    let endpoint: LogoutEndpoint;
    let phone: VirtualPhone;
    let key: VirtualAuthenticator;
    let machine: Machine;
    let accountId: string;
    beforeAll(async () => {
      endpoint = await startLogoutEndpoint();
      app = await open(configFor(endpoint.url));
      phone = await app.phone('alice');
      key = createVirtualAuthenticator({ origin: app.issuer });
      await phone.addPasskey(key);
      machine = await openMachine(app, 'accounts:read', 'accounts:write');
      accountId = (await app.accounts.getByUsername('alice')).id;
    });
    beforeEach(() => app.approvals.endAll(accountId, 'owner'));
    afterAll(async () => {
      await app.stop();
      await endpoint.close();
    });

    /** Each way, from an open sign-in page to the address where the browser goes on. */
    const ways: Record<Method, (browser: WaitingBrowser) => Promise<unknown>> = {
      async password(browser) {
        const body = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice' });
        return (await browser.request(`${browser.base}/password`, { method: 'POST', body })).json().location;
      },
      async passkey(browser) {
        const path = `${browser.base}/passkey`;
        const passkey = key.get((await browser.json('POST', path, {})).json().options as Record<string, unknown>);
        return (await browser.json('POST', path, { passkey })).json().location;
      },
      async device(browser) {
        const path = `${browser.base}/continue`;
        const [cookie = '', value = ''] = phone.cookie.split('=');
        browser.cookies.set(`${cookie} /`, { value, path: '/' });
        const headers = { 'content-type': 'application/json', DPoP: await phone.proof('POST', path) };
        return (await browser.request(path, { method: 'POST', headers, body: '{}' })).json().location;
      },
    };
    async function signInBy(method: Method): Promise<WaitingBrowser> {
      const browser = createWaitingBrowser(app.issuer);
      await browser.open();
      const { searchParams } = await browser.follow(String(await ways[method](browser)));
      expect(searchParams.get('code'), method).toBeTruthy();
      return browser;
    }
    const silently = async (browser: WaitingBrowser, change: Record<string, string> = {}) => {
      const { params } = authorizationParams({ prompt: 'none', ...change });
      const { searchParams } = new URL((await browser.request(`/auth?${params}`)).headers.get('location') ?? '');
      return searchParams.get('error') ?? 'code';
    };
    const onPhone = async () => (await phone.approvals()) as unknown as Row[];
    const byApi = async () =>
      (await machine.call('GET', `/accounts/${accountId}/approvals`)).body.approvals as unknown as Row[];
    /** The session is attached in the background. */
    const listed = async (count: number) => {
      await expect.poll(async () => (await onPhone()).length).toBe(count);
      return onPhone();
    };

    it.each<Method>(['password', 'passkey', 'device'])('C5 is listed after a sign-in by %s', async (method) => {
      const byPhone = createWaitingBrowser(app.issuer);
      await approveFor(byPhone, phone, {}, { trust_browser: true });
      const browser = await signInBy(method);
      const rows = await listed(2);
      expect(rows.map((row) => [row.method, row.kind])).toEqual(
        expect.arrayContaining([
          [method, 'browser'],
          ['phone', 'browser'],
        ]),
      );
      expect((await byApi()).map((row) => row.method).sort()).toEqual(rows.map((row) => row.method).sort());
      const id = String(rows.find((row) => row.method === method)?.id);
      const words = { password: 'with a password', passkey: 'with a passkey', device: 'as a device' }[method];
      for (const path of ['/account/browsers', '/q']) {
        const page = await createAccountDesk(app, phone).page(path);
        expect(page.text, path).toContain(id);
        expect(page.text, path).toContain(words);
        expect(page.text, path).toContain('Signed in by phone');
      }

      const told = endpoint.tokens.length;
      await phone.endApproval(id);
      expect(await silently(browser)).toBe('login_required');
      expect(await silently(byPhone)).toBe('code');
      expect((await listed(1)).map((row) => row.method)).toEqual(['phone']);
      await expect.poll(() => endpoint.tokens.length, { timeout: 10_000 }).toBe(told + 1);
      expect(claimsOf(endpoint.tokens[told] ?? '')).toMatchObject({ sub: accountId, sid: expect.any(String) });
      const { records } = await app.audit.query({ accountId, event: 'approval.ended', limit: 1 });
      expect(records[0]).toMatchObject({ ticketId: null, clientId: 'dev-public', facts: { by: 'owner', method } });
    });

    it('C5 is ended one by one by the owner, the API and the console', async () => {
      const account = createAccountDesk(app, phone);
      const root = { username: 'root', password: 'a passphrase of many words' };
      await app.accounts.create({ ...root, roles: ['administrator'] });
      const browsers = [await signInBy('password'), await signInBy('password'), await signInBy('passkey')];
      await listed(3);
      const endings: ((id: string) => Promise<{ status: number }>)[] = [
        (id) => account.post(`/account/browsers/${id}/end`),
        (id) => machine.call('DELETE', `/accounts/${accountId}/approvals/${id}`),
        async (id) => {
          const administrator = createVirtualPhone({ issuer: app.issuer });
          await administrator.signIn(root.username, root.password);
          const desk = await openDesk(app, administrator);
          const { text } = await desk.get(`/accounts/${accountId}`);
          expect(text).toContain('Signed in with a pass');
          expect(text).toContain(id);
          return desk.post(`/accounts/${accountId}/approvals/${id}/end`);
        },
      ];
      for (const [i, end] of endings.entries()) {
        const rows = await listed(3 - i);
        expect((await end(String(rows[0]?.id))).status).toBeLessThan(400);
        const states = await Promise.all(browsers.map((browser) => silently(browser)));
        expect(states.filter((state) => state === 'code')).toHaveLength(2 - i);
      }
      await listed(0);
    });

    it('C5 is listed before it has given consent, and leaves the list when it signs out', async () => {
      const browser = createWaitingBrowser(app.issuer);
      await browser.open({ client_id: 'asks' });
      const resumed = await browser.request(String(await ways.password(browser)), { headers: { accept: 'text/html' } });
      expect(resumed.headers.get('location')).toMatch(/^\/interaction\//);
      const [row] = await listed(1);
      expect(row).toMatchObject({ method: 'password' });
      const page = await browser.request('/session/end', { headers: { accept: 'text/html' } });
      const hidden = (field: string) => new RegExp(`name="${field}" value="([^"]*)"`).exec(page.text)?.[1] ?? '';
      const body = new URLSearchParams({ xsrf: hidden('xsrf'), plan: hidden('plan'), logout: 'yes' });
      await browser.request('/session/end/answer', { method: 'POST', body });
      await listed(0);
    });

    it('C5 is listed once when the person proves themselves again in it', async () => {
      const browser = await signInBy('password');
      // Records of one second come in any order.
      await secondsLater(1);
      await browser.open({ prompt: 'login' });
      await browser.follow(String(await ways.passkey(browser)));
      await expect.poll(async () => (await onPhone()).map((row) => row.method)).toEqual(['passkey']);
    });

    it('C5 is ended with all others, and does not outlive an ending that happens meanwhile', async () => {
      const waiting = createWaitingBrowser(app.issuer);
      await waiting.open();
      const location = String(await ways.password(waiting));
      const browser = await signInBy('password');
      await listed(1);
      await createAccountDesk(app, phone).post('/account/browsers/end');
      expect(await silently(browser)).toBe('login_required');
      const resumed = await waiting.request(location, { headers: { accept: 'text/html' } });
      expect(resumed.headers.get('location')).toMatch(/^\/interaction\//);
      expect(await silently(waiting)).toBe('login_required');
      await listed(0);
    });
  });
}
