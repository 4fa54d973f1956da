// The time of a refused sign-in does not show whether the name exists. The test measures time, so it runs
// apart from the fast tests.
import { describe, expect, it } from 'vitest';
import { createAccounts } from '../../../src/core/account/accounts.ts';
import { createPasswords } from '../../../src/core/account/password.ts';
import { createLimits } from '../../../src/core/limit/limit.ts';
import { hashHere } from '../../../src/hashing/hash-here.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';

const settings = {
  argon2_memory_kib: 19_456,
  argon2_passes: 2,
  argon2_parallelism: 1,
  argon2_concurrency: 1,
  argon2_queue: 50,
};
const password = 'four words make a sentence';

/** Lighter, so that the lookup of a name is a larger part of the time. */
const lighter = { ...settings, argon2_memory_kib: 4096, argon2_passes: 1 };

async function openAccounts(costs = settings) {
  const clock = () => 1_000_000;
  const store = await openSqliteStore({ path: ':memory:', clock });
  const limits = createLimits({ store: store.limits, clock });
  const passwords = createPasswords(costs, hashHere);
  return createAccounts({ store: store.accounts, passwords, limits, clock, siteNames: [], maskPassword: null });
}

const attempt = (username: string, secret: string, address: string) => ({ username, password: secret, address });

describe('the time of a refused sign-in', () => {
  it.each([
    ['names', settings, ''],
    ['email addresses', lighter, '@example.org'],
  ])(
    'D4 is the same for unknown and known %s: medians of 200 tries each within 10 %%',
    {
      timeout: 120_000,
      retry: 2,
    },
    async (_kind, costs, domain) => {
      const accounts = await openAccounts(costs);
      const hash = (await accounts.create({ username: 'first', password })).passwordHash ?? '';
      // Each name has four tries before it has to wait.
      for (let i = 0; i < 51; i++) {
        const { account } = await accounts.ensure({ username: `known-${i}` }, hash);
        if (domain) await accounts.update(account.id, { email: `known-${i}${domain}`, emailVerified: true }, null);
      }
      const times: [number[], number[]] = [[], []];
      for (let i = 0; i < 408; i++) {
        const which = i % 2 === 0 ? 0 : 1;
        const name = `${which === 0 ? 'known' : 'nobody'}-${Math.floor(i / 8)}${domain}`;
        const from = performance.now();
        const refused = accounts.verifyCredentials(attempt(name, 'not the password', `192.0.2.${i % 8}`));
        await expect(refused).rejects.toMatchObject({ code: 'credentials_wrong' });
        if (i >= 8) times[which].push(performance.now() - from);
      }
      const [a, b] = times.map((each) => each.sort((x, y) => x - y)[100] ?? 0) as [number, number];
      expect(Math.abs(a - b) / Math.max(a, b), `${a} and ${b} ms`).toBeLessThan(0.1);
    },
  );
});
