// RecoveryCodeStore, held to the words of its port; and finding accounts by email, which recovery rests on.
import { describe, expect, it } from 'vitest';
import type { Account } from '../../../src/core/account/account.ts';
import { buildAccount, randomId } from '../records.ts';
import { fifty, isTrue, type OpenStore, useStore } from './fixture.ts';

export function recoveryCodeStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: recovery codes`, () => {
    const fixture = useStore(open);
    const codes = () => fixture.opened.store.recoveryCodes;

    it('D9 accepts each code once of 50 parallel uses, and for its own account only', async () => {
      await codes().replace('alice', ['one', 'two', 'three']);
      await codes().replace('bob', ['one']);
      const used = await fifty(await fixture.both(), (store) => store.recoveryCodes.use('alice', 'one'));
      expect(used.filter(isTrue)).toHaveLength(1);
      expect([await codes().count('alice'), await codes().count('bob')]).toEqual([2, 1]);
      expect(await codes().use('alice', 'one')).toBe(false);
      expect(await codes().use('bob', 'two')).toBe(false);
      expect(await codes().use('bob', 'one')).toBe(true);
      expect([await codes().count('bob'), await codes().count('nobody')]).toEqual([0, 0]);
    });

    it('D9 keeps one complete set when several are made at once, and deletes the earlier codes', async () => {
      await codes().replace('alice', ['old']);
      await fifty(await fixture.both(), (store, index) =>
        store.recoveryCodes.replace('alice', [`${index}-a`, `${index}-b`]),
      );
      expect(await codes().count('alice')).toBe(2);
      expect(await codes().use('alice', 'old')).toBe(false);
    });

    it('D9 accepts an empty new set, also when there was none before', async () => {
      await codes().replace('alice', ['one', 'two']);
      for (let times = 0; times < 2; times++) {
        await codes().replace('alice', []);
        expect([await codes().count('alice'), await codes().use('alice', 'one')]).toEqual([0, false]);
      }
      await codes().replace('alice', ['three']);
      expect(await codes().use('alice', 'three')).toBe(true);
    });
  });

  describe(`${name}: accounts by email`, () => {
    const fixture = useStore(open);

    it('D4 finds all accounts with an email address, ignoring case, among many with such a display name', async () => {
      const { accounts } = fixture.opened.store;
      const email = 'Alice@Example.com';
      const make = (change: Partial<Account>) =>
        accounts.create({ ...buildAccount(randomId().toLowerCase()), ...change });
      await make({ username: 'alice', email });
      await make({ username: 'work', email: 'alice@example.com' });
      await make({ username: 'longer', email: 'alice@example.com.au' });
      for (let i = 0; i < 45; i++) await make({ displayName: 'alice@example.com' });
      const found = await accounts.findByEmail('ALICE@example.com');
      expect(found.map(({ username }) => username).sort()).toEqual(['alice', 'work']);
      const [alice] = found.filter(({ username }) => username === 'alice');
      await accounts.update((alice as Account).id, (current) => ({ ...current, email: 'other@example.com' }));
      expect((await accounts.findByEmail(email)).map(({ username }) => username)).toEqual(['work']);
      expect(await accounts.findByEmail('nobody@example.com')).toEqual([]);
    });
  });
}
