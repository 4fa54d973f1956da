// Account recovery over HTTP: a new password by mail, and recovery codes (security.md D4, D6, D9, G3, G5).
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatRecoveryCode, readRecoveryCode, writeRecoveryCode } from '../../../src/core/account/recovery-code.ts';
import { mayReset } from '../../../src/core/link/link.ts';
import { createAccountDesk } from '../../support/account-desk.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { type MailReceiver, startMailReceiver } from '../../support/mail-receiver.ts';
import { createVirtualPhone, type VirtualPhone } from '../../support/virtual-phone.ts';

const password = 'four words make a sentence';
const html = { accept: 'text/html' };
const get = (address: string) => fetch(address, { headers: html, redirect: 'manual' });
const post = (address: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(address, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...html, origin: new URL(address).origin, ...headers },
    body: new URLSearchParams(fields),
  });
const linkIn = (text: string): string => /https?:\/\/\S+\/link\/[\w-]{43}/.exec(text)?.[0] ?? '';

let app: TestApp;
let receiver: MailReceiver;
beforeAll(async () => {
  receiver = await startMailReceiver();
  app = await startApp({
    mail: { smtp_url: `${receiver.url}?tls=off`, from: 'no-reply@example.org' },
    limits: { resets_per_hour: 10_000 },
  });
});
afterAll(async () => {
  await app?.stop();
  await receiver?.close();
});

const mailsTo = (address: string) => receiver.mails.filter(({ to }) => to.includes(address));
const mailTo = async (address: string, nth = 1) => {
  await expect.poll(() => mailsTo(address).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(nth);
  return mailsTo(address)[nth - 1] ?? { text: '' };
};
let made = 0;
const person = async (emailVerified = true) => {
  const username = `person-${++made}`;
  return app.accounts.create({ username, password, email: `${username}@example.com`, emailVerified });
};
const forgot = (name: string, headers: Record<string, string> = {}) => post(`${app.issuer}/forgot`, { name }, headers);
const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

describe('a new password by mail', () => {
  it('D6 is sent to the proved address, for a username or an email; its link keeps the configured origin, works once and signs nobody in', async () => {
    const { id, username } = await person();
    const phone = await app.phone('bob');
    expect(await (await get(`${app.issuer}/sign-in`)).text()).toContain('href="/forgot"');
    expect((await forgot(username.toUpperCase())).status).toBe(200);
    const first = linkIn((await mailTo(`${username}@example.com`)).text);
    const forged = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', 'x-forwarded-proto': 'https' };
    expect((await forgot(`${username}@EXAMPLE.com`, forged)).status).toBe(200);
    const mail = await mailTo(`${username}@example.com`, 2);
    const link = linkIn(mail.text);
    expect([link.startsWith(`${app.issuer}/link/`), mail.text.includes('evil')]).toEqual([true, false]);
    expect([(await get(first)).status, (await get(link)).status, (await get(link)).status]).toEqual([404, 200, 200]);
    const done = await post(link, { password: 'another four words here' });
    expect([done.status, done.headers.getSetCookie()]).toEqual([200, []]);
    expect((await post(link, { password })).status).toBe(404);
    expect((await mailTo(`${username}@example.com`, 3)).text).toContain('password was reset');
    await app.accounts.verifyCredentials({ username, password: 'another four words here', address: '192.0.2.9' });
    expect((await app.accounts.find(id))?.signOuts).toBeGreaterThan(0);
    await phone.approvals();
  });

  it('D6 is not sent to an unproved address, nor for a disabled account', async () => {
    const [unproved, gone, last] = [await person(false), await person(), await person()];
    await app.accounts.update(gone.id, {}, null, true);
    for (const { username } of [unproved, gone, last]) {
      await forgot(username);
      await forgot(`${username}@example.com`);
    }
    await mailTo(`${last.username}@example.com`, 2);
    const end = Date.now() + 1500;
    await expect.poll(() => Date.now() > end, { timeout: 3000 }).toBe(true);
    expect(mailsTo(`${unproved.username}@example.com`)).toEqual([]);
    expect(mailsTo(`${gone.username}@example.com`)).toEqual([]);
  });

  it('G5 is limited to three an hour per account, and per asking address', async () => {
    const { username } = await person();
    for (let times = 0; times < 6; times++) expect((await forgot(username)).status).toBe(200);
    await mailTo(`${username}@example.com`, 3);
    const strict = await startApp({
      mail: { smtp_url: `${receiver.url}?tls=off`, from: 'no-reply@example.org' },
      limits: { resets_per_hour: 3 },
    });
    try {
      const statuses = [];
      for (const name of ['alice', 'nobody', 'bob', 'alice', 'nobody'])
        statuses.push((await post(`${strict.issuer}/forgot`, { name })).status);
      expect(statuses).toEqual([200, 200, 200, 429, 429]);
    } finally {
      await strict.stop();
    }
    expect(mailsTo(`${username}@example.com`)).toHaveLength(3);
  });

  it('D4 is answered alike and as fast for known and unknown names: medians of 200 each within 10 %', {
    timeout: 60_000,
    retry: 2,
  }, async () => {
    const known = await person();
    const names = [known.username, 'nobody-at-all'];
    const times: [number[], number[]] = [[], []];
    const texts = new Set<string>();
    for (let i = 0; i < 420; i++) {
      // In turn, so that whatever slows the machine slows both.
      const which = i % 2 === 0 ? 0 : 1;
      const from = performance.now();
      const answer = await forgot(names[which] ?? '');
      const text = await answer.text();
      if (i >= 20) times[which].push(performance.now() - from);
      texts.add(
        `${answer.status} ${[...answer.headers.keys()]} ${text.replace(/form_token" value="[^"]*"|nonce="[^"]*"|data-now="\d+"/g, '')}`,
      );
    }
    expect(texts.size).toBe(1);
    const [a, b] = [median(times[0]), median(times[1])];
    expect(Math.abs(a - b) / Math.max(a, b), `${a} and ${b} ms`).toBeLessThan(0.1);
  });
});

describe('a link for a new password', () => {
  const evil = 'the thief has chosen this one';
  const next = 'what the owner wants instead';
  const byConsole = { way: 'console', name: null } as const;
  const byCode = { way: 'recovery_code', name: null } as const;
  const statusOf = async (link: string) => [(await get(link)).status, (await post(link, { password: evil })).status];
  /** Somebody with a link that went to their mailbox, which somebody else reads. */
  async function robbed() {
    const { id, username } = await person();
    const email = `${username}@example.com`;
    const phone = createVirtualPhone({ issuer: app.issuer });
    await phone.signIn(username, password);
    await forgot(username);
    const stolen = linkIn((await mailTo(email)).text);
    expect(stolen).not.toBe('');
    return { id, email, username, stolen, desk: createAccountDesk(app, phone) };
  }

  it('D6 is void once its owner has changed their address', async () => {
    const { id, username, stolen, desk } = await robbed();
    const fresh = `new-${username}@example.com`;
    const asked = await desk.post('/account/profile', { display_name: 'P', email: fresh });
    expect(asked.location).toContain('done=asked');
    expect((await post(linkIn((await mailTo(fresh)).text), {})).status).toBe(200);
    expect((await app.accounts.find(id))?.email).toBe(fresh);
    expect(await statusOf(stolen)).toEqual([404, 404]);
  });

  it('D6 is void once its owner has changed the password, whoever made it', async () => {
    const { id, stolen, desk } = await robbed();
    const others = await Promise.all([byConsole, byCode].map((by) => app.links.makeResetLink(id, by)));
    const changed = await desk.post('/account/password', { password: next });
    expect(changed.location).toContain('done=done');
    for (const link of [stolen, ...others.map(({ address }) => address)])
      expect(await statusOf(link)).toEqual([404, 404]);
  });

  it('D6 is void when the password or address changes while the link is being used', async () => {
    for (const meanwhile of [
      (id: string) => app.accounts.setPassword(id, next, null),
      (id: string) => app.accounts.update(id, { email: 'other@example.com' }, null),
    ]) {
      const { id, username } = await person();
      const email = `${username}@example.com`;
      const { link } = await app.links.makeResetLink(id, { way: 'mail', name: null }, email);
      await meanwhile(id);
      const late = app.accounts.setPassword(id, evil, (current) => mayReset(link, current));
      await expect(late).rejects.toMatchObject({ code: 'account_changed' });
    }
  });

  it('D6 sets one password when links of every kind are used at once, and all of them are void then', async () => {
    const { id, username } = await person();
    const email = `${username}@example.com`;
    const ways = [byConsole, byCode, { way: 'api', name: 'm' }, { way: 'command_line', name: null }] as const;
    const made = await Promise.all(ways.map((by) => app.links.makeResetLink(id, by)));
    made.push(await app.links.makeResetLink(id, { way: 'mail', name: null }, email));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        post(made[i % made.length]?.address ?? '', { password: `${next} ${i % 5}` }),
      ),
    );
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 200 && status !== 404)).toEqual([]);
    for (const { link } of made) expect(await app.store.links.find(link.id)).toBeNull();
  });

  it('D6 D9 from a recovery code or an administrator is not voided by a stranger at /forgot', async () => {
    for (const open of [
      async (id: string) => (await app.links.makeResetLink(id, byConsole)).address,
      async (id: string, username: string) => {
        const [code = ''] = await app.recoveryCodes.make(id);
        return (await post(`${app.issuer}/recover`, { username, code })).headers.get('location') ?? '';
      },
    ]) {
      const { id, username } = await person();
      const link = await open(id, username);
      await forgot(username);
      const mailed = linkIn((await mailTo(`${username}@example.com`)).text);
      expect((await post(link, { password: next })).status).toBe(200);
      expect(await statusOf(mailed)).toEqual([404, 404]);
    }
  });

  it('D6 is sent to the owner of an address even if it equals somebody else’s username, and the other way round', async () => {
    const { username } = await person();
    const email = `${username}@example.com`;
    const mallory = `mallory-${username}@example.com`;
    await app.accounts.create({ username: email, password, email: mallory, emailVerified: true });
    await forgot(email);
    const [mine, theirs] = [linkIn((await mailTo(email)).text), linkIn((await mailTo(mallory)).text)];
    expect([mine !== '', theirs !== '', mine === theirs]).toEqual([true, true, false]);
    expect(await (await get(mine)).text()).toContain(`value="${username}"`);
    expect(await (await get(theirs)).text()).toContain(`value="${email}"`);
  });
});

describe('recovery codes', () => {
  const path = '/account/recovery-codes';
  const make = async (phone: VirtualPhone) => (await phone.call('POST', path, {})).body.codes as string[];
  const recover = (username: string, code: string) => post(`${app.issuer}/recover`, { username, code });
  const codesOf = async (id: string) => app.recoveryCodes.make(id);

  it('D9 are ten, made on the owner’s device after a fresh proof only, and shown once', async () => {
    const phone = await app.phone('alice');
    expect((await fetch(`${app.issuer}${path}`, { method: 'POST', headers: { cookie: phone.cookie } })).status).toBe(
      401,
    );
    const codes = await make(phone);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
    const page = await (await fetch(`${app.issuer}${path}`, { headers: { ...html, cookie: phone.cookie } })).text();
    expect(page).toContain('Codes left: 10 of 10');
    for (const code of codes) expect(page).not.toContain(code);
    app.time.shiftSeconds = 301;
    const proof = { DPoP: await phone.proof('POST', path, { iat: Math.floor(Date.now() / 1000) + 301 }) };
    expect((await phone.call('POST', path, {}, proof)).body.code).toBe('reauthentication_required');
    const leave = await fetch(`${app.issuer}${path}`, { headers: html, redirect: 'manual' });
    expect(leave.status).toBe(401);
    const files = (await readdir(app.folder)).filter((name) => name.startsWith('tessera.sqlite'));
    const kept = (await Promise.all(files.map((name) => readFile(join(app.folder, name), 'latin1')))).join();
    for (const code of codes) {
      expect(kept).not.toContain(code);
      expect(kept).not.toContain(code.replaceAll('-', ''));
    }
    expect(app.logText()).not.toContain(codes[0]);
  });

  afterEach(() => {
    app.time.shiftSeconds = 0;
  });

  it('D9 open the page for a new password, once each in 50 parallel uses, and sign nobody in', async () => {
    const { id, username } = await person();
    const [first = '', second = ''] = await codesOf(id);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        app.recoveryCodes.use({ username, code: first, address: '192.0.2.4' }).then(
          () => 'used',
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(answers.filter((answer) => answer === 'used')).toHaveLength(1);
    await app.recoveryCodes.count(id).then((left) => expect(left).toBe(9));
    // What was wrong a moment ago has to wait.
    app.time.shiftSeconds += 1000;
    expect((await recover(username, first)).status).toBe(401);
    app.time.shiftSeconds += 1000;
    const opened = await recover(` ${username.toUpperCase()}`, second.toLowerCase().replaceAll('-', ' '));
    const link = opened.headers.get('location') ?? '';
    expect([opened.status, linkIn(link) !== '', opened.headers.getSetCookie()]).toEqual([303, true, []]);
    expect((await post(link, { password: 'another four words here' })).status).toBe(200);
    await app.accounts.verifyCredentials({ username, password: 'another four words here', address: '192.0.2.9' });
    const { records } = await app.audit.query({ event: 'recovery_code.used', limit: 5 });
    expect(records[0]).toMatchObject({ accountId: id, facts: { left: 8 } });
  });

  it('D4 D9 are refused alike when wrong, unknown, disabled or used, and guessing is delayed', async () => {
    const [one, gone] = [await person(), await person()];
    const [code = ''] = await codesOf(one.id);
    const [ofGone = ''] = await codesOf(gone.id);
    await app.accounts.update(gone.id, {}, null, true);
    const texts = new Set<string>();
    for (const [name, typed] of [
      [one.username, 'AAAA-BBBB-CCCC-DDDD'],
      [one.username, ''],
      ['nobody-here', code],
      [gone.username, ofGone],
      [one.username, ofGone],
    ] as const) {
      const answer = await recover(name, typed);
      const text = (await answer.text())
        .replaceAll(name, 'NAME')
        .replace(/form_token" value="[^"]*"|nonce="[^"]*"|data-now="\d+"/g, '');
      texts.add(`${answer.status} ${text}`);
    }
    expect(texts.size).toBe(1);
    expect([...texts][0]).toMatch(/^401 /);
    for (let times = 0; times < 6; times++) await recover(one.username, `AAAA-BBBB-CCCC-DDD${times}`);
    expect((await recover(one.username, code)).status).toBe(429);
    // The password is another matter, and so the other way round.
    await app.accounts.verifyCredentials({ username: one.username, password, address: '192.0.2.9' });
  });

  it('D9 are void once new ones were made', async () => {
    const { id, username } = await person();
    const [old = ''] = await codesOf(id);
    await codesOf(id);
    expect((await recover(username, old)).status).toBe(401);
  });

  it('are accepted with other spacing and case', () => {
    const code = writeRecoveryCode((count) => Uint8Array.from({ length: count }, (_, index) => index));
    expect(formatRecoveryCode(code)).toBe('0123-4567-89AB-CDEF');
    for (const typed of ['0123456789abcdef', ' o123–4567 89AB_cdef ', 'OI23-4567-89AB-CDEF', 'ol23.4567.89ab.cdef'])
      expect(readRecoveryCode(typed)).toBe(code);
    for (const typed of ['', '0123', '0123-4567-89AB-CDEU', `${code}0`, 'x'.repeat(5000)])
      expect(readRecoveryCode(typed)).toBeNull();
  });
});

describe('spraying', () => {
  it('G3 is stopped: one password for 500 names from 50 addresses. The owner still signs in on a known device', async () => {
    const sprayed = 'the password everybody tries';
    const owner = await app.accounts.create({ username: 'owner', password: sprayed });
    const phone = await signedInAs(owner.username, sprayed);
    const codes: string[] = [];
    for (let i = 0; i < 500; i++) {
      const attempt = { username: `sprayed-${i}`, password: sprayed, address: `192.0.2.${i % 50}` };
      codes.push(
        await app.accounts.verifyCredentials(attempt).then(
          () => 'in',
          (error: { code: string }) => error.code,
        ),
      );
      if (codes.length > 40 && codes.at(-1) === 'sign_in_delayed' && i > 60) break;
    }
    expect(codes.slice(0, 20)).toEqual(Array(20).fill('credentials_wrong'));
    expect(codes.slice(35)).toEqual(codes.slice(35).map(() => 'sign_in_delayed'));
    const sign = (cookie: string) =>
      post(`${app.issuer}/sign-in`, { username: 'owner', password: sprayed }, { cookie });
    // Without the device it is one of those who try; with it, it is the owner.
    expect((await sign('')).status).toBe(429);
    expect((await sign(phone)).status).toBe(303);
    // Others, with passwords of their own, notice nothing.
    await app.phone('alice');
  });

  it('G3 is not what many attempts of one person count as', async () => {
    const { username } = await person();
    for (let times = 0; times < 40; times++)
      await app.accounts.verifyCredentials({ username, password: `${password}`, address: '192.0.2.77' });
  });

  const signedInAs = async (username: string, secret: string): Promise<string> => {
    const answer = await post(`${app.issuer}/sign-in`, { username, password: secret });
    return (
      answer.headers
        .getSetCookie()
        .find((line) => line.startsWith('tessera_device='))
        ?.split(';')[0] ?? ''
    );
  };
});
