// KeyStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { StoredKey } from '../../../src/oidc/key-store.ts';
import { fifty, type OpenStore, useStore } from './fixture.ts';

export function keyStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: keys`, () => {
    const fixture = useStore(open);
    const keys = () => fixture.opened.store.keys;
    const setOf = (label: string): StoredKey[] =>
      ['z', 'a', 'm'].map((kid) => ({
        kid: `${kid}-${label}`,
        alg: 'RS256',
        sealedJwk: `sealed-${label}`,
        createdAt: 1,
      }));

    it('keeps the first set, in its order', async () => {
      expect(await keys().list()).toEqual([]);
      expect(await keys().createIfEmpty(setOf('first'))).toEqual(setOf('first'));
      expect(await keys().createIfEmpty(setOf('second'))).toEqual(setOf('first'));
      expect(await keys().list()).toEqual(setOf('first'));
    });

    it('H3 gives 50 nodes that start at once the same set', async () => {
      const sets = await fifty(await fixture.both(), (store, index) => store.keys.createIfEmpty(setOf(String(index))));
      expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1);
      expect(await keys().list()).toEqual(sets[0]);
      expect(sets[0]).toHaveLength(3);
    });
  });
}
