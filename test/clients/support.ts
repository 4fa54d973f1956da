// What the tests of standard clients share: a provider, a browser, and programs that are relying parties.
// A relying party is a program of its own in `apps`, which a library's guide could contain. It is given its
// settings by the environment: ISSUER, ORIGIN, CLIENT_ID, CLIENT_SECRET.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import type { NewClient } from '../../src/core/client/clients.ts';
import { startApp } from '../support/app.ts';
import { desktop, openBrowser, readQr } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';

export type Stage = Awaited<ReturnType<typeof openStage>>;
/** A registered client, and the web application that it is for. */
export type RegisteredParty = NewClient & { readonly origin: string; readonly redirectUri: string };
type Settings = Readonly<Record<string, unknown>>;
/** `command` is looked for on the path; `cwd` defaults to the folder of these tests. */
export type Program = { readonly command: readonly string[]; readonly env?: NodeJS.ProcessEnv; readonly cwd?: string };

const here = import.meta.dirname;
/** For a program that compiles itself first, on a machine that has other work. */
const startPatienceMs = 120_000;

/** A provider and a browser for one test file. @param change of the provider's configuration (startApp) */
export async function openStage(change: Record<string, unknown> = {}) {
  const app = await startApp(change);
  const chromium = await openBrowser();
  const closers: (() => Promise<unknown>)[] = [];

  /** Starts a program and waits until `origin` answers. It ends with the stage. */
  async function run({ command, env, cwd }: Program, origin: string) {
    const program = startProgram({ command, env: { ...process.env, ...env }, cwd: cwd ?? here });
    closers.push(program.stop);
    await untilAnswers(origin, program);
    return program;
  }

  /**
   * Registers a client for a web application at a free port of localhost, the host that developers use. It
   * may ask for a name, an email address and refresh tokens.
   * @param path the path of the redirect URI, which the library chooses or its guide names
   * @param settings of the client, or what makes them of the application's origin
   */
  async function register(path: string, settings: Settings | ((origin: string) => Settings) = {}) {
    const origin = `http://localhost:${await freePort()}`;
    const made = await app.clients.create({
      client_name: 'Shop',
      redirect_uris: [`${origin}${path}`],
      post_logout_redirect_uris: [origin, `${origin}/`, `${origin}/signed-out`],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile email offline_access',
      ...(typeof settings === 'function' ? settings(origin) : settings),
    });
    const party: RegisteredParty = { ...made, origin, redirectUri: `${origin}${path}` };
    return party;
  }

  /** The environment by which a relying party learns its settings. */
  const settingsOf = ({ client, secret, origin }: RegisteredParty): NodeJS.ProcessEnv => ({
    ISSUER: app.config.issuer,
    ORIGIN: origin,
    CLIENT_ID: client.id,
    ...(secret !== null && { CLIENT_SECRET: secret }),
    NODE_NO_WARNINGS: '1',
  });

  return {
    app,
    issuer: app.config.issuer,
    chromium,
    register,
    run,
    settingsOf,

    /** Starts `apps/<name>.mjs` as the relying party. */
    startApp(name: string, party: RegisteredParty, env: NodeJS.ProcessEnv = {}) {
      const command = [process.execPath, join(here, 'apps', `${name}.mjs`)];
      return run({ command, env: { ...settingsOf(party), ...env } }, party.origin);
    },

    /** A tab of a browser that nobody used before. */
    async openTab(): Promise<Page> {
      const context: BrowserContext = await chromium.newContext({ ...desktop, ignoreHTTPSErrors: true });
      closers.push(() => context.close());
      return context.newPage();
    },

    async close() {
      for (const close of closers.reverse()) await close();
      await chromium.close();
      await app.stop();
    },
  };
}

function startProgram({ command, env, cwd }: Required<Omit<Program, 'env'>> & { env: NodeJS.ProcessEnv }) {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.on('error', (error) => (output += error.message));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return { child, output: () => output, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

async function untilAnswers(origin: string, { child, output }: ReturnType<typeof startProgram>): Promise<void> {
  const deadline = Date.now() + startPatienceMs;
  while (!(await fetch(origin, { redirect: 'manual' }).then(Boolean, () => false))) {
    const isOver = child.pid === undefined || child.exitCode !== null || Date.now() > deadline;
    if (isOver) throw new Error(`The relying party does not answer at ${origin}:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** On the sign-in page: signs a demo account in with its password, and allows what the app asks for. */
export async function signInByPassword(page: Page, username = 'alice'): Promise<void> {
  await page.getByText('Use a password instead').click();
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(`tessera-demo-${username}`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Allow' }).click();
}

/** On the sign-in page: the phone scans what the screen shows, and approves. */
export async function signInByPhone(page: Page, phone: VirtualPhone): Promise<void> {
  await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  await phone.approve(await phone.scan({ qr: await readQr(await page.screenshot()) }));
}

/** What a relying party's page prints as JSON, once the browser has arrived at `url`. */
export async function readJson(page: Page, url: string): Promise<Record<string, unknown>> {
  await page.waitForURL(url);
  const text = await page.locator('body').innerText();
  if (!text.startsWith('{')) throw new Error(`${url} shows:\n${text}`);
  return JSON.parse(text);
}

/** Opens a page of a relying party and reads it. */
export async function openJson(page: Page, url: string): Promise<Record<string, unknown>> {
  await page.goto(url);
  return readJson(page, url);
}
