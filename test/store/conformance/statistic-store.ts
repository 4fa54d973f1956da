// StatisticsStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import { busiestPerDay } from '../../../src/core/statistics/statistic-store.ts';
import { fifty, type OpenStore, useStore } from './fixture.ts';

const day = 86_400;

export function statisticStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: statistics`, () => {
    const fixture = useStore(open);
    const statistics = () => fixture.opened.store.statistics;
    const today = (): number => fixture.opened.clock() - (fixture.opened.clock() % day);

    it('returns no counts where nothing was counted', async () => {
      expect(await statistics().read('hour', [0, 3600])).toEqual([
        { at: 0, counts: {} },
        { at: 3600, counts: {} },
      ]);
      expect(await statistics().busiest([today()], 5)).toEqual([]);
      await statistics().add({ totals: [], clients: [] });
    });

    it('keeps spans, starts and counters apart', async () => {
      const at = today();
      await statistics().add({
        totals: [
          { span: 'hour', at, counter: 'shown', count: 3 },
          { span: 'hour', at, counter: 'approved_in_7', count: 2 },
          { span: 'day', at, counter: 'shown', count: 5 },
          { span: 'hour', at: at + 3600, counter: 'shown', count: 1 },
        ],
        clients: [],
      });
      await statistics().add({ totals: [{ span: 'hour', at, counter: 'shown', count: 4 }], clients: [] });
      expect(await statistics().read('hour', [at + 3600, at])).toEqual([
        { at: at + 3600, counts: { shown: 1 } },
        { at, counts: { shown: 7, approved_in_7: 2 } },
      ]);
      expect(await statistics().read('day', [at])).toEqual([{ at, counts: { shown: 5 } }]);
    });

    it('loses nothing of 50 parallel additions', async () => {
      const at = today();
      const counts = {
        totals: [
          { span: 'hour', at, counter: 'shown', count: 2 },
          { span: 'day', at, counter: 'approved', count: 1 },
        ],
        clients: [{ day: at, clientId: 'web', shown: 2, approved: 1 }],
      } as const;
      await fifty(await fixture.both(), (store) => store.statistics.add(counts));
      expect(await statistics().read('hour', [at])).toEqual([{ at, counts: { shown: 100 } }]);
      expect(await statistics().read('day', [at])).toEqual([{ at, counts: { approved: 50 } }]);
      expect(await statistics().busiest([at], 5)).toEqual([{ clientId: 'web', shown: 100, approved: 50 }]);
    });

    it('finds the busiest clients over several days among very many', async () => {
      const days = [today() - day, today()];
      for (const [index, ofDay] of days.entries()) {
        const crowd = Array.from({ length: busiestPerDay * 12 }, (_, i) => `crowd ${index} ${i} “ü”`);
        const clients = crowd.map((clientId) => ({ day: ofDay, clientId, shown: 1, approved: 0 }));
        const steady = { day: ofDay, clientId: 'steady', shown: 30, approved: 20 };
        await statistics().add({ totals: [], clients: [...clients, steady] });
      }
      await statistics().add({
        totals: [],
        clients: [{ day: today(), clientId: 'burst', shown: 59, approved: 0 }],
      });
      const [first, second, third, ...rest] = await statistics().busiest(days, 3);
      expect([first, second, rest]).toEqual([
        { clientId: 'steady', shown: 60, approved: 40 },
        { clientId: 'burst', shown: 59, approved: 0 },
        [],
      ]);
      expect(third).toMatchObject({ shown: 1, approved: 0 });
      expect(await statistics().busiest([today() - 2 * day], 3)).toEqual([]);
    });
  });

  describe(`${name}: last use of clients`, () => {
    const fixture = useStore(open);
    const uses = () => fixture.opened.store.clientUses;
    const none = { signedInAt: null, protectionUsedAt: {}, secretsUsedAt: {} };

    it('returns the uses of the given clients in the given order', async () => {
      await uses().record([
        { clientId: 'web', what: 'sign-in', at: 5 },
        { clientId: 'web', what: 'hash-1', at: 7 },
        { clientId: 'web', what: 'sign-in:pkce+nonce', at: 4 },
        { clientId: 'web', what: 'sign-in:neither', at: 5 },
        { clientId: 'shop', what: 'hash-2', at: 9 },
      ]);
      await uses().record([]);
      expect(await uses().find(['shop', 'nobody', 'web'])).toEqual([
        { ...none, secretsUsedAt: { 'hash-2': 9 } },
        none,
        { signedInAt: 5, protectionUsedAt: { 'pkce+nonce': 4, neither: 5 }, secretsUsedAt: { 'hash-1': 7 } },
      ]);
      expect(await uses().find([])).toEqual([]);
    });

    it('keeps the latest of 50 parallel instants', async () => {
      await fifty(await fixture.both(), (store, index) =>
        store.clientUses.record([{ clientId: 'web', what: 'sign-in', at: 1000 + ((index * 7) % 50) }]),
      );
      expect(await uses().find(['web'])).toEqual([{ ...none, signedInAt: 1049 }]);
    });

    it('deletes the uses of a deleted client', async () => {
      await uses().record([{ clientId: 'web', what: 'sign-in', at: 5 }]);
      await fixture.opened.store.clients.delete('web');
      expect(await uses().find(['web'])).toEqual([none]);
    });
  });

  describe(`${name}: its clock`, () => {
    const fixture = useStore(open);

    it('is that of the database server, or null', async () => {
      const time = await fixture.opened.store.time();
      if (name === 'SQLite') expect(time).toBeNull();
      else expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(3);
    });
  });
}
