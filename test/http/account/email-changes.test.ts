// Changes of an account's address over HTTP, with a real mail server: requested, cancelled, confirmed, and
// made by administrators (security.md D7, D10).

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { byCommandLine } from '../../../src/core/audit/actor.ts';
import { StoreUnavailableError } from '../../../src/store/store.ts';
import { createAccountDesk } from '../../support/account-desk.ts';
import { openMachine } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { openDesk } from '../../support/console-desk.ts';
import { type MailReceiver, startMailReceiver } from '../../support/mail-receiver.ts';
import { createVirtualPhone } from '../../support/virtual-phone.ts';

const password = 'four words make a sentence';
const post = (address: string, fields: Record<string, string>) =>
  fetch(address, {
    method: 'POST',
    redirect: 'manual',
    headers: { accept: 'text/html' },
    body: new URLSearchParams(fields),
  });
const linkIn = (text: string): string => /https?:\/\/\S+\/link\/[\w-]{43}/.exec(text)?.[0] ?? '';

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

const mailsTo = (address: string) => receiver.mails.filter(({ to }) => to.includes(address));
const linkTo = async (address: string, nth = 1) => {
  const found = () => mailsTo(address).flatMap(({ text }) => linkIn(text) || []);
  await expect.poll(() => found().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(nth);
  return found()[nth - 1] ?? '';
};
let made = 0;
async function person(roles: string[] = []) {
  const username = `person-${++made}`;
  const email = `${username}@example.com`;
  const account = await app.accounts.create({ username, password, email, emailVerified: true, roles });
  const phone = createVirtualPhone({ issuer: app.issuer });
  await phone.signIn(username, password);
  return { account, username, email, phone, desk: createAccountDesk(app, phone) };
}
const emailOf = async (id: string) => (await app.accounts.find(id))?.email;

describe('a link that proves an address', () => {
  const ask = async ({ username, desk }: Pick<Awaited<ReturnType<typeof person>>, 'username' | 'desk'>, nth = 1) => {
    const typo = `typo-${username}@example.com`;
    await desk.post('/account/profile', { display_name: 'P', email: typo });
    return { typo, link: await linkTo(typo, nth) };
  };

  it('D10 is void once its owner has restored the previous address, or removed it', async () => {
    for (const wish of ['the one of before', '']) {
      const owner = await person();
      const { link } = await ask(owner);
      const email = wish && owner.email;
      const back = await owner.desk.post('/account/profile', { display_name: 'P', email });
      expect(back.location).toContain('done=saved');
      expect([(await post(link, {})).status, await emailOf(owner.account.id)]).toEqual([404, email || null]);
    }
  });

  it('D10 is void once another address was requested, even if no mail was sent there; it can be requested again', async () => {
    const owner = await person();
    const other = await person();
    const { link } = await ask(owner);
    // Somebody else's, who alone is told.
    await owner.desk.post('/account/profile', { display_name: 'P', email: other.email });
    expect([(await post(link, {})).status, await emailOf(owner.account.id)]).toEqual([404, owner.email]);
    const again = await ask(owner, 2);
    expect((await post(again.link, {})).status).toBe(200);
    expect(await emailOf(owner.account.id)).toBe(again.typo);
  });

  it('D10 is void once an administrator has set another address, even if the previous one is restored', async () => {
    const owner = await person();
    const { link } = await ask(owner);
    for (const email of ['set-by-admin@example.com', owner.email]) {
      await app.accounts.update(owner.account.id, { email }, null);
      expect([(await post(link, {})).status, await emailOf(owner.account.id)]).toEqual([404, email]);
    }
  });

  it('D10 works for the last of 50 parallel requests only, and never after it was withdrawn', async () => {
    const { account } = await person();
    const wishes = await Promise.all(Array.from({ length: 50 }, () => app.accounts.withdrawEmailWish(account.id)));
    expect(new Set(wishes.map((wish) => wish?.emailWishes)).size).toBe(50);
    const last = wishes.find((wish) => wish?.emailWishes === 50);
    const confirmed = await Promise.all(
      wishes.map((wish) =>
        app.accounts.confirmEmail(account.id, `wish-${wish?.emailWishes}@example.com`, wish ?? {}).then(
          () => true,
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(confirmed.filter((each) => each === true)).toHaveLength(1);
    expect(confirmed.filter((each) => each === 'account_changed')).toHaveLength(49);
    expect(await emailOf(account.id)).toBe('wish-50@example.com');
    await expect(app.accounts.confirmEmail(account.id, 'late@example.com', last ?? {})).rejects.toThrow();
  });
});

describe('an address with an apostrophe', () => {
  it('D10 is accepted', async () => {
    const email = "pat.o'brien@example.com";
    expect((await post(`${app.issuer}/sign-up`, { email })).status).toBe(200);
    expect(await linkTo(email)).not.toBe('');
  });
});

describe('an invitation', () => {
  const use = async (username: string, email: string) => {
    const { address } = await app.links.invite({}, { way: 'command_line', name: null });
    const key = createVirtualPhone({ issuer: app.issuer });
    const device_proof = await key.proof('POST', new URL(address).pathname);
    return post(address, { username, password, email, device_proof });
  };

  it('D10 signs the person in whatever the address, and even if its mail cannot be queued', async () => {
    const answer = await use('pat', "pat.o'neil@example.com");
    expect([answer.status, (await app.accounts.findByUsername('pat')) !== null]).toEqual([303, true]);
    const create = vi.spyOn(app.store.mails, 'create').mockRejectedValueOnce(new StoreUnavailableError('away'));
    try {
      const other = await use('pam', 'pam@example.com');
      expect([other.status, create.mock.calls.length]).toEqual([303, 1]);
      expect(other.headers.getSetCookie().some((cookie) => cookie.startsWith('tessera_device='))).toBe(true);
    } finally {
      create.mockRestore();
    }
    await expect.poll(() => app.logText()).toContain('a message could not be composed');
  });
});

describe('a change by an administrator', () => {
  /** The one before is told, the new one asked, and answering makes it so. */
  async function expectNotified(owner: Awaited<ReturnType<typeof person>>, next: string) {
    await expect.poll(() => [mailsTo(owner.email).length, mailsTo(next).length], { timeout: 10_000 }).toEqual([1, 1]);
    expect(mailsTo(owner.email)[0]?.text).toContain('email address was changed');
    expect(await app.accounts.find(owner.account.id)).toMatchObject({ email: next, emailVerified: false });
    expect((await post(await linkTo(next), {})).status).toBe(200);
    expect(await app.accounts.find(owner.account.id)).toMatchObject({ email: next, emailVerified: true });
    expect(mailsTo(owner.email)).toHaveLength(1);
  }

  it('D7 notifies the previous address of an email changed by the API, and asks the new one to confirm', async () => {
    const owner = await person();
    const machine = await openMachine(app, 'accounts:write', 'accounts:read');
    const found = await machine.call('GET', `/accounts/${owner.account.id}`);
    const headers = { 'if-match': found.headers.get('etag') ?? '' };
    const next = `by-api-${owner.username}@example.com`;
    const changed = await machine.call('PATCH', `/accounts/${owner.account.id}`, { email: next }, headers);
    expect(changed.status, JSON.stringify(changed.body)).toBe(200);
    // Asking is no change that another editor would have to see.
    const again = { 'if-match': changed.headers.get('etag') ?? '' };
    const path = `/accounts/${owner.account.id}`;
    expect((await machine.call('PATCH', path, { locale: 'en' }, again)).status).toBe(200);
    await expectNotified(owner, next);
  });

  it('D7 notifies likewise of an email changed in the console, and not of a name', async () => {
    const [administrator, owner] = [await person(['administrator']), await person()];
    const desk = await openDesk(app, administrator.phone);
    const next = `by-console-${owner.username}@example.com`;
    const save = (display_name: string, email: string, revision: number) =>
      desk.post(`/accounts/${owner.account.id}`, { display_name, email, locale: '', revision: String(revision) });
    expect((await save('Another name', owner.email, 1)).status).toBe(200);
    expect((await save('Another name', next, 2)).status).toBe(200);
    await expectNotified(owner, next);
  });
});

describe('an account that was deleted', () => {
  it('A18 leaves neither address nor name in links', async () => {
    const { account, username, email, desk } = await person();
    const next = `left-${username}@example.com`;
    await desk.post('/account/profile', { display_name: 'P', email: next });
    await linkTo(next);
    for (const way of ['console', 'api', 'command_line', 'recovery_code'] as const)
      await app.links.makeResetLink(account.id, { way, name: null });
    await app.links.makeResetLink(account.id, { way: 'mail', name: null }, email);
    await app.links.makeSignUpLink(email);
    const mentions = () => {
      const database = new DatabaseSync(join(app.folder, 'tessera.sqlite'), { readOnly: true });
      const rows = database.prepare('SELECT body FROM links').all() as { body: string }[];
      database.close();
      return rows.filter(({ body }) => [next, email, account.id, username].some((text) => body.includes(text)));
    };
    expect(mentions().length).toBe(7);
    const fresh = await app.accounts.find(account.id);
    if (fresh) await app.accountDeletion.delete(fresh, byCommandLine);
    expect(mentions()).toEqual([]);
  });
});
