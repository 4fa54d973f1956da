// `prompt=select_account` and `prompt=create` (OIDC Core §3.1.2.1; Initiating User Registration 1.0): both
// end with a code, neither asks again without end.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { type MailReceiver, startMailReceiver } from '../support/mail-receiver.ts';
import { createWaitingBrowser, type WaitingBrowser } from '../support/waiting-browser.ts';

const password = 'four words make a sentence';
const html = { accept: 'text/html' };

/** Sends a form as a browser without script does. */
const send = (browser: WaitingBrowser, path: string, fields: Record<string, string>) =>
  browser.request(path, { method: 'POST', headers: html, body: new URLSearchParams(fields) });

/** Agrees where consent is asked for, and returns what the relying party receives. */
async function arrive(browser: WaitingBrowser, answer: { headers: Headers; text: string }): Promise<URL> {
  const onward = /url=([^"]+)"/i.exec(answer.text)?.[1]?.replaceAll('&amp;', '&');
  let next = new URL(answer.headers.get('location') ?? onward ?? '', 'http://127.0.0.1');
  for (let hops = 0; hops < 8 && next.pathname !== '/callback'; hops++) {
    const page = await browser.request(next.pathname + next.search, { headers: html });
    const to = page.headers.get('location');
    if (to) next = new URL(to, next);
    else {
      const agreed = await browser.json('POST', `${next.pathname}/consent`);
      next = new URL(String(agreed.json().location), next);
    }
  }
  return next;
}

const signInAsAlice = async (browser: WaitingBrowser, base: string) =>
  arrive(browser, await send(browser, `${base}/password`, { username: 'alice', password: 'tessera-demo-alice' }));

describe('with sign-up closed', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ sign_up: 'closed' });
  });
  afterAll(() => app?.stop());

  it.each(['select_account', 'create', 'login select_account', 'consent create', 'select_account consent login'])(
    'prompt=%s shows the sign-in page and ends with a code, signed in or not',
    async (prompt) => {
      const browser = createWaitingBrowser(app.issuer);
      for (let times = 0; times < 2; times++) {
        const page = await browser.open({ prompt });
        expect([page.status, page.text.includes('id="waiting"')]).toEqual([200, true]);
        const isSaid = page.text.includes('New accounts cannot be created here');
        expect(isSaid).toBe(prompt.includes('create'));
        const arrived = await signInAsAlice(browser, browser.base);
        expect([arrived.searchParams.get('error'), Boolean(arrived.searchParams.get('code'))]).toEqual([null, true]);
      }
    },
  );

  it('refuses values that do not exist, and none beside another', async () => {
    for (const prompt of ['choose', 'none select_account', 'none create', 'create create choose']) {
      const refused = await createWaitingBrowser(app.issuer).open({ prompt });
      expect(refused.headers.get('location')).toContain('error=invalid_request');
    }
  });

  it('has no form for a new account, in any interaction', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ prompt: 'create' });
    expect((await browser.request(`${browser.base}/sign-up`, { headers: html })).status).toBe(403);
  });

  it('names the values in discovery', async () => {
    const answer = await fetch(`${app.issuer}/.well-known/openid-configuration`);
    const found = (await answer.json()) as Record<string, unknown>;
    expect(found.prompt_values_supported).toEqual(['none', 'login', 'consent', 'create', 'select_account']);
  });
});

describe('with sign-up open, without mail', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ sign_up: 'open' });
  });
  afterAll(() => app?.stop());

  it('prompt=create leads to the form, and back to the site with a code for the new account', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const led = await browser.open({ prompt: 'create' });
    const form = led.headers.get('location') ?? '';
    expect(form).toBe(`${browser.base}/sign-up`);
    const page = await browser.request(form, { headers: html });
    expect(page.text).toContain(`action="${form}"`);
    expect(page.text).toContain(`href="${browser.base}?other"`);
    expect((await send(browser, form, { username: 'dora', password: 'short' })).status).toBe(422);
    const arrived = await arrive(browser, await send(browser, form, { username: 'dora', password }));
    const redeemed = await browser.redeem(arrived.searchParams.get('code') ?? '');
    const { sub, acr } = decodeJwt(String(((await redeemed.json()) as Record<string, unknown>).id_token));
    expect(sub).toBe((await app.accounts.findByUsername('dora'))?.id);
    expect(acr).toBe('urn:tessera:password');
  });

  it('lets somebody who has an account sign in instead, in whichever browser', async () => {
    const browser = createWaitingBrowser(app.issuer);
    for (let times = 0; times < 2; times++) {
      await browser.open({ prompt: 'create' });
      const page = await browser.request(`${browser.base}?other`, { headers: html });
      expect(page.text).toContain('id="waiting"');
      // The page with a ticket stays the sign-in page.
      expect((await browser.request(browser.base, { headers: html })).text).toContain('id="waiting"');
      expect((await signInAsAlice(browser, browser.base)).searchParams.get('code')).toBeTruthy();
    }
  });

  it('A14 does not take a new password for a passkey that was asked for', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ prompt: 'create', acr_values: 'phr' });
    const made = await send(browser, `${browser.base}/sign-up`, { username: 'emil', password });
    expect([made.status, made.headers.get('location')]).toEqual([303, browser.base]);
    const page = await browser.request(browser.base, { headers: html });
    expect([page.status, page.text.includes('id="waiting"')]).toEqual([200, true]);
  });

  it('answers 404 to a browser without the interaction', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ prompt: 'create' });
    const stranger = createWaitingBrowser(app.issuer);
    const path = `${browser.base}/sign-up`;
    expect((await stranger.request(path, { headers: html })).status).toBe(404);
    expect((await send(stranger, path, { username: 'frida', password })).status).toBe(404);
    expect(await app.accounts.findByUsername('frida')).toBeNull();
  });
});

describe('with sign-up by mail', () => {
  let app: TestApp;
  let receiver: MailReceiver;
  beforeAll(async () => {
    receiver = await startMailReceiver();
    const mail = { smtp_url: `${receiver.url}?tls=off`, from: 'no-reply@example.org' };
    app = await startApp({ sign_up: 'open', mail });
  });
  afterAll(async () => {
    await app?.stop();
    await receiver?.close();
  });

  it('prompt=create leads back to the interaction when the link is used in the same browser', async () => {
    for (const [email, isSame] of [['gert@example.com', true] as const, ['hedi@example.com', false] as const]) {
      const browser = createWaitingBrowser(app.issuer);
      await browser.open({ prompt: 'create' });
      expect((await send(browser, `${browser.base}/sign-up`, { email })).status).toBe(200);
      const mailed = () => receiver.mails.find(({ to }) => to.includes(email))?.text ?? '';
      await expect.poll(mailed, { timeout: 10_000 }).toContain('/link/');
      const link = /\/link\/[\w-]{43}/.exec(mailed())?.[0] ?? '';
      const opener = isSame ? browser : createWaitingBrowser(app.issuer);
      const used = await send(opener, link, { username: email.slice(0, 4), password });
      expect(used.headers.get('location')).toBe(isSame ? browser.base : '/q');
      // The browser is signed in now; the form of a new account does not come again.
      const page = await opener.request(browser.base, { headers: html });
      expect(page.status).toBe(isSame ? 200 : 404);
    }
  });
});
