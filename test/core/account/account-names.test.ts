// A verified email address as a name: whom it names, how failures count, and that nothing tells whose it is
// (security.md D4, D5).
import { beforeEach, describe, expect, it } from 'vitest';
import { createAccounts } from '../../../src/core/account/accounts.ts';
import { createPasswords } from '../../../src/core/account/password.ts';
import { createLimits } from '../../../src/core/limit/limit.ts';
import { hashHere } from '../../../src/hashing/hash-here.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';

const light = {
  argon2_memory_kib: 1024,
  argon2_passes: 1,
  argon2_parallelism: 1,
  argon2_concurrency: 2,
  argon2_queue: 50,
};
const password = 'four words make a sentence';
let accounts: ReturnType<typeof createAccounts>;
let now = 1_000_000;

beforeEach(async () => {
  const clock = () => now;
  const store = await openSqliteStore({ path: ':memory:', clock });
  const limits = createLimits({ store: store.limits, clock });
  const passwords = createPasswords(light, hashHere);
  accounts = createAccounts({ store: store.accounts, passwords, limits, clock, siteNames: [], maskPassword: null });
});

const add = (username: string, email: string, emailVerified = true) =>
  accounts.create({ username, email, emailVerified, password });
let address = 0;
/** Each try comes from another address, so that only names count. */
const signIn = (username: string, secret = password) =>
  accounts.verifyCredentials({ username, password: secret, address: `192.0.2.${address++}` }).then(
    ({ id }) => id,
    (error: { code: string }) => error.code,
  );

describe('an email address as a name', () => {
  it('is chosen as a username by nobody but who has verified it', async () => {
    const choose = (change: object) =>
      accounts.checkNew({ username: 'Anna@example.org', password, ...change }).then(
        () => 'allowed',
        (error: { code: string }) => error.code,
      );
    expect(await choose({})).toBe('username_invalid');
    expect(await choose({ email: 'anna@example.org' })).toBe('username_invalid');
    expect(await choose({ email: 'other@example.org', emailVerified: true })).toBe('username_invalid');
    expect(await choose({ email: 'anna@Example.org', emailVerified: true })).toBe('allowed');
    expect(await choose({ username: 'anna@home', email: null })).toBe('username_invalid');
    expect(await choose({ username: 'anna-at-home' })).toBe('allowed');
  });

  it('names the account that has verified it, in any case and with spaces around it', async () => {
    const { id } = await add('anna', 'Anna@Example.org');
    for (const typed of ['Anna@Example.org', 'anna@example.org', '  ANNA@EXAMPLE.ORG ']) {
      expect(await signIn(typed)).toBe(id);
      expect((await accounts.findByName(typed))?.id).toBe(id);
    }
  });

  it('names nobody while it is not verified, of a disabled account, or of two accounts', async () => {
    await add('bert', 'bert@example.org', false);
    await add('cora', 'cora@example.org');
    await accounts.update((await accounts.getByUsername('cora')).id, {}, null, true);
    await add('dora', 'same@example.org');
    await add('emil', 'same@example.org');
    for (const name of ['bert', 'cora', 'same', 'nobody'])
      expect(await signIn(`${name}@example.org`)).toBe('credentials_wrong');
  });

  it('never takes a username over', async () => {
    const { id } = await add('fred@example.org', 'fred@elsewhere.example');
    await add('greta', 'fred@example.org');
    expect((await accounts.findByName('fred@example.org'))?.id).toBe(id);
  });

  it('D4 has its own delay, so that guesses at a username tell nothing about an address', async () => {
    await add('hans', 'hans@example.org');
    for (let times = 0; times < 5; times++) await signIn('hans', 'wrong');
    expect(await signIn('hans', 'wrong')).toBe('sign_in_delayed');
    for (const email of ['hans@example.org', 'nobody@example.org'])
      expect(await signIn(email, 'wrong')).toBe('credentials_wrong');
  });

  it('D5 disables the password after 100 failures over both spellings, until it is reset', async () => {
    const { id } = await add('ida', 'ida@example.org');
    for (let times = 0; times < 100; times++) {
      now += 1000;
      expect(await signIn(times % 2 ? 'ida' : 'ida@example.org', 'wrong')).toBe('credentials_wrong');
    }
    now += 1000;
    expect([await signIn('ida'), await signIn('ida@example.org')]).toEqual(['credentials_wrong', 'credentials_wrong']);
    await accounts.setPassword(id, 'another sentence of words', null);
    expect(await signIn('ida@example.org', 'another sentence of words')).toBe(id);
  });
});

describe('whether an address is verified', () => {
  it('is set by a patch, together with another address or without', async () => {
    const { id } = await add('jan', 'jan@example.org', false);
    expect(await accounts.update(id, { emailVerified: true }, null)).toMatchObject({ emailVerified: true });
    expect(await accounts.update(id, { email: 'jan@example.com' }, null)).toMatchObject({ emailVerified: false });
    const both = { email: 'jan@example.net', emailVerified: true };
    expect(await accounts.update(id, both, null)).toMatchObject(both);
    expect(await accounts.update(id, { displayName: 'Jan' }, null)).toMatchObject(both);
    expect(await accounts.update(id, { emailVerified: false }, null)).toMatchObject({ emailVerified: false });
  });

  it('is refused without an address, and for anything but true and false', async () => {
    const { id } = await accounts.create({ username: 'kai', password });
    const refused = { code: 'account_invalid', problems: [{ path: 'emailVerified' }] };
    await expect(accounts.update(id, { emailVerified: true }, null)).rejects.toMatchObject(refused);
    await expect(accounts.update(id, { emailVerified: 'yes' as never }, null)).rejects.toMatchObject(refused);
    const { emailVerified } = await accounts.update(id, { emailVerified: false }, null);
    expect(emailVerified).toBe(false);
  });
});
