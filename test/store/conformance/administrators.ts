// The last administrator, over a real store: somebody is always left to run the place, whoever takes whose
// role away at the same moment.
import { describe, expect, it } from 'vitest';
import type { Account, Role } from '../../../src/core/account/account.ts';
import { createAccounts } from '../../../src/core/account/accounts.ts';
import { createPasswords } from '../../../src/core/account/password.ts';
import { createLimits } from '../../../src/core/limit/limit.ts';
import { hashHere } from '../../../src/hashing/hash-here.ts';
import type { Store } from '../../../src/store/store.ts';
import { buildAccount } from '../records.ts';
import { fifty, type OpenStore, useStore } from './fixture.ts';

const settings = {
  argon2_memory_kib: 19_456,
  argon2_passes: 2,
  argon2_parallelism: 1,
  argon2_concurrency: 2,
  argon2_queue: 50,
};
const refusal = { code: 'last_administrator' };

export function administratorsConformance(name: string, open: OpenStore): void {
  describe(`${name}: the last administrator`, () => {
    const fixture = useStore(open);
    const accountsOf = (store: Store) => {
      const { clock } = fixture.opened;
      const limits = createLimits({ store: store.limits, clock });
      return createAccounts({
        store: store.accounts,
        passwords: createPasswords(settings, hashHere),
        limits,
        clock,
        siteNames: [],
        maskPassword: null,
      });
    };
    const add = async (username: string, ...roles: Role[]): Promise<Account> => {
      const account = { ...buildAccount(username), roles };
      await fixture.opened.store.accounts.create(account);
      return account;
    };
    const left = async (list: readonly Account[]): Promise<number> => {
      const present = await Promise.all(list.map(({ id }) => fixture.opened.store.accounts.find(id)));
      return present.filter((each) => each?.disabledAt === null && each.roles.includes('administrator')).length;
    };

    it('E2 cannot lose the role or be disabled until there is another one', async () => {
      const accounts = accountsOf(fixture.opened.store);
      const [alice, bob] = [await add('alice', 'administrator'), await add('bob', 'auditor')];
      const takeAway = () => accounts.update(alice.id, { roles: ['auditor'] }, null);
      await expect(takeAway()).rejects.toMatchObject(refusal);
      await expect(accounts.update(alice.id, {}, null, true)).rejects.toMatchObject(refusal);
      await expect(accounts.update(alice.id, { displayName: 'A' }, null, true)).rejects.toMatchObject(refusal);
      expect(await accounts.find(alice.id)).toEqual(alice);
      expect(await accounts.update(alice.id, { roles: ['administrator', 'auditor'] }, null)).toMatchObject({
        revision: 2,
      });

      await accounts.update(bob.id, { roles: ['administrator'] }, null);
      await accounts.update(bob.id, {}, null, true);
      await expect(takeAway()).rejects.toMatchObject(refusal);
      await accounts.update(bob.id, {}, null, false);
      expect((await takeAway()).roles).toEqual(['auditor']);
      await expect(accounts.update(bob.id, { roles: [] }, null)).rejects.toMatchObject(refusal);
      expect(await left([alice, bob])).toBe(1);
    });

    it('A6 remains when two administrators remove each other’s role, 50 times', async () => {
      const [here, there] = await fixture.both();
      const [ours, theirs] = [accountsOf(here), accountsOf(there)];
      for (let round = 0; round < 50; round++) {
        const pair = [await add(`a${round}`, 'administrator'), await add(`b${round}`, 'administrator')] as const;
        const [a, b] = pair;
        const results = await Promise.allSettled([
          round % 2 ? ours.update(b.id, { roles: [] }, null) : ours.update(b.id, {}, null, true),
          theirs.update(a.id, { roles: ['auditor'] }, null),
        ]);
        expect(
          results.filter(({ status }) => status === 'fulfilled'),
          `round ${round}`,
        ).toHaveLength(1);
        expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: refusal });
        expect(await left(pair)).toBe(1);
        // Clears the field: what is left of this round must not stand in for the next one's.
        for (const { id } of pair) await here.accounts.update(id, (current) => ({ ...current, roles: [] }));
      }
    });

    it('A6 remains when 50 administrators are removed at once while each is edited', async () => {
      const stores = await fixture.both();
      const all = await Promise.all(Array.from({ length: 50 }, (_, i) => add(`admin${i}`, 'administrator')));
      const results = await fifty(stores, (store, i) => {
        const accounts = accountsOf(store);
        const id = all[i]?.id ?? '';
        const work = i % 2 ? accounts.update(id, { roles: [] }, null) : accounts.update(id, {}, null, true);
        return Promise.all([accounts.update(id, { displayName: `Busy ${i}` }, null), work]).then(
          () => 'gone',
          (error: { code?: string }) => error.code,
        );
      });
      expect(results.filter((each) => each === 'gone')).toHaveLength(49);
      expect(results.filter((each) => each === refusal.code)).toHaveLength(1);
      expect(await left(all)).toBe(1);
    });
  });
}
