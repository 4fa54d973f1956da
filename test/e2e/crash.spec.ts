// Crashes in the middle of a sign-in: kill -9 of the server while a browser waits and between approve and
// finish, a restart of Redis, an outage of Redis, and an orderly shutdown. A real Chromium page waits and is
// never reloaded.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desktop, openBrowser, readQr } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { type Node, startNode } from '../support/process.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { createVirtualPhone, type VirtualPhone } from '../support/virtual-phone.ts';
import { authorizationParams, createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

type Deployment = {
  issuer: string;
  node: () => Node;
  kill(): Promise<unknown>;
  restart(): Promise<void>;
  stop(): Promise<void>;
  redis?: Awaited<ReturnType<typeof startRedisServer>>;
};

async function deploy(env: Record<string, string>, clean: () => Promise<unknown>): Promise<Deployment> {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  let node = await startNode({ port, issuer, env });
  return {
    issuer,
    node: () => node,
    kill: () => node.kill(),
    async restart() {
      node = await startNode({ port, issuer, env });
    },
    async stop() {
      await node.stop();
      await clean();
    },
  };
}

async function onSqlite(): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-crash-'));
  return deploy({ TESSERA_STORE_PATH: join(folder, 'db.sqlite') }, () => rm(folder, { recursive: true, force: true }));
}

async function onRedis(): Promise<Deployment> {
  const redis = await startRedisServer({ appendOnly: true });
  const deployment = await deploy({ TESSERA_STORE_KIND: 'redis', TESSERA_STORE_URL: redis.url }, () => redis.stop());
  return { ...deployment, redis };
}

let chromium: Browser;
beforeAll(async () => {
  chromium = await openBrowser();
});
afterAll(() => chromium?.close());

/** A desktop page that waits, and where it goes at the relying party, which is not there. */
async function openWaiting(issuer: string): Promise<{ page: Page; callback: Promise<URL> }> {
  const context = await chromium.newContext(desktop);
  const page = await context.newPage();
  const callback = new Promise<URL>((resolve) => {
    page.on('request', (request) => {
      if (request.url().startsWith(redirectUri)) resolve(new URL(request.url()));
    });
  });
  await page.goto(`${issuer}/auth?${authorizationParams().params}`);
  await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  return { page, callback };
}

describe.each([
  ['SQLite', onSqlite],
  ['Redis', onRedis],
])('a crash on %s', (name, open) => {
  let deployment: Deployment;
  let alice: VirtualPhone;

  beforeAll(async () => {
    deployment = await open();
    alice = createVirtualPhone({ issuer: deployment.issuer });
    await alice.signIn('alice', 'tessera-demo-alice');
  });
  afterAll(() => deployment?.stop());

  it('I3 kill -9 while the browser waits: the page recovers by itself and the sign-in completes', async () => {
    const { page, callback } = await openWaiting(deployment.issuer);
    await deployment.kill();
    await deployment.restart();
    await alice.approve(await alice.scan({ qr: await readQr(await page.screenshot()) }));
    expect((await callback).searchParams.get('code')).toBeTruthy();
    await page.context().close();
  });

  it('kill -9 between approve and finish: the approval is not lost', async () => {
    const browser = createWaitingBrowser(deployment.issuer);
    await browser.open();
    await alice.approve(await alice.scan({ qr: await browser.qr() }));
    await deployment.kill();
    await deployment.restart();
    expect((await browser.ticket()).json()).toMatchObject({ state: 'approved' });
    const finished = await browser.finish();
    const done = await browser.follow(String(finished.json().location));
    expect((await browser.redeem(done.searchParams.get('code') ?? '')).status).toBe(200);
  });

  it('kill -9 right after approve: the waiting page finishes once the server is back', async () => {
    const { page, callback } = await openWaiting(deployment.issuer);
    const claim = await alice.scan({ qr: await readQr(await page.screenshot()) });
    await page.route('**/finish', (route) => route.abort());
    await alice.approve(claim);
    await deployment.kill();
    await page.unroute('**/finish');
    await deployment.restart();
    expect((await callback).searchParams.get('code')).toBeTruthy();
    await page.context().close();
  });

  if (name === 'Redis') {
    it('redis-server restarted while the browser waits: nothing is lost', async () => {
      const { page, callback } = await openWaiting(deployment.issuer);
      const link = await readQr(await page.screenshot());
      const claim = await alice.scan({ qr: link });
      await deployment.redis?.restart();
      await until(() => alice.approve(claim));
      expect((await callback).searchParams.get('code')).toBeTruthy();
      await page.context().close();
    });

    it('I1 an outage of Redis: requests fail with a clear message, nothing is half granted, and service returns without a restart', async () => {
      const signedIn = createWaitingBrowser(deployment.issuer);
      await signedIn.open();
      await alice.approve(await alice.scan({ qr: await signedIn.qr() }));
      const code = (await signedIn.follow(String((await signedIn.finish()).json().location))).searchParams.get('code');
      const browser = createWaitingBrowser(deployment.issuer);
      await browser.open();
      const qr = await browser.qr();
      await deployment.redis?.kill();
      const scan = await alice.call('POST', '/phone/v1/scan', { qr });
      expect(scan.status).toBe(503);
      expect(scan.body.code).toBe('temporarily_unavailable');
      expect((await browser.finish()).status).toBe(503);
      const token = await signedIn.redeem(code ?? '');
      expect(token.status).toBe(503);
      expect(await token.json()).toMatchObject({ error: 'temporarily_unavailable' });
      expect((await fetch(`${deployment.issuer}/readyz`)).status).toBe(503);
      expect((await fetch(`${deployment.issuer}/healthz`)).status).toBe(200);
      await deployment.redis?.restart();
      await until(async () => {
        const { status } = await fetch(`${deployment.issuer}/readyz`);
        if (status !== 200) throw new Error('not ready');
      });
      expect((await browser.ticket()).json().state).toBe('pending');
      expect((await signedIn.redeem(code ?? '')).status).toBe(200);
      expect(deployment.node().output()).not.toContain('"level":60');
    });
  }

  it('SIGTERM: streams end with a request to reconnect, requests finish, and the process exits with 0 within 10 s', async () => {
    const browser = createWaitingBrowser(deployment.issuer);
    await browser.open();
    const cookie = [...browser.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');
    const stream = await fetch(`${deployment.issuer}${browser.base}/events`, { headers: { cookie } });
    const text = stream.text();
    const startedAt = performance.now();
    expect(await deployment.node().stop()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(await text).toMatch(/retry: 1000\n\n$/);
    await deployment.restart();
    expect((await browser.ticket()).json().state).toBe('pending');
  });
});

/** Repeats until it succeeds; the test's own timeout is the end of patience. */
async function until<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
