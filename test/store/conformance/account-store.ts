// AccountStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { AccountId } from '../../../src/core/account/account.ts';
import { buildAccount, randomId } from '../records.ts';
import { fifty, isTrue, type OpenStore, useStore } from './fixture.ts';

export function accountStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: accounts`, () => {
    const fixture = useStore(open);
    const accounts = () => fixture.opened.store.accounts;

    it('finds by id and username', async () => {
      const account = buildAccount('zoë@example.com');
      expect(await accounts().create(account)).toBe(true);
      expect(await accounts().find(account.id)).toEqual(account);
      expect(await accounts().findByUsername('zoë@example.com')).toEqual(account);
      expect(await accounts().findByUsername('nobody')).toBeNull();
      expect(await accounts().find(randomId() as AccountId)).toBeNull();
    });

    it('rejects an id or username that is in use and writes nothing', async () => {
      const alice = buildAccount('alice');
      await accounts().create(alice);
      const sameName = buildAccount('alice');
      expect(await accounts().create(sameName)).toBe(false);
      expect(await accounts().find(sameName.id)).toBeNull();
      expect(await accounts().create({ ...buildAccount('bob'), id: alice.id })).toBe(false);
      expect(await accounts().findByUsername('bob')).toBeNull();
      expect(await accounts().findByUsername('alice')).toEqual(alice);
      expect(await accounts().find(alice.id)).toEqual(alice);
    });

    it('lets one of 50 parallel deletions win, removes every index entry, and frees the username', async () => {
      const [account, other] = [buildAccount('alice'), buildAccount('alicia')];
      await accounts().create({ ...account, roles: ['administrator'] });
      await accounts().create(other);
      const gone = await fifty(await fixture.both(), (store) => store.accounts.delete(account.id));
      expect(gone.filter(isTrue)).toHaveLength(1);
      expect(await accounts().find(account.id)).toBeNull();
      expect(await accounts().findByUsername('alice')).toBeNull();
      expect(await accounts().hasRole('administrator')).toBe(false);
      expect(await accounts().update(account.id, (current) => current)).toBeNull();
      expect((await accounts().page({ search: 'ali', limit: 5 })).accounts).toEqual([other]);
      expect(await accounts().create(buildAccount('alice'))).toBe(true);
    });

    it('does not restore a deleted account when 50 updates run at the same time', async () => {
      const account = buildAccount('alice');
      await accounts().create(account);
      await fifty(await fixture.both(), async (store, index) =>
        index === 20
          ? store.accounts.delete(account.id)
          : store.accounts.update(account.id, (current) => ({ ...current, displayName: `Name ${index}` })),
      );
      expect(await accounts().find(account.id)).toBeNull();
      expect(await accounts().findByUsername('alice')).toBeNull();
      expect((await accounts().page({ search: 'name', limit: 50 })).accounts).toEqual([]);
    });

    it('counts enabled administrators up to the given maximum', async () => {
      const made = ['a', 'b', 'c', 'd'].map((name) => ({ ...buildAccount(name), roles: ['administrator'] as const }));
      expect(await accounts().countAdministrators(2)).toBe(0);
      for (const account of made) await accounts().create(account);
      await accounts().create({ ...buildAccount('e'), roles: ['auditor'] });
      expect([await accounts().countAdministrators(2), await accounts().countAdministrators(9)]).toEqual([2, 4]);
      for (const { id } of made.slice(0, 3))
        await accounts().update(id, (current) => ({ ...current, disabledAt: fixture.opened.clock() }));
      expect(await accounts().countAdministrators(2)).toBe(1);
    });

    it('tells whether an account has a role, from the change that adds it to the one that removes it', async () => {
      const [bob, eve] = [buildAccount('bob'), buildAccount('eve')];
      await accounts().create({ ...bob, roles: ['auditor'] });
      await accounts().create(eve);
      expect(await accounts().hasRole('administrator')).toBe(false);
      expect(await accounts().hasRole('auditor')).toBe(true);
      for (const { id } of [bob, eve])
        await accounts().update(id, (current) => ({ ...current, roles: ['administrator', 'client-manager'] }));
      expect(await accounts().hasRole('auditor')).toBe(false);
      for (const { id } of [bob, eve]) {
        expect(await accounts().hasRole('administrator')).toBe(true);
        await accounts().update(id, (current) => ({ ...current, roles: [] }));
      }
      expect(await accounts().hasRole('administrator')).toBe(false);
      expect(await accounts().hasRole('client-manager')).toBe(false);
    });

    it('gives a username to one of 50 parallel creations', async () => {
      const tries = Array.from({ length: 50 }, () => buildAccount('carol'));
      const created = await fifty(await fixture.both(), (store, index) =>
        store.accounts.create(tries[index] ?? buildAccount('carol')),
      );
      expect(created.filter(isTrue)).toHaveLength(1);
      expect(await accounts().findByUsername('carol')).toEqual(tries[created.indexOf(true)]);
      const kept = await Promise.all(tries.map((account) => accounts().find(account.id)));
      expect(kept.filter((account) => account !== null)).toHaveLength(1);
    });

    it('applies all of 50 parallel updates and none whose change throws', async () => {
      const account = buildAccount('dave');
      await accounts().create(account);
      await fifty(await fixture.both(), (store) =>
        store.accounts.update(account.id, (current) => ({ ...current, updatedAt: current.updatedAt + 1 })),
      );
      const refusal = new Error('no');
      const refused = accounts().update(account.id, () => {
        throw refusal;
      });
      await expect(refused).rejects.toBe(refusal);
      expect((await accounts().findByUsername('dave'))?.updatedAt).toBe(50);
      expect(await accounts().update(randomId() as AccountId, (current) => current)).toBeNull();
    });
  });
}
