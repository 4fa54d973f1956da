// An account's own pages over HTTP: what they show, what they end, and whom they refuse.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAccountDesk } from '../../support/account-desk.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { png, svg } from '../../support/pictures.ts';
import { approveFor, refresh, signIn, userinfo } from '../../support/signed-in.ts';
import { createVirtualPhone, type VirtualPhone } from '../../support/virtual-phone.ts';
import { createWaitingBrowser } from '../../support/waiting-browser.ts';

const password = 'a passphrase of many words';
let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());
afterEach(() => {
  app.time.shiftSeconds = 0;
});

let count = 0;
/** Somebody with one phone, whom no other test knows. */
async function somebody(roles: string[] = []) {
  const username = `person${++count}`;
  const account = await app.accounts.create({
    username,
    password,
    roles,
    email: 'old@example.com',
    emailVerified: true,
  });
  const phone = await anotherPhone(username);
  return { username, account, phone, desk: createAccountDesk(app, phone) };
}

async function anotherPhone(username: string, secret = password): Promise<VirtualPhone> {
  const phone = createVirtualPhone({ issuer: app.issuer });
  await phone.signIn(username, secret);
  return phone;
}

const deviceOf = async (phone: VirtualPhone): Promise<string> => {
  const { devices } = (await phone.call('GET', '/phone/v1/devices')).body as { devices: Record<string, unknown>[] };
  return String(devices.find(({ current }) => current)?.id);
};
const codeOf = ({ text }: { text: string }): unknown => JSON.parse(text).code;
const isSignedIn = async (phone: VirtualPhone) => (await phone.call('GET', '/phone/v1/approvals')).status === 200;
const eventsOf = async (accountId: string) =>
  (await app.audit.query({ accountId, limit: 50 })).records.map(({ event, facts }) => ({ event, facts }));

const changes: readonly (readonly [path: string, isSensitive: boolean])[] = [
  ['/account/browsers/end', false],
  ['/account/browsers/x/end', false],
  ['/account/browsers/unblock', true],
  ['/account/sites/withdraw', false],
  ['/account/devices/x/rename', false],
  ['/account/devices/x/sign-out', false],
  ['/account/devices/x/lost', false],
  ['/account/profile/language', false],
  ['/account/password', true],
  ['/account/profile', true],
  ['/account/profile/picture', true],
  ['/account/profile/picture/remove', true],
  ['/account/data/export', true],
  ['/account/data/delete', true],
];
const areas = ['', '/browsers', '/sites', '/devices', '/passkeys', '/password', '/activity', '/profile', '/data'];

describe('who may enter', () => {
  it('has every change in the table of this test', () => {
    const known = [...changes.map(([path]) => path.replace('/x', '/:id'))];
    const served = app.routes.filter(({ method, path }) => method === 'POST' && path.startsWith('/account/'));
    const own = served.map(({ path }) => path).filter((path) => !/^\/account\/(passkeys|recovery-codes)/.test(path));
    expect(own.sort()).toEqual(known.sort());
  });

  it('B17 D7 keeps out a browser that was signed in by a QR code, trusted or not, and says why', async () => {
    const { phone, desk } = await somebody();
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, phone, {}, { trust_browser: true });
    for (const area of areas) {
      const page = await browser.request(`/account${area}`, { headers: { accept: 'text/html' } });
      expect(page.status, area).toBe(401);
      expect(page.text).toContain('A browser that was signed in by scanning a code cannot open them.');
    }
    for (const [path] of changes) {
      const answer = await browser.request(path, { method: 'POST', headers: { accept: 'application/json' } });
      expect([answer.status, answer.json().code], path).toEqual([401, 'not_signed_in']);
    }
    for (const area of areas) expect((await desk.page(`/account${area}`)).status, area).toBe(200);
  });

  it.each(changes)(
    'D7 %s is signed by the device, sent from here, and if sensitive proved minutes ago',
    async (path, isSensitive) => {
      const { desk, account, phone } = await somebody();
      const copied = await desk.post(path, { device_proof: '' });
      expect([copied.status, codeOf(copied)]).toEqual([401, 'device_proof_required']);
      const other = await somebody();
      const DPoP = await other.phone.proof('POST', path);
      const foreign = await desk.post(path, { device_proof: DPoP }, { DPoP });
      expect([foreign.status, codeOf(foreign)]).toEqual([401, 'device_proof_invalid']);
      const forged = await desk.post(path, {}, { origin: 'https://evil.example' });
      expect([forged.status, codeOf(forged)]).toEqual([403, 'cross_site_request']);
      const token = await desk.post(path, {}, { authorization: 'Bearer x' });
      expect([401, 403]).toContain(token.status);
      app.time.shiftSeconds = 301;
      const picture = path.endsWith('/picture');
      const late = picture ? await desk.sendPicture(new Uint8Array(png()), 'image/png') : await desk.post(path);
      const isRefused = late.status === 401 && codeOf(late) === 'reauthentication_required';
      expect(isRefused, `${late.status}`).toBe(isSensitive);
      if (isSensitive && !picture) {
        const page = await desk.post(path, {}, { accept: 'text/html' });
        expect([page.status, page.text.includes('Nothing was changed.')]).toEqual([401, true]);
      }
      app.time.shiftSeconds = 0;
      const { displayName, email, passwordHash } = account;
      expect(await app.accounts.find(account.id)).toMatchObject({ displayName, email, passwordHash });
      expect(await isSignedIn(phone)).toBe(true);
    },
  );
});

describe('browsers and sites', () => {
  it('B16 lists blocked browsers, and unblocks one after a fresh proof as if it were new', async () => {
    const { account, phone, desk } = await somebody();
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, phone);
    await browser.open({ prompt: 'login' });
    await phone.deny(await phone.scan({ qr: await browser.qr() }), true);
    const scanned = async () => {
      await browser.open({ prompt: 'login' });
      const { context } = await phone.scan({ qr: await browser.qr() });
      const { reasons } = context.risk as { reasons: string[] };
      return [reasons.includes('browser_reported'), (context.browser as { known: boolean }).known];
    };
    expect(await scanned()).toEqual([true, false]);
    const { text } = await desk.page('/account/browsers');
    expect(text).toMatch(/Blocked[\s\S]*Chrome on Linux[\s\S]*Unblock/);
    const hash = /name="browser" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const data = JSON.parse((await desk.post('/account/data/export')).text);
    expect(data.browsers_known).toMatchObject([{ blocked_as: { name: 'Chrome', system: 'Linux', kind: 'browser' } }]);
    const other = await somebody();
    await other.desk.post('/account/browsers/unblock', { browser: hash });
    expect(await scanned()).toEqual([true, false]);
    for (let twice = 0; twice < 2; twice++) {
      const answer = await desk.post('/account/browsers/unblock', { browser: hash });
      expect(answer.location).toBe('/account/browsers?done=unblocked');
    }
    expect(await scanned()).toEqual([false, false]);
    expect((await desk.page('/account/browsers')).text).not.toContain('Unblock');
    const allowed = (await eventsOf(account.id)).filter(({ facts }) => facts.fields === 'browser_unblocked');
    expect(allowed).toHaveLength(1);
    expect((await desk.page('/account/activity')).text).toContain('You unblocked a browser');
  });

  it('C5 lists approvals, and ends one or all of them', async () => {
    const { phone, desk } = await somebody();
    const first = await signIn(app, phone, { scope: 'openid offline_access', prompt: 'consent' });
    const [older] = await phone.approvals();
    await signIn(app, phone);
    expect((await desk.page('/account/browsers')).text.match(/127\.0\.0\.1/g)).toHaveLength(2);
    const path = `/account/browsers/${older?.id}/end`;
    expect((await desk.post(path)).location).toBe('/account/browsers?done=ended');
    expect((await userinfo(app, first.tokens.access_token)).status).toBe(401);
    expect(await phone.approvals()).toHaveLength(1);
    expect((await desk.post('/account/browsers/end')).location).toBe('/account/browsers?done=endedAll');
    expect(await phone.approvals()).toEqual([]);
    const bob = createAccountDesk(app, await app.phone('bob'));
    const foreign = await bob.post(path);
    expect([foreign.status, codeOf(foreign)]).toEqual([404, 'approval_not_found']);
  });

  it('A21 shows a site once, in words, and withdraws all of its grants', async () => {
    const { phone, desk, account } = await somebody();
    const change = { scope: 'openid email offline_access', prompt: 'consent' };
    const signed = [await signIn(app, phone, change), await signIn(app, phone, change)];
    const page = await desk.page('/account/sites');
    expect(page.text.match(/<strong>My public app<\/strong>/g)).toHaveLength(1);
    expect(page.text).toContain('See your email address');
    const all = await Promise.all(
      Array.from({ length: 50 }, () => desk.post('/account/sites/withdraw', { client: 'dev-public' })),
    );
    expect(all.filter(({ status }) => status === 303).length).toBeGreaterThan(0);
    for (const { tokens } of signed) {
      expect((await userinfo(app, tokens.access_token)).status).toBe(401);
      expect((await refresh(app, tokens.refresh_token ?? '')).status).toBe(400);
    }
    expect((await desk.page('/account/sites')).text).toContain('No app has access');
    const none = await desk.post('/account/sites/withdraw', { client: 'dev-public' });
    expect([none.status, codeOf(none)]).toEqual([404, 'grant_not_found']);
    expect(await eventsOf(account.id)).toContainEqual({
      event: 'account.changed',
      facts: expect.objectContaining({ fields: 'grant_withdrawn', client: 'dev-public' }),
    });
  });
});

describe('devices', () => {
  it('C5 are listed with place and last use; one can end another during a claim', async () => {
    const { phone, desk, username } = await somebody();
    const lost = await anotherPhone(username);
    const browser = createWaitingBrowser(app.issuer);
    await browser.open();
    const claim = await lost.scan({ qr: await browser.qr() });
    const page = await desk.page('/account/devices');
    expect(page.text.match(/Last used now · Network 127\.0\.0\.1/g)).toHaveLength(2);
    expect(page.text.match(/This device/g)).toHaveLength(1);
    const path = `/account/devices/${await deviceOf(lost)}/sign-out`;
    expect((await desk.post(path)).location).toBe('/account/devices?done=signedOut');
    await expect(lost.approve(claim)).rejects.toMatchObject({ code: 'not_signed_in' });
    // What the phone watches of its ticket ends too.
    expect((await lost.call('GET', `/phone/v1/tickets/${claim.ticket}`)).status).toBe(401);
    expect((await desk.post(path)).status).toBe(404);
    expect(await isSignedIn(phone)).toBe(true);
  });

  it('C5 end, when lost, with everything they approved and nothing else', async () => {
    const { phone, desk, username, account } = await somebody();
    const lost = await anotherPhone(username);
    const change = { scope: 'openid offline_access', prompt: 'consent' };
    const [mine, its] = [await signIn(app, phone, change), await signIn(app, lost, change)];
    const unfinished = createWaitingBrowser(app.issuer);
    await unfinished.open();
    const code = await lost.approve(await lost.scan({ qr: await unfinished.qr() }));
    const path = `/account/devices/${await deviceOf(lost)}/lost`;
    expect((await desk.post(path)).location).toBe('/account/devices?done=lostDone');
    expect((await userinfo(app, its.tokens.access_token)).status).toBe(401);
    expect((await refresh(app, its.tokens.refresh_token ?? '')).status).toBe(400);
    expect((await unfinished.finish(code ?? undefined)).status).toBe(409);
    expect((await userinfo(app, mine.tokens.access_token)).status).toBe(200);
    expect([await isSignedIn(lost), await isSignedIn(phone)]).toEqual([false, true]);
    expect(await eventsOf(account.id)).toContainEqual({ event: 'device.removed', facts: { reason: 'lost' } });
  });

  it('keep the name their owner gives them, also when they sign in again', async () => {
    const { phone, desk, username, account } = await somebody();
    const path = `/account/devices/${await deviceOf(phone)}/rename`;
    const many = await Promise.all(Array.from({ length: 50 }, (_, i) => desk.post(path, { name: `Red ${i % 2}` })));
    expect(new Set(many.map(({ location }) => location))).toEqual(new Set(['/account/devices?done=renamed']));
    await desk.post(path, { name: '  <b>Red</b>\u202e phone ' });
    await phone.signIn(username, password);
    expect((await desk.page('/account/devices')).text).toContain('&lt;b&gt;Red&lt;/b&gt; phone');
    expect(await app.devices.list(account.id)).toHaveLength(1);
    const empty = await desk.post(path, { name: ' \u200b ' });
    expect([empty.status, codeOf(empty)]).toEqual([422, 'device_name_invalid']);
    const stranger = await somebody();
    expect((await stranger.desk.post(path, { name: 'mine' })).status).toBe(404);
  });

  it('lead to the sign-in page when the present one is ended', async () => {
    const { phone, desk } = await somebody();
    const answer = await desk.post(`/account/devices/${await deviceOf(phone)}/sign-out`);
    expect([answer.location, answer.headers.getSetCookie().join()]).toEqual([
      '/q',
      expect.stringMatching(/^tessera_device=;/),
    ]);
  });
});

describe('the password', () => {
  it('A20 D7 signs out everything but this device, which gets a new cookie', async () => {
    const { phone, desk, username } = await somebody();
    const [other, signed] = [await anotherPhone(username), await signIn(app, phone)];
    const old = phone.cookie;
    for (const [typed, code] of [
      ['short', 'password_too_short'],
      ['passwordpassword', 'password_pattern'],
    ] as const) {
      const refused = await desk.post('/account/password', { password: typed });
      expect([refused.status, codeOf(refused)]).toEqual([422, code]);
      const page = await desk.post('/account/password', { password: typed }, { accept: 'text/html' });
      expect([page.status, page.text]).toEqual([422, expect.stringContaining('role="alert"')]);
    }
    expect(await isSignedIn(other)).toBe(true);
    const changed = await desk.post('/account/password', { password: 'quite another row of words' });
    expect(changed.location).toBe('/account/password?done=done');
    expect(phone.cookie).not.toBe(old);
    expect([await isSignedIn(phone), await isSignedIn(other)]).toEqual([true, false]);
    expect((await userinfo(app, signed.tokens.access_token)).status).toBe(401);
    const copied = await fetch(`${app.issuer}/phone/v1/approvals`, { headers: { cookie: old } });
    expect(copied.status).toBe(401);
    await expect(anotherPhone(username)).rejects.toThrow('401');
    expect(await isSignedIn(await anotherPhone(username, 'quite another row of words'))).toBe(true);
  });
});

describe('personal data', () => {
  it('D7 makes another email unverified, and shows each problem at its field', async () => {
    const { desk, account } = await somebody();
    const form = { display_name: 'New <Name>', email: 'new@example.com' };
    expect((await desk.post('/account/profile', form)).location).toBe('/account/profile?done=saved');
    expect(await app.accounts.find(account.id)).toMatchObject({
      displayName: 'New <Name>',
      email: 'new@example.com',
      emailVerified: false,
    });
    const wrong = await desk.post('/account/profile', { display_name: '\u202e', email: 'x\r\ny: z@example.com' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('This is not an email address.');
    expect(wrong.text).toContain('Enter 1 to 100 visible characters.');
    expect(await eventsOf(account.id)).toContainEqual({
      event: 'account.changed',
      facts: { fields: 'displayName email', by: account.id, by_kind: 'account' },
    });
  });

  it('speaks the language of the account, whatever the browser prefers', async () => {
    const { desk } = await somebody();
    await desk.post('/account/profile/language', { language: 'zh-CN' });
    expect((await desk.page('/account')).text).toContain('可批准登录的设备');
    expect((await desk.page('/q')).text).toContain('批准登录');
    await desk.post('/account/profile/language', { language: 'browser' });
    expect((await desk.page('/account')).text).toContain('Devices that approve');
  });

  it('accepts a picture that cannot run anything, names it in the profile claims, and deletes it', async () => {
    const { phone, desk, account } = await somebody();
    for (const [body, type, code] of [
      [svg('<rect width="8" height="8"/>'), 'image/svg+xml', 'picture_unsupported'],
      [png(), 'image/jpeg', 'picture_unsupported'],
      [png().subarray(0, 40), 'image/png', 'picture_broken'],
      [png(1025), 'image/png', 'picture_too_large'],
      [Buffer.alloc(200_000), 'image/png', 'picture_too_large'],
    ] as const) {
      expect(codeOf(await desk.sendPicture(new Uint8Array(body), type)), code).toBe(code);
    }
    expect((await desk.sendPicture(new Uint8Array(png(64, 64, [1, 2, count])), 'image/png')).status).toBe(204);
    const { tokens } = await signIn(app, phone, { scope: 'openid profile' });
    const { picture } = (await (await userinfo(app, tokens.access_token)).json()) as { picture: string };
    expect(picture).toMatch(new RegExp(`^${app.issuer}/picture/[0-9a-f]{64}$`));
    const served = await fetch(picture);
    expect([served.status, served.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(served.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect((await desk.post('/account/profile/picture/remove')).status).toBe(303);
    expect((await fetch(picture)).status).toBe(404);
    expect((await app.accounts.find(account.id))?.picture).toBeUndefined();
  });
});

describe('activity', () => {
  it('H5 shows the owner their own history in sentences, and nobody else’s', async () => {
    const { phone, desk } = await somebody();
    await signIn(app, phone);
    const page = await desk.page('/account/activity');
    expect(page.text).toContain('You approved a sign-in to <strong>My public app</strong>');
    expect(page.text).toContain('You signed in with <strong>password</strong>');
    expect(page.text).not.toMatch(/code\.issued|undefined|\{\w+\}/);
    const stranger = await somebody();
    expect((await stranger.desk.page('/account/activity')).text).not.toContain('My public app');
  });

  it('H5 goes back page by page to the first record', async () => {
    const { phone, desk, username } = await somebody();
    for (let i = 0; i < 35; i++)
      await app.audit.signInSucceeded({ accountId: (await app.accounts.getByUsername(username)).id }, 'passkey');
    expect(phone.cookie).toBeTruthy();
    const first = await desk.page('/account/activity');
    expect(first.text).not.toContain('You signed in on a new device');
    const next = /href="(\/account\/activity\?after=[^"]+)"/.exec(first.text)?.[1] ?? '';
    expect((await desk.page(next)).text).toContain('You signed in on a new device');
  });
});

describe('a copy of everything', () => {
  it('has everything that is stored, and no secret', async () => {
    const { phone, desk, account } = await somebody();
    await signIn(app, phone);
    const answer = await desk.post('/account/data/export');
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    const copy = JSON.parse(answer.text);
    expect(copy).toMatchObject({
      provider: app.issuer,
      account: { id: account.id, email: 'old@example.com', has_password: true },
      devices: [{ id: await deviceOf(phone) }],
      browsers_signed_in: [{ client: { id: 'dev-public' } }],
      sites: [{ client_id: 'dev-public' }],
      passkeys: [],
    });
    expect(copy.activity.length).toBeGreaterThan(3);
    expect(copy.browsers_known).toHaveLength(1);
    const [device] = await app.store.devices.listByAccount(account.id);
    for (const secret of ['argon2', device?.secretHash, device?.keyThumbprint, phone.cookie.split('=')[1]])
      expect(answer.text).not.toContain(secret);
  });
});

describe('deleting the account', () => {
  it('requires the typed username, and refuses the last administrator', async () => {
    const { desk, account, username } = await somebody(['administrator']);
    const wrong = await desk.post('/account/data/delete', { username: 'somebody else' });
    expect([wrong.status, codeOf(wrong)]).toEqual([422, 'name_not_typed']);
    const last = await desk.post('/account/data/delete', { username });
    expect([last.status, codeOf(last)]).toEqual([409, 'last_administrator']);
    expect(await app.accounts.findActive(account.id)).not.toBeNull();
    expect((await desk.page('/account')).status).toBe(200);
  });

  it('A18 happens once in 50 parallel attempts; nothing of the account works or is found, and its username is free for another `sub`', async () => {
    const { desk, phone, account, username } = await somebody();
    const signed = await signIn(app, phone, { scope: 'openid offline_access', prompt: 'consent' });
    await desk.sendPicture(new Uint8Array(png(32, 32, [9, 9, count])), 'image/png');
    const picture = (await app.accounts.find(account.id))?.picture?.hash;
    const forms = await Promise.all(Array.from({ length: 50 }, () => desk.post('/account/data/delete', { username })));
    expect(forms.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(forms.every(({ status }) => [200, 401, 404].includes(status))).toBe(true);
    const events = await eventsOf(account.id);
    expect(events.filter(({ event }) => event === 'account.deleted')).toHaveLength(1);
    expect(JSON.stringify(events)).not.toContain(username);
    expect((await userinfo(app, signed.tokens.access_token)).status).toBe(401);
    expect((await refresh(app, signed.tokens.refresh_token ?? '')).status).toBe(400);
    expect(await isSignedIn(phone)).toBe(false);
    const { store } = app;
    expect(await store.accounts.find(account.id)).toBeNull();
    expect(await store.accounts.findByUsername(username)).toBeNull();
    expect((await store.accounts.page({ search: username, limit: 5 })).accounts).toEqual([]);
    expect(await store.devices.listByAccount(account.id)).toEqual([]);
    expect(await store.browsers.listByAccount(account.id)).toEqual([]);
    expect(await store.approvals.listByAccount(account.id, 5)).toEqual([]);
    expect(await store.passkeys.listByAccount(account.id)).toEqual([]);
    expect(await store.logos.find(picture ?? '')).toBeNull();
    const again = await app.accounts.create({ username, password });
    expect(again.id).not.toBe(account.id);
  });

  it('is completed after a crash', async () => {
    const { account, phone } = await somebody();
    const closed = await app.accounts.close(account.id);
    expect(await isSignedIn(phone)).toBe(false);
    expect(await app.accountDeletion.delete(closed, { by: 'cli', by_kind: 'cli' })).toBe(true);
    expect(await app.accounts.find(account.id)).toBeNull();
  });
});
