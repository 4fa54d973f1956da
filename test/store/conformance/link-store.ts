// LinkStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import { countUse, type Link, type LinkId } from '../../../src/core/link/link.ts';
import { buildLink, hashOf, randomId } from '../records.ts';
import { fifty, isTrue, type OpenStore, useStore } from './fixture.ts';

export function linkStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: links`, () => {
    const fixture = useStore(open);
    const links = () => fixture.opened.store.links;
    const now = (): number => fixture.opened.clock();
    const build = (change: Partial<Link> = {}): Link => buildLink(now(), change);

    it('finds a link by id and by secret until it expires', async () => {
      const link = build();
      await links().put(link);
      fixture.opened.clock.now = link.expiresAt - 1;
      expect(await links().find(link.id)).toEqual(link);
      expect(await links().findBySecret(link.secretHash)).toEqual(link);
      expect(await links().findBySecret(hashOf('another'))).toBeNull();
      fixture.opened.clock.now += 1;
      expect(await links().find(link.id)).toBeNull();
      expect(await links().findBySecret(link.secretHash)).toBeNull();
      expect(await links().page({ purpose: 'invitation', limit: 10 })).toEqual({ links: [], cursor: null });
      expect(await links().update(link.id, (current) => current)).toBeNull();
      expect(await links().delete(link.id)).toBe(false);
    });

    it('replaces a link, whose earlier secret is then not found', async () => {
      const [first, second] = [build({ createdAt: now() - 1 }), build()].map((link) => ({
        ...link,
        id: 'one' as LinkId,
      }));
      for (const link of [first, second]) if (link) await links().put(link);
      expect(await links().findBySecret(first?.secretHash ?? '')).toBeNull();
      expect(await links().findBySecret(second?.secretHash ?? '')).toEqual(second);
      expect((await links().page({ purpose: 'invitation', limit: 10 })).links).toEqual([second]);
    });

    it('A6 counts exactly the allowed number of 50 parallel uses on two nodes', async () => {
      for (const uses of [1, 7]) {
        const link = build({ uses });
        await links().put(link);
        const counted = await fifty(await fixture.both(), (store) =>
          store.links
            .update(link.id, (current) => countUse(current, link.secretHash, now()))
            .then(
              () => true,
              (error: unknown) => {
                expect(error).toMatchObject({ code: 'link_not_found' });
                return false;
              },
            ),
        );
        expect(counted.filter(isTrue)).toHaveLength(uses);
        expect(await links().find(link.id)).toEqual({ ...link, used: uses });
      }
    });

    it('deletes a link once, together with the look-up by its secret', async () => {
      const link = build();
      await links().put(link);
      const deleted = await fifty(await fixture.both(), (store) => store.links.delete(link.id));
      expect(deleted.filter(isTrue)).toHaveLength(1);
      expect(await links().findBySecret(link.secretHash)).toBeNull();
      expect((await links().page({ purpose: 'invitation', limit: 1 })).links).toEqual([]);
    });

    it('pages through the links of a purpose, newest first, each once, without expired ones', async () => {
      const made = Array.from({ length: 23 }, (_, i) =>
        build({ createdAt: now() - Math.floor(i / 2), ...(i % 5 === 4 && { expiresAt: now() + 5 }) }),
      );
      for (const link of made) await links().put(link);
      await links().put(build({ purpose: 'reset' }));
      fixture.opened.clock.now += 5;
      const found: Link[] = [];
      let after: string | undefined;
      for (let pages = 0; pages < 30; pages++) {
        const page = await links().page({ purpose: 'invitation', after, limit: 3 });
        expect(page.links.length).toBeLessThanOrEqual(3);
        found.push(...page.links);
        if (page.cursor === null) break;
        after = page.cursor;
      }
      const expected = made.filter((_, i) => i % 5 !== 4);
      expect(new Set(found.map(({ id }) => id))).toEqual(new Set(expected.map(({ id }) => id)));
      expect(found).toHaveLength(expected.length);
      expect(found.map(({ createdAt }) => createdAt)).toEqual(expected.map(({ createdAt }) => createdAt));
      expect(await links().update(randomId() as LinkId, (current) => current)).toBeNull();
    });
  });
}
