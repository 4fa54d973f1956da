// An administrator at the console over plain HTTP: signed in by QR like everyone, and able to go on through
// any sign-in that the console starts.
import type { Role } from '../../src/core/account/account.ts';
import type { TestApp } from './app.ts';
import type { VirtualPhone } from './virtual-phone.ts';
import { type Answer, createWaitingBrowser, onwardOf } from './waiting-browser.ts';

export type ConsoleVisitor = Awaited<ReturnType<typeof openConsole>>;

const html = { accept: 'text/html' };

/** Gives the account these roles, and signs a new browser in to the console. */
export async function openConsole(app: TestApp, username: string, roles: readonly Role[]) {
  const account = await app.accounts.findByUsername(username);
  await app.accounts.update(account?.id ?? '', { roles: [...roles] }, null);
  const phone = await app.phone(username);
  const browser = createWaitingBrowser(app.issuer);

  /** Follows redirects to the first page. */
  async function land(first: Answer): Promise<Answer & { path: string }> {
    let answer = first;
    let path = '';
    for (let hops = 0; hops < 10; hops++) {
      const next = answer.headers.get('location') ?? onwardOf(answer);
      if (next === null) break;
      path = next;
      answer = await browser.request(path, { headers: html });
    }
    return { ...answer, path };
  }

  const post = (path: string, body: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    browser.request(path, { method: 'POST', headers: { ...html, ...headers }, body: new URLSearchParams(body) });

  /** Answers the sign-in page at `base` with the phone. @returns where the provider sends the browser then */
  async function decide(base: string, how: 'approve' | 'deny', by: VirtualPhone = phone): Promise<string> {
    const { qr } = (await browser.json('GET', `${base}/ticket`)).json();
    const claim = await by.scan({ qr: String(qr) });
    if (how === 'deny') {
      await by.deny(claim);
      return onwardOf(await post(`${base}/finish`)) ?? '';
    }
    const code = await by.approve(claim);
    const finished = await browser.json('POST', `${base}/finish`, code === null ? {} : { confirmation_code: code });
    return String(finished.json().location);
  }

  /** A sign-in that has begun, to the page behind it. */
  async function signIn(begun: Answer, how: 'approve' | 'deny' = 'approve') {
    const { path } = await land(begun);
    if (!path.startsWith('/interaction/')) throw new Error(`no sign-in page but ${path}`);
    return land(await browser.request(await decide(path, how), { headers: html }));
  }

  /** As signIn, where the person has to prove themselves anew on the phone. */
  async function proveAnew(begun: Answer, by: VirtualPhone = phone, as = username) {
    const { path } = await land(begun);
    await by.signIn(as, `tessera-demo-${as}`);
    return land(await browser.request(await decide(path, 'approve', by), { headers: html }));
  }

  await signIn(await browser.request('/admin', { headers: html }));
  return {
    browser,
    phone,
    account,
    land,
    post,
    decide,
    signIn,
    proveAnew,
    get: (path: string) => browser.request(path, { headers: html }),
  };
}
