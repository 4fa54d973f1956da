// An owner recovers the account: what the intruder loses, and what a password alone does not allow
// (security.md B17, C5, D7, E1, G5).
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAccountDesk } from '../../support/account-desk.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { approveFor } from '../../support/signed-in.ts';
import { createVirtualAuthenticator } from '../../support/virtual-authenticator.ts';
import { createVirtualPhone } from '../../support/virtual-phone.ts';
import { createWaitingBrowser } from '../../support/waiting-browser.ts';

const password = 'four words make a sentence';
let app: TestApp;
beforeAll(async () => {
  app = await startApp({ limits: { resets_per_hour: 10_000 } });
});
afterAll(() => app?.stop());
afterEach(() => {
  app.time.shiftSeconds = 0;
});
let made = 0;
async function person(roles: string[] = []) {
  const username = `person-${++made}`;
  const account = await app.accounts.create({ username, password, roles });
  return { account, username };
}
async function phoneOf(username: string, secret = password) {
  const phone = createVirtualPhone({ issuer: app.issuer });
  await phone.signIn(username, secret);
  return phone;
}

describe('E1 an administrator who has a passkey', () => {
  it('E1 D7 cannot be taken over with the password alone', async () => {
    const { account, username } = await person(['administrator']);
    const own = await phoneOf(username);
    const passkey = createVirtualAuthenticator({ origin: app.issuer });
    await own.addPasskey(passkey);
    // The thief is elsewhere and knows only the password.
    const thief = await phoneOf(username);
    const key = createVirtualAuthenticator({ origin: app.issuer });
    const added = await thief.addPasskey(key).catch((error: Error) => error);
    expect(added, 'a passkey was added by password alone').toBeInstanceOf(Error);
    expect(await app.passkeys.list(account.id)).toHaveLength(1);
    // The owner goes on by the passkey there is.
    await own.signInByPasskey(passkey);
    await own.addPasskey(createVirtualAuthenticator({ origin: app.issuer }));
    expect(await app.passkeys.list(account.id)).toHaveLength(2);
  });
});

describe('an account that was taken back by a new password', () => {
  it('does not trust a browser that the thief trusted', async () => {
    const { account, username } = await person();
    const thief = await phoneOf(username);
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, thief, {}, { trust_browser: true });
    const { address } = await app.links.makeResetLink(account.id, { way: 'command_line', name: null });
    const reset = await fetch(address, {
      method: 'POST',
      headers: { accept: 'text/html' },
      body: new URLSearchParams({ password: 'the owner has it back again' }),
    });
    expect(reset.status).toBe(200);
    const owner = await phoneOf(username, 'the owner has it back again');
    await browser.open();
    const offered = await browser.json('POST', `${browser.base}/ask`, {});
    // A relay from there meets no confirmation code, and it may ring the owner's phone.
    const claim = await owner.scan({ qr: await browser.qr() });
    expect({ asks: offered.status, browser: (claim.context as { browser: object }).browser }).toMatchObject({
      asks: 404,
      browser: { known: false },
    });
  });

  it('does not trust a browser that the owner has ended', async () => {
    const { account, username } = await person();
    const phone = await phoneOf(username);
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, phone, {}, { trust_browser: true });
    await createAccountDesk(app, phone).post('/account/browsers/end');
    const known = await app.store.browsers.listByAccount(account.id);
    expect(known.map(({ trusted }) => trusted)).toEqual([false]);
  });
});

describe('ending all browsers', () => {
  it('C5 ends an approval that the browser has not consumed yet', async () => {
    const { username } = await person();
    const phone = await phoneOf(username);
    const browser = createWaitingBrowser(app.issuer);
    await browser.open();
    const code = await phone.approve(await phone.scan({ qr: await browser.qr() }));
    const ended = await createAccountDesk(app, phone).post('/account/browsers/end');
    expect(ended.location).toContain('endedAll');
    const finished = await browser.finish(code ?? undefined);
    expect(finished.status).toBe(409);
  });
});

describe('recovery codes', () => {
  it('G5 cannot be used up by a stranger who knows the username', async () => {
    const { account, username } = await person();
    const [code = ''] = await app.recoveryCodes.make(account.id);
    for (let i = 0; i < 100; i++) {
      app.time.shiftSeconds += 1000;
      const wrong = { username, code: 'AAAA-BBBB-CCCC-DDDD', address: `192.0.2.${i}` };
      await app.recoveryCodes.use(wrong).catch(() => undefined);
    }
    app.time.shiftSeconds += 5 * 86_400;
    // Not even fresh ones count.
    const [fresh = ''] = await app.recoveryCodes.make(account.id);
    const used = await app.recoveryCodes.use({ username, code: fresh || code, address: '198.51.100.7' }).then(
      () => 'used',
      (error: { code: string }) => error.code,
    );
    expect(used).toBe('used');
  });
});

describe('pages', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('?done=%s says nothing', async (done) => {
    const { username } = await person();
    const page = await createAccountDesk(app, await phoneOf(username)).page(`/account/profile?done=${done}`);
    expect(page.status).toBe(200);
    expect(page.text.match(/<p class="own-done".*/)?.[0] ?? null).toBeNull();
  });
  it.each(['', 'AAAA', Buffer.from('x\u0000y').toString('base64url'), 'a'.repeat(3000)])(
    '?after=%s is no error',
    async (after) => {
      const { username } = await person();
      const page = await createAccountDesk(app, await phoneOf(username)).page(`/account/activity?after=${after}`);
      expect(page.status).toBe(200);
    },
  );
});

describe('a notice', () => {
  it('stores as much of an address as the audit log does', async () => {
    const careful = await startApp({
      http: { trusted_proxies: ['127.0.0.1', '::1'] },
      privacy: { audit_addresses: 'truncated' },
    });
    try {
      const phone = await careful.phone('alice');
      const browser = createWaitingBrowser(careful.issuer, { 'x-forwarded-for': '198.18.7.77' });
      await approveFor(browser, phone);
      const alice = await careful.accounts.getByUsername('alice');
      const [shown] = await careful.notices.list(alice.id, 'another device');
      expect(shown?.notice.about).toMatchObject({ kind: 'browser_approved', browserAddress: '198.18.7.0/24' });
    } finally {
      await careful.stop();
    }
  });
});
