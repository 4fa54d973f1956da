// ClientStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { ClientPage } from '../../../src/core/client/client-store.ts';
import { buildClient } from '../records.ts';
import { fifty, isTrue, type OpenStore, useStore } from './fixture.ts';

export function clientStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: clients`, () => {
    const fixture = useStore(open);
    const clients = () => fixture.opened.store.clients;

    it('finds a created client and rejects an id that is in use', async () => {
      const client = buildClient('web');
      expect(await clients().create(client)).toBe(true);
      expect(await clients().create({ ...client, firstParty: true })).toBe(false);
      expect(await clients().find('web')).toEqual(client);
      expect(await clients().find('other')).toBeNull();
    });

    it('lets one of 50 parallel creations win', async () => {
      const created = await fifty(await fixture.both(), (store, index) =>
        store.clients.create({ ...buildClient('web'), createdAt: index }),
      );
      expect(created.filter(isTrue)).toHaveLength(1);
      expect((await clients().find('web'))?.createdAt).toBe(created.indexOf(true));
    });

    const names = async (page: Partial<ClientPage> = {}) => {
      const { clients: found, cursor } = await clients().page({ limit: 100, ...page });
      return { names: found.map(({ metadata }) => metadata.client_name), cursor };
    };

    it('pages through clients by name, each of them once', async () => {
      const all = ['Zebra', 'apple', 'Äpfel', 'Banana', 'banana', '茶馆', 'Apple pie'];
      for (const [i, each] of all.entries()) await clients().create(buildClient(`id-${i}`, each));
      const seen: unknown[] = [];
      let after: string | undefined;
      for (let pages = 0; pages < 10; pages++) {
        const { names: page, cursor } = await names({ limit: 2, ...(after !== undefined && { after }) });
        seen.push(...page);
        if (cursor === null) break;
        after = cursor;
      }
      expect(seen).toEqual(['apple', 'Apple pie', 'Banana', 'banana', 'Zebra', 'Äpfel', '茶馆']);
    });

    it('finds clients by the beginning of their name, ignoring case', async () => {
      for (const each of ['Tea House', 'Tea Cellar', 'Coffee', '茶馆', 'TEA']) {
        await clients().create(buildClient(each, each));
      }
      expect((await names({ search: ' tea' })).names).toEqual(['TEA', 'Tea Cellar', 'Tea House']);
      expect((await names({ search: 'tea ', limit: 1 })).names).toEqual(['TEA']);
      expect((await names({ search: '茶' })).names).toEqual(['茶馆']);
      expect((await names({ search: 'house' })).names).toEqual([]);
    });

    it('finds a renamed client by its new name and a deleted one not at all', async () => {
      await clients().create(buildClient('web', 'Before'));
      await clients().update('web', (current) => ({
        ...current,
        metadata: { ...current.metadata, client_name: 'After' },
      }));
      expect((await names()).names).toEqual(['After']);
      expect(await clients().delete('web')).toBe(true);
      expect(await clients().delete('web')).toBe(false);
      expect(await clients().find('web')).toBeNull();
      expect((await names()).names).toEqual([]);
      expect(await clients().create(buildClient('web'))).toBe(true);
    });

    it('finds the origins of redirect URIs', async () => {
      await clients().create(buildClient('web', 'Web', 'https://rp.example'));
      expect(await clients().hasOrigin('https://rp.example')).toBe(true);
      expect(await clients().hasOrigin('https://rp.example.evil')).toBe(false);
      expect(await clients().hasOrigin('https://rp')).toBe(false);
      await clients().update('web', (current) => ({
        ...current,
        metadata: { redirect_uris: ['https://other.example/cb'] },
      }));
      expect(await clients().hasOrigin('https://rp.example')).toBe(false);
      expect(await clients().hasOrigin('https://other.example')).toBe(true);
      await clients().delete('web');
      expect(await clients().hasOrigin('https://other.example')).toBe(false);
    });

    it('applies all of 50 parallel updates and none whose change throws', async () => {
      await clients().create(buildClient('web'));
      await fifty(await fixture.both(), (store) =>
        store.clients.update('web', (current) => ({ ...current, updatedAt: current.updatedAt + 1 })),
      );
      const refusal = new Error('no');
      const refused = clients().update('web', () => {
        throw refusal;
      });
      await expect(refused).rejects.toBe(refusal);
      expect((await clients().find('web'))?.updatedAt).toBe(50);
      expect(await clients().update('other', (current) => current)).toBeNull();
    });
  });
}
