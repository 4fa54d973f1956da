// The table of test/support/network-table.ts, proven in Chromium over a network that fails: for each step and
// each fault, what the person sees, what the server holds, and how the sign-in goes on. The report prints the
// table.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AppBehindNetwork, startAppBehindNetwork } from '../support/app-behind-network.ts';
import { desktop, openBrowser, phone as phoneOptions } from '../support/browser.ts';
import { onFirst, type Rule } from '../support/faulty-network.ts';
import { type Cell, type FaultName, faults, type StepName, steps, table } from '../support/network-table.ts';
import { type RedirectChain, startRedirectChain } from '../support/redirect-chain.ts';
import { authorizationParams, createWaitingBrowser } from '../support/waiting-browser.ts';

let chain: RedirectChain;
let app: AppBehindNetwork;
let chromium: Browser;
let pocket: BrowserContext;
/** By the header that every request of a cell's page carries. */
const rules = new Map<string, Rule>();

beforeAll(async () => {
  chain = await startRedirectChain();
  const client = {
    client_id: 'shop',
    client_name: 'Shop',
    first_party: true,
    token_endpoint_auth_method: 'none',
    redirect_uris: [chain.redirectUri],
    scope: 'openid profile email',
  };
  app = await startAppBehindNetwork({ clients: [client] });
  chromium = await openBrowser();
  app.network.setRule((passing) => rules.get(String(passing.headers['x-cell']))?.(passing) ?? null);
  pocket = await chromium.newContext({ ...phoneOptions, serviceWorkers: 'block' });
  const page = await pocket.newPage();
  await page.goto(`${app.issuer}/sign-in`);
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password').fill('tessera-demo-alice');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(`${app.issuer}/q`);
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
  await chain?.close();
});

/** A page just before a step. */
type Stage = {
  /** What the person or the other side does, which sends the request of the step. */
  act(): Promise<unknown>;
  /** What the server holds. */
  held(): Promise<string>;
  /** What happens elsewhere once the fault is over. */
  meanwhile?(): Promise<unknown>;
};

const tap = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

const request = () => authorizationParams({ client_id: 'shop', redirect_uri: chain.redirectUri }).params;

/** The state of a ticket as its browser would be told. */
async function heldFor(context: BrowserContext, uid: string): Promise<string> {
  const path = `${app.issuer}/interaction/${uid}/ticket`;
  const cookie = (await context.cookies(path)).map(({ name, value }) => `${name}=${value}`).join('; ');
  const answer = await fetch(path, { headers: { cookie } });
  return answer.ok ? ((await answer.json()) as { state: string }).state : 'ended';
}

/** A waiting browser in Chromium, and a phone in code. */
async function stageInBrowser(step: StepName, page: Page): Promise<Stage> {
  const context = page.context();
  await page.goto(`${app.issuer}/auth?${request()}`);
  const uid = page.url().split('/').at(-1) ?? '';
  const held = () => heldFor(context, uid);
  const approve = async () => {
    const cookie = (await context.cookies(page.url())).map(({ name, value }) => `${name}=${value}`).join('; ');
    const { qr } = (await (await fetch(`${app.issuer}/interaction/${uid}/ticket`, { headers: { cookie } })).json()) as {
      qr: string;
    };
    const phone = await app.phone();
    await phone.approve(await phone.scan({ qr }));
  };
  if (step === 'stream') return { act: async () => undefined, held, meanwhile: approve };
  if (step === 'cancel') return { act: () => tap(page, 'Cancel'), held };
  if (step !== 'password') return { act: approve, held };
  await page.getByText('Use a password instead').click();
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password').fill('tessera-demo-alice');
  return { act: () => tap(page, 'Sign in'), held };
}

/** The phone in Chromium, and a waiting browser in code. */
async function stageOnPhone(step: StepName, page: Page): Promise<Stage> {
  const browser = createWaitingBrowser(app.issuer);
  await browser.open({ client_id: 'shop', redirect_uri: chain.redirectUri });
  const link = await browser.qr();
  const held = async () => String((await browser.ticket()).json().state);
  if (step === 'scan') return { act: () => page.goto(link), held };
  await page.goto(link);
  const button = step === 'approve' ? 'Approve' : 'Deny';
  await page.getByRole('button', { name: button, exact: true }).waitFor();
  return { act: () => tap(page, button), held };
}

/**
 * A page reports what a person reads in it, because Chromium answers no question while a navigation waits.
 */
const reporter = `setInterval(() => console.debug('seen: ' + [...document.querySelectorAll('h1, [role=alert], [role=status], p, button')]
  .filter((each) => each.checkVisibility()).map((each) => each.innerText.trim()).join(' | ')), 100)`;

/** What a person reads in a page now. @param reported what it last said itself */
function seenIn(page: Page, reported: string): string {
  const url = page.url();
  if (url.startsWith('chrome-error:')) return 'the browser’s own page about the network';
  if (!url.startsWith(chain.end)) return reported;
  const parameters = new URL(url).searchParams;
  return parameters.has('code') ? 'the app, with a code' : `the app, with ${parameters.get('error')}`;
}

const patienceMs = 25_000;

/** Plays one cell. @returns what happened, in the shape of the table; where it stopped, all that was seen */
async function play(step: StepName, faultName: FaultName, wanted: Cell): Promise<Cell> {
  const id = `${step}-${faultName}`;
  const isOnPhone = step === 'scan' || step === 'approve' || step === 'deny';
  // The stream opens with its page, so its fault is there from the beginning.
  const fail = () => rules.set(id, onFirst(steps[step].request, faults[faultName].fault));
  if (step === 'stream') fail();
  const seen: string[] = [];
  const context = isOnPhone ? pocket : await chromium.newContext({ ...desktop, serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.setExtraHTTPHeaders({ 'x-cell': id });
  let reported = '';
  await page.addInitScript(reporter);
  page.on('console', (message) => {
    if (message.text().startsWith('seen: ')) reported = message.text().slice(6);
  });
  let shown = page;
  async function until(text: string): Promise<string> {
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline) {
      const now = seenIn(shown, reported);
      if (now !== seen.at(-1)) seen.push(now);
      if (now.includes(text)) return text;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    return `NOT SEEN. Instead: ${seen.join(' → ')}`;
  }
  try {
    const stage = await (isOnPhone ? stageOnPhone : stageInBrowser)(step, page);
    if (step !== 'stream') fail();
    // A navigation that never ends is not waited for.
    void stage.act().catch(() => undefined);
    const sees = await until(wanted.sees);
    const holds = await stage.held();
    await stage.meanwhile?.();
    if (wanted.goesOnBy.startsWith('tap ')) await tap(page, wanted.goesOnBy.slice(4));
    if (wanted.goesOnBy === 'a reload') await page.reload({ waitUntil: 'commit' });
    if (wanted.goesOnBy === 'another tab') {
      shown = await context.newPage();
      await shown.goto(page.url());
    }
    return { sees, holds, goesOnBy: wanted.goesOnBy, ends: await until(wanted.ends) };
  } catch (error) {
    return {
      sees: `FAILED: ${error}. Seen: ${seen.join(' → ')} then ${reported}`,
      holds: '',
      goesOnBy: wanted.goesOnBy,
      ends: '',
    };
  } finally {
    await (isOnPhone ? page : context).close();
  }
}

const cells = (Object.keys(steps) as StepName[]).flatMap((step) =>
  (Object.keys(faults) as FaultName[]).map((fault) => ({ step, fault, wanted: table[step][fault] })),
);

/** So many pages at once keep the processors busy while most of them wait for a network. */
const lanes = 20;

it('every step says what is true under every fault, and goes on', { timeout: 300_000 }, async () => {
  const played: { step: StepName; fault: FaultName; wanted: Cell; found: Cell }[] = [];
  const waiting = [...cells];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const found = await play(next.step, next.fault, next.wanted);
      played.push({ ...next, found });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const inOrder = cells.map(({ step, fault }) => played.find((each) => each.step === step && each.fault === fault));
  process.stdout.write(`${inOrder.map((each) => each && rowOf(each.step, each.fault, each.found)).join('\n')}\n`);
  for (const each of inOrder) expect(each?.found, `${each?.step}, ${each?.fault}`).toEqual(each?.wanted);
});

const rowOf = (step: StepName, fault: FaultName, { sees, holds, goesOnBy, ends }: Cell): string =>
  `| ${[steps[step].title, faults[fault].title, sees, holds, `${goesOnBy}: ${ends}`].join(' | ')} |`;
