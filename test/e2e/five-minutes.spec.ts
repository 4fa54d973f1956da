// From an empty folder to a signed-in relying party, by each way of docs/getting-started.md. The commands run
// as they are written, except for the port, and the pages are used by the names that the text gives them.
// Then a person signs in.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desktop, openBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { approveFor, claimsOf } from '../support/signed-in.ts';
import { createVirtualPhone } from '../support/virtual-phone.ts';
import { createWaitingBrowser } from '../support/waiting-browser.ts';

const root = join(import.meta.dirname, '../..');
const page = await readFile(join(root, 'docs/getting-started.md'), 'utf8');
const [, text = ''] = /^## From an empty folder in five minutes\n(.*?)^## /ms.exec(page) ?? [];
const ways = text.split(/^### /m).slice(1);

let tools: string;
let chromium: Browser;
beforeAll(async () => {
  chromium = await openBrowser();
  tools = await mkdtemp(join(tmpdir(), 'tessera-tools-'));
  // As `npm link` makes it.
  await symlink(join(root, 'src/tessera.mjs'), join(tools, 'tessera'));
});
afterAll(async () => {
  await chromium?.close();
  await rm(tools, { recursive: true, force: true });
});

/** Without what `npm test` puts before it: the machine's Node.js, whichever it is. */
const ownPath = (process.env.PATH ?? '').split(':').filter((folder) => !folder.includes('node_modules'));

/**
 * A shell of its own process group. A block that ends by starting the provider goes on until it is stopped.
 */
function run(block: string, cwd: string) {
  const keep = ['PATH', 'HOME', 'LANG'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  const env = { ...Object.fromEntries(keep), PATH: [tools, ...ownPath].join(':') };
  const child = spawn('bash', ['-euc', block], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { output: () => output, ended, stop: () => stop(child, ended) };
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.pid) process.kill(-child.pid, 'SIGTERM');
  await ended;
}

async function untilReady(issuer: string, started: ReturnType<typeof run>): Promise<void> {
  let code: number | null | undefined;
  void started.ended.then((each) => (code = each));
  const isReady = async () => (await fetch(`${issuer}/readyz`).catch(() => null))?.ok === true;
  await expect.poll(async () => code !== undefined || (await isReady()), { timeout: 40_000 }).toBe(true);
  expect(code, started.output()).toBeUndefined();
}

const found = (output: string, name: string): string =>
  new RegExp(`"?${name}"?:?\\s*"?([\\w-]+)`).exec(output)?.[1] ?? '';

/** What the section says to do in the browser, by the words it says it with. @returns what it says to copy */
async function followInBrowser(way: string, printed: () => string): Promise<[id: string, secret: string]> {
  await expect.poll(printed, { timeout: 10_000 }).toContain('/link/');
  const [link = ''] = /http:\S+\/link\/\S+/.exec(printed()) ?? [];
  const [create, goOn, add, kind, uris, done, id, secret, connect, tryIt] = [...way.matchAll(/\*\*(.+?)\*\*/g)].map(
    ([, words = '']) => words,
  );
  const [username = '', password = '', name = '', uri = ''] = [...way.matchAll(/`([^`\n]+)`/g)].map(
    ([, text = '']) => text,
  );
  const page = await (await chromium.newContext(desktop)).newPage();
  const press = (button: string | undefined) => page.getByRole('button', { name: button ?? '', exact: true }).click();
  const copied = (label: string | undefined) =>
    page
      .locator('dt', { hasText: new RegExp(`^${label}$`) })
      .locator('..')
      .locator('code')
      .innerText();
  try {
    await page.goto(link);
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await press(create);
    await press(goOn);
    await page.getByRole('link', { name: add ?? '', exact: true }).click();
    await page.getByRole('radio', { name: kind ?? '' }).check();
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel(uris ?? '', { exact: true }).fill(uri);
    await press(done);
    await page.getByText('Copy the secret now').waitFor();
    for (const other of [connect, tryIt])
      expect(await page.getByRole('link', { name: other ?? '', exact: true }).count()).toBe(1);
    return [await copied(id), await copied(secret)];
  } finally {
    await page.context().close();
  }
}

describe('from an empty folder to a signed-in relying party', () => {
  it.each(ways.map((way) => [way.split('\n')[0] ?? '', way] as const))('%s', { timeout: 90_000 }, async (_, way) => {
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const folder = join(await mkdtemp(join(tmpdir(), 'tessera-way-')), 'empty');
    await mkdir(folder);
    const running: ReturnType<typeof run>[] = [];
    try {
      for (const [, written = ''] of way.matchAll(/```sh\n([\s\S]*?)```/g)) {
        const init = `tessera config init --issuer ${issuer}`;
        const block = written.replaceAll('localhost:3000', `localhost:${port}`).replace('tessera config init', init);
        const started = run(block, folder);
        running.push(started);
        if (/^tessera start$/m.test(block)) await untilReady(issuer, started);
        else expect(await started.ended, started.output()).toBe(0);
      }
      const output = running.map((each) => each.output()).join('\n');
      const [id, secret] = way.includes('Open it:')
        ? await followInBrowser(way, () => running.map((each) => each.output()).join('\n'))
        : [found(output, 'client_id') || 'my-shop', found(output, 'client_secret')];
      const phone = createVirtualPhone({ issuer });
      await phone.signIn('carol', 'a long sentence as password');
      const browser = createWaitingBrowser(issuer);
      const callback = await approveFor(browser, phone, { client_id: id, scope: 'openid profile' });
      const redeemed = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: callback.searchParams.get('code') ?? '',
          redirect_uri: 'http://127.0.0.1:8765/callback',
          code_verifier: browser.verifier,
        }),
      });
      const { id_token = '' } = (await redeemed.json()) as { id_token?: string };
      expect(claimsOf(id_token)).toMatchObject({ iss: issuer, aud: id, acr: 'urn:tessera:qr' });
    } finally {
      await Promise.all(running.map((each) => each.stop()));
      await rm(dirname(folder), { recursive: true, force: true });
    }
  });

  it('needs at most one screen of output for each step', () => {
    expect(ways).toHaveLength(4);
    for (const way of ways) expect(way.split('\n').length).toBeLessThanOrEqual(40);
  });
});
