// Relying parties hear of every logout, sooner or later, and nobody waits for them (OpenID Connect
// Back-Channel Logout 1.0).
import type { ServerResponse } from 'node:http';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Logout } from '../../src/core/logout/logout.ts';
import { openMachine } from '../support/admin-machine.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { freePort } from '../support/free-port.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { type LogoutEndpoint, startLogoutEndpoint } from '../support/relying-party.ts';
import { approveFor, claimsOf, type Tokens, userinfo } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { createWaitingBrowser, redirectUri, type WaitingBrowser } from '../support/waiting-browser.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function endpoint(answer?: (res: ServerResponse) => void, port?: number): Promise<LogoutEndpoint> {
  const started = await startLogoutEndpoint(answer, port);
  closers.push(started.close);
  return started;
}

const client = (id: string, url: string, change: Record<string, unknown> = {}) => ({
  client_id: id,
  token_endpoint_auth_method: 'none',
  redirect_uris: [redirectUri],
  post_logout_redirect_uris: ['http://127.0.0.1:8765/'],
  scope: 'openid profile email',
  backchannel_logout_uri: url,
  backchannel_logout_session_required: true,
  ...change,
});

async function open(clients: unknown[], change: Record<string, unknown> = {}) {
  const app = await startApp({ http: { outbound_private_networks: true }, clients, ...change });
  closers.push(app.stop);
  return { app, alice: await app.phone('alice') };
}

async function onRedis() {
  const server = await startRedisServer();
  closers.push(server.stop);
  return { store: { kind: 'redis', url: server.url, key_prefix: 'tessera:' } };
}

/** One browser signed in at each of these clients, in one session. */
async function signInAt(app: TestApp, alice: VirtualPhone, clientIds: readonly string[]) {
  const browser = createWaitingBrowser(app.issuer);
  const tokens: Tokens[] = [];
  for (const id of clientIds) {
    const callback = await approveFor(browser, alice, { client_id: id });
    const response = await browser.redeem(callback.searchParams.get('code') ?? '', { client_id: id });
    tokens.push((await response.json()) as Tokens);
  }
  return { browser, tokens };
}

/** The person signs out where they are. @returns how long that took */
async function signOut(browser: WaitingBrowser, idToken: string): Promise<number> {
  const before = performance.now();
  const done = await browser.request(`/session/end?${new URLSearchParams({ id_token_hint: idToken })}`, {
    headers: { accept: 'text/html' },
  });
  expect(done.status).toBe(303);
  return performance.now() - before;
}

/** The owner ends everything on the phone. @returns how long that took */
async function endOnPhone(alice: VirtualPhone): Promise<number> {
  const approvals = await alice.approvals();
  const before = performance.now();
  for (const { id } of approvals) await alice.endApproval(String(id));
  return performance.now() - before;
}

const patience = { timeout: 10_000, interval: 20 };
const newest = async (app: Pick<TestApp, 'logouts'>, clientId: string): Promise<Logout> => {
  const [logout] = await app.logouts.listByClient(clientId);
  if (!logout) throw new Error(`nothing is queued for ${clientId}`);
  return logout;
};
const until = (app: Pick<TestApp, 'logouts'>, clientId: string, change: Partial<Logout>): Promise<Logout> =>
  vi.waitFor(async () => {
    const logout = await newest(app, clientId);
    expect(logout).toMatchObject(change);
    return logout;
  }, patience);
const now = (app: TestApp) => Math.floor(Date.now() / 1000) + app.time.shiftSeconds;

describe('back-channel logout', () => {
  it('A20 sends a token that a relying party can verify, whoever ended the session, and records it', async () => {
    const rp = await endpoint();
    const plain = await endpoint((res) => res.writeHead(204).end());
    const { app, alice } = await open([
      client('told', rp.url),
      client('plain', plain.url, { backchannel_logout_session_required: false, subject_type: 'pairwise' }),
    ]);
    const { browser, tokens } = await signInAt(app, alice, ['told', 'plain']);
    const [first, second] = tokens.map(({ id_token }) => claimsOf(id_token));
    await signOut(browser, tokens[0]?.id_token ?? '');
    await vi.waitFor(() => expect([rp.tokens.length, plain.tokens.length]).toEqual([1, 1]), patience);

    const keys = createRemoteJWKSet(new URL(`${app.issuer}/jwks`));
    const verify = (token = '', audience = '') =>
      jwtVerify(token, keys, { issuer: app.issuer, audience, typ: 'logout+jwt' });
    const { payload } = await verify(rp.tokens[0], 'told');
    expect(payload).toMatchObject({
      sid: first?.sid,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(payload.sid).toEqual(expect.any(String));
    expect(payload.jti).toEqual(expect.any(String));
    expect(payload).not.toHaveProperty('nonce');
    expect(Number(payload.exp) - Number(payload.iat)).toBeLessThanOrEqual(120);
    expect(rp.contentTypes[0]).toMatch(/^application\/x-www-form-urlencoded/);
    const other = (await verify(plain.tokens[0], 'plain')).payload;
    expect(other.sub).toBe(second?.sub);
    expect(other).toHaveProperty('sid');
    expect(other.sub).not.toBe(payload.sub);

    await signInAt(app, alice, ['told']);
    await endOnPhone(alice);
    await vi.waitFor(() => expect(rp.tokens).toHaveLength(2), patience);
    expect((await verify(rp.tokens[1], 'told')).payload.jti).not.toBe(payload.jti);
    const { accountId } = await until(app, 'told', { state: 'delivered', attempts: 1, lastError: null });
    await vi.waitFor(async () => {
      const told = (await app.store.audit.listByAccount(accountId, 100)).filter(
        ({ event }) => event === 'logout.delivered',
      );
      expect(told.map(({ clientId }) => clientId).sort()).toEqual(['plain', 'told', 'told']);
    }, patience);
    expect(await app.logouts.listByClient('told')).toHaveLength(2);
  });

  it('A20 tells a relying party that was down for two tries', async () => {
    const port = await freePort();
    const { app, alice } = await open([client('down', `http://127.0.0.1:${port}/logout`)]);
    await signInAt(app, alice, ['down']);
    await endOnPhone(alice);
    const first = await until(app, 'down', { attempts: 1, lastError: 'ECONNREFUSED', state: 'pending' });
    app.time.shiftSeconds += 7;
    expect(first.nextAttemptAt).toBeLessThanOrEqual(now(app));
    await until(app, 'down', { attempts: 2, state: 'pending' });
    await vi.waitFor(async () => {
      // Settled: the lease would last longer.
      expect((await newest(app, 'down')).nextAttemptAt).toBeLessThanOrEqual(now(app) + 18);
    }, patience);
    const rp = await endpoint(undefined, port);
    expect(rp.tokens).toHaveLength(0);
    app.time.shiftSeconds += 19;
    await vi.waitFor(() => expect(rp.tokens).toHaveLength(1), patience);
    // Made for this try: a token of the first would have no right to be this young.
    expect(decodeJwt(rp.tokens[0] ?? '').iat).toBeGreaterThanOrEqual(first.createdAt);
    await until(app, 'down', { attempts: 3, state: 'delivered', nextAttemptAt: null });
  });

  it('A20 does not delay the person, the owner or other relying parties when one hangs', async () => {
    const hanging = await endpoint(() => undefined);
    const rp = await endpoint();
    const { app, alice } = await open([client('hangs', hanging.url), client('told', rp.url)]);
    const { browser, tokens } = await signInAt(app, alice, ['hangs', 'told']);
    expect(await signOut(browser, tokens[0]?.id_token ?? '')).toBeLessThan(1500);
    await vi.waitFor(() => expect([hanging.tokens.length, rp.tokens.length]).toEqual([1, 1]), patience);

    await signInAt(app, alice, ['hangs', 'told']);
    expect(await endOnPhone(alice)).toBeLessThan(1500);
    await vi.waitFor(() => expect([hanging.tokens.length, rp.tokens.length]).toEqual([2, 2]), patience);
    await until(app, 'told', { state: 'delivered' });
    await until(app, 'hangs', { state: 'pending', attempts: 1, lastError: 'no answer in time' });
    expect(hanging.tokens).toHaveLength(2);
  });

  it('A20 stops at once when the relying party refuses, and shows its reason', async () => {
    const rp = await endpoint((res) =>
      res
        .writeHead(400, { 'content-type': 'application/json' })
        .end(
          JSON.stringify({ error: 'invalid_request', error_description: `no\u0000 such\nsession${'!'.repeat(5000)}` }),
        ),
    );
    const { app, alice } = await open([client('refuses', rp.url)]);
    await signInAt(app, alice, ['refuses']);
    await endOnPhone(alice);
    const { lastError, accountId } = await until(app, 'refuses', {
      state: 'given_up',
      attempts: 1,
      nextAttemptAt: null,
    });
    expect(lastError).toMatch(/^HTTP 400/);
    expect(lastError?.length).toBeLessThanOrEqual(200);
    await vi.waitFor(async () => {
      const [record] = await app.store.audit.listByAccount(accountId, 100);
      expect(record).toMatchObject({ event: 'logout.given_up', clientId: 'refuses', facts: { reason: lastError } });
    }, patience);
    expect(rp.tokens).toHaveLength(1);
  });

  it('A20 stops after an hour of failed attempts', async () => {
    const rp = await endpoint((res) => res.writeHead(503).end('x'.repeat(100_000)));
    const { app, alice } = await open([client('ill', rp.url)]);
    await signInAt(app, alice, ['ill']);
    await endOnPhone(alice);
    await until(app, 'ill', { state: 'pending', lastError: 'HTTP 503' });
    app.time.shiftSeconds += 3590;
    await until(app, 'ill', { state: 'given_up', lastError: 'HTTP 503', attempts: 2 });
    expect(rp.tokens).toHaveLength(2);
  });

  it.each(['SQLite', 'Redis'])(
    'A20 tells after the process went and another opened the same store: %s',
    async (kind) => {
      const hanging = await endpoint(() => undefined);
      const port = Number(new URL(hanging.url).port);
      const { app, alice } = await open([client('told', hanging.url)], kind === 'Redis' ? await onRedis() : {});
      const { browser, tokens } = await signInAt(app, alice, ['told']);
      await signOut(browser, tokens[0]?.id_token ?? '');
      await vi.waitFor(() => expect(hanging.tokens).toHaveLength(1), patience);
      const before = performance.now();
      await app.close();
      expect(performance.now() - before).toBeLessThan(4500);
      await hanging.close();
      const rp = await endpoint(undefined, port);
      app.time.shiftSeconds += 7;
      const again = await app.openAgain();
      closers.push(again.close);
      await vi.waitFor(() => expect(rp.tokens).toHaveLength(1), patience);
      expect(decodeJwt(rp.tokens[0] ?? '')).toMatchObject({
        aud: 'told',
        sid: claimsOf(tokens[0]?.id_token ?? '').sid,
      });
      const { lastError } = await until(again, 'told', { state: 'delivered', attempts: 2 });
      expect(lastError).toMatch(/^(broken off, the provider was closing|no answer in time)$/);
    },
  );

  it('A20 reaches no private address unless the configuration allows it', async () => {
    const rp = await endpoint();
    const { app, alice } = await open([client('inside', rp.url)], { http: { outbound_private_networks: false } });
    await signInAt(app, alice, ['inside']);
    await endOnPhone(alice);
    const { lastError } = await until(app, 'inside', { state: 'pending', attempts: 1, lastError: expect.any(String) });
    expect(lastError).toContain('special-use');
    expect(rp.tokens).toHaveLength(0);
  });

  it('E7 A20 tells every relying party of a session that an administrator ends, and of one that is signed out everywhere', async () => {
    const [first, second] = [await endpoint(), await endpoint()];
    const { app, alice } = await open([client('first', first.url), client('second', second.url)]);
    const ops = await openMachine(app, 'accounts:read', 'accounts:write');
    const account = `/accounts/${(await app.accounts.findByUsername('alice'))?.id}`;
    const keys = createRemoteJWKSet(new URL(`${app.issuer}/jwks`));

    /** One token more at each, signed by us, meant for it, about its session. */
    async function expectLogoutTokens(times: number, tokens: readonly Tokens[]): Promise<void> {
      for (const [i, [rp, audience]] of (
        [
          [first, 'first'],
          [second, 'second'],
        ] as const
      ).entries()) {
        await vi.waitFor(() => expect(rp.tokens, audience).toHaveLength(times), patience);
        const options = { issuer: app.issuer, audience, typ: 'logout+jwt' };
        const { payload } = await jwtVerify(rp.tokens.at(-1) ?? '', keys, options);
        const { sid, sub } = claimsOf(tokens[i]?.id_token ?? '');
        expect(payload).toMatchObject({
          sid,
          sub,
          events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
        });
        expect((await userinfo(app, tokens[i]?.access_token ?? '')).status).toBe(401);
      }
    }

    const one = await signInAt(app, alice, ['first', 'second']);
    const { approvals } = (await ops.call('GET', `${account}/approvals`)).body as { approvals: { id: string }[] };
    for (const { id } of approvals) expect((await ops.call('DELETE', `${account}/approvals/${id}`)).status).toBe(204);
    await expectLogoutTokens(1, one.tokens);

    const two = await signInAt(app, alice, ['first', 'second']);
    expect((await ops.call('POST', `${account}/sign-out`, {})).status).toBe(200);
    await expectLogoutTokens(2, two.tokens);
  });
});
