// Sign-up over HTTP with a real mail server: open, by invitation, and closed (security.md D4, D6, D10, G5).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digest } from '../../../src/crypto.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { type MailReceiver, startMailReceiver } from '../../support/mail-receiver.ts';
import { createVirtualPhone } from '../../support/virtual-phone.ts';

const password = 'four words make a sentence';
const by = { way: 'command_line', name: null } as const;

const get = (address: string) => fetch(address, { headers: { accept: 'text/html' }, redirect: 'manual' });
const post = (address: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(address, {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'text/html', origin: new URL(address).origin, ...headers },
    body: new URLSearchParams(fields),
  });
const linkIn = (text: string): string => /http:\/\/\S+\/link\/[\w-]{43}/.exec(text)?.[0] ?? '';

describe('signing up by mail', () => {
  let app: TestApp;
  let receiver: MailReceiver;
  beforeAll(async () => {
    receiver = await startMailReceiver();
    app = await startApp({
      sign_up: 'open',
      mail: { smtp_url: `${receiver.url}?tls=off`, from: 'no-reply@example.org' },
      limits: { sign_ups_per_hour: 10_000, resets_per_hour: 10_000 },
    });
  });
  afterAll(async () => {
    await app?.stop();
    await receiver?.close();
  });
  const mailTo = async (address: string, nth = 1) => {
    const found = () => receiver.mails.filter(({ to }) => to.includes(address));
    await expect.poll(() => found().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(nth);
    return found()[nth - 1] ?? { text: '', headers: [], html: '' };
  };
  const ask = (email: string) => post(`${app.issuer}/sign-up`, { email });

  it('D10 makes no account before the address is confirmed; opening the link does not use it', async () => {
    expect(await (await get(`${app.issuer}/sign-in`)).text()).toContain('href="/sign-up"');
    expect(await (await get(`${app.issuer}/sign-up`)).text()).not.toContain('name="password"');
    expect((await ask('Carol@example.com')).status).toBe(200);
    const link = linkIn((await mailTo('Carol@example.com')).text);
    expect(link.startsWith(`${app.issuer}/link/`)).toBe(true);
    for (let times = 0; times < 3; times++) expect((await get(link)).status).toBe(200);
    expect((await app.accounts.page({ search: 'carol', limit: 5 })).accounts).toEqual([]);
    expect((await post(link, { username: 'carol', password: 'passwordpassword' })).status).toBe(422);
    const key = createVirtualPhone({ issuer: app.issuer });
    const proof = await key.proof('POST', new URL(link).pathname);
    // Another address than the link's is not taken.
    const made = await post(link, { username: 'carol', password, email: 'evil@example.com', device_proof: proof });
    expect([made.status, made.headers.get('location')]).toEqual([303, '/q']);
    expect(await app.accounts.findByUsername('carol')).toMatchObject({
      email: 'Carol@example.com',
      emailVerified: true,
      roles: [],
    });
    expect((await post(link, { username: 'carol2', password })).status).toBe(404);
  });

  it('D4 D10 answers alike for an address that has an account, and tells only that address', async () => {
    const answers = [];
    for (const email of ['alice@example.com', 'nobody-yet@example.com']) {
      const answer = await ask(email);
      const text = (await answer.text())
        .replaceAll(email, 'EMAIL')
        .replace(/form_token" value="[^"]*"|nonce="[^"]*"|data-now="\d+"/g, '');
      answers.push({ status: answer.status, text, names: [...answer.headers.keys()].join(' ') });
    }
    expect(answers[0]).toEqual(answers[1]);
    const known = await mailTo('alice@example.com');
    expect([known.text.includes('Your username is alice'), linkIn(known.text)]).toEqual([true, '']);
    expect(linkIn((await mailTo('nobody-yet@example.com')).text)).not.toBe('');
  });

  it('D4 takes as long for an address that has an account: medians of 200 each within 10 %', {
    timeout: 60_000,
    retry: 2,
  }, async () => {
    const times: [number[], number[]] = [[], []];
    for (let i = 0; i < 420; i++) {
      const which = i % 2 === 0 ? 0 : 1;
      const from = performance.now();
      await (await ask(['bob@example.com', 'nobody-at-all@example.com'][which] ?? '')).text();
      if (i >= 20) times[which].push(performance.now() - from);
    }
    const [a, b] = times.map((each) => each.sort((x, y) => x - y)[100] ?? 0) as [number, number];
    expect(Math.abs(a - b) / Math.max(a, b), `${a} and ${b} ms`).toBeLessThan(0.1);
  });

  it.each(['carol', 'carol@', 'a@b@c', 'x@example.com\r\nBcc: all@example.com', 'a@example.com, b@example.com', ''])(
    'D10 sends nothing to %j',
    async (email) => {
      expect((await ask(email)).status).toBe(422);
    },
  );

  it('G5 sends at most five mails an hour to one address, whoever asks', async () => {
    for (let times = 0; times < 9; times++) expect((await ask('flood@example.com')).status).toBe(200);
    expect((await ask('after-flood@example.com')).status).toBe(200);
    await mailTo('flood@example.com', 5);
    await mailTo('after-flood@example.com');
    // What is asked for is done within a second.
    const end = Date.now() + 1500;
    await expect.poll(() => Date.now() > end, { timeout: 3000 }).toBe(true);
    expect(receiver.mails.filter(({ to }) => to.includes('flood@example.com'))).toHaveLength(5);
  });

  it('D10 H2 confirms an address by POST, once, while the account’s sign-ins have not been ended; the previous address is notified', async () => {
    const account = await app.accounts.create({ username: 'dora', password, email: 'dora@example.com' });
    await app.emails.askVerification(account);
    const link = linkIn((await mailTo('dora@example.com')).text);
    const page = await (await get(link)).text();
    expect(page).toContain('<strong>dora@example.com</strong>');
    expect(await app.accounts.find(account.id)).toMatchObject({ emailVerified: false });
    // It does what it is for: no account, no password.
    expect((await post(link, { password: 'another four words here', username: 'evil' })).status).toBe(200);
    expect(await app.accounts.find(account.id)).toMatchObject({ emailVerified: true });
    await app.accounts.verifyCredentials({ username: 'dora', password, address: '192.0.2.1' });
    expect(await app.accounts.findByUsername('evil')).toBeNull();
    expect((await post(link, {})).status).toBe(404);

    const proved = (await app.accounts.find(account.id)) ?? account;
    await app.emails.askVerification(proved, 'new@example.com');
    expect(await app.accounts.find(account.id)).toMatchObject({ email: 'dora@example.com', emailVerified: true });
    const change = linkIn((await mailTo('new@example.com')).text);
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(change, {})));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await app.accounts.find(account.id)).toMatchObject({ email: 'new@example.com', emailVerified: true });
    expect((await mailTo('dora@example.com', 2)).text).toContain('email address was changed');

    const current = (await app.accounts.find(account.id)) ?? account;
    await app.emails.askVerification(current, 'stolen@example.com');
    const late = linkIn((await mailTo('stolen@example.com')).text);
    await app.accounts.signOut(account.id);
    expect([(await get(late)).status, (await post(late, {})).status]).toEqual([404, 404]);
    // An address that is another's is never asked for.
    await app.emails.askVerification(current, 'alice@example.com');
    expect((await mailTo('alice@example.com', 2)).text).toContain('Your username is alice');
  });

  it('H1 H4 leaves no link in a log, a record or the database', async () => {
    await ask('quiet@example.com');
    const secret = linkIn((await mailTo('quiet@example.com')).text).split('/link/')[1] ?? '';
    expect(secret).toHaveLength(43);
    expect(await app.store.links.findBySecret(digest(secret))).toMatchObject({ purpose: 'sign_up' });
    expect(app.logText()).not.toContain(secret);
    expect(JSON.stringify((await app.audit.query({ limit: 500 })).records)).not.toContain(secret);
  });

  it('sends an invited person a mail to confirm the address', async () => {
    const { address } = await app.links.invite({}, by);
    expect((await post(address, { username: 'erin', password, email: 'erin@example.com' })).status).toBe(303);
    const link = linkIn((await mailTo('erin@example.com')).text);
    expect((await post(link, {})).status).toBe(200);
    expect(await app.accounts.findByUsername('erin')).toMatchObject({ emailVerified: true });
  });
});

describe('signing up without mail', () => {
  it('makes the account at once, and limits accounts per hour and address', async () => {
    const app = await startApp({ sign_up: 'open', limits: { sign_ups_per_hour: 2 } });
    try {
      const page = await (await get(`${app.issuer}/sign-up`)).text();
      expect([page.includes('name="password"'), page.includes('name="email"')]).toEqual([true, false]);
      expect((await get(`${app.issuer}/forgot`)).status).toBe(404);
      const sign = (username: string, secret = password) =>
        post(`${app.issuer}/sign-up`, { username, password: secret });
      const weak = await sign('fred', 'fred-fred-fred-fred');
      expect([weak.status, await weak.text()]).toEqual([422, expect.stringContaining('too close to a name')]);
      const made = await sign('fred');
      expect([made.status, made.headers.get('location')]).toEqual([303, '/q']);
      expect(made.headers.getSetCookie().some((line) => line.startsWith('tessera_device='))).toBe(true);
      expect(await app.accounts.findByUsername('fred')).toMatchObject({ roles: [], email: null });
      expect((await sign('greta')).status).toBe(429);
      const { origin } = new URL('https://evil.example');
      expect((await post(`${app.issuer}/sign-up`, { username: 'x', password }, { origin })).status).toBe(403);
    } finally {
      await app.stop();
    }
  });
});

describe('where nobody may sign up', () => {
  it.each(['invite', 'closed'])('%s: the page says so, and nothing links to it', async (sign_up) => {
    const app = await startApp({ sign_up });
    try {
      for (const answer of [
        await get(`${app.issuer}/sign-up`),
        await post(`${app.issuer}/sign-up`, { username: 'x', password }),
      ])
        expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('Sign-up is closed')]);
      expect(await (await get(`${app.issuer}/sign-in`)).text()).not.toContain('/sign-up');
      expect(await app.accounts.findByUsername('x')).toBeNull();
    } finally {
      await app.stop();
    }
  });

  it('closed voids open invitations and makes no more; the first administrator can still be made', async () => {
    const app = await startApp({ sign_up: 'closed' });
    try {
      await expect(app.links.invite({}, by)).rejects.toMatchObject({ code: 'sign_up_closed' });
      const secret = 'i'.repeat(43);
      const { link } = await app.links.makeAdministratorLink(by);
      await app.store.links.put({
        ...link,
        id: 'old' as never,
        purpose: 'invitation',
        roles: [],
        secretHash: digest(secret),
      });
      expect((await get(`${app.issuer}/link/${secret}`)).status).toBe(404);
      expect((await post(`${app.issuer}/link/${secret}`, { username: 'late', password })).status).toBe(404);
      const { address } = await app.links.makeAdministratorLink(by);
      expect((await post(address, { username: 'root', password })).status).toBe(303);
    } finally {
      await app.stop();
    }
  });
});
