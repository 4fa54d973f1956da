import { describe, expect, it } from 'vitest';
import { normaliseUsername } from '../../../src/core/account/account.ts';
import { createAccounts } from '../../../src/core/account/accounts.ts';
import { createPasswords } from '../../../src/core/account/password.ts';
import { createLimits } from '../../../src/core/limit/limit.ts';
import { hashHere } from '../../../src/hashing/hash-here.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';

const settings = {
  argon2_memory_kib: 19_456,
  argon2_passes: 2,
  argon2_parallelism: 1,
  argon2_concurrency: 2,
  argon2_queue: 50,
};
/** For what counts passwords and does not weigh them. */
const light = { argon2_memory_kib: 1024, argon2_passes: 1 };
const password = 'four words make a sentence';

async function setUp(change: Partial<typeof settings> = {}) {
  const time = { now: 1_000_000 };
  const clock = () => time.now;
  const store = await openSqliteStore({ path: ':memory:', clock });
  const limits = createLimits({ store: store.limits, clock });
  const open = (more: Partial<typeof settings> = {}) =>
    createAccounts({
      store: store.accounts,
      passwords: createPasswords({ ...settings, ...change, ...more }, hashHere),
      limits,
      clock,
      siteNames: [],
      maskPassword: null,
    });
  return { accounts: open(), open, store, time };
}

const attempt = (username: string, secret: string, address = '192.0.2.1') => ({ username, password: secret, address });

describe('accounts', () => {
  it('D1 uses argon2id at the OWASP minimum or more, salts, and rehashes at sign-in when the cost was raised', async () => {
    const { accounts, open, store } = await setUp();
    const [a, b] = [
      await accounts.create({ username: 'a', password }),
      await accounts.create({ username: 'b', password }),
    ];
    expect(a.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,/);
    expect(a.passwordHash).not.toBe(b.passwordHash);
    await open({ argon2_passes: 3 }).verifyCredentials(attempt('a', password));
    expect((await store.accounts.find(a.id))?.passwordHash).toMatch(/t=3/);
  });

  it('D2 accepts a password exactly as it was typed, in any Unicode composition', async () => {
    const { accounts } = await setUp();
    await accounts.create({ username: 'a', password: 'Crème brûlée 🍮 for two' });
    await accounts.verifyCredentials(attempt('a', 'Crème brûlée 🍮 for two'.normalize('NFD')));
    await expect(accounts.verifyCredentials(attempt('a', 'Crème brûlée 🍮 for twO'))).rejects.toMatchObject({
      code: 'credentials_wrong',
    });
  });

  it('D4 gives the same answer for unknown and disabled accounts and wrong passwords', async () => {
    const { accounts } = await setUp();
    await accounts.create({ username: 'known', password });
    await accounts.create({ username: 'gone', password });
    await accounts.update((await accounts.getByUsername('gone')).id, {}, null, true);
    const answers = await Promise.all(
      [attempt('known', 'wrong'), attempt('nobody', 'wrong'), attempt('gone', password), attempt('', 'x')].map((each) =>
        accounts.verifyCredentials(each).catch((error: Error & { code: string }) => `${error.code} ${error.message}`),
      ),
    );
    expect(new Set(answers).size).toBe(1);
  });

  it('D5 delays after five failures over all spellings and addresses; a correct password resets the delay', async () => {
    const { accounts, time } = await setUp();
    await accounts.create({ username: 'alice', password });
    for (const [index, name] of ['alice', 'ALICE', ' alice ', 'Alice', 'alice'].entries()) {
      await expect(accounts.verifyCredentials(attempt(name, 'no', `192.0.2.${index}`))).rejects.toMatchObject({
        code: 'credentials_wrong',
      });
    }
    await expect(accounts.verifyCredentials(attempt('alice', password))).rejects.toMatchObject({
      code: 'sign_in_delayed',
    });
    time.now += 2;
    await accounts.verifyCredentials(attempt('alice', password));
    await accounts.verifyCredentials(attempt('alice', password));
  });

  it('D5 disables the password at the hundredth consecutive failure', async () => {
    const { accounts, time } = await setUp(light);
    await accounts.create({ username: 'alice', password });
    for (let i = 0; i < 100; i++) {
      await expect(accounts.verifyCredentials(attempt('alice', 'no', `10.0.${i}.1`))).rejects.toMatchObject({
        code: 'credentials_wrong',
      });
      time.now += 901;
    }
    time.now += 86_400;
    await expect(accounts.verifyCredentials(attempt('alice', password))).rejects.toMatchObject({
      code: 'sign_in_delayed',
    });
  });

  it('D4 takes no password for an account that does not exist, not even the one of the dummy hash', async () => {
    const passwords = createPasswords({ ...settings, ...light }, hashHere);
    expect(await passwords.verify(null, 'nobody has this password')).toBe(false);
    expect(await passwords.verify(await passwords.hash(password), password)).toBe(true);
  });

  it('I4 bounds the number of parallel hashes and refuses requests beyond the queue', async () => {
    const { accounts } = await setUp({ argon2_concurrency: 1, argon2_queue: 2 });
    await accounts.create({ username: 'alice', password });
    const tries = Array.from({ length: 10 }, (_, i) =>
      accounts.verifyCredentials(attempt('alice', password, `192.0.2.${i}`)),
    );
    const codes = (await Promise.allSettled(tries)).map((each) =>
      each.status === 'fulfilled' ? 'ok' : each.reason.code,
    );
    expect(codes.filter((code) => code === 'ok').length).toBeGreaterThanOrEqual(3);
    expect(codes.filter((code) => code === 'busy').length).toBeGreaterThan(0);
  });

  it('normalizes a username to one spelling', () => {
    expect(normaliseUsername(' ＡＬＩＣＥ ')).toBe('alice');
    for (const bad of ['', ' ', '<b>', 'a b', '-x', 'x'.repeat(65), 'a\r\nb'])
      expect(normaliseUsername(bad)).toBeNull();
  });
});
