// An operator rotates by command while two nodes on one Redis run: both follow, without a restart.
import { execFile } from 'node:child_process';
import { get } from 'node:http';
import { promisify } from 'node:util';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { type Node, startNode, testSecrets } from '../support/process.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { approveFor, type Tokens } from '../support/signed-in.ts';
import { createVirtualPhone, type VirtualPhone } from '../support/virtual-phone.ts';
import { createWaitingBrowser } from '../support/waiting-browser.ts';

type Shown = { kid: string; alg: string; state: string; signs_from: number; retires_at: number | null };

/** Nodes look every 10 s. */
const patience = { timeout: 30_000, interval: 200 };
const root = new URL('../..', import.meta.url);

let redis: RedisServer;
let issuer: string;
let env: Record<string, string>;
let nodes: Node[];
let alice: VirtualPhone;

beforeAll(async () => {
  redis = await startRedisServer();
  const [first, second] = [await freePort(), await freePort()];
  // The second node is the one that relying parties reach.
  issuer = `http://localhost:${second}`;
  env = { TESSERA_STORE_KIND: 'redis', TESSERA_STORE_URL: redis.url };
  nodes = await Promise.all([first, second].map((port) => startNode({ port, issuer, env })));
  alice = createVirtualPhone({ issuer });
  await alice.signIn('alice', 'tessera-demo-alice');
});
afterAll(async () => {
  await Promise.all((nodes ?? []).map((node) => node.stop()));
  await redis?.stop();
});

async function tessera(...args: string[]): Promise<Shown[]> {
  const settings = { ...testSecrets, TESSERA_CONFIG: 'config/development.yaml', TESSERA_ISSUER: issuer, ...env };
  const options = { cwd: root, env: { ...process.env, ...settings } };
  const { stdout } = await promisify(execFile)(process.execPath, ['src/cli.ts', ...args, '--json'], options);
  return JSON.parse(stdout);
}

/** JWKS as one node serves it, whichever the issuer's name leads to. */
function kidsAt({ port }: Node): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/jwks', headers: { host: new URL(issuer).host }, agent: false };
    get(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () =>
        resolve(
          JSON.parse(text)
            .keys.map(({ kid }: { kid: string }) => kid)
            .sort(),
        ),
      );
    }).on('error', reject);
  });
}

async function signingKid(): Promise<string | undefined> {
  const browser = createWaitingBrowser(issuer);
  const callback = await approveFor(browser, alice);
  const tokens = (await (await browser.redeem(callback.searchParams.get('code') ?? '')).json()) as Tokens;
  return decodeProtectedHeader(tokens.id_token).kid;
}

const kids = (shown: Shown[], ...states: string[]) =>
  shown
    .filter(({ state }) => states.includes(state))
    .map(({ kid }) => kid)
    .sort();

async function untilBothServe(wanted: string[]): Promise<void> {
  for (const node of nodes) await vi.waitFor(async () => expect(await kidsAt(node)).toEqual(wanted), patience);
}

describe('keys of two nodes', () => {
  it('H3 are one set when both nodes start at once', async () => {
    const shown = await tessera('key', 'list');
    expect(shown.map(({ alg, state }) => [alg, state])).toEqual(
      ['RS256', 'ES256', 'EdDSA'].map((alg) => [alg, 'current']),
    );
    await untilBothServe(kids(shown, 'current'));
  });

  it('H3 are published by both nodes after a rotation by command, and do not sign yet', async () => {
    const before = await tessera('key', 'list');
    const shown = await tessera('key', 'rotate');
    expect(kids(shown, 'current')).toEqual(kids(before, 'current'));
    expect(kids(shown, 'next')).toHaveLength(3);
    await untilBothServe(kids(shown, 'current', 'next'));
    expect(kids(before, 'current')).toContain(await signingKid());
    expect(await tessera('key', 'list')).toEqual(shown);
    expect(await tessera('key', 'rotate')).toEqual(shown);
  }, 90_000);

  it('H3 are replaced by both nodes after a rotation at once: the old keys are dropped and the new ones sign', async () => {
    const before = await tessera('key', 'list');
    const shown = await tessera('key', 'rotate', '--immediately', '--yes');
    expect(shown.map(({ state }) => state)).toEqual(Array(3).fill('current'));
    expect(kids(shown, 'current').some((kid) => before.some((key) => key.kid === kid))).toBe(false);
    await untilBothServe(kids(shown, 'current'));
    expect(kids(shown, 'current')).toContain(await signingKid());
    for (const node of nodes) expect(node.output()).not.toMatch(/"level":(50|60)|failed/);
  }, 90_000);
});
