// B2 A sign-in ends in the browser that finished it. Another host of the same site can give a browser the
// cookies of somebody else's interaction (RFC 6265 §8.6), so these cookies alone must not collect the result.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { createWaitingBrowser, type WaitingBrowser } from '../../support/waiting-browser.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ sign_up: 'open' });
});
afterAll(() => app.stop());

/** The page that says that this sign-in is over. */
const ended = /^\/interaction\/[\w-]+\?ended$/;
const html = { accept: 'text/html' };
const post = (browser: WaitingBrowser, path: string, fields: Record<string, string>) =>
  browser.request(path, { method: 'POST', body: new URLSearchParams(fields) });

/** Begins a request in one browser and puts its cookies into another one, as a host of the same site can. */
async function planted(): Promise<{ begun: WaitingBrowser; other: WaitingBrowser; base: string; resume: string }> {
  const begun = createWaitingBrowser(app.issuer);
  await begun.open();
  const other = createWaitingBrowser(app.issuer);
  for (const [key, cookie] of begun.cookies)
    if (/^tessera_(interaction|resume)/.test(key)) other.cookies.set(key, cookie);
  return { begun, other, base: begun.base, resume: `/auth/${begun.uid}` };
}

describe('B2 the result of a sign-in', () => {
  it.each([
    [
      'a password',
      (browser: WaitingBrowser, base: string) =>
        post(browser, `${base}/password`, { username: 'alice', password: 'tessera-demo-alice' }),
    ],
    [
      'a new account',
      (browser: WaitingBrowser, base: string) =>
        post(browser, `${base}/sign-up`, { username: 'dora', password: 'four words make a sentence' }),
    ],
  ])('by %s is not for the browser that began, but for the one that finished', async (_way, signIn) => {
    const { begun, other, base, resume } = await planted();
    expect((await signIn(other, base)).status).toBe(200);
    const stolen = await begun.request(resume, { headers: html });
    expect([stolen.status, stolen.headers.get('location')]).toEqual([303, expect.stringMatching(ended)]);
    const own = await other.request(resume, { headers: html });
    expect([own.status, own.headers.get('location')]).toEqual([303, expect.stringMatching(/^\/interaction\//)]);
  });

  it('by the approval of a phone is not for the browser that began, but for the one that finished', async () => {
    const { begun, other, base, resume } = await planted();
    const phone = await app.phone('alice');
    const code = await phone.approve(await phone.scan({ qr: await begun.qr() }));
    const finished = await other.json('POST', `${base}/finish`, code ? { confirmation_code: code } : {});
    expect(finished.status).toBe(200);
    const stolen = await begun.request(resume, { headers: html });
    expect([stolen.status, stolen.headers.get('location')]).toEqual([303, expect.stringMatching(ended)]);
    expect((await other.request(resume, { headers: html })).headers.get('location')).toContain('code=');
  });

  it('C6 cannot be planted in a browser, which would then be signed in as somebody else', async () => {
    const { begun, other, base, resume } = await planted();
    await post(begun, `${base}/password`, { username: 'bob', password: 'tessera-demo-bob' });
    const entered = await other.request(resume, { headers: html });
    expect([entered.status, entered.headers.get('location')]).toEqual([303, expect.stringMatching(ended)]);
    expect([...other.cookies.keys()].filter((key) => key.startsWith('tessera_session'))).toEqual([]);
  });

  it('goes on in one browser for two sign-ins at once', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const bases = [];
    for (let tab = 0; tab < 2; tab++) {
      await browser.open();
      bases.push(browser.base);
    }
    const fields = { username: 'alice', password: 'tessera-demo-alice' };
    for (const base of bases) expect((await post(browser, `${base}/password`, fields)).status).toBe(200);
    for (const base of bases) {
      const answer = await browser.request(base.replace('/interaction', '/auth'), { headers: html });
      expect(answer.status).toBe(303);
    }
  });
});
