// LogoutStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { Logout } from '../../../src/core/logout/logout.ts';
import { buildLogout } from '../records.ts';
import { fifty, type OpenStore, useStore } from './fixture.ts';

const everything = () => Number.MAX_SAFE_INTEGER;
const idsOf = (logouts: readonly Logout[]) => logouts.map(({ id }) => id).sort();

export function logoutStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: logouts`, () => {
    const fixture = useStore(open);
    const logouts = () => fixture.opened.store.logouts;
    const now = (): number => fixture.opened.clock();
    const create = async (change: Partial<Logout> = {}): Promise<Logout> => {
      const logout = buildLogout(now(), change);
      await logouts().create(logout);
      return logout;
    };
    const claim = (limit = 100, roomOf: (clientId: string) => number = everything) =>
      logouts().claimDue(now(), now() + 30, limit, roomOf);

    it('A20 gives each of 50 due records to exactly one of 50 parallel claimers', async () => {
      const created = [];
      for (let index = 0; index < 50; index++) created.push(await create({ clientId: `client-${index % 3}` }));
      const stores = await fixture.both();
      const claims = await fifty(stores, (store) => store.logouts.claimDue(now(), now() + 30, 2, everything));
      expect(Math.max(...claims.map((each) => each.length))).toBeLessThanOrEqual(2);
      const mine = claims.flat();
      expect(new Set(idsOf(mine)).size).toBe(mine.length);
      const rest = await claim();
      expect(idsOf([...mine, ...rest])).toEqual(idsOf(created));
      expect(await claim()).toEqual([]);
    });

    it('A20 gives one record to one of 50 parallel claimers, and to one again after its lease', async () => {
      const logout = await create();
      const stores = await fixture.both();
      const all = async () =>
        (await fifty(stores, (store) => store.logouts.claimDue(now(), now() + 30, 8, everything))).flat();
      expect(await all()).toEqual([{ ...logout, attempts: 1, nextAttemptAt: now() + 30 }]);
      fixture.opened.clock.now += 29;
      expect(await all()).toEqual([]);
      fixture.opened.clock.now += 1;
      expect((await all()).map(({ attempts }) => attempts)).toEqual([2]);
    });

    it('lets only the last claimer settle, once', async () => {
      await create();
      const [first] = await claim();
      fixture.opened.clock.now += 30;
      const [second] = await claim();
      if (!first || !second) throw new Error('nothing was claimed');
      expect(await logouts().settle({ ...first, state: 'delivered', nextAttemptAt: null })).toBe(false);
      const delivered: Logout = { ...second, state: 'delivered', nextAttemptAt: null };
      const settled = await fifty(await fixture.both(), (store) => store.logouts.settle(delivered));
      expect(settled.filter(Boolean)).toHaveLength(1);
      expect(await logouts().listByClient('web', 10)).toEqual([delivered]);
      fixture.opened.clock.now += 1000;
      expect(await claim()).toEqual([]);
      expect(await logouts().settle({ ...buildLogout(now()), attempts: 1 })).toBe(false);
    });

    it('gives a failed record again when it is due', async () => {
      await create();
      const [first] = await claim();
      if (!first) throw new Error('nothing was claimed');
      await logouts().settle({ ...first, lastError: 'HTTP 503', nextAttemptAt: now() + 5 });
      fixture.opened.clock.now += 4;
      expect(await claim()).toEqual([]);
      fixture.opened.clock.now += 1;
      expect(await claim()).toEqual([{ ...first, attempts: 2, lastError: 'HTTP 503', nextAttemptAt: now() + 30 }]);
    });

    it('A20 gives at most what there is room for, longest due first, and no client delays another one', async () => {
      const old: Logout[] = [];
      for (let age = 0; age < 20; age++) old.push(await create({ clientId: 'slow', nextAttemptAt: now() - age }));
      const young = await create({ clientId: 'fast' });
      const mine = await claim(8, (clientId) => (clientId === 'slow' ? 2 : 1));
      expect(mine.filter(({ clientId }) => clientId === 'fast').map(({ id }) => id)).toEqual([young.id]);
      const slow = mine.filter(({ clientId }) => clientId === 'slow');
      expect(idsOf(slow)).toEqual(idsOf(old.slice(-2)));
      const left = await claim(100, (clientId) => (clientId === 'slow' ? 100 : 0));
      expect(left).toHaveLength(18);
      expect(await claim(0)).toEqual([]);
      await create({ clientId: 'full' });
      expect(await claim(8, () => -1)).toEqual([]);
    });

    it('lists the newest records of a client up to a limit, until they expire', async () => {
      for (let age = 0; age < 6; age++) {
        const expiresAt = age % 2 ? now() + 10 : now() + 1000;
        await create({ createdAt: now() - age, expiresAt });
      }
      await create({ clientId: 'other' });
      const ages = async (limit: number) =>
        (await logouts().listByClient('web', limit)).map(({ createdAt }) => 1_800_000_000 - createdAt);
      expect(await ages(3)).toEqual([0, 1, 2]);
      fixture.opened.clock.now += 10;
      expect(await ages(100)).toEqual([0, 2, 4]);
      expect(await claim()).toHaveLength(4);
    });

    it('A20 keeps due records for the next process that opens the store', async () => {
      const logout = await create();
      await fixture.opened.store.close();
      const reopened = await fixture.opened.openAnother();
      expect(idsOf(await reopened.logouts.claimDue(now(), now() + 30, 8, everything))).toEqual([logout.id]);
    });
  });
}
