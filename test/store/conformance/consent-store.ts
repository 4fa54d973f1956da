// ConsentStore, held to the words of its port, and the use-cases over it.
import { describe, expect, it } from 'vitest';
import { createConsents } from '../../../src/core/consent/consents.ts';
import { randomId } from '../records.ts';
import { fifty, isTrue, type OpenStore, useStore } from './fixture.ts';

export function consentStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: consents`, () => {
    const fixture = useStore(open);
    const consents = () => createConsents({ store: fixture.opened.store.consents, clock: fixture.opened.clock });
    const alice = (clientId: string, browserHash: string | null = null) => ({
      accountId: 'alice',
      clientId,
      browserHash,
    });

    it('A21 hold for one account and one client, in every browser, and grow', async () => {
      await consents().give(alice('shop'), ['openid', 'profile']);
      expect(await consents().held(alice('shop'))).toEqual(['openid', 'profile']);
      await consents().give(alice('shop'), ['profile', 'email']);
      expect(await consents().held(alice('shop'))).toEqual(['openid', 'profile', 'email']);
      expect(await consents().held(alice('other'))).toEqual([]);
      expect(await consents().held({ ...alice('shop'), accountId: 'bob' })).toEqual([]);
    });

    it('A21 to a client that others can imitate hold in one browser each', async () => {
      await consents().give(alice('app', 'one'), ['openid']);
      await consents().give(alice('app', 'two'), ['openid', 'email']);
      expect(await consents().held(alice('app', 'one'))).toEqual(['openid']);
      expect(await consents().held(alice('app', 'two'))).toEqual(['openid', 'email']);
      expect(await consents().held(alice('app', 'three'))).toEqual([]);
      expect(await consents().held(alice('app'))).toEqual([]);
    });

    it('A21 remember fifty browsers, the latest ones', async () => {
      for (let index = 0; index <= 50; index++) await consents().give(alice('app', `browser-${index}`), ['openid']);
      expect(await consents().held(alice('app', 'browser-0'))).toEqual([]);
      expect(await consents().held(alice('app', 'browser-50'))).toEqual(['openid']);
    });

    it('A21 lose nothing of 50 parallel consents', async () => {
      const { clock } = fixture.opened;
      await fifty(await fixture.both(), (store, index) =>
        createConsents({ store: store.consents, clock }).give(alice('shop'), [`scope-${index}`]),
      );
      expect((await consents().held(alice('shop'))).length).toBe(50);
    });

    it('A21 are withdrawn by client or together, once', async () => {
      for (const clientId of ['shop', 'app', 'third']) await consents().give(alice(clientId), ['openid']);
      const { store } = fixture.opened;
      const withdrawn = await fifty(await fixture.both(), (each) => each.consents.delete('alice', 'shop'));
      expect(withdrawn.filter(isTrue)).toHaveLength(1);
      expect((await store.consents.listByAccount('alice')).map(({ clientId }) => clientId).sort()).toEqual([
        'app',
        'third',
      ]);
      expect(await consents().withdraw('alice', 'shop')).toEqual([]);
      expect((await consents().withdraw('alice', null)).sort()).toEqual(['app', 'third']);
      expect(await consents().list('alice')).toEqual([]);
    });

    it('are deleted with the account, or with the client', async () => {
      const { store } = fixture.opened;
      const ids = Array.from({ length: 30 }, randomId);
      for (const accountId of ids) {
        for (const clientId of ['shop', 'app'])
          await consents().give({ accountId, clientId, browserHash: null }, ['openid']);
      }
      const [first = ''] = ids;
      await store.consents.deleteByAccount(first);
      expect(await store.consents.listByAccount(first)).toEqual([]);
      await store.consents.deleteByClient('shop');
      await store.consents.deleteByClient('shop');
      for (const accountId of ids.slice(1))
        expect((await store.consents.listByAccount(accountId)).map(({ clientId }) => clientId)).toEqual(['app']);
      await store.consents.deleteByClient('app');
      for (const accountId of ids) expect(await store.consents.listByAccount(accountId)).toEqual([]);
    });
  });
}
