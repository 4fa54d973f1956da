// The README's app, run as it stands: a sign-in, a refusal, two visitors at once, and a callback that nobody
// asked for.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { root, textOf } from '../support/documents.ts';
import { approveAt } from '../support/snippet.ts';
import { createWaitingBrowser } from '../support/waiting-browser.ts';

const [, code = ''] = /```js\n([\s\S]*?)```/.exec(textOf('README.md')) ?? [];
const home = 'http://127.0.0.1:8765';
const folder = join(root, 'data', `readme-${process.pid}`);
let app: TestApp;
let child: ChildProcess;

beforeAll(async () => {
  app = await startApp();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'app.mjs'), code);
  child = spawn(process.execPath, [join(folder, 'app.mjs')], {
    env: { ...process.env, ISSUER: app.issuer },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await untilAnswered(home);
});
afterAll(async () => {
  child.kill();
  await rm(folder, { recursive: true, force: true });
  await app.stop();
});

async function untilAnswered(url: string): Promise<void> {
  while (!(await fetch(url, { redirect: 'manual' }).catch(() => null))) {
    if (child.exitCode !== null) throw new Error('the example ended');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A visitor of the app: their own cookie, and where the app sends them. */
async function visit() {
  const response = await fetch(home, { redirect: 'manual' });
  const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const location = response.headers.get('location') ?? '';
  return { location, back: (url: URL | string) => fetch(url, { headers: { cookie } }) };
}

/** Presses "Cancel" on the sign-in page. @returns where the browser is sent */
async function cancelAt(location: string): Promise<URL> {
  const browser = createWaitingBrowser(app.issuer);
  const started = await browser.request(location);
  const base = started.headers.get('location') ?? '';
  await browser.request(base, { headers: { accept: 'text/html' } });
  const cancelled = await browser.json('POST', `${base}/cancel`, {});
  return browser.follow(String(cancelled.json().location));
}

describe('the app in the README', () => {
  it('signs a person in', async () => {
    const visitor = await visit();
    const callback = await approveAt(app.issuer, await app.phone('alice'), visitor.location);
    expect(await (await visitor.back(callback)).text()).toBe('Hello Alice Liddell, signed in by urn:tessera:qr');
  });

  it('survives Cancel: it reports that and offers to try again', async () => {
    const visitor = await visit();
    const callback = await cancelAt(visitor.location);
    expect(callback.searchParams.get('error')).toBe('access_denied');
    const page = await visitor.back(callback);
    expect(page.status).toBe(400);
    expect(await page.text()).toBe('<p>You cancelled the sign-in. <a href="/">Try again</a></p>');
    const again = await visit();
    const approved = await approveAt(app.issuer, await app.phone('alice'), again.location);
    expect(await (await again.back(approved)).text()).toContain('Hello Alice');
  });

  it('separates two visitors who sign in at the same time', async () => {
    const [first, second] = [await visit(), await visit()];
    const ofBob = await approveAt(app.issuer, await app.phone('bob'), second.location);
    const ofAlice = await approveAt(app.issuer, await app.phone('alice'), first.location);
    expect(await (await first.back(ofAlice)).text()).toContain('Hello Alice');
    expect(await (await second.back(ofBob)).text()).toContain('Hello Bob');
  });

  it('rejects the answer to one visitor from another one, and continues', async () => {
    const [first, second] = [await visit(), await visit()];
    const ofAlice = await approveAt(app.issuer, await app.phone('alice'), first.location);
    for (const stranger of [second.back(ofAlice), fetch(ofAlice), fetch(`${home}/callback`)]) {
      const answer = await stranger;
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain('The sign-in did not work.');
    }
    expect(await (await first.back(ofAlice)).text()).toContain('Hello Alice');
    expect(child.exitCode).toBeNull();
  });
});
