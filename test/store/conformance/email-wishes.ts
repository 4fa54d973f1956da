// What takes an account over, over a real store: of many who confirm an address or set a password at once
// only those get through whose link still counts at that very moment, on whichever node.
import { describe, expect, it } from 'vitest';
import { createAccounts } from '../../../src/core/account/accounts.ts';
import { createPasswords } from '../../../src/core/account/password.ts';
import { createLimits } from '../../../src/core/limit/limit.ts';
import { mayReset } from '../../../src/core/link/link.ts';
import { hashHere } from '../../../src/hashing/hash-here.ts';
import type { Store } from '../../../src/store/store.ts';
import { buildAccount, buildLink } from '../records.ts';
import { fifty, type OpenStore, useStore } from './fixture.ts';

const settings = {
  argon2_memory_kib: 19_456,
  argon2_passes: 2,
  argon2_parallelism: 1,
  argon2_concurrency: 2,
  argon2_queue: 50,
};
const codeOf = (error: { code: string }): string => error.code;

export function emailWishesConformance(name: string, open: OpenStore): void {
  describe(`${name}: taking an account over`, () => {
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
    async function alice() {
      const account = { ...buildAccount('alice'), email: 'alice@example.com', emailVerified: true };
      await fixture.opened.store.accounts.create(account);
      return account;
    }

    it('D10 counts 50 parallel requests for another address, confirms only the last one, and keeps the revision', async () => {
      const { id, revision } = await alice();
      const nodes = await fixture.both();
      const wishes = await fifty(nodes, (store) => accountsOf(store).withdrawEmailWish(id));
      expect(wishes.map((wish) => wish?.emailWishes).sort((a = 0, b = 0) => a - b)).toEqual(
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
      expect((await fixture.opened.store.accounts.find(id))?.revision).toBe(revision);
      const last = wishes.find((wish) => wish?.emailWishes === 50) ?? {};
      const results = await fifty(nodes, (store, index) =>
        accountsOf(store)
          .confirmEmail(id, `new-${index}@example.com`, index % 2 === 0 ? last : (wishes[index] ?? {}))
          .then(({ after }) => after.email, codeOf),
      );
      const confirmed = results.filter((result) => result !== 'account_changed');
      expect(confirmed).toHaveLength(1);
      expect((await fixture.opened.store.accounts.find(id))?.email).toBe(confirmed[0]);
    });

    it('D10 keeps an address that is set while 49 requests confirm another one', async () => {
      const { id } = await alice();
      const wish = (await accountsOf(fixture.opened.store).withdrawEmailWish(id)) ?? {};
      await fifty<unknown>(await fixture.both(), (store, index) =>
        index === 25
          ? accountsOf(store).update(id, { email: 'set@example.com' }, null)
          : accountsOf(store).confirmEmail(id, 'asked@example.com', wish).catch(codeOf),
      );
      expect((await fixture.opened.store.accounts.find(id))?.email).toBe('set@example.com');
    });

    it('D6 lets one of 50 reset links of the same time set the password', { timeout: 30_000 }, async () => {
      const account = await alice();
      const { id } = account;
      const link = buildLink(0, { purpose: 'reset', accountId: id, signOuts: account.signOuts ?? 0 });
      const results = await fifty(await fixture.both(), (store, index) =>
        accountsOf(store)
          .setPassword(id, `a password of many words ${index}`, (current) => mayReset(link, current))
          .then(({ passwordHash }) => passwordHash, codeOf),
      );
      const set = results.filter((result) => result !== 'account_changed');
      expect(set).toHaveLength(1);
      expect((await fixture.opened.store.accounts.find(id))?.passwordHash).toBe(set[0]);
    });
  });
}
