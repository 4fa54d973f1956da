// AccountStore.page and what was stored by earlier releases, held to the words of the port.
import { describe, expect, it } from 'vitest';
import type { Account } from '../../../src/core/account/account.ts';
import type { AccountPage } from '../../../src/core/account/account-store.ts';
import { buildAccount } from '../records.ts';
import { fifty, type OpenStore, useStore } from './fixture.ts';

export function accountPageConformance(name: string, open: OpenStore): void {
  describe(`${name}: pages of accounts`, () => {
    const fixture = useStore(open);
    const accounts = () => fixture.opened.store.accounts;
    const add = async (username: string, change: Partial<Account> = {}): Promise<Account> => {
      const account = { ...buildAccount(username), ...change };
      await accounts().create(account);
      return account;
    };
    const usernames = async (page: Partial<AccountPage> = {}) => {
      const { accounts: found, cursor } = await accounts().page({ limit: 100, ...page });
      return { usernames: found.map(({ username }) => username), cursor };
    };
    const everyPage = async (limit: number, search?: string) => {
      const pages: string[][] = [];
      let after: string | undefined;
      for (let i = 0; i < 100; i++) {
        const page = await usernames({ limit, search, after });
        pages.push(page.usernames);
        if (page.cursor === null) return pages;
        after = page.cursor;
      }
      throw new Error('the pages do not end');
    };

    it('pages through accounts by username, each of them once', async () => {
      for (const each of ['zoe', 'alice', 'äsop', 'bob', 'alice2', '茶', '𠮷野', '｡half']) await add(each);
      const sorted = ['alice', 'alice2', 'bob', 'zoe', 'äsop', '茶', '｡half', '𠮷野'];
      expect(await everyPage(3)).toEqual([sorted.slice(0, 3), sorted.slice(3, 6), sorted.slice(6)]);
      expect(await everyPage(4)).toEqual([sorted.slice(0, 4), sorted.slice(4)]);
      expect(await everyPage(100)).toEqual([sorted]);
      const refused = await accounts().create(buildAccount('alice'));
      expect([refused, (await everyPage(100)).flat().length]).toEqual([false, 8]);
    });

    it('finds accounts by the beginning of username, display name or email, ignoring case', async () => {
      await add('alice', { displayName: 'Alice Liddell', email: 'Alice@Wonder.example' });
      await add('bob', { displayName: 'Alicia Keys', email: 'bob@example.com' });
      await add('carol', { displayName: 'Zoë 茶', email: 'ALI.c@example.com' });
      await add('dan', { displayName: 'Malice', email: null });
      const found = async (search: string) => (await usernames({ search })).usernames;
      expect(await found(' ALI')).toEqual(['carol', 'alice', 'bob']);
      expect(await found('alice@w')).toEqual(['alice']);
      expect(await found('zoË')).toEqual(['carol']);
      expect(await found('Ｂｏｂ')).toEqual(['bob']);
      expect(await found('liddell')).toEqual([]);
      expect(await found('%')).toEqual([]);
      expect(await found('\u0000')).toHaveLength(4);
    });

    it('lists an account that several terms match once, over pages of any size', async () => {
      const all = Array.from({ length: 12 }, (_, i) => `tea${String.fromCharCode(97 + ((i * 5) % 12))}`);
      for (const [i, each] of all.entries())
        await add(each, { displayName: `Tea ${String.fromCharCode(122 - i)}`, email: `tea-${each}@example.com` });
      await add('other', { displayName: 'Coffee' });
      for (const limit of [1, 2, 5, 11, 12, 13]) {
        const pages = await everyPage(limit, 'tea');
        expect(pages.flat().sort(), String(limit)).toEqual([...all].sort());
        expect(Math.max(...pages.map((page) => page.length))).toBe(Math.min(limit, 12));
      }
    });

    it('finds accounts by changed display names and emails, also after 50 parallel changes', async () => {
      const { id } = await add('alice', { displayName: 'Before', email: 'old@example.com' });
      await accounts().update(id, (current) => ({ ...current, displayName: 'After', email: null }));
      const found = async (search: string) => (await usernames({ search })).usernames;
      expect(await found('before')).toEqual([]);
      expect(await found('old@')).toEqual([]);
      expect(await found('after')).toEqual(['alice']);
      const names = ['Before', 'After', 'Between'];
      await fifty(await fixture.both(), (store, i) =>
        store.accounts.update(id, (current) => ({ ...current, displayName: names[i % 3] ?? '' })),
      );
      const present = String((await accounts().find(id))?.displayName);
      for (const each of names) expect(await found(each), each).toEqual(each === present ? ['alice'] : []);
      expect(await found('alice')).toEqual(['alice']);
    });

    it('accepts cursors and searches that it never returned', async () => {
      await add('alice', { email: 'alice@example.com' });
      for (const after of ['', '\u0000', 'x\u0000y\u0000z', '\u{10ffff}', '[', '(']) {
        for (const search of [undefined, 'a', '[a', '(a', '-', '+'])
          expect(Array.isArray((await usernames({ after, search })).usernames)).toBe(true);
      }
    });

    it('reads accounts without roles and revision as having no role and revision 1', async () => {
      const { roles: _roles, revision: _revision, ...old } = buildAccount('alice');
      await accounts().create(old as Account);
      const whole = { ...old, roles: [], revision: 1 };
      expect(await accounts().find(old.id)).toEqual(whole);
      expect(await accounts().findByUsername('alice')).toEqual(whole);
      expect((await accounts().page({ limit: 1 })).accounts).toEqual([whole]);
      const changed = await accounts().update(old.id, (current) => ({ ...current, revision: current.revision + 1 }));
      expect(changed).toEqual({ ...whole, revision: 2 });
    });
  });
}
