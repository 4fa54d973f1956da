// Rotating signing keys under running relying parties, black box: what JWKS shows, what signs, what
// verifies, and when.
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { followKeys } from '../../src/core/key/key-follower.ts';
import { jwksMaxAgeSeconds } from '../../src/core/key/key-schedule.ts';
import { createSigningKeys } from '../../src/core/key/signing-keys.ts';
import { createVault } from '../../src/crypto.ts';
import { openDatabase } from '../../src/store/sqlite/database.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { approveFor, refresh, type Tokens } from '../support/signed-in.ts';
import { createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

const algorithms = ['RS256', 'ES256', 'EdDSA'];
/** From being published to signing, as protocol and JWKS promise. */
const publishSeconds = 330;
const overlapSeconds = 3600 + 120 + 30;
const day = 86_400;
/** config/reference.yaml: tokens.session_seconds */
const sessionSeconds = 14 * day;

const clients = algorithms.map((alg) => ({
  client_id: `web-${alg}`,
  client_name: alg,
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [redirectUri],
  post_logout_redirect_uris: ['http://127.0.0.1:8765/'],
  scope: 'openid',
  id_token_signed_response_alg: alg,
}));

let app: TestApp;
const idTokenOf = new Map<string, () => Promise<string>>();

/** Signs in once per algorithm; every later ID token comes by refreshing, which no phone is needed for. */
async function start(): Promise<void> {
  app = await startApp({ clients });
  const alice = await app.phone('alice');
  for (const alg of algorithms) {
    const client_id = `web-${alg}`;
    const browser = createWaitingBrowser(app.issuer);
    const callback = await approveFor(browser, alice, { client_id, scope: 'openid' });
    const redeemed = await browser.redeem(callback.searchParams.get('code') ?? '', { client_id });
    let tokens = (await redeemed.json()) as Tokens;
    idTokenOf.set(alg, async () => {
      tokens = (await (await refresh(app, tokens.refresh_token ?? '', { client_id })).json()) as Tokens;
      return tokens.id_token;
    });
  }
}

const idTokens = () => Promise.all(algorithms.map((alg) => idTokenOf.get(alg)?.() ?? ''));
const kidsOf = (tokens: string[]) => tokens.map((token) => decodeProtectedHeader(token).kid);
const jwks = async () => (await (await fetch(`${app.issuer}/jwks`)).json()) as JSONWebKeySet;
const jwksKids = async () => (await jwks()).keys.map(({ kid }) => kid);
const etag = async () => (await fetch(`${app.issuer}/jwks`)).headers.get('etag');
const verify = async (tokens: string[]) => {
  const keys = createLocalJWKSet(await jwks());
  for (const token of tokens) await jwtVerify(token, keys, { issuer: app.issuer });
};
/** An ID token of each algorithm, as the node would sign it now; when it ended is nothing to sign-out. */
async function signedNow(): Promise<string[]> {
  const { published } = app.signingKeys.open(await app.store.keys.list());
  const signers = algorithms.map((alg) => published.find((key) => key.alg === alg));
  const token = async (key: JWK = {}) =>
    new SignJWT({ sub: 'alice' })
      .setProtectedHeader({ alg: String(key.alg), kid: String(key.kid) })
      .setIssuer(app.issuer)
      .setAudience(`web-${key.alg}`)
      .setExpirationTime(1)
      .sign(await importJWK(key));
  return Promise.all(signers.map(token));
}
/** Whether sign-out knows each ID token: it then returns to the client, and stays here otherwise. */
const signOuts = async (tokens: string[]) => {
  const answers = tokens.map((token) =>
    fetch(
      `${app.issuer}/session/end?${new URLSearchParams({ id_token_hint: token, post_logout_redirect_uri: 'http://127.0.0.1:8765/' })}`,
      { redirect: 'manual' },
    ),
  );
  return (await Promise.all(answers)).map(({ headers }) => headers.get('location') === 'http://127.0.0.1:8765/');
};
const pass = async (seconds: number) => {
  app.time.shiftSeconds += seconds;
  await app.oidc.followKeys();
};
function auditOf(event: string): { alg: string; kid: string; rotation: string; signs_from: number }[] {
  const database = openDatabase(`${app.folder}/tessera.sqlite`);
  const rows = database.all('SELECT body FROM audit').map(({ body }) => JSON.parse(String(body)));
  database.close();
  return rows.filter((record) => record.event === event).map(({ facts }) => facts);
}

describe('signing keys', () => {
  beforeAll(start);
  afterAll(() => app.stop());

  it('H3 keys of an older store without rotation data go on signing', async () => {
    const first = kidsOf(await idTokens());
    const present = await app.store.keys.list();
    await app.store.keys.replace(
      present,
      present.map(({ signsFrom: _, ...key }) => key),
    );
    await pass(0);
    expect(kidsOf(await idTokens())).toEqual(first);
    expect(await jwksKids()).toEqual(first);
  });

  it('H3 a new key is published first, then signs; old tokens verify until they end; then the old key leaves JWKS, and later the store', async () => {
    const old = await idTokens();
    const oldKids = kidsOf(old);
    const oldEtag = await etag();
    expect(old.map((token) => decodeProtectedHeader(token).alg)).toEqual(algorithms);

    await app.signingKeys.rotate();
    await pass(0);
    const both = await jwksKids();
    const newKids = both.filter((kid) => !oldKids.includes(kid));
    expect([both.length, newKids.length]).toEqual([6, 3]);
    expect(await etag()).not.toBe(oldEtag);
    expect((await jwks()).keys.every((key) => !('d' in key))).toBe(true);
    expect(kidsOf(await idTokens())).toEqual(oldKids);

    await pass(publishSeconds - 2);
    expect(kidsOf(await idTokens())).toEqual(oldKids);
    await pass(2);
    const fresh = await idTokens();
    expect(kidsOf(fresh).sort()).toEqual([...newKids].sort());
    await verify([...old, ...fresh]);

    await pass(overlapSeconds - 3);
    await verify([...old, ...fresh]);
    await pass(3);
    expect([...(await jwksKids())].sort()).toEqual([...newKids].sort());
    await verify(fresh);
    await expect(verify(old)).rejects.toThrow('no applicable key found');
    expect(kidsOf(await idTokens()).sort()).toEqual([...newKids].sort());
    expect((await app.signingKeys.list()).map(({ state }) => state)).toEqual(
      Array(3).fill(['retired', 'current']).flat(),
    );
    expect(auditOf('key.removed')).toEqual([]);
    expect(await signOuts(old)).toEqual([true, true, true]);
    await pass(sessionSeconds);
    expect((await app.store.keys.list()).map(({ kid }) => kid).sort()).toEqual([...newKids].sort());
    expect(auditOf('key.rotated').map(({ alg, rotation }) => [alg, rotation])).toEqual(
      algorithms.map((alg) => [alg, 'soon']),
    );
    expect(auditOf('key.removed').map(({ kid }) => kid)).toEqual(oldKids);
  });

  it('H3 rotate automatically, with a notice a day before', async () => {
    const present = await jwksKids();
    const [newest] = await app.signingKeys.list();
    const now = Math.floor(Date.now() / 1000) + app.time.shiftSeconds;
    await pass((newest?.signsFrom ?? 0) + 89 * day - now - 5);
    expect(await jwksKids()).toEqual(present);
    await pass(5);
    expect(await jwksKids()).toHaveLength(6);
    const states = async () => (await app.signingKeys.list()).map(({ state }) => state);
    expect(await states()).toEqual(Array(3).fill(['current', 'next']).flat());
    await pass(day);
    expect(await states()).toEqual(Array(3).fill(['previous', 'current']).flat());
    await pass(overlapSeconds);
    expect(await states()).toEqual(Array(3).fill(['retired', 'current']).flat());
    await pass(sessionSeconds);
    expect(await states()).toEqual(Array(3).fill('current'));
    expect((await jwksKids()).some((kid) => present.includes(kid))).toBe(false);
  });

  it('H3 A19 sign-out accepts an ID token whose key left JWKS while a session may live, but not after a compromised key', async () => {
    const old = await signedNow();
    await app.signingKeys.rotate();
    await pass(publishSeconds);
    await pass(overlapSeconds);
    expect((await jwksKids()).some((kid) => kidsOf(old).includes(kid))).toBe(false);
    expect(await signOuts(old)).toEqual([true, true, true]);
    expect(await signOuts(old.map((token) => `${token.slice(0, -8)}AAAAAAAA`))).toEqual([false, false, false]);
    await pass(sessionSeconds - overlapSeconds);
    expect(await signOuts(old)).toEqual([true, true, true]);
    await pass(overlapSeconds);
    expect(await signOuts(old)).toEqual([false, false, false]);

    const known = await signedNow();
    await app.signingKeys.rotate();
    await pass(publishSeconds);
    await pass(overlapSeconds);
    expect(await signOuts(known)).toEqual([true, true, true]);
    await app.signingKeys.rotate({ immediately: true });
    await pass(0);
    expect(await signOuts(known)).toEqual([false, false, false]);
    expect((await app.store.keys.list()).some(({ kid }) => kidsOf(known).includes(kid))).toBe(false);
  });

  it('H3 a compromised key is replaced at once', async () => {
    const present = await jwksKids();
    await app.signingKeys.rotate({ immediately: true });
    await pass(0);
    const fresh = await jwksKids();
    expect(fresh).toHaveLength(3);
    expect(fresh.some((kid) => present.includes(kid))).toBe(false);
    const removed = auditOf('key.removed').filter(({ rotation }) => rotation === 'at once');
    expect(present.every((kid) => removed.some((each) => each.kid === kid))).toBe(true);
  });

  it('H3 private keys are sealed at rest, and another encryption key neither opens nor replaces them', async () => {
    const present = await app.store.keys.list();
    for (const key of present) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'createdAt', 'kid', 'sealedJwk', 'signsFrom']);
      expect(Buffer.from(key.sealedJwk, 'base64url').toString('latin1')).not.toMatch(/"d"|kty/);
    }
    const stranger = createSigningKeys({
      store: app.store.keys,
      vault: createVault(Buffer.alloc(32, 9)),
      audit: app.audit,
      clock: () => 0,
      rotationDays: 90,
      idTokenSeconds: 3600,
      sessionSeconds: 14 * day,
    });
    await expect(stranger.rotate()).rejects.toThrow('another encryption key');
    await expect(stranger.rotate({ immediately: true })).rejects.toThrow('another encryption key');
    expect(await app.store.keys.list()).toEqual(present);
  });
});

describe('a relying party', () => {
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    await start();
  });
  afterEach(async () => {
    vi.useRealTimers();
    await app.stop();
  });
  const wait = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

  it('H3 that caches JWKS for the allowed time never meets an unknown key', async () => {
    const told = await fetch(`${app.issuer}/jwks`);
    expect(told.headers.get('cache-control')).toBe(`public, max-age=${jwksMaxAgeSeconds}`);
    // It asks again when its time is over, never earlier because of an unknown key.
    const strict = { cacheMaxAge: jwksMaxAgeSeconds * 1000, cooldownDuration: jwksMaxAgeSeconds * 1000 };
    const keys = createRemoteJWKSet(new URL(`${app.issuer}/jwks`), strict);
    const first = await idTokens();
    await app.signingKeys.rotate();
    // The node looks late, and the relying party has fetched just before.
    wait(29);
    for (const token of first) await jwtVerify(token, keys, { issuer: app.issuer });
    wait(1);
    const issued: { token: string; at: number }[] = [];
    const seen = new Set<string | undefined>();
    for (let passed = 30; passed < publishSeconds + overlapSeconds + 600; passed += 50) {
      await app.oidc.followKeys();
      for (const token of await idTokens()) issued.push({ token, at: passed });
      for (const { token } of issued.filter(({ at }) => passed - at < 3600)) {
        seen.add((await jwtVerify(token, keys, { issuer: app.issuer })).protectedHeader.kid);
      }
      wait(50);
    }
    expect(seen.size).toBe(6);
    expect(keys.jwks()?.keys).toHaveLength(3);
  });
});

describe('following keys', () => {
  it('goes on with the known keys while the store is away, logs it once, and then reads the changes', async () => {
    let tick = (): void => undefined;
    let stopped = false;
    let kids = ['one'];
    let retired: string[] = [];
    let isAway = false;
    const applied: (string | undefined)[] = [];
    const failures: unknown[] = [];
    const follower = await followKeys({
      keys: {
        async maintain() {
          if (isAway) throw new Error('away');
          return kids.map((kid) => ({ kid, alg: 'RS256', sealedJwk: '', createdAt: 0 }));
        },
        open(keys) {
          const opened = keys.map(({ kid, alg }) => ({ kid, alg, kty: 'RSA' }));
          const isRetired = ({ kid }: { kid: string }) => retired.includes(kid);
          return { published: opened.filter((key) => !isRetired(key)), retired: opened.filter(isRetired) };
        },
      },
      apply: ({ published, retired }) =>
        void applied.push(
          [...published, ...retired.map(({ kid }) => ({ kid: `(${kid})` }))].map(({ kid }) => kid).join(' '),
        ),
      onFailure: (error) => void failures.push(error),
      repeat(work) {
        tick = work;
        return () => {
          stopped = true;
        };
      },
    });
    expect(applied).toEqual(['one']);
    await follower.look();
    expect(applied).toEqual(['one']);
    isAway = true;
    tick();
    tick();
    await expect(follower.look()).rejects.toThrow('away');
    expect(failures).toHaveLength(1);
    isAway = false;
    kids = ['two', 'one'];
    tick();
    await vi.waitFor(() => expect(applied).toEqual(['one', 'two one']));
    retired = ['one'];
    await follower.look();
    expect(applied).toEqual(['one', 'two one', 'two (one)']);
    follower.stop();
    expect(stopped).toBe(true);
    kids = ['three'];
    await follower.look();
    expect(applied).toHaveLength(3);
  });
});
