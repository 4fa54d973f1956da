// F3 Where the forms of the provider end. Chromium and WebKit apply `form-action` to every redirect that
// follows a form (CSP3 §6.1.1.2), so no redirect after a form may leave our origin: the browser ends at a
// page of ours, which navigates onward. Every form that belongs to a request of a relying party is here,
// once in a fresh interaction and once after another tab has answered it.
// test/e2e/redirect-chain.spec.ts does the same in a real browser.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { type MailReceiver, startMailReceiver } from '../support/mail-receiver.ts';
import { signIn } from '../support/signed-in.ts';
import { trustBrowser } from '../support/trusted-browser.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import {
  type Answer,
  authorizationParams,
  createWaitingBrowser,
  onwardOf,
  redirectUri,
  type WaitingBrowser,
} from '../support/waiting-browser.ts';

const html = { accept: 'text/html' };
const newPassword = 'four words make a sentence';
const alicesPassword = { username: 'alice', password: 'tessera-demo-alice' };

let app: TestApp;
let byMail: TestApp;
let receiver: MailReceiver;
let alice: VirtualPhone;
beforeAll(async () => {
  receiver = await startMailReceiver();
  const mail = { smtp_url: `${receiver.url}?tls=off`, from: 'no-reply@example.org' };
  app = await startApp({ sign_up: 'open' });
  byMail = await startApp({ sign_up: 'open', mail });
  alice = await app.phone('alice');
});
afterAll(async () => {
  await app?.stop();
  await byMail?.stop();
  await receiver?.close();
});

/** A form that is ready to be sent. */
type Form = { readonly browser: WaitingBrowser; readonly path: string; readonly fields: Record<string, string> };

/**
 * Sends a form and follows its redirects as a browser does.
 * @returns the page at which the browser ends; null when a redirect leaves our origin
 */
async function submit({ browser, path, fields }: Form): Promise<Answer | null> {
  const headers = { ...html, 'sec-fetch-site': 'same-origin' };
  let answer = await browser.request(path, { method: 'POST', headers, body: new URLSearchParams(fields) });
  let at = new URL(path, app.issuer);
  for (let hops = 0; hops < 8; hops++) {
    const to = answer.headers.get('location');
    if (to === null) return answer;
    at = new URL(to, at);
    if (at.origin !== app.issuer && at.origin !== byMail.issuer) return null;
    answer = await browser.request(at.pathname + at.search, { headers: html });
  }
  throw new Error('redirects without end');
}

/** Whether this page leads to the relying party. */
async function leadsToSite(browser: WaitingBrowser, page: Answer): Promise<boolean> {
  const onward = onwardOf(page);
  return onward !== null && (await browser.follow(onward)).href.startsWith(redirectUri);
}

async function open(change: Record<string, string> = {}, issuer = app.issuer): Promise<WaitingBrowser> {
  const browser = createWaitingBrowser(issuer);
  await browser.open(change);
  return browser;
}

const inInteraction = async (step: string, fields: Record<string, string>, change = {}): Promise<Form> => {
  const browser = await open(change);
  return { browser, path: `${browser.base}/${step}`, fields };
};

async function approved(): Promise<Form> {
  const browser = await open();
  const code = await alice.approve(await alice.scan({ qr: await browser.qr() }));
  return { browser, path: `${browser.base}/finish`, fields: code === null ? {} : { confirmation_code: code } };
}

async function askable(): Promise<Form> {
  const browser = await open();
  const secret = [...browser.cookies].find(([key]) => key.startsWith('tessera_browser'))?.[1].value ?? '';
  await trustBrowser(app, 'alice', secret);
  return { browser, path: `${browser.base}/ask`, fields: {} };
}

/** At the consent page. The address of its interaction is in the answer, because it is a new one. */
async function consenting(): Promise<Form> {
  const password = await inInteraction('password', alicesPassword);
  const { browser } = password;
  const page = await submit(password);
  const resumed = await browser.request(onwardOf(page as Answer) ?? '', { headers: html });
  return { browser, path: `${resumed.headers.get('location')}/consent`, fields: {} };
}

async function linkOf(email: string): Promise<Form> {
  const browser = await open({ prompt: 'create' }, byMail.issuer);
  await browser.request(`${browser.base}/sign-up`, {
    method: 'POST',
    headers: html,
    body: new URLSearchParams({ email }),
  });
  const mailed = () => receiver.mails.find(({ to }) => to.includes(email))?.text ?? '';
  await expect.poll(mailed, { timeout: 10_000 }).toContain('/link/');
  const path = /\/link\/[\w-]{43}/.exec(mailed())?.[0] ?? '';
  return { browser, path, fields: { username: email.split('@')[0] ?? '', password: newPassword } };
}

/** The hidden fields of the form on this page. */
const fieldsOf = (page: string): Record<string, string> =>
  Object.fromEntries(
    [...page.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value ?? '']),
  );
const leaving = { client_id: 'dev-public', post_logout_redirect_uri: 'http://127.0.0.1:8765/' };

async function signingOut(): Promise<Form> {
  const { browser, tokens } = await signIn(app, alice);
  return { browser, path: '/session/end', fields: { ...leaving, id_token_hint: tokens.id_token } };
}

async function answeringSignOut(): Promise<Form> {
  const { browser } = await signIn(app, alice);
  const page = await browser.request(`/session/end?${new URLSearchParams(leaving)}`, { headers: html });
  return { browser, path: '/session/end/answer', fields: { ...fieldsOf(page.text), logout: 'yes' } };
}

/** The library's own form, which ends the session of somebody else before it resumes. */
async function replacingSession(): Promise<Form> {
  const { browser } = await signIn(app, alice);
  const { params } = authorizationParams({ prompt: 'login' });
  const started = await browser.request(`/auth?${params}`, { headers: html });
  const fields = { username: 'bob', password: 'tessera-demo-bob' };
  const page = await submit({ browser, path: `${started.headers.get('location')}/password`, fields });
  const own = await browser.request(onwardOf(page as Answer) ?? '', { headers: html });
  const action = /<form[^>]* action="([^"]+)"/.exec(own.text)?.[1] ?? '';
  const hidden = [...own.text.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)];
  return { browser, path: action, fields: Object.fromEntries(hidden.map(([, name, value]) => [name, value ?? ''])) };
}

/** Where the browser is after the form: at the relying party, or at a page of ours that goes no further. */
type End = 'site' | 'page';
const forms: Readonly<Record<string, { readonly prepare: () => Promise<Form>; readonly ends: End }>> = {
  '/interaction/:uid/ticket': { prepare: () => inInteraction('ticket', {}), ends: 'page' },
  '/interaction/:uid/ask': { prepare: askable, ends: 'page' },
  '/interaction/:uid/finish': { prepare: approved, ends: 'site' },
  '/interaction/:uid/cancel': { prepare: () => inInteraction('cancel', {}), ends: 'site' },
  '/interaction/:uid/password': {
    prepare: () => inInteraction('password', alicesPassword, { prompt: 'login' }),
    // The consent page follows, at another address.
    ends: 'page',
  },
  '/interaction/:uid/consent': { prepare: consenting, ends: 'site' },
  '/interaction/:uid/sign-up': {
    prepare: () => inInteraction('sign-up', { username: 'nora', password: newPassword }, { prompt: 'create' }),
    ends: 'page',
  },
  '/link/:secret': { prepare: () => linkOf('olga@example.com'), ends: 'page' },
  '/sign-in': {
    async prepare() {
      const browser = await open();
      return { browser, path: '/sign-in', fields: { ...alicesPassword, return_to: browser.base } };
    },
    ends: 'page',
  },
};
const signOutForms: typeof forms = {
  '/session/end': { prepare: signingOut, ends: 'site' },
  '/session/end/answer': { prepare: answeringSignOut, ends: 'site' },
  '/session/end/confirm': { prepare: replacingSession, ends: 'page' },
};

/** Scripts call these with JSON, so no form reaches them. */
const jsonOnly = ['/interaction/:uid/passkey', '/interaction/:uid/continue', '/sign-in/passkey'];
/** Pages of the provider itself. No relying party waits for them. */
const ownPages = /^\/(account|admin|forgot|recover|not-me|sign-up|sign-out|registration)(\/|$)/;

describe('F3 a form never redirects a browser to another origin', () => {
  it('and every form that a relying party may wait for is tested here', () => {
    const posted = app.routes.filter(({ method }) => method === 'POST').map(({ path }) => path);
    const rest = posted.filter((path) => !/^\/(phone|admin)\/v1\//.test(path) && !ownPages.test(path));
    expect(rest.toSorted()).toEqual([...Object.keys(forms), ...jsonOnly].toSorted());
  });

  it.each(Object.entries({ ...forms, ...signOutForms }))('%s', async (_route, { prepare, ends }) => {
    const form = await prepare();
    const page = await submit(form);
    expect(page?.status).toBe(200);
    const isAtSite = ends === 'site' && form.path.startsWith('/interaction');
    if (isAtSite) expect(await leadsToSite(form.browser, page as Answer)).toBe(true);
    else if (ends === 'site') expect(onwardOf(page as Answer)).toBe(leaving.post_logout_redirect_uri);
  });

  it.each(Object.entries(forms))('%s, after another tab has answered the request', async (route, { prepare }) => {
    const form = route === '/link/:secret' ? await linkOf('petra@example.com') : await prepare();
    // The second tab finds the interaction by its cookie.
    const interaction = /^\/interaction\/[^/]+/.exec(form.path)?.[0] ?? form.browser.base;
    await form.browser.json('POST', `${interaction}/cancel`);
    const page = await submit(form);
    expect([page === null, (page?.status ?? 500) < 500]).toEqual([false, true]);
  });

  it.each(jsonOnly)('%s takes no form', async (route) => {
    const browser = await open();
    const path = route.replace('/interaction/:uid', browser.base);
    const answer = await browser.request(path, {
      method: 'POST',
      headers: html,
      body: new URLSearchParams({ a: 'b' }),
    });
    expect([400, 401, 415]).toContain(answer.status);
  });

  it('the form of a new account, reached by the redirect of another form', async () => {
    const { browser } = await inInteraction('sign-up', {}, { prompt: 'create' });
    await browser.json('POST', `${browser.base}/cancel`);
    const page = await browser.request(`${browser.base}/sign-up`, { headers: html });
    expect(page.headers.get('location')).toBeNull();
    expect(await leadsToSite(browser, page)).toBe(true);
  });
});
