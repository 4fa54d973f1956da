// Consent that was given once: it holds for the account, the client and the scopes in every browser, until it
// is withdrawn (security.md A21; protocol.md section 7). On both stores.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Account } from '../../src/core/account/account.ts';
import type { Approval } from '../../src/core/approval/approval.ts';
import { byCommandLine } from '../../src/core/audit/actor.ts';
import { openMachine } from '../support/admin-machine.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { approveFor } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { authorizationParams, createWaitingBrowser, type WaitingBrowser } from '../support/waiting-browser.ts';

const html = { headers: { accept: 'text/html' } };
const callback = 'https://shop.example/callback';
const scope = 'openid profile email offline_access';
const web = {
  redirect_uris: [callback],
  token_endpoint_auth_method: 'none',
  scope,
  grant_types: ['authorization_code', 'refresh_token'],
};
const native = { ...web, application_type: 'native', redirect_uris: ['com.example.app:/cb', 'http://127.0.0.1/cb'] };
const clients = [
  { ...web, client_id: 'shop', client_name: 'Corner shop' },
  { ...web, client_id: 'bakery', client_name: 'Bakery' },
  { ...web, client_id: 'withdrawn', client_name: 'Withdrawn' },
  { ...web, client_id: 'passkeys', client_name: 'Passkeys' },
  { ...web, client_id: 'our-own', client_name: 'Our own', first_party: true },
  { ...native, client_id: 'app', client_name: 'An app' },
  { ...native, client_id: 'our-app', client_name: 'Our app', first_party: true },
];
const base = { client_id: 'shop', redirect_uri: callback, scope: 'openid profile' };
type Change = Record<string, string>;

describe.each(['sqlite', 'redis'] as const)('consent on %s', (kind) => {
  let app: TestApp;
  let redis: RedisServer | null = null;
  let alice: VirtualPhone;
  beforeAll(async () => {
    if (kind === 'redis') redis = await startRedisServer();
    app = await startApp({ clients, ...(redis && { store: { kind, url: redis.url } }) });
    alice = await app.phone('alice');
  });
  afterAll(async () => {
    await app?.stop();
    await redis?.stop();
  });

  const accountOf = async (username: string) => (await app.accounts.findByUsername(username)) as Account;
  const idOf = async (username: string) => (await accountOf(username)).id;
  const newBrowser = () => createWaitingBrowser(app.issuer);
  const isCallback = (location: string) => !location.startsWith('/') && !location.startsWith(app.issuer);

  /** Signs in by password. @returns where the library leads: to the app, or to the consent page */
  async function byPassword(browser: WaitingBrowser, change: Change = {}, username = 'alice'): Promise<string> {
    await browser.open({ ...base, ...change });
    const form = new URLSearchParams({ username, password: `tessera-demo-${username}` });
    const answer = await browser.request(`${browser.base}/password`, { method: 'POST', body: form });
    const next = await browser.request(String(answer.json().location), html);
    return next.headers.get('location') ?? '';
  }

  /** Another request in a browser that is signed in. @returns where it leads */
  async function ask(browser: WaitingBrowser, change: Change = {}): Promise<string> {
    const { params } = authorizationParams({ ...base, ...change });
    return (await browser.request(`/auth?${params}`, html)).headers.get('location') ?? '';
  }

  /** The scopes of the tokens that a request leads to without a page. */
  async function grantedIn(browser: WaitingBrowser, change: Change): Promise<string> {
    const { params, verifier } = authorizationParams({ ...base, ...change });
    const { headers } = await browser.request(`/auth?${params}`, html);
    const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
    const fields = { client_id: params.get('client_id') ?? '', redirect_uri: callback, code_verifier: verifier };
    return ((await (await browser.redeem(code, fields)).json()) as { scope: string }).scope;
  }

  async function agree(browser: WaitingBrowser, page: string): Promise<string> {
    const answer = await browser.json('POST', `${page}/consent`, {});
    return (await browser.follow(String(answer.json().location))).href;
  }

  /** The scopes that the consent page lists, in its words. */
  async function listed(browser: WaitingBrowser, page: string): Promise<string> {
    const { text } = await browser.request(page, html);
    return [...text.matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, item = '']) => item).join('\n');
  }

  it('A21 leaves nothing of a request that a withdrawal overtakes', async () => {
    const [first, second, third] = [newBrowser(), newBrowser(), newBrowser()];
    const of = { client_id: 'withdrawn' };
    await agree(first, await byPassword(first, of));
    expect(isCallback(await byPassword(second, of))).toBe(true);
    // The request has read the consent, and the withdrawal ends before it makes its grant of it.
    const { consents } = app.store;
    const { find } = consents;
    let isArmed = true;
    consents.find = async (...place) => {
      const found = await find(...place);
      if (found && isArmed) {
        isArmed = false;
        await app.oidc.grants.withdrawAll(await idOf('alice'), 'withdrawn');
      }
      return found;
    };
    const overtaken = await byPassword(third, of);
    consents.find = find;
    expect(isArmed).toBe(false);
    expect(isCallback(overtaken)).toBe(false);
    const left = await app.oidc.grants.list(await idOf('alice'));
    expect(left.filter(({ clientId }) => clientId === 'withdrawn')).toEqual([]);
  });

  it('A21 holds in every browser after it was given once with a password', async () => {
    const first = newBrowser();
    const page = await byPassword(first);
    expect(page).toMatch(/^\/interaction\//);
    expect(await agree(first, page)).toContain(`${callback}?code=`);
    // Another browser, and a session that ended meanwhile: nobody is asked again.
    expect(await byPassword(newBrowser())).toContain(`${callback}?code=`);
    // It is the consent of one account to one client.
    expect(await byPassword(newBrowser(), {}, 'bob')).toMatch(/^\/interaction\//);
    expect(await byPassword(newBrowser(), { client_id: 'bakery' })).toMatch(/^\/interaction\//);
  });

  it('A21 is asked for scopes that are new, in words for these only', async () => {
    const browser = newBrowser();
    const page = await byPassword(browser, { scope: 'openid profile email' });
    const items = await listed(browser, page);
    expect(items).toContain('email address');
    expect(items).not.toContain('your name');
    expect(await agree(browser, page)).toContain('?code=');
    expect(await byPassword(newBrowser(), { scope: 'openid profile email' })).toContain(`${callback}?code=`);
  });

  it('A21 is asked again by prompt=consent, with everything in words; a refusal withdraws nothing', async () => {
    const browser = newBrowser();
    const page = await byPassword(browser, { prompt: 'consent' });
    expect(await listed(browser, page)).toContain('your name');
    const refused = await browser.json('POST', `${page}/cancel`);
    expect((await browser.follow(String(refused.json().location))).search).toContain('error=access_denied');
    expect(await byPassword(newBrowser())).toContain(`${callback}?code=`);
  });

  it('A21 never includes offline access, which is asked for each time', async () => {
    const lasting = { scope: 'openid profile offline_access', prompt: 'consent' };
    const browser = newBrowser();
    await agree(browser, await byPassword(browser, lasting));
    expect(await byPassword(newBrowser(), lasting)).toMatch(/^\/interaction\//);
  });

  it('A21 was given on the phone too, and then a password is enough', async () => {
    await approveFor(newBrowser(), alice, { ...base, client_id: 'bakery', scope: 'openid profile email' });
    expect(await byPassword(newBrowser(), { client_id: 'bakery' })).toContain(`${callback}?code=`);
  });

  it('A21 gives a browser that was signed in by phone no more than what was approved for it', async () => {
    const wide = { ...base, client_id: 'bakery', scope: 'openid profile email' };
    const browser = newBrowser();
    await approveFor(browser, alice, wide, { scopes: ['openid', 'profile'] });
    // The account has granted `email` before, and the person left it out here.
    expect(await grantedIn(browser, { ...wide, prompt: 'none' })).toBe('openid profile');
    // Asked again on purpose, the person may change their mind.
    const asked = await ask(browser, { ...wide, prompt: 'consent' });
    await agree(browser, asked);
    expect(await grantedIn(browser, { ...wide, prompt: 'none' })).toBe('openid profile email');
    const narrow = newBrowser();
    await approveFor(narrow, alice, { ...wide, scope: 'openid profile' });
    expect(await ask(narrow, { ...wide, prompt: 'none' })).toContain('error=consent_required');
    const page = await ask(narrow, wide);
    expect(await listed(narrow, page)).toContain('email address');
    expect(await agree(narrow, page)).toContain('?code=');
  });

  it('A21 gives other apps what they were granted, once the browser is trusted', async () => {
    const trusted = newBrowser();
    await approveFor(trusted, alice, { ...base, client_id: 'bakery' }, { trust_browser: true });
    expect(await ask(trusted, { prompt: 'none' })).toContain(`${callback}?code=`);
    expect(await ask(trusted, { prompt: 'none', client_id: 'withdrawn' })).toContain('error=consent_required');
    const minimal = newBrowser();
    await approveFor(minimal, alice, { ...base, client_id: 'bakery' });
    expect(await ask(minimal, { prompt: 'none' })).toContain('error=login_required');
  });

  describe('to an app that others can imitate', () => {
    it.each(['com.example.app:/cb', 'http://127.0.0.1:9876/cb'])('A21 is asked once per browser (%s)', async (uri) => {
      const change = { client_id: 'app', redirect_uri: uri };
      const first = newBrowser();
      const page = await byPassword(first, change);
      expect(page).toMatch(/^\/interaction\//);
      expect(await agree(first, page)).toContain('code=');
      // In this browser it holds: in the session, and after another sign-in.
      expect(await ask(first, { ...change, prompt: 'none' })).toContain('code=');
      first.cookies.delete('tessera_session /');
      expect(isCallback(await byPassword(first, change))).toBe(true);
      expect(await byPassword(newBrowser(), change)).toMatch(/^\/interaction\//);
      await app.endingsByOwner.site(await accountOf('alice'), 'app');
      expect(await byPassword(first, change)).toMatch(/^\/interaction\//);
    });

    it('A21 is asked once per browser by our own native app, where it did not sign in itself', async () => {
      const browser = newBrowser();
      await agree(browser, await byPassword(browser, { client_id: 'passkeys' }));
      const change = { client_id: 'our-app', redirect_uri: 'com.example.app:/cb' };
      const page = await ask(browser, change);
      expect(page).toMatch(/^\/interaction\//);
      expect(await listed(browser, page)).toContain('your name');
      expect(await agree(browser, page)).toContain('code=');
      expect(await ask(browser, { ...change, prompt: 'none' })).toContain('code=');
      expect(await ask(browser, { client_id: 'our-own', prompt: 'none' })).toContain('code=');
    });
  });

  describe('that is withdrawn', () => {
    const change = { client_id: 'withdrawn' };
    const give = async () => {
      const browser = newBrowser();
      const page = await byPassword(browser, change);
      expect(page).toMatch(/^\/interaction\//);
      await agree(browser, page);
      expect(isCallback(await byPassword(newBrowser(), change))).toBe(true);
      return browser;
    };

    it('A21 by the owner asks again, in every browser', async () => {
      const browser = await give();
      await app.endingsByOwner.site(await accountOf('alice'), 'withdrawn');
      expect(await ask(browser, { ...change, prompt: 'none' })).toContain('error=consent_required');
      expect(await byPassword(newBrowser(), change)).toMatch(/^\/interaction\//);
      await expect(app.endingsByOwner.site(await accountOf('alice'), 'withdrawn')).rejects.toMatchObject({
        code: 'grant_not_found',
      });
    });

    it('A21 by an administrator ends every grant, and is possible without one', async () => {
      const ops = await openMachine(app, 'accounts:read', 'accounts:write');
      const path = `/accounts/${await idOf('alice')}/grants`;
      const list = async () =>
        ((await ops.call('GET', path)).body.grants as { id: string; client_id: string; scopes: string[] }[]).filter(
          ({ client_id }) => client_id === 'withdrawn',
        );
      await give();
      const [, another] = await list();
      expect((await ops.call('DELETE', `${path}/${another?.id}`)).status).toBe(204);
      expect(await list()).toEqual([]);
      await give();
      // Every session ends, so nothing is left but the consent.
      await app.oidc.sessions.endAll(await idOf('alice'));
      const [consent, ...others] = await list();
      expect([consent?.scopes, others]).toEqual([['openid', 'profile'], []]);
      expect((await ops.call('DELETE', `${path}/${consent?.id}`)).status).toBe(204);
      expect((await ops.call('DELETE', `${path}/${consent?.id}`)).status).toBe(404);
      expect(await byPassword(newBrowser(), change)).toMatch(/^\/interaction\//);
    });

    it('A21 by "This was not me" asks again', async () => {
      const browser = newBrowser();
      await approveFor(browser, alice, { ...base, ...change });
      expect(isCallback(await byPassword(newBrowser(), change))).toBe(true);
      const [latest] = await app.store.approvals.listByAccount(await idOf('alice'), 1);
      await app.approvals.disown(await idOf('alice'), { ...(latest as Approval), ticketId: String(latest?.id) });
      expect(await byPassword(newBrowser(), change)).toMatch(/^\/interaction\//);
    });

    it('A21 is gone with the client: a new one with the same id asks again', async () => {
      const input = { ...web, client_id: 'short-lived', client_name: 'Short-lived' };
      await app.clients.create(input);
      const browser = newBrowser();
      await agree(browser, await byPassword(browser, { client_id: 'short-lived' }));
      expect(isCallback(await byPassword(newBrowser(), { client_id: 'short-lived' }))).toBe(true);
      await app.clients.delete('short-lived', null);
      await app.clients.create(input);
      expect(await byPassword(newBrowser(), { client_id: 'short-lived' })).toMatch(/^\/interaction\//);
    });

    it('A21 is gone with the account', async () => {
      const carol = await app.accounts.create({ username: 'carol', password: 'tessera-demo-carol', email: null });
      const browser = newBrowser();
      await agree(browser, await byPassword(browser, {}, 'carol'));
      expect(await app.consents.list(carol.id)).toHaveLength(1);
      await app.accountDeletion.delete(carol, byCommandLine);
      expect(await app.consents.list(carol.id)).toEqual([]);
    });
  });
});
