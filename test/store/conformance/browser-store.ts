// BrowserStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { KnownBrowser } from '../../../src/core/device/browser.ts';
import { createBrowsers } from '../../../src/core/device/browsers.ts';
import type { Store } from '../../../src/store/store.ts';
import { buildBrowser } from '../records.ts';
import { fifty, isTrue, type OpenStore, useStore } from './fixture.ts';

export function browserStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: browsers`, () => {
    const fixture = useStore(open);
    const browsers = () => fixture.opened.store.browsers;

    it('passes null to the first change and the stored browser to the next', async () => {
      expect(await browsers().find('account', 'hash')).toBeNull();
      const seen: (KnownBrowser | null)[] = [];
      const first = await browsers().upsert('account', 'hash', (known) => {
        seen.push(known);
        return buildBrowser('account', 'hash', 1);
      });
      const second = await browsers().upsert('account', 'hash', (known) => {
        seen.push(known);
        return { ...(known ?? first), trusted: true };
      });
      expect(seen).toEqual([null, first]);
      expect(second).toEqual({ ...first, trusted: true });
      expect(await browsers().find('account', 'hash')).toEqual(second);
    });

    it('keeps accounts and browsers apart', async () => {
      const keys = [
        ['a', 'x'],
        ['a', 'y'],
        ['b', 'x'],
      ] as const;
      for (const [account, hash] of keys) await browsers().upsert(account, hash, () => buildBrowser(account, hash, 1));
      expect((await browsers().listByAccount('a')).map((browser) => browser.browserHash).sort()).toEqual(['x', 'y']);
      expect((await browsers().listByAccount('b')).map((browser) => browser.browserHash)).toEqual(['x']);
      expect(await browsers().listByAccount('c')).toEqual([]);
      expect((await browsers().listByBrowser('x')).map((browser) => browser.accountId).sort()).toEqual(['a', 'b']);
      expect(await browsers().listByBrowser('z')).toEqual([]);
    });

    it('deletes the browsers of one account and no others', async () => {
      for (const account of ['a', 'b']) await browsers().upsert(account, 'x', () => buildBrowser(account, 'x', 1));
      await browsers().deleteByAccount('a');
      await browsers().deleteByAccount('a');
      expect(await browsers().listByAccount('a')).toEqual([]);
      expect(await browsers().listByAccount('b')).toHaveLength(1);
    });

    it('applies all of 50 parallel upserts and none whose change throws', async () => {
      await fifty(await fixture.both(), (store) =>
        store.browsers.upsert('account', 'hash', (known) =>
          buildBrowser('account', 'hash', (known?.lastUsedAt ?? 0) + 1),
        ),
      );
      const refusal = new Error('no');
      const refused = browsers().upsert('account', 'hash', () => {
        throw refusal;
      });
      await expect(refused).rejects.toBe(refusal);
      expect((await browsers().find('account', 'hash'))?.lastUsedAt).toBe(50);
    });

    const agent = { name: 'Chrome', system: 'Linux', isScreen: false };

    it('B16 unblocks a browser once of 50 parallel requests', async () => {
      const useCases = (store: Store) => createBrowsers({ store: store.browsers, clock: fixture.opened.clock });
      await useCases(fixture.opened.store).block('account', 'hash', agent);
      const done = await fifty(await fixture.both(), (store) => useCases(store).unblock('account', 'hash'));
      expect(done.filter(isTrue)).toHaveLength(1);
      expect(await browsers().find('account', 'hash')).toMatchObject({ blockedAt: null, firstUsedAt: null });
    });

    it('B16 keeps a report that arrives while an earlier one is withdrawn', async () => {
      const { clock } = fixture.opened;
      const { block, unblock } = createBrowsers({ store: browsers(), clock });
      await block('account', 'hash', agent);
      const late = createBrowsers({
        clock,
        store: {
          ...browsers(),
          async find(...which) {
            const found = await browsers().find(...which);
            await unblock('account', 'hash');
            clock.now += 5;
            await block('account', 'hash', agent);
            return found;
          },
        },
      });
      expect(await late.unblock('account', 'hash')).toBe(false);
      expect((await browsers().find('account', 'hash'))?.blockedAt).toBe(clock.now);
    });
  });
}
