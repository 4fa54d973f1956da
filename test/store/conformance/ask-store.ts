// AskStore and PushKeyStore, held to the words of their ports.
import { describe, expect, it } from 'vitest';
import type { Ask, AskId } from '../../../src/core/ask/ask.ts';
import type { TicketId } from '../../../src/core/ticket/ticket.ts';
import { randomId } from '../records.ts';
import { fifty, isTrue, type OpenStore, useStore } from './fixture.ts';

export function askStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: asks`, () => {
    const fixture = useStore(open);
    const asks = () => fixture.opened.store.asks;
    const build = (accountId: string): Ask => ({
      id: randomId() as AskId,
      accountId,
      browserHash: 'browser',
      ticketId: randomId() as TicketId,
      expiresAt: fixture.opened.clock() + 60,
    });

    it('keeps one request per account until it is closed', async () => {
      const [first, second, other] = [build('a'), build('a'), build('b')];
      expect(await asks().open(first)).toBe(true);
      expect(await asks().open(second)).toBe(false);
      expect(await asks().open(other)).toBe(true);
      expect(await asks().find('a')).toEqual(first);
      expect(await asks().close('a', second.id)).toBe(false);
      expect(await asks().close('a', first.id)).toBe(true);
      expect(await asks().find('a')).toBeNull();
      expect(await asks().open(second)).toBe(true);
      expect(await asks().find('b')).toEqual(other);
    });

    it('does not find a request from its end on', async () => {
      const [first, second] = [build('a'), { ...build('a'), expiresAt: fixture.opened.clock() + 120 }];
      await asks().open(first);
      fixture.opened.clock.now += 60;
      expect(await asks().find('a')).toBeNull();
      expect(await asks().open(second)).toBe(true);
      expect(await asks().close('a', first.id)).toBe(false);
      expect(await asks().find('a')).toEqual(second);
    });

    it('G4 opens one of 50 parallel requests, also when an expired one is still stored', async () => {
      const stores = await fixture.both();
      const opened = await fifty(stores, (store) => store.asks.open(build('a')));
      expect(opened.filter(isTrue)).toHaveLength(1);
      fixture.opened.clock.now += 61;
      const again = await fifty(stores, (store) => store.asks.open(build('a')));
      expect(again.filter(isTrue)).toHaveLength(1);
    });

    it('keeps one pair of push keys when 50 nodes create it at once', async () => {
      const { pushKeys } = fixture.opened.store;
      expect(await pushKeys.find()).toBeNull();
      const kept = await fifty(await fixture.both(), (store, index) => store.pushKeys.keep(`sealed ${index}`));
      expect(new Set(kept).size).toBe(1);
      expect(await pushKeys.find()).toBe(kept[0]);
      expect(await pushKeys.keep('later')).toBe(kept[0]);
    });
  });
}
