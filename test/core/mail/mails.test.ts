// The mail queue on a real store and a real SMTP receiver: delivery, retries, giving up, and injection
// attempts.

import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAudit } from '../../../src/core/audit/audit.ts';
import type { Mail } from '../../../src/core/mail/mail.ts';
import { createMails } from '../../../src/core/mail/mails.ts';
import { mailDelaySeconds } from '../../../src/core/mail/queued-mail.ts';
import type { Transport } from '../../../src/core/mail/transport.ts';
import { createVault } from '../../../src/crypto.ts';
import { createSmtpTransport } from '../../../src/outbound/smtp.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createClock, type MovableClock } from '../../store/conformance/fixture.ts';
import { freePort } from '../../support/free-port.ts';
import { type MailReceiver, startMailReceiver } from '../../support/mail-receiver.ts';

const patience = { timeout: 5000, interval: 5 };
const from = 'Tessera <no-reply@id.example>';
const mail: Mail = { to: 'alice@example.com', subject: 'Hello', text: 'the words', html: '<p>the words</p>' };

let store: Store;
let clock: MovableClock;
let errors: unknown[];
let closers: (() => Promise<unknown>)[];

beforeEach(async () => {
  clock = createClock();
  store = await openSqliteStore({ path: ':memory:', clock });
  errors = [];
  closers = [];
});
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  await store.close();
});

async function receiver(...args: Parameters<typeof startMailReceiver>): Promise<MailReceiver> {
  const started = await startMailReceiver(...args);
  closers.push(started.close);
  return started;
}

function create(transport: Transport | null) {
  const audit = createAudit({ store: store.audit, clock, recordedAddress: null, onRecord: null });
  const onError = (error: unknown) => errors.push(error);
  const vault = createVault(Buffer.alloc(32, 1));
  const mails = createMails({ store: store.mails, vault, audit, clock, transport, onError, random: () => 0.5 });
  closers.push(mails.stop);
  return mails;
}

const through = (url: string, password: string | null = null) => create(createSmtpTransport({ url, password, from }));
const givenUp = async () => (await store.audit.query({ event: 'mail.given_up', limit: 10 })).records;

describe('mail', () => {
  it('B16 arrives as text and as markup, marked as automatic, and is not stored afterwards', async () => {
    const server = await receiver();
    const mails = through(server.url);
    await mails.enqueue({ ...mail, subject: '新的登录 “ß”' });
    await vi.waitFor(() => expect(server.mails).toHaveLength(1), patience);
    const [got] = server.mails;
    expect(got).toMatchObject({ from: 'no-reply@id.example', to: ['alice@example.com'] });
    expect(got?.text.trim()).toBe('the words');
    expect(got?.html.trim()).toBe('<p>the words</p>');
    expect(got?.headers).toEqual(
      expect.arrayContaining(['From: Tessera <no-reply@id.example>', 'Auto-Submitted: auto-generated']),
    );
    await vi.waitFor(async () => expect(await store.mails.list(10)).toEqual([]), patience);
    expect(errors).toEqual([]);
  });

  it('B16 is stored encrypted, and its sender waits for no server', async () => {
    let release: () => void = () => undefined;
    const mails = create(
      () =>
        new Promise((resolve) => {
          release = () => resolve({ kind: 'sent' });
        }),
    );
    const before = performance.now();
    await mails.enqueue({ ...mail, text: 'https://id.example/not-me/the-secret' });
    expect(performance.now() - before).toBeLessThan(500);
    const [kept] = await store.mails.list(10);
    expect(JSON.stringify(kept)).not.toMatch(/the-secret|alice@/);
    await vi.waitFor(async () => expect(await store.mails.list(1)).toMatchObject([{ attempts: 1 }]), patience);
    release();
    await vi.waitFor(async () => expect(await store.mails.list(10)).toEqual([]), patience);
  });

  it('B16 waits for an unavailable server and arrives once it is back', async () => {
    const port = await freePort();
    const mails = through(`smtp://127.0.0.1:${port}`);
    await mails.enqueue(mail);
    await vi.waitFor(
      async () => expect(await mails.undelivered()).toMatchObject([{ state: 'pending', domain: 'example.com' }]),
      patience,
    );
    const server = await receiver({}, port);
    mails.wake();
    clock.now += 14;
    mails.wake();
    expect(server.mails).toHaveLength(0);
    clock.now += 1;
    mails.wake();
    await vi.waitFor(() => expect(server.mails).toHaveLength(1), patience);
    await vi.waitFor(async () => expect(await mails.undelivered()).toEqual([]), patience);
  });

  it('B16 is given up after a day of temporary errors: its content is deleted and the audit trail records it', async () => {
    const mails = create(async () => ({ kind: 'failed', error: 'SMTP 421' }));
    await mails.enqueue(mail);
    let tries = 0;
    const end = clock.now + 86_400;
    while (clock.now < end) {
      tries++;
      await vi.waitFor(async () => {
        const [kept] = await store.mails.list(1);
        expect(kept?.attempts).toBe(tries);
        expect(kept?.nextAttemptAt).not.toBe(clock.now + 90);
      }, patience);
      clock.now += mailDelaySeconds(tries, 0.5);
      mails.wake();
    }
    await vi.waitFor(
      async () => expect(await givenUp()).toMatchObject([{ facts: { domain: 'example.com', reason: 'SMTP 421' } }]),
      patience,
    );
    expect(await store.mails.list(1)).toMatchObject([{ state: 'given_up', sealed: null }]);
    expect(await mails.undelivered()).toMatchObject([{ state: 'given_up', lastError: 'SMTP 421' }]);
    expect(tries).toBeGreaterThan(20);
  });

  it('is given up at once when the server rejects the recipient, but not when it rejects the sender', async () => {
    const refusing = await receiver({
      onRcptTo: (_address, _session, done) =>
        done(Object.assign(new Error('no alice@example.com'), { responseCode: 550 })),
    });
    const mails = through(refusing.url);
    await mails.enqueue(mail);
    await vi.waitFor(async () => expect(await givenUp()).toHaveLength(1), patience);
    expect((await givenUp())[0]?.facts).toEqual({ domain: 'example.com', attempts: 1, reason: 'SMTP 550 EENVELOPE' });
    const strict = await receiver({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        username === 'tessera' && password === 'right' ? done(null, { user: username }) : done(new Error('no')),
    });
    const url = strict.url.replace('//', '//tessera@');
    const wrong = through(url, 'wrong');
    await wrong.enqueue(mail);
    await vi.waitFor(
      async () =>
        expect(await wrong.undelivered()).toContainEqual(
          expect.objectContaining({ state: 'pending', lastError: 'SMTP 535 EAUTH' }),
        ),
      patience,
    );
    await wrong.stop();
    clock.now += 15;
    through(url, 'right').wake();
    await vi.waitFor(() => expect(strict.mails).toHaveLength(1), patience);
  });

  it('is sent in clear text only to localhost, or where the address allows it', async () => {
    const plain = await receiver();
    const elsewhere = plain.url.replace('127.0.0.1', 'localhost.');
    // Not a name of this machine to anybody who reads it, and yet it leads here.
    const mails = through(elsewhere);
    await mails.enqueue(mail);
    await vi.waitFor(
      async () =>
        expect(await mails.undelivered()).toMatchObject([
          { lastError: expect.stringMatching(/ETLS|ESOCKET|EDNS|ECONN/) },
        ]),
      patience,
    );
    expect(plain.mails).toEqual([]);
    const asked = through(`${plain.url}?tls=required`);
    await asked.enqueue(mail);
    await vi.waitFor(async () => expect(await asked.undelivered()).toHaveLength(2), patience);
    expect(plain.mails).toEqual([]);
  });

  it('is not sent to a server without a trusted certificate', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
    const server = await receiver({ key, cert, disabledCommands: [] });
    const mails = through(`${server.url}?tls=required`);
    await mails.enqueue(mail);
    await vi.waitFor(async () => expect(await mails.undelivered()).toMatchObject([{ state: 'pending' }]), patience);
    expect(server.mails).toEqual([]);
  });

  it('is not sent without a configured server, and reports that', async () => {
    const mails = create(null);
    expect(mails.isOn).toBe(false);
    await expect(mails.enqueue(mail)).rejects.toMatchObject({ code: 'mail_off' });
  });

  it('B16 is sent once per message by two nodes', async () => {
    const server = await receiver();
    const nodes = [through(server.url), through(server.url)];
    await Promise.all(Array.from({ length: 20 }, (_, i) => nodes[i % 2]?.enqueue({ ...mail, subject: `Number ${i}` })));
    for (const node of nodes) node.wake();
    await vi.waitFor(async () => expect(await store.mails.list(100)).toEqual([]), patience);
    const subjects = server.mails.map(({ headers }) => headers.find((line) => line.startsWith('Subject:')));
    expect(subjects).toHaveLength(20);
    expect(new Set(subjects).size).toBe(20);
  });
});

describe('header injection', () => {
  it.each([
    'alice@example.com\r\nBcc: eve@example.com',
    'alice@example.com, eve@example.com',
    'alice@example.com;eve@example.com',
    'Alice <alice@example.com>',
    '"a b"@example.com',
    'alice@example.com\u0000',
    'alice@example.com\u202e',
    'alice',
    '',
    `${'a'.repeat(250)}@example.com`,
  ])('B16 is refused in an address: %j', async (to) => {
    const mails = create(async () => ({ kind: 'sent' }));
    await expect(mails.enqueue({ ...mail, to })).rejects.toMatchObject({ code: 'mail_invalid' });
    expect(await store.mails.list(10)).toEqual([]);
  });

  it('B16 cannot turn a subject into a header, nor a body into a second message', async () => {
    const server = await receiver();
    const mails = through(server.url);
    const evil = 'Tea House\r\nBcc: eve@example.com\n\nX-Evil: yes\u2028\u0000\u202egnp.exe';
    await mails.enqueue({
      ...mail,
      subject: evil,
      text: `a\r\n.\r\nMAIL FROM:<eve@example.com>\r\n${evil}`,
      html: evil,
    });
    await vi.waitFor(() => expect(server.mails).toHaveLength(1), patience);
    await vi.waitFor(async () => expect(await store.mails.list(10)).toEqual([]), patience);
    const [got] = server.mails;
    expect(got?.to).toEqual(['alice@example.com']);
    const names = got?.headers.map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
    expect(names).not.toContain('bcc');
    expect(names).not.toContain('x-evil');
    expect(got?.headers.find((line) => line.startsWith('Subject:'))).toBe(
      'Subject: Tea House Bcc: eve@example.com X-Evil: yes gnp.exe',
    );
    expect(server.mails).toHaveLength(1);
  });
});
