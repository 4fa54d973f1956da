// What an administrator changes of an account: judged in one place, and never over somebody else's change.
import { describe, expect, it } from 'vitest';
import type { AccountError } from '../../../src/core/account/account.ts';
import type { AccountPatch } from '../../../src/core/account/account-patch.ts';
import { createAccounts } from '../../../src/core/account/accounts.ts';
import { createPasswords } from '../../../src/core/account/password.ts';
import { createLimits } from '../../../src/core/limit/limit.ts';
import { hashHere } from '../../../src/hashing/hash-here.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { buildAccount } from '../../store/records.ts';

const settings = {
  argon2_memory_kib: 19_456,
  argon2_passes: 2,
  argon2_parallelism: 1,
  argon2_concurrency: 2,
  argon2_queue: 50,
};
const password = 'four words make a sentence';

async function setUp() {
  const time = { now: 1_000_000 };
  const clock = () => time.now;
  const store = await openSqliteStore({ path: ':memory:', clock });
  const limits = createLimits({ store: store.limits, clock });
  const accounts = createAccounts({
    store: store.accounts,
    passwords: createPasswords(settings, hashHere),
    limits,
    clock,
    siteNames: [],
    maskPassword: null,
  });
  const alice = { ...buildAccount('alice'), email: 'alice@example.com', emailVerified: true };
  await store.accounts.create({ ...buildAccount('root'), roles: ['administrator'] });
  await store.accounts.create(alice);
  return { accounts, store, time, alice };
}

const problemsOf = async (work: Promise<unknown>): Promise<string[]> => {
  const error = (await work.then(
    () => Promise.reject(new Error('nothing was refused')),
    (reason: unknown) => reason,
  )) as AccountError;
  expect(error).toMatchObject({ code: 'account_invalid' });
  expect(error.problems.every(({ path, message }) => error.message.includes(`${path} ${message}`))).toBe(true);
  return error.problems.map(({ path }) => path);
};

describe('the administration of an account', () => {
  it('changes only the given fields and increments the revision by one', async () => {
    const { accounts, alice, time } = await setUp();
    time.now += 5;
    const patch = { displayName: ' Alice  Liddell ', locale: 'zh-cn', roles: ['auditor', 'administrator', 'auditor'] };
    const changed = await accounts.update(alice.id, patch, 1);
    expect(changed).toEqual({
      ...alice,
      displayName: 'Alice  Liddell',
      locale: 'zh-CN',
      roles: ['administrator', 'auditor'],
      updatedAt: time.now,
      revision: 2,
    });
    expect(await accounts.find(alice.id)).toEqual(changed);
    expect(await accounts.update(alice.id, { locale: null, roles: [] }, null)).toMatchObject({
      displayName: 'Alice  Liddell',
      locale: null,
      roles: [],
      revision: 3,
    });
  });

  it('rejects fields that it does not know: password, id, username', async () => {
    const { accounts, alice } = await setUp();
    const more = {
      id: 'x',
      username: 'x',
      passwordHash: 'x',
      disabledAt: 1,
      email: 'b@example.com',
      emailWishes: 7,
    };
    const changed = await accounts.update(alice.id, more as AccountPatch, null);
    expect(changed).toEqual({
      ...alice,
      email: 'b@example.com',
      emailVerified: false,
      emailWishes: 1,
      updatedAt: 1_000_000,
      revision: 2,
    });
  });

  it('requires a new verification for a changed email, and none for the same one', async () => {
    const { accounts, alice } = await setUp();
    const email = async (to: string | null) => {
      const { emailVerified } = await accounts.update(alice.id, { email: to }, null);
      return emailVerified;
    };
    expect(await email('alice@example.com')).toBe(true);
    expect(await email('alice@example.org')).toBe(false);
    expect(await email('alice@example.com')).toBe(false);
    expect(await email(null)).toBe(false);
  });

  it.each<[string, unknown]>([
    ['displayName', ''],
    ['displayName', ' \u200b\u2060 '],
    ['displayName', '\u3164'],
    ['displayName', 'x'.repeat(101)],
    ['displayName', 'a\nb'],
    ['displayName', 'evil \u202egnp.exe'],
    ['displayName', '\ud800'],
    ['displayName', null],
    ['displayName', 7],
    ['email', 'alice'],
    ['email', '@example.com'],
    ['email', 'a@b@example.com'],
    ['email', 'a b@example.com'],
    ['email', 'a@example..com'],
    ['email', 'a@-'],
    ['email', 'a\u202eb@example.com'],
    ['email', `${'a'.repeat(250)}@b.example`],
    ['email', ''],
    ['locale', 'english please'],
    ['locale', ''],
    ['locale', 'en_GB'],
    ['locale', 3],
    ['roles', ['king']],
    ['roles', 'administrator'],
    ['roles', null],
  ])('refuses %s %j', async (path, value) => {
    const { accounts, alice } = await setUp();
    expect(await problemsOf(accounts.update(alice.id, { [path]: value } as AccountPatch, null))).toEqual([path]);
    expect(await accounts.find(alice.id)).toEqual(alice);
  });

  it('reports every problem at once', async () => {
    const { accounts, alice } = await setUp();
    const wrong = { displayName: '', email: 'x', locale: '-', roles: ['x'] };
    expect(await problemsOf(accounts.update(alice.id, wrong, 1))).toEqual(['displayName', 'email', 'locale', 'roles']);
  });

  it.each(['🍮', 'x'.repeat(100), '👩‍👩‍👧 family', 'عائشة', '茶馆'])('takes the name %s', async (displayName) => {
    const { accounts, alice } = await setUp();
    expect(await accounts.update(alice.id, { displayName }, 1)).toMatchObject({ displayName });
  });

  it.each(['a@b.example', 'zoë+tag@büro.example', 'root@localhost', "o'neil@xn--bro-hoa.example"])(
    'takes the email %s',
    async (email) => {
      const { accounts, alice } = await setUp();
      expect(await accounts.update(alice.id, { email }, 1)).toMatchObject({ email });
    },
  );

  it('applies the same checks to a new account', async () => {
    const { accounts } = await setUp();
    const bad = { username: 'bob', password, displayName: 'a\u202eb', email: 'x' };
    expect(await problemsOf(accounts.create(bad))).toEqual(['displayName', 'email']);
    expect(await accounts.findByUsername('bob')).toBeNull();
    expect(await accounts.create({ username: 'bob', password, displayName: '  ' })).toMatchObject({
      displayName: 'bob',
      roles: [],
      revision: 1,
    });
  });

  it('lets one of 20 editors of the same revision win', async () => {
    const { accounts, alice } = await setUp();
    const tries = Array.from({ length: 20 }, (_, i) => accounts.update(alice.id, { displayName: `Editor ${i}` }, 1));
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'account_changed' });
    expect((await accounts.find(alice.id))?.revision).toBe(2);
    await expect(accounts.update('unknown', {}, null)).rejects.toMatchObject({ code: 'account_not_found' });
  });

  it('A18 disables and enables an account by the revision that was read, or by none', async () => {
    const { accounts, alice, time } = await setUp();
    const off = await accounts.update(alice.id, {}, 1, true);
    expect(off).toMatchObject({ disabledAt: 1_000_000, revision: 2 });
    expect(await accounts.findActive(alice.id)).toBeNull();
    time.now += 9;
    expect(await accounts.update(alice.id, {}, 2, true)).toMatchObject({ disabledAt: 1_000_000, revision: 3 });
    await expect(accounts.update(alice.id, {}, 2, false)).rejects.toMatchObject({ code: 'account_changed' });
    expect(await accounts.update(alice.id, {}, null, false)).toMatchObject({ disabledAt: null, revision: 4 });
    expect(await accounts.update(alice.id, {}, 4, true)).toMatchObject({ disabledAt: 1_000_009, revision: 5 });
    await expect(accounts.update('nobody', {}, null, true)).rejects.toMatchObject({ code: 'account_not_found' });
  });

  it('keeps the revision when a sign-in rehashes the password', async () => {
    const { accounts, store } = await setUp();
    const bob = await accounts.create({ username: 'bob', password });
    const limits = createLimits({ store: store.limits, clock: () => 1 });
    const dearer = createPasswords({ ...settings, argon2_passes: 3 }, hashHere);
    const later = createAccounts({
      store: store.accounts,
      passwords: dearer,
      limits,
      clock: () => 1,
      siteNames: [],
      maskPassword: null,
    });
    await later.verifyCredentials({ username: 'bob', password, address: '::1' });
    const present = await store.accounts.find(bob.id);
    expect(present?.passwordHash).not.toBe(bob.passwordHash);
    expect(present?.revision).toBe(1);
  });

  it('lists accounts by page', async () => {
    const { accounts, alice } = await setUp();
    await accounts.create({ username: 'bob', password, displayName: 'Alistair' });
    const first = await accounts.page({ search: 'ali', limit: 1 });
    expect(first.accounts).toEqual([alice]);
    const second = await accounts.page({ search: 'ali', limit: 1, after: String(first.cursor) });
    expect([second.accounts.map(({ username }) => username), second.cursor]).toEqual([['bob'], null]);
  });
});
