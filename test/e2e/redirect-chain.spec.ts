// F3 Every form of the provider that leads to a relying party, where the relying party redirects over two
// further origins. Chromium applies form-action to each of these redirects.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestApp } from '../support/app.ts';
import { desktop } from '../support/browser.ts';
import { type ChainDesk, type RedirectChain, startChainDesk } from '../support/redirect-chain.ts';
import { authorizationParams } from '../support/waiting-browser.ts';

let desk: ChainDesk;
let app: TestApp;
let chain: RedirectChain;
let chromium: Browser;
let context: BrowserContext | undefined;
const violations: string[] = [];

beforeAll(async () => {
  desk = await startChainDesk(
    ({ redirectUri }) => [
      {
        client_id: 'chain',
        client_name: 'Chain',
        post_logout_redirect_uris: [redirectUri],
        scope: 'openid profile email',
      },
    ],
    { sign_up: 'open' },
  );
  ({ app, chain, chromium } = desk);
});
afterAll(() => desk?.stop());
afterEach(async () => {
  await context?.close();
  expect(violations.splice(0), 'nothing breaks the content security policy').toEqual([]);
});

async function openPage(javaScriptEnabled: boolean): Promise<Page> {
  context = await chromium.newContext({ ...desktop, javaScriptEnabled });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (/Content Security Policy|form-action/i.test(message.text())) violations.push(message.text());
  });
  return page;
}

const authorize = (page: Page, change: Record<string, string> = {}) => {
  const { params } = authorizationParams({ client_id: 'chain', redirect_uri: chain.redirectUri, ...change });
  return page.goto(`${app.issuer}/auth?${params}`);
};

async function signIn(page: Page, username: string): Promise<void> {
  if (!page.url().includes('?')) await page.goto(`${page.url()}?password`);
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(`tessera-demo-${username}`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const allow = (page: Page) => page.getByRole('button', { name: 'Allow' }).click();
const goBack = (page: Page) => page.getByRole('button', { name: 'Cancel' }).click();

async function qrOf(page: Page): Promise<string> {
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const ticket = await fetch(`${page.url()}/ticket`, { headers: { cookie } });
  return ((await ticket.json()) as { qr: string }).qr;
}

/** What the provider sent to the relying party, at the end of the chain. */
async function arrival(page: Page): Promise<URLSearchParams> {
  await page.waitForURL(`${chain.end}**`, { timeout: 10_000 });
  expect(await page.textContent('h1')).toBe('Arrived');
  return new URL(page.url()).searchParams;
}

describe.each([
  ['with scripts', true],
  ['without scripts', false],
])('F3 a form %s ends at a relying party that redirects over two further origins', (_title, hasScript) => {
  it('after password and consent', async () => {
    const page = await openPage(hasScript);
    await authorize(page);
    await signIn(page, 'alice');
    await allow(page);
    expect((await arrival(page)).has('code')).toBe(true);
  });

  it('after a new account and consent', async () => {
    const page = await openPage(hasScript);
    await authorize(page, { prompt: 'create' });
    await page.getByLabel('Username').fill(hasScript ? 'nora' : 'olga');
    await page.getByLabel('Password').fill('four words make a sentence');
    await page.getByRole('button', { name: 'Create account' }).click();
    await allow(page);
    expect((await arrival(page)).has('code')).toBe(true);
  });

  it('after Cancel on the sign-in page', async () => {
    const page = await openPage(hasScript);
    await authorize(page);
    await goBack(page);
    expect((await arrival(page)).get('error')).toBe('access_denied');
  });

  it('after Cancel on the consent page', async () => {
    const page = await openPage(hasScript);
    await authorize(page);
    await signIn(page, 'alice');
    // The sign-in page has a "Cancel" as well.
    await page.getByRole('button', { name: 'Allow' }).waitFor();
    await goBack(page);
    expect((await arrival(page)).get('error')).toBe('access_denied');
  });

  it('after the approval of a phone', async () => {
    const page = await openPage(hasScript);
    await authorize(page);
    const phone = await app.phone('alice');
    await phone.approve(await phone.scan({ qr: await qrOf(page) }));
    if (!hasScript) await page.getByRole('button', { name: 'Continue' }).click();
    expect((await arrival(page)).has('code')).toBe(true);
  });

  it('after a second person has signed in to the same browser', async () => {
    const page = await openPage(hasScript);
    await authorize(page);
    await signIn(page, 'alice');
    await allow(page);
    await arrival(page);
    await authorize(page, { prompt: 'login' });
    await signIn(page, 'bob');
    // The library's page submits itself; without script it has a button.
    if (!hasScript) await page.getByRole('button', { name: 'Continue' }).click();
    await allow(page);
    expect((await arrival(page)).has('code')).toBe(true);
  });

  it('after a new account was made', async () => {
    const page = await openPage(hasScript);
    await authorize(page, { prompt: 'create' });
    await page.getByLabel('Username').fill(hasScript ? 'dora' : 'emil');
    await page.getByLabel('Password').fill('four words make a sentence');
    await page.getByRole('button', { name: 'Create account' }).click();
    await allow(page);
    expect((await arrival(page)).has('code')).toBe(true);
  });

  it('after a phone has refused', async () => {
    const page = await openPage(hasScript);
    await authorize(page);
    const phone = await app.phone('alice');
    await phone.deny(await phone.scan({ qr: await qrOf(page) }));
    if (!hasScript) await page.getByRole('button', { name: 'Continue' }).click();
    expect((await arrival(page)).get('error')).toBe('access_denied');
  });

  it('after a form of the relying party has signed the person out', async () => {
    const page = await openPage(hasScript);
    await authorize(page);
    await signIn(page, 'alice');
    await allow(page);
    await arrival(page);
    await page.setContent(`<form method="post" action="${app.issuer}/session/end">
      <input name="client_id" value="chain"><input name="post_logout_redirect_uri" value="${chain.redirectUri}">
      <input name="state" value="kept"><button>Leave</button></form>`);
    await page.getByRole('button', { name: 'Leave' }).click();
    if (!hasScript) await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect((await arrival(page)).get('state')).toBe('kept');
  });

  it('after signing out', async () => {
    const page = await openPage(hasScript);
    await authorize(page);
    await signIn(page, 'alice');
    await allow(page);
    await arrival(page);
    const parameters = { client_id: 'chain', post_logout_redirect_uri: chain.redirectUri, state: 'kept' };
    await page.goto(`${app.issuer}/session/end?${new URLSearchParams(parameters)}`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect((await arrival(page)).get('state')).toBe('kept');
  });

  it('by form_post, with a code', async () => {
    const page = await openPage(hasScript);
    await authorize(page, { response_mode: 'form_post' });
    await signIn(page, 'alice');
    await allow(page);
    if (!hasScript) await page.getByRole('button', { name: 'Continue' }).click();
    expect((await arrival(page)).has('code')).toBe(true);
  });

  it.each([
    ['that a person caused', { prompt: 'login' }, 'access_denied'],
    ['of prompt=none', { prompt: 'none' }, 'login_required'],
    ['found before the redirect URI is checked', { prompt: 'bogus' }, 'invalid_request'],
    ['of the response type, found before that', { response_type: 'token' }, 'unsupported_response_type'],
  ])('by form_post, with an error %s', async (_name, change, error) => {
    const page = await openPage(hasScript);
    await authorize(page, { response_mode: 'form_post', ...change } as Record<string, string>);
    if (error === 'access_denied') await goBack(page);
    if (!hasScript) await page.getByRole('button', { name: 'Continue' }).click();
    expect((await arrival(page)).get('error')).toBe(error);
  });
});

it('F3 "Continue as" on a device ends at a relying party that redirects over two further origins', async () => {
  const page = await openPage(true);
  await page.goto(`${app.issuer}/sign-in?return_to=%2Faccount`);
  await signIn(page, 'alice');
  await page.waitForURL(`${app.issuer}/account`);
  await authorize(page);
  await page.getByRole('button', { name: 'Continue as Alice Liddell' }).click();
  expect((await arrival(page)).has('code')).toBe(true);
});
