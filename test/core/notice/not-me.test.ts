// "This was not me", from the mail to the relying parties (security.md B16), over real HTTP with a real mail
// server and real logout endpoints.
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Account } from '../../../src/core/account/account.ts';
import type { NoticeId } from '../../../src/core/notice/notice.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { type MailReceiver, startMailReceiver } from '../../support/mail-receiver.ts';
import { startRedisServer } from '../../support/redis-server.ts';
import { type LogoutEndpoint, startLogoutEndpoint } from '../../support/relying-party.ts';
import { approveFor, refresh, type Tokens, userinfo } from '../../support/signed-in.ts';
import type { VirtualPhone } from '../../support/virtual-phone.ts';
import { createWaitingBrowser, redirectUri, type WaitingBrowser } from '../../support/waiting-browser.ts';

const patience = { timeout: 5000, interval: 10 };
const client = (id: string, url: string) => ({
  client_id: id,
  client_name: `The ${id}`,
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [redirectUri],
  scope: 'openid profile email offline_access',
  backchannel_logout_uri: url,
  backchannel_logout_session_required: true,
  first_party: true,
});

let app: TestApp;
let receiver: MailReceiver;
let first: LogoutEndpoint;
let second: LogoutEndpoint;
let phone: VirtualPhone;

beforeAll(async () => {
  receiver = await startMailReceiver();
  [first, second] = [await startLogoutEndpoint(), await startLogoutEndpoint()];
  app = await startApp({
    http: { outbound_private_networks: true },
    clients: [client('kettle', first.url), client('teapot', second.url)],
    mail: { smtp_url: receiver.url, from: 'Tessera <no-reply@id.example>' },
  });
});
beforeEach(async () => {
  receiver.mails.length = 0;
  first.tokens.length = 0;
  second.tokens.length = 0;
  phone = await app.phone('alice');
});
afterEach(() => {
  app.time.shiftSeconds = 0;
});
afterAll(async () => {
  await app?.stop();
  for (const each of [receiver, first, second]) await each?.close();
});

/** The path of the link in the one mail that came. */
async function linkInMail(): Promise<string> {
  const mail = await vi.waitFor(() => {
    const found = receiver.mails.filter(({ text }) => text.includes('/not-me/'));
    expect(found).toHaveLength(1);
    return found[0];
  }, patience);
  const url = /https?:\/\/\S+\/not-me\/[\w-]{43}/.exec(mail?.text ?? '')?.[0] ?? '';
  expect(mail?.html).toContain(`href="${url}"`);
  return new URL(url).pathname;
}

/** By somebody who is signed in nowhere, as a form without script sends it. */
const press = (path: string, form: Record<string, string> = {}) =>
  createWaitingBrowser(app.issuer).request(path, {
    method: 'POST',
    headers: { accept: 'text/html', origin: app.issuer },
    body: new URLSearchParams(form),
  });
const look = (path: string, headers: Record<string, string> = {}) =>
  createWaitingBrowser(app.issuer).request(path, { headers: { accept: 'text/html', ...headers } });

async function approvedOnly(browser: WaitingBrowser, change: Record<string, string> = { client_id: 'kettle' }) {
  await browser.open(change);
  return phone.approve(await phone.scan({ qr: await browser.qr() }), { trust_browser: true });
}

const silently = async (browser: WaitingBrowser, id = 'kettle') =>
  (await browser.open({ client_id: id, prompt: 'none' })).headers.get('location') ?? '';

const redeem = async (browser: WaitingBrowser, callback: URL, id: string): Promise<Tokens> => {
  const response = await browser.redeem(callback.searchParams.get('code') ?? '', { client_id: id });
  return (await response.json()) as Tokens;
};

const events = async (event: 'approval.disowned' | 'device.removed') =>
  (await app.audit.query({ event, limit: 100 })).records;

describe('"This was not me"', () => {
  it('B16 ends session, grants and tokens, sends verifiable logout tokens to both relying parties within 5 s, and blocks the browser', async () => {
    const other = await app.phone('alice');
    const browser = createWaitingBrowser(app.issuer);
    const offline = { client_id: 'kettle', scope: 'openid profile offline_access', prompt: 'consent' };
    const ofKettle = await redeem(
      browser,
      await approveFor(browser, phone, offline, { trust_browser: true }),
      'kettle',
    );
    const path = await linkInMail();
    // The second relying party by single sign-on, without the phone.
    await browser.open({ client_id: 'teapot' });
    const code = new URL(await silently(browser, 'teapot'));
    const ofTeapot = await redeem(browser, code, 'teapot');
    for (const { access_token } of [ofKettle, ofTeapot]) expect((await userinfo(app, access_token)).status).toBe(200);

    const before = performance.now();
    const done = await press(path);
    expect(done.status).toBe(200);
    for (const { access_token } of [ofKettle, ofTeapot]) expect((await userinfo(app, access_token)).status).toBe(401);
    const refreshed = await refresh(app, ofKettle.refresh_token ?? '', { client_id: 'kettle' });
    expect(await refreshed.json()).toMatchObject({ error: 'invalid_grant' });
    expect(await silently(browser)).toContain('error=login_required');
    await vi.waitFor(() => expect([first.tokens.length, second.tokens.length]).toEqual([1, 1]), patience);
    expect(performance.now() - before).toBeLessThan(5000);

    const keys = createRemoteJWKSet(new URL(`${app.issuer}/jwks`));
    for (const [{ tokens }, audience] of [
      [first, 'kettle'],
      [second, 'teapot'],
    ] as const) {
      const { payload } = await jwtVerify(tokens[0] ?? '', keys, { issuer: app.issuer, audience, typ: 'logout+jwt' });
      expect(payload.events).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
      expect(payload.sid).toEqual(expect.any(String));
    }
    const [record] = await events('approval.disowned');
    expect(record).toMatchObject({ clientId: 'kettle', facts: { browser: 'Chrome', device_removed: false } });

    // The phone stays, and is asked to look; the browser is refused whatever a phone says.
    await browser.open({ client_id: 'kettle' });
    const claim = await phone.scan({ qr: await browser.qr() });
    await expect(phone.approve(claim)).rejects.toMatchObject({ code: 'blocked_by_risk' });
    for (const each of [phone, other]) {
      const { notices } = (await each.call('GET', '/phone/v1/notices')).body as { notices: { kind: string }[] };
      expect(notices[0]?.kind).toBe('check_devices');
    }
  });

  it('B16 revokes a fresh approval before its browser has finished: code, ticket and browser', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const confirmation = await approvedOnly(browser);
    await press(await linkInMail());
    expect((await browser.ticket()).json().state).toBe('cancelled');
    const finished = await browser.finish(confirmation ?? undefined);
    expect(finished.status).toBe(409);
    expect((await browser.request(browser.base, { headers: { accept: 'text/html' } })).text).not.toContain('code=');
  });

  it('B16 revokes an approval whose browser has finished but was not redirected yet', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const finished = await browser.finish((await approvedOnly(browser)) ?? undefined);
    await press(await linkInMail());
    const callback = await browser.follow(String(finished.json().location)).catch(() => null);
    if (callback?.searchParams.has('code')) {
      await vi.waitFor(async () => expect(await silently(browser)).toContain('error=login_required'), patience);
      expect(await redeem(browser, callback, 'kettle')).toMatchObject({ error: 'invalid_grant' });
    }
    expect(await silently(browser)).toContain('error=login_required');
  });

  it('B16 makes an unredeemed code invalid: invalid_grant', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const callback = await approveFor(browser, phone, { client_id: 'kettle' }, { trust_browser: true });
    await press(await linkInMail());
    expect(await redeem(browser, callback, 'kettle')).toMatchObject({ error: 'invalid_grant' });
    await vi.waitFor(() => expect(first.tokens).toHaveLength(1), patience);
  });

  it('B16 acts once of 20 parallel requests and later ones; the others are told that it is done', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await approvedOnly(browser);
    const path = await linkInMail();
    const before = (await events('approval.disowned')).length;
    const answers = await Promise.all(Array.from({ length: 20 }, () => press(path)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(answers.filter(({ text }) => text.includes('The sign-in has ended'))).toHaveLength(1);
    expect(answers.filter(({ text }) => text.includes('This sign-in has already ended'))).toHaveLength(19);
    expect((await press(path)).text).toContain('This sign-in has already ended');
    expect((await look(path)).text).toContain('This sign-in has already ended');
    expect(await events('approval.disowned')).toHaveLength(before + 1);
  });

  it('B16 D10 changes nothing on GET, works without script in both languages, and forbids framing and caching', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const callback = await approveFor(browser, phone, { client_id: 'kettle' }, { trust_browser: true });
    const path = await linkInMail();
    const page = await look(path);
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/<form[^>]*method="post"[^>]*action="\/not-me\//);
    expect(page.text).not.toContain('<script');
    expect(page.text).toContain('The kettle');
    expect(page.headers.get('cache-control')).toContain('no-store');
    expect(page.headers.get('referrer-policy')).toBe('same-origin');
    expect((await look(path, { 'accept-language': 'zh-CN' })).text).toContain('这不是您本人吗');
    expect((await createWaitingBrowser(app.issuer).request(path, { method: 'HEAD' })).status).toBe(200);
    expect((await redeem(browser, callback, 'kettle')).access_token).toEqual(expect.any(String));
    const foreign = await createWaitingBrowser(app.issuer).request(path, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams(),
    });
    expect(foreign.status).toBe(403);
    expect(await silently(browser)).toContain('code=');
  });

  it('B16 signs out the phone that approved, if its owner disowns it too', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await approvedOnly(browser);
    const path = await linkInMail();
    expect((await look(path)).text).toContain('unknown_phone');
    await press(path, { unknown_phone: 'yes' });
    expect((await phone.call('GET', '/phone/v1/approvals')).status).toBe(401);
    const [record] = await events('device.removed');
    expect(record?.facts.reason).toBe('disowned');
    expect((await events('approval.disowned'))[0]?.facts.device_removed).toBe(true);
  });

  it('B16 completes an interrupted run when the link is used again', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const callback = await approveFor(browser, phone, { client_id: 'kettle' }, { trust_browser: true });
    const path = await linkInMail();
    const alice = await app.accounts.findByUsername('alice');
    const [notice] = await app.store.notices.listByAccount(alice?.id ?? '', 1);
    await app.store.notices.update(notice?.id as NoticeId, (current) => ({ ...current, disownedAt: 1 }));
    expect((await look(path)).text).toContain('Was this not you?');
    await press(path);
    expect(await redeem(browser, callback, 'kettle')).toMatchObject({ error: 'invalid_grant' });
    expect((await look(path)).text).toContain('This sign-in has already ended');
  });

  it('B16 expires after seven days, and shows the same page for unknown links', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await approvedOnly(browser);
    const path = await linkInMail();
    const unknown = await look(`/not-me/${'a'.repeat(43)}`);
    expect(unknown.status).toBe(404);
    app.time.shiftSeconds = 7 * 86_400;
    expect((await look(path)).status).toBe(404);
    expect((await press(path)).status).toBe(404);
    expect((await press('/not-me/short')).status).toBe(404);
  });

  it('H1 B16 stores no link, neither in the database nor in the log', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await approvedOnly(browser);
    const path = await linkInMail();
    await press(path);
    const secret = path.split('/').at(-1) ?? '';
    const alice = await app.accounts.findByUsername('alice');
    const kept = JSON.stringify(await app.store.notices.listByAccount(alice?.id ?? '', 100));
    expect(kept).not.toContain(secret);
    expect(app.logText()).not.toContain(secret);
  });
});

describe('notices', () => {
  it('B16 reach every subscriber, even if another listener fails', async () => {
    const heard: string[] = [];
    const ends = [
      app.notices.onNotice(() => {
        throw new Error('push is away');
      }),
      app.notices.onNotice((accountId, { about }) => heard.push(`${accountId} ${about.kind}`)),
    ];
    const alice = await app.accounts.findByUsername('alice');
    await approvedOnly(createWaitingBrowser(app.issuer));
    await linkInMail();
    for (const end of ends) end();
    await app.notices.credentialChanged({ ...alice, emailVerified: false } as Account, 'passkey_created');
    expect(heard).toEqual([`${alice?.id} browser_approved`]);
  });

  it('D6 report a reset password and D7 a new passkey to the verified address, and to no other', async () => {
    const password = 'a passphrase of many words';
    const carol = await app.accounts.create({
      username: 'carol',
      password,
      email: 'carol@example.com',
      emailVerified: true,
    });
    const told = () => receiver.mails.filter(({ to }) => to.some((each) => /^(carol|old)@/.test(each)));
    const link = await app.links.makeResetLink(carol.id, { way: 'command_line', name: null });
    const answer = await press(new URL(link.address).pathname, { password: `another ${password}` });
    expect(answer.status).toBe(200);
    await vi.waitFor(() => expect(told()).toHaveLength(1), patience);
    expect(told()[0]?.headers).toContain('Subject: Your password was reset');
    await app.notices.credentialChanged({ ...carol, emailVerified: false }, 'passkey_created');
    await app.notices.credentialChanged({ ...carol, email: null }, 'passkey_created');
    await app.notices.credentialChanged({ ...carol, email: 'old@example.com' }, 'email_changed');
    await vi.waitFor(async () => expect(await app.store.mails.list(10)).toEqual([]), patience);
    expect(told().map(({ to }) => to)).toEqual([['carol@example.com'], ['old@example.com']]);
  });

  it('B16 report by mail and on the other devices what was approved, at the first use of a browser', async () => {
    const other = await app.phone('alice');
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, phone, { client_id: 'kettle' });
    await linkInMail();
    const [mail] = receiver.mails;
    expect(mail?.to).toEqual(['alice@example.com']);
    for (const text of ['The kettle', 'Chrome on Linux', '127.0.0.1', 'UTC']) {
      expect(mail?.text).toContain(text);
      expect(mail?.html).toContain(text);
    }
    const listed = async (each: VirtualPhone) =>
      (await each.call('GET', '/phone/v1/notices')).body.notices as Record<string, unknown>[];
    const [notice] = await listed(other);
    expect(notice).toMatchObject({ kind: 'browser_approved', client: { id: 'kettle' }, browser: { name: 'Chrome' } });
    expect((await listed(phone)).map(({ id }) => id)).not.toContain(notice?.id);
    // The second time it is known.
    const count = (await listed(other)).length;
    await approveFor(browser, phone, { client_id: 'teapot' });
    expect(await listed(other)).toHaveLength(count);
    expect(receiver.mails).toHaveLength(1);
    const gone = await other.call('DELETE', `/phone/v1/notices/${notice?.id}`);
    expect(gone.status).toBe(204);
    expect(await listed(other)).toHaveLength(count - 1);
    const third = await app.phone('alice');
    expect((await listed(third)).map(({ id }) => id)).toContain(notice?.id);
    const bob = await app.phone('bob');
    expect((await bob.call('DELETE', `/phone/v1/notices/${notice?.id}`)).status).toBe(404);
  });
});

describe.each(['sqlite', 'redis'] as const)('a race on %s', (kind) => {
  it('B16 leaves nothing to a browser that finishes at the moment when it is disowned', async () => {
    const server = kind === 'redis' ? await startRedisServer() : null;
    const store = server ? { store: { kind: 'redis', url: server.url, key_prefix: 'tessera:' } } : {};
    const own = await startApp({ ...store, limits: { authorizations_per_minute: 100_000 } });
    try {
      const alice = await own.phone('alice');
      const account = (await own.accounts.findByUsername('alice'))?.id ?? '';
      for (let round = 0; round < 15; round++) {
        const browser = createWaitingBrowser(own.issuer);
        await browser.open();
        const code = await alice.approve(await alice.scan({ qr: await browser.qr() }), { trust_browser: true });
        const shown = (await own.notices.list(account, 'another phone')).find(({ link }) => link !== null);
        const path = new URL(shown?.link ?? '').pathname;
        const request = {
          method: 'POST',
          headers: { accept: 'text/html', origin: own.issuer },
          body: new URLSearchParams(),
        };
        const finish = async () => {
          const finished = await browser.finish(code ?? undefined);
          return finished.status === 200 ? browser.follow(String(finished.json().location)) : null;
        };
        const [callback, answer] = await Promise.all([
          finish().catch(() => null),
          createWaitingBrowser(own.issuer).request(path, request),
        ]);
        expect(answer.status).toBe(200);
        await vi.waitFor(async () => {
          const location = (await browser.open({ prompt: 'none' })).headers.get('location');
          expect(location).toContain('error=login_required');
        }, patience);
        const given = callback?.searchParams.get('code');
        if (given) expect((await browser.redeem(given)).status).toBe(400);
      }
      expect(await own.approvals.list(account)).toEqual([]);
    } finally {
      await own.stop();
      await server?.stop();
    }
  });
});
