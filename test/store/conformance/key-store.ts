// KeyStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { StoredKey } from '../../../src/core/key/key-store.ts';
import { createSigningKeys, type SigningKeys } from '../../../src/core/key/signing-keys.ts';
import { createVault } from '../../../src/crypto.ts';
import { fifty, isTrue, type OpenStore, useStore } from './fixture.ts';

export function keyStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: keys`, () => {
    const fixture = useStore(open);
    const keys = () => fixture.opened.store.keys;
    const keyOf = (kid: string): StoredKey => ({ kid, alg: 'RS256', sealedJwk: `sealed-${kid}`, createdAt: 1 });
    const setOf = (label: string) => ['z', 'a', 'm'].map((kid) => keyOf(`${kid}-${label}`));

    it('keeps the first set in its order', async () => {
      expect(await keys().list()).toEqual([]);
      expect(await keys().replace([], setOf('first'))).toBe(true);
      expect(await keys().replace([], setOf('second'))).toBe(false);
      expect(await keys().list()).toEqual(setOf('first'));
    });

    it('replaces exactly the expected set: adds, changes and removes keys in one step', async () => {
      const first = setOf('first');
      await keys().replace([], first);
      const next = [...first.slice(1), { ...keyOf('new'), signsFrom: 7 }];
      expect(await keys().replace(first.slice(1), next)).toBe(false);
      expect(await keys().replace([...first].reverse(), next)).toBe(false);
      expect(await keys().list()).toEqual(first);
      expect(await keys().replace(first, next)).toBe(true);
      expect(await keys().list()).toEqual(next);
      const moved = next.map((key) => ({ ...key, signsFrom: 5 }));
      expect(await keys().replace(next, moved)).toBe(true);
      expect(await keys().replace(next, first)).toBe(false);
      expect(await keys().list()).toEqual(moved);
    });

    it('H3 keeps one first set when 50 nodes start at once', async () => {
      const stores = await fixture.both();
      const won = await fifty(stores, (store, index) => store.keys.replace([], setOf(String(index))));
      expect(won.filter(isTrue)).toHaveLength(1);
      expect(await keys().list()).toEqual(setOf(String(won.indexOf(true))));
    });

    it('H3 adds one successor when 50 nodes rotate the same set at once', async () => {
      const stores = await fixture.both();
      const present = setOf('present');
      await keys().replace([], present);
      const read = await fifty(stores, (store) => store.keys.list());
      const nextOf = (index: number) => [...present, keyOf(`next-${index}`)];
      const won = await fifty(stores, (store, index) => store.keys.replace(read[index] ?? [], nextOf(index)));
      expect(won.filter(isTrue)).toHaveLength(1);
      expect(await keys().list()).toEqual(nextOf(won.indexOf(true)));
    });

    it.each([
      ['due', 91 * 86_400, (each: SigningKeys): Promise<unknown> => each.maintain()],
      ['asked for', 0, (each: SigningKeys) => each.rotate()],
      ['asked for at once', 0, (each: SigningKeys) => each.rotate({ immediately: true })],
    ])('H3 makes one successor per algorithm when nodes rotate at once, %s', async (_how, laterSeconds, rotate) => {
      const { clock } = fixture.opened;
      const events: string[] = [];
      const audit = {
        keyRotated: async ({ alg }: { alg: string }) => void events.push(`rotated ${alg}`),
        keyRemoved: async ({ alg }: { alg: string }) => void events.push(`removed ${alg}`),
      };
      const vault = createVault(Buffer.alloc(32, 7));
      const settings = { rotationDays: 90, idTokenSeconds: 3600, sessionSeconds: 86_400 };
      const [one, other] = await fixture.both();
      const nodes = [one, other, one, other, one, other].map((store) =>
        createSigningKeys({ store: store.keys, vault, audit, clock, ...settings }),
      );
      await Promise.all(nodes.map((node) => node.maintain()));
      const first = await keys().list();
      expect(first.map(({ alg }) => alg)).toEqual(['RS256', 'ES256', 'EdDSA']);
      expect(events).toEqual([]);
      clock.now += laterSeconds;
      await Promise.all(nodes.map((node) => rotate(node)));
      const fresh = (await keys().list()).filter(({ kid }) => !first.some((key) => key.kid === kid));
      expect(fresh.map(({ alg }) => alg)).toEqual(['RS256', 'ES256', 'EdDSA']);
      expect(events.filter((event) => event.startsWith('rotated'))).toHaveLength(3);
    });
  });
}
