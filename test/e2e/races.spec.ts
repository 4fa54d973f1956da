// Every single-use value under 50 parallel tries: one process on SQLite, and two processes on Redis behind
// one address.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { type Node, startBalancer, startNode } from '../support/process.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { createScreen } from '../support/screen.ts';
import { approveFor, type Tokens } from '../support/signed-in.ts';
import { type Claim, createVirtualPhone, type VirtualPhone } from '../support/virtual-phone.ts';
import { createWaitingBrowser, type WaitingBrowser } from '../support/waiting-browser.ts';

const fifty = Array.from({ length: 50 }, (_, index) => index);
const generous = {
  TESSERA_LIMITS_CLAIMS_PER_ADDRESS_PER_MINUTE: '10000',
  TESSERA_LIMITS_CLAIMS_PER_DEVICE_PER_MINUTE: '10000',
};

const folderOfTest = await mkdtemp(join(tmpdir(), 'tessera-races-'));

/** The development configuration with one client more. */
async function withScreens(): Promise<{ TESSERA_CONFIG: string }> {
  const path = join(folderOfTest, 'devices.yaml');
  const text = await readFile(new URL('../../config/development.yaml', import.meta.url), 'utf8');
  const tv = {
    client_id: 'tv',
    token_endpoint_auth_method: 'none',
    grant_types: [],
    scope: 'openid',
    device_grant: true,
  };
  await writeFile(path, text.replace(/^clients:$/m, `clients:\n  - ${JSON.stringify(tv)}`));
  return { TESSERA_CONFIG: path };
}

type Deployment = { issuer: string; stop(): Promise<void> };

async function onSqlite(): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-races-'));
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const node = await startNode({
    port,
    issuer,
    env: { ...generous, ...(await withScreens()), TESSERA_STORE_PATH: join(folder, 'db.sqlite') },
  });
  return {
    issuer,
    async stop() {
      await node.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function onRedisWithTwoNodes(): Promise<Deployment> {
  const redis = await startRedisServer();
  const front = await freePort();
  const issuer = `http://localhost:${front}`;
  const env = { ...generous, ...(await withScreens()), TESSERA_STORE_KIND: 'redis', TESSERA_STORE_URL: redis.url };
  const nodes: Node[] = [];
  for (let i = 0; i < 2; i++) nodes.push(await startNode({ port: await freePort(), issuer, env }));
  const balancer = await startBalancer(
    front,
    nodes.map(({ port }) => port),
  );
  return {
    issuer,
    async stop() {
      await balancer.close();
      await Promise.all(nodes.map((node) => node.stop()));
      await redis.stop();
    },
  };
}

describe.each([
  ['SQLite, one process', onSqlite],
  ['Redis, two processes', onRedisWithTwoNodes],
])('races on %s', (_, deploy) => {
  let deployment: Deployment;
  let phones: VirtualPhone[];
  const alice = () => phones[0] as VirtualPhone;

  beforeAll(async () => {
    deployment = await deploy();
    const { issuer } = deployment;
    phones = await Promise.all(Array.from({ length: 5 }, () => createVirtualPhone({ issuer })));
    for (const phone of phones) await phone.signIn('alice', 'tessera-demo-alice');
  });
  afterAll(() => deployment?.stop());

  async function waiting(): Promise<WaitingBrowser> {
    const browser = createWaitingBrowser(deployment.issuer);
    await browser.open();
    return browser;
  }
  const errorOf = async (response: Response) => ((await response.json()) as { error: string }).error;

  it('A6 redeems a code once', async () => {
    const browser = createWaitingBrowser(deployment.issuer);
    const code = (await approveFor(browser, alice())).searchParams.get('code') ?? '';
    const answers = await Promise.all(fifty.map(() => browser.redeem(code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const errors = await Promise.all(answers.filter(({ status }) => status !== 200).map(errorOf));
    expect(errors).toEqual(Array(49).fill('invalid_grant'));
  });

  const refresh = (token: string, init: RequestInit = {}) =>
    fetch(`${deployment.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token, client_id: 'dev-public' }),
      ...init,
    });
  async function refreshToken(): Promise<string> {
    const browser = createWaitingBrowser(deployment.issuer);
    const code = (await approveFor(browser, alice())).searchParams.get('code') ?? '';
    return ((await (await browser.redeem(code)).json()) as Tokens).refresh_token ?? '';
  }
  /** The token that every one of these refreshes leads to. */
  async function successorOf(answers: Response[]): Promise<string> {
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const all = await Promise.all(answers.map(async (each) => ((await each.json()) as Tokens).refresh_token));
    expect(new Set(all).size).toBe(1);
    return all[0] ?? '';
  }

  it('A8 gives all refreshes of one token the same live successor', async () => {
    const first = await refreshToken();
    const successor = await successorOf(await Promise.all(fifty.map(() => refresh(first))));
    expect(successor).not.toBe(first);
    expect((await refresh(successor)).status).toBe(200);
  });

  it('A8 leaves everybody signed in after three parallel refreshes and after a lost answer', async () => {
    let token = await refreshToken();
    for (let round = 0; round < 5; round++) {
      const tabs = [1, 2, 3].map(() => refresh(token));
      token = await successorOf(await Promise.all(tabs));
      // The answer arrives nowhere: the caller goes away while the provider works.
      const gone = new AbortController();
      const lost = refresh(token, { signal: gone.signal }).catch(() => null);
      await new Promise((resolve) => setTimeout(resolve, round * 5));
      gone.abort();
      await lost;
      token = await successorOf([await refresh(token)]);
    }
    expect((await refresh(token)).status).toBe(200);
  });

  it('B7 lets one of several phones claim, in 50 tries at once', async () => {
    const browser = await waiting();
    const qr = await browser.qr();
    const answers = await Promise.all(
      fifty.map(async (index) => ({
        phone: index % phones.length,
        answer: await phones[index % phones.length]?.call('POST', '/phone/v1/scan', { qr }),
      })),
    );
    const winners = new Set(answers.filter(({ answer }) => answer?.status === 200).map(({ phone }) => phone));
    expect(winners.size).toBe(1);
    const others = answers.filter(({ phone }) => !winners.has(phone)).map(({ answer }) => answer?.body.code);
    expect(others).toEqual(Array(40).fill('ticket_already_scanned'));
  });

  it('A6 issues tokens to a screen once, after 50 parallel approvals of which one counts', async () => {
    const tv = createScreen(deployment.issuer, 'tv');
    const { user_code, device_code } = await tv.begin();
    const claim = await alice().scan({ user_code });
    const body = { approval_token: claim.approvalToken, user_code_confirmed: true };
    const path = `/phone/v1/tickets/${claim.ticket}/approve`;
    const approvals = await Promise.all(fifty.map(() => alice().call('POST', path, body)));
    expect(new Set(approvals.map(answerOf))).toEqual(new Set(['200 {"state":"approved","confirmation_code":null}']));
    const answers = await Promise.all(fifty.map(() => tv.poll(device_code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body: each }) => each.error === 'invalid_grant')).toHaveLength(49);
    const [won] = answers.filter(({ status }) => status === 200);
    const me = await fetch(`${deployment.issuer}/me`, {
      headers: { authorization: `Bearer ${won?.body.access_token}` },
    });
    expect(me.status).toBe(200);
    const ofScreens = (await alice().approvals()).filter(({ kind }) => kind === 'device');
    expect(ofScreens).toHaveLength(1);
  });

  it('counts the polls of a screen over all nodes: of 50 at once, one is in time', async () => {
    const tv = createScreen(deployment.issuer, 'tv');
    const { device_code } = await tv.begin();
    const answers = await Promise.all(fifty.map(() => tv.poll(device_code)));
    const errors = answers.map(({ body }) => body.error);
    expect(errors.filter((error) => error === 'authorization_pending')).toHaveLength(1);
    expect(errors.filter((error) => error === 'slow_down')).toHaveLength(49);
  });

  const decide = (claim: Claim, how: 'approve' | 'deny') =>
    alice().call('POST', `/phone/v1/tickets/${claim.ticket}/${how}`, { approval_token: claim.approvalToken });

  const answerOf = ({ status, body }: { status: number; body: object }) => `${status} ${JSON.stringify(body)}`;

  it('B7 approves once, and says so to each repetition', async () => {
    const browser = await waiting();
    const claim = await alice().scan({ qr: await browser.qr() });
    const answers = await Promise.all(fifty.map(() => decide(claim, 'approve')));
    expect([...new Set(answers.map(answerOf))]).toEqual([expect.stringMatching(/^200 \{"state":"approved",/)]);
    const changed = { approval_token: claim.approvalToken, scopes: ['openid'] };
    const late = await alice().call('POST', `/phone/v1/tickets/${claim.ticket}/approve`, changed);
    expect([late.status, late.body.code]).toEqual([409, 'ticket_already_decided']);
  });

  it('B7 has one outcome when approval and denial arrive at once', async () => {
    const browser = await waiting();
    const claim = await alice().scan({ qr: await browser.qr() });
    const answers = await Promise.all(fifty.map((index) => decide(claim, index % 2 === 0 ? 'approve' : 'deny')));
    const won = new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.state));
    expect([...won]).toEqual([(await browser.ticket()).json().state]);
    const lost = answers.filter(({ status }) => status !== 200).map(({ body }) => body.code);
    expect(lost).toEqual(Array(25).fill('ticket_already_decided'));
  });

  it('B4 finishes once and issues one code', async () => {
    const browser = await waiting();
    await alice().approve(await alice().scan({ qr: await browser.qr() }));
    const answers = await Promise.all(fifty.map(() => browser.finish()));
    expect([...new Set(answers.map(({ status, text }) => `${status} ${text}`))]).toEqual([
      expect.stringMatching(/^200 \{"location":/),
    ]);
    const location = String(answers[0]?.json().location);
    const resumed = await Promise.all(
      fifty.map(() =>
        browser.follow(location).then(
          (url) => url.searchParams.get('code'),
          () => null,
        ),
      ),
    );
    expect(new Set(resumed.filter(Boolean)).size).toBe(1);
  });
});
