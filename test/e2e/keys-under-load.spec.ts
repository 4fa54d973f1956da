// Signing keys rotate several times while people sign in at two nodes on one Redis. Each relying party
// verifies every ID token with the JWKS it has cached, and none may fail. The clocks of nodes and relying
// party advance in small steps, much faster than real time.
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ClockedNodeOrder } from '../support/clocked-node.ts';
import { freePort } from '../support/free-port.ts';
import { type Node, startBalancer, startNode } from '../support/process.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { createVirtualPhone, PhoneRefusal, type VirtualPhone } from '../support/virtual-phone.ts';
import { createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

const rotations = 3;
const workers = 3;
const maxSignIns = 200;
/** Well under the time by which a node may follow late. */
const stepSeconds = 15;
/** What a person answers by scanning once more: time runs fast here, and a picture is soon old. */
const scanAgain = ['frame_stale', 'ticket_expired', 'ticket_not_found', 'interaction_not_found'];

type Key = { key: { kid: string; alg: string }; state: string };

let redis: RedisServer;
let issuer: string;
let nodes: Node[];
let balancer: Awaited<ReturnType<typeof startBalancer>>;
const phones: VirtualPhone[] = [];
let shiftSeconds = 0;

beforeAll(async () => {
  redis = await startRedisServer();
  const [shared, ...ports] = [await freePort(), await freePort(), await freePort()];
  issuer = `http://localhost:${shared}`;
  const many = Object.fromEntries(
    ['TICKET_CREATIONS', 'CLAIMS_PER_DEVICE', 'CLAIMS_PER_ADDRESS', 'AUTHORIZATIONS', 'TOKEN_REQUESTS'].map((name) => [
      `TESSERA_LIMITS_${name}_PER_MINUTE`,
      '100000',
    ]),
  );
  const env = { TESSERA_STORE_KIND: 'redis', TESSERA_STORE_URL: redis.url, ...many };
  const program = 'test/support/clocked-node.ts';
  nodes = await Promise.all(ports.map((port) => startNode({ port, issuer, env, program })));
  balancer = await startBalancer(shared, ports);
  const realNow = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + shiftSeconds * 1000);
  for (let i = 0; i < workers; i++) {
    const phone = createVirtualPhone({ issuer });
    await phone.signIn('alice', 'tessera-demo-alice');
    phones.push(phone);
  }
});
afterAll(async () => {
  vi.restoreAllMocks();
  await balancer?.close();
  await Promise.all((nodes ?? []).map((node) => node.stop()));
  await redis?.stop();
});

/** Both nodes and the relying party at once. @returns the keys as the first of them sees them */
async function pass(seconds: number, rotate = false): Promise<Key[]> {
  shiftSeconds += seconds;
  const [first] = await Promise.all(
    nodes.map((node, index) => node.tell({ shiftSeconds, rotate: rotate && index === 0 } satisfies ClockedNodeOrder)),
  );
  return first as Key[];
}

/** @throws PhoneRefusal also when time ran away from it */
async function signInAt(rp: oidc.Configuration, phone: VirtualPhone): Promise<void> {
  const [pkceCodeVerifier, expectedState] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
  const url = oidc.buildAuthorizationUrl(rp, {
    redirect_uri: redirectUri,
    scope: 'openid',
    state: expectedState,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const browser = createWaitingBrowser(issuer);
  const base = (await browser.request(url.href)).headers.get('location') ?? '';
  await browser.request(base, { headers: { accept: 'text/html' } });
  const { qr } = (await browser.json('GET', `${base}/ticket`)).json();
  const code = await phone.approve(await phone.scan({ qr: String(qr) }));
  const finished = await browser.json('POST', `${base}/finish`, code === null ? {} : { confirmation_code: code });
  if (finished.status !== 200) throw new PhoneRefusal({ ...finished, body: finished.json() });
  const callback = await browser.follow(String(finished.json().location));
  await oidc.authorizationCodeGrant(rp, callback, { pkceCodeVerifier, expectedState });
}

describe('keys that rotate under load', () => {
  it('H3 cause no failed verification at a relying party that caches the JWKS', async () => {
    const asked: string[] = [];
    const rp = await oidc.discovery(new URL(issuer), 'dev-web', 'dev-web-secret-for-local-use-only', undefined, {
      execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
      [oidc.customFetch]: (url, options) => {
        asked.push(new URL(url).pathname);
        return fetch(url, options as RequestInit);
      },
    });
    const kids = new Set<string>();
    let [signIns, again, isOver] = [0, 0, false];
    const work = async (phone: VirtualPhone): Promise<void> => {
      while (!isOver && signIns < maxSignIns) {
        try {
          await signInAt(rp, phone);
          signIns++;
        } catch (error) {
          if (!(error instanceof PhoneRefusal && scanAgain.includes(error.code))) throw error;
          again++;
        }
      }
    };
    const load = Promise.all(phones.map(work));
    let failure: unknown = null;
    load.catch((error: unknown) => {
      failure = error;
    });

    for (let rotation = 0; rotation < rotations; rotation++) {
      let keys = await pass(stepSeconds, true);
      const next = keys.filter(({ state }) => state === 'next').map(({ key }) => key.kid);
      expect(next).toHaveLength(3);
      while (keys.some(({ state }) => state === 'next')) {
        const seen = signIns;
        const isRunning = () => signIns > seen || signIns >= maxSignIns || failure !== null;
        await expect.poll(isRunning, { interval: 10, timeout: 10_000 }).toBe(true);
        if (failure !== null) throw failure;
        keys = await pass(stepSeconds);
      }
      for (const { key } of keys.filter(({ state }) => state === 'current')) kids.add(key.kid);
      expect(next.every((kid) => kids.has(kid))).toBe(true);
    }
    isOver = true;
    await load;
    expect(kids.size).toBe(3 * rotations);
    expect(signIns).toBeGreaterThan(30);
    expect(again).toBeLessThan(signIns);
    // It keeps what it fetched: far fewer fetches than verifications.
    const fetches = asked.filter((path) => path === '/jwks').length;
    expect([fetches > 1, fetches <= signIns / 3]).toEqual([true, true]);
    for (const node of nodes) expect(node.output()).not.toMatch(/"level":(50|60)|failed/);
  }, 60_000);
});
