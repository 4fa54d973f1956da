// A verified email address in the place of a username, over HTTP: in `login_hint`, at the waiting browser, on
// the phone and at recovery. Nothing tells whether an address is known (security.md D4).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { type MailReceiver, startMailReceiver } from '../support/mail-receiver.ts';
import { createWaitingBrowser } from '../support/waiting-browser.ts';

const password = 'four words make a sentence';
let app: TestApp;
let receiver: MailReceiver;
beforeAll(async () => {
  receiver = await startMailReceiver();
  app = await startApp({ mail: { smtp_url: `${receiver.url}?tls=off`, from: 'no-reply@example.org' } });
  const add = (username: string, emailVerified: boolean) =>
    app.accounts.create({ username, password, email: `${username}@example.org`, emailVerified });
  await add('vera', true);
  await add('ugo', false);
  await add('dina', true);
  await app.accounts.update((await app.accounts.getByUsername('dina')).id, {}, null, true);
});
afterAll(async () => {
  await app?.stop();
  await receiver?.close();
});

const html = { accept: 'text/html' };
const post = (path: string, fields: Record<string, string>) =>
  fetch(app.issuer + path, { method: 'POST', redirect: 'manual', headers: html, body: new URLSearchParams(fields) });

/** One of each kind that gets no answer of its own: known, not verified, disabled, unknown. */
const addresses = ['vera', 'ugo', 'dina', 'nobody'].map((name) => `${name}@example.org`);

/** What tells two answers apart, but for the name that was typed, and for what is new in every answer. */
const shapeOf = (status: number, headers: Headers, text: string, name: string) => ({
  status,
  names: [...headers.keys()].join(' '),
  text: text
    .replaceAll(name, 'NAME')
    .replace(/form_token" value="[^"]*"|nonce="[^"]*"|data-[\w-]+="\d+"|interaction\/[\w-]+/g, ''),
});

describe('a login_hint with an email address', () => {
  it('fills the field, and the address signs in to the app', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const page = await browser.open({ login_hint: 'vera@example.org', prompt: 'login' });
    expect(page.text).toMatch(/<input[^>]*name="username"[^>]*value="vera@example\.org"/);
    const body = new URLSearchParams({ username: 'Vera@Example.org', password });
    const signedIn = await browser.request(`${browser.base}/password`, { method: 'POST', body });
    expect([signedIn.status, signedIn.json().location]).toEqual([200, expect.stringContaining('/auth/')]);
  });

  it('D4 shows the same page whether the address is known or not', async () => {
    const pages = [];
    for (const login_hint of addresses) {
      const { status, headers, text } = await createWaitingBrowser(app.issuer).open({ login_hint });
      const isOfCode =
        /data:image\/svg\+xml;base64,[\w+/=]+|<svg.*?<\/svg>|[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}/gs;
      pages.push(shapeOf(status, headers, text.replace(isOfCode, ''), login_hint));
    }
    for (const page of pages) expect(page).toEqual(pages[0]);
  });
});

describe('an email address in a username field', () => {
  it('signs in on the phone', async () => {
    const answer = await post('/sign-in', { username: ' vera@example.org ', password, return_to: '/q' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/q']);
  });

  it.each(['/sign-in', '/forgot', '/recover'])('D4 is answered alike at %s', async (path) => {
    const answers = [];
    for (const name of addresses) {
      const fields = { username: name, name, password: 'not the password at all', code: 'not-a-code', return_to: '/q' };
      const answer = await post(path, fields);
      // Nothing but what the form of the page needs.
      expect(answer.headers.getSetCookie().filter((line) => !line.startsWith('tessera_browser='))).toEqual([]);
      answers.push(shapeOf(answer.status, answer.headers, await answer.text(), name));
    }
    expect(answers[0]?.status).toBe(path === '/forgot' ? 200 : 401);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('D4 is answered alike at the waiting browser', async () => {
    const answers = [];
    for (const username of addresses) {
      const browser = createWaitingBrowser(app.issuer);
      await browser.open();
      const body = new URLSearchParams({ username, password: 'not the password at all' });
      const answer = await browser.request(`${browser.base}/password`, { method: 'POST', body });
      answers.push(shapeOf(answer.status, answer.headers, answer.text, username));
    }
    expect(answers[0]?.status).toBe(401);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});
