// What a sign-in leads to, and that it ends when it is ended (security.md B16, C5, protocol.md 7):
// sessions, grants and tokens of a browser, whoever ends them and whatever is under way at that moment.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { secondsLater } from '../support/seconds.ts';
import { approveFor, claimsOf, refresh } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import {
  authorizationParams,
  createWaitingBrowser,
  redirectUri,
  type WaitingBrowser,
} from '../support/waiting-browser.ts';

const day = 86_400;
let app: TestApp;
let alice: VirtualPhone;
beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

/** What a relying party learns without a page. */
async function ask(browser: WaitingBrowser, change: Record<string, string> = {}): Promise<string> {
  const { params } = authorizationParams({ prompt: 'none', ...change });
  const answer = await browser.request(`/auth?${params}`);
  const { searchParams } = new URL(answer.headers.get('location') ?? '');
  return searchParams.get('code') ? 'code' : String(searchParams.get('error'));
}

const dayLater = async <Result>(days: number, work: () => Promise<Result>): Promise<Result> => {
  app.time.shiftSeconds = days * day;
  try {
    return await work();
  } finally {
    app.time.shiftSeconds = 0;
  }
};

describe('an approval that is ended', () => {
  it('C5 stays ended on Redis while many requests of the browser are under way', async () => {
    const redis = await startRedisServer();
    const onRedis = await startApp({ store: { kind: 'redis', url: redis.url } });
    try {
      const phone = await onRedis.phone('alice');
      for (let round = 0; round < 6; round++) {
        const browser = createWaitingBrowser(onRedis.issuer);
        await approveFor(browser, phone);
        let isOver = false;
        const loops = Array.from({ length: 8 }, async () => {
          while (!isOver) await ask(browser);
        });
        const [approval] = await phone.approvals();
        await phone.endApproval(String(approval?.id));
        isOver = true;
        await Promise.all(loops);
        expect(await ask(browser)).toBe('login_required');
        expect(await phone.approvals()).toEqual([]);
      }
    } finally {
      await onRedis.stop();
      await redis.stop();
    }
  });

  it('B16 revokes the tokens of other clients too, even offline ones after the browser signed out', async () => {
    const phone = await app.phone('bob');
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, phone, {}, { trust_browser: true });
    const change = { client_id: 'dev-web', scope: 'openid offline_access', prompt: 'consent' };
    const { params, verifier } = authorizationParams(change);
    const started = await browser.request(`/auth?${params}`);
    const base = started.headers.get('location') ?? '';
    const consented = await browser.json('POST', `${base}/consent`, {});
    const callback = await browser.follow(String(consented.json().location));
    const basic = `Basic ${Buffer.from('dev-web:dev-web-secret-for-local-use-only').toString('base64')}`;
    const post = async (body: Record<string, string>) =>
      (await fetch(`${app.issuer}/token`, {
        method: 'POST',
        headers: { authorization: basic },
        body: new URLSearchParams(body),
      }).then((response) => response.json())) as Record<string, string>;
    const code = callback.searchParams.get('code') ?? '';
    const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
    const tokens = await post(grant);
    expect(tokens.refresh_token).toBeTruthy();
    await browser.request(`/session/end?id_token_hint=${tokens.id_token}`);
    expect(await ask(browser)).toBe('login_required');
    const rotated = await post({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' });
    expect(rotated.refresh_token).toBeTruthy();
    const [approval] = await phone.approvals();
    await phone.endApproval(String(approval?.id));
    const dead = await post({ grant_type: 'refresh_token', refresh_token: rotated.refresh_token ?? '' });
    expect(dead).toMatchObject({ error: 'invalid_grant' });
  });

  it('C5 can be found behind many newer ones that have ended', async () => {
    const phone = await app.phone('bob');
    const kept = createWaitingBrowser(app.issuer);
    await approveFor(kept, phone);
    const [first] = await phone.approvals();
    for (let i = 0; i < 51; i++) {
      await approveFor(createWaitingBrowser(app.issuer), phone);
      const newer = (await phone.approvals()).find(({ id }) => id !== first?.id);
      await phone.endApproval(String(newer?.id));
    }
    expect((await phone.approvals()).map(({ id }) => id)).toContain(first?.id);
    await phone.endApproval(String(first?.id));
    expect(await ask(kept)).toBe('login_required');
  });
});

describe('the session of a browser', () => {
  it('C4 expires a fixed time after the sign-in, and its approval is listed until then', async () => {
    const phone = await app.phone('alice');
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, phone, {}, { trust_browser: true });
    for (const days of [5, 10, 13]) {
      expect(await dayLater(days, () => ask(browser))).toBe('code');
      expect(await dayLater(days, () => phone.approvals())).not.toEqual([]);
    }
    expect(await dayLater(14.01, () => ask(browser))).toBe('login_required');
  });

  it('becomes persistent with the first approval that trusts the browser', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const isPersistent = async () => {
      const answer = await browser.request(`/auth?${authorizationParams({ prompt: 'none' }).params}`);
      const line = answer.headers.getSetCookie().find((each) => each.startsWith('tessera_session=')) ?? '';
      return line.includes('expires=');
    };
    await approveFor(browser, alice);
    expect(await isPersistent()).toBe(false);
    expect(await ask(browser, { client_id: 'dev-web' })).toBe('login_required');
    await secondsLater(1);
    await alice.signIn('alice', 'tessera-demo-alice');
    const tea = { client_id: 'tea-house', redirect_uri: 'http://localhost:3001/callback' };
    await approveFor(browser, alice, tea, { trust_browser: true });
    expect(await isPersistent()).toBe(true);
    expect(await ask(browser, { client_id: 'dev-web' })).toBe('consent_required');
  });
});

describe('single sign-on', () => {
  const client = (client_id: string) => ({
    client_id,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [redirectUri],
    scope: 'openid offline_access',
    first_party: true,
  });
  const scope = { scope: 'openid' };
  let two: TestApp;
  beforeAll(async () => {
    two = await startApp({ clients: [client('dev-public'), client('second')] });
  });
  afterAll(() => two.stop());

  it('B17 needs no page in a trusted browser, and one end on the phone ends it at both clients', async () => {
    const phone = await two.phone('alice');
    const browser = createWaitingBrowser(two.issuer);
    await approveFor(browser, phone, scope, { trust_browser: true });
    expect(await ask(browser, { ...scope, client_id: 'second' })).toBe('code');
    expect(await ask(browser, scope)).toBe('code');
    const [approval] = await phone.approvals();
    await phone.endApproval(String(approval?.id));
    expect(await ask(browser, { ...scope, client_id: 'second' })).toBe('login_required');
    expect(await ask(browser, scope)).toBe('login_required');
  });

  it('B17 does not happen in a browser that is not trusted', async () => {
    const browser = createWaitingBrowser(two.issuer);
    await approveFor(browser, await two.phone('alice'), scope);
    expect(await ask(browser, scope)).toBe('code');
    expect(await ask(browser, { ...scope, client_id: 'second' })).toBe('login_required');
    // Nor is asking once a way in the second time.
    expect(await ask(browser, { ...scope, client_id: 'second' })).toBe('login_required');
    const page = await browser.open({ ...scope, client_id: 'second' });
    expect([page.status, page.text.includes('<img src="data:image/svg')]).toEqual([200, true]);
  });

  it.each([false, true])('B17 E1 does not reach the console, trusted: %s', async (trust_browser) => {
    const alice = await two.accounts.getByUsername('alice');
    await two.accounts.update(alice.id, { roles: ['administrator'] }, null);
    const browser = createWaitingBrowser(two.issuer);
    await approveFor(browser, await two.phone('alice'), scope, { trust_browser });
    const begun = await browser.request('/admin/sign-in');
    const asked = await browser.request(begun.headers.get('location') ?? '');
    expect(asked.headers.get('location')).toMatch(/^\/interaction\//);
    expect((await browser.request('/admin/overview')).status).toBe(303);
  });
});

describe('a native app as a phone', () => {
  it('C7 A12 gets the phone scope by a password only, neither by a tap nor by an older sign-in', async () => {
    const change = { client_id: 'dev-phone', scope: 'openid approve', resource: `${app.issuer}/phone` };
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, alice, {}, { trust_browser: true });
    expect(await ask(browser, change)).toBe('login_required');
    const page = await browser.open(change);
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('<img src="data:image/svg');
    const ticket = await browser.json('POST', `${browser.base}/ticket`, {});
    expect([ticket.status, ticket.json().code]).toEqual([403, 'qr_sign_in_off']);
    const fresh = createWaitingBrowser(app.issuer);
    await fresh.open(change);
    const continued = await fresh.request(`${fresh.base}/continue`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        cookie: `${[...fresh.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ')}; ${alice.cookie}`,
        DPoP: await alice.proof('POST', `${fresh.base}/continue`),
      },
      body: '{}',
    });
    expect([continued.status, continued.json().code]).toEqual([403, 'other_sign_in_off']);
  });

  it('keeps refresh working beside it', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const callback = await approveFor(browser, alice);
    const tokens = (await (await browser.redeem(callback.searchParams.get('code') ?? '')).json()) as Record<
      string,
      string
    >;
    expect(claimsOf(tokens.id_token ?? '').auth_time).toEqual(expect.any(Number));
    expect((await refresh(app, tokens.refresh_token ?? '')).status).toBe(200);
  });
});
