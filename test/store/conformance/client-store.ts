// ClientStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import { buildClient } from '../records.ts';
import { fifty, isTrue, type OpenStore, useStore } from './fixture.ts';

export function clientStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: clients`, () => {
    const fixture = useStore(open);
    const clients = () => fixture.opened.store.clients;

    it('finds what was created and refuses a taken id', async () => {
      const client = buildClient('web');
      expect(await clients().create(client)).toBe(true);
      expect(await clients().create({ ...client, firstParty: true })).toBe(false);
      expect(await clients().find('web')).toEqual(client);
      expect(await clients().find('other')).toBeNull();
    });

    it('creates once of 50 parallel tries', async () => {
      const created = await fifty(await fixture.both(), (store, index) =>
        store.clients.create({ ...buildClient('web'), createdAt: index }),
      );
      expect(created.filter(isTrue)).toHaveLength(1);
      expect((await clients().find('web'))?.createdAt).toBe(created.indexOf(true));
    });

    it('lists by id, ascending', async () => {
      for (const id of ['b', 'a', 'C', 'a1']) await clients().create(buildClient(id));
      expect((await clients().list()).map((client) => client.id)).toEqual(['C', 'a', 'a1', 'b']);
    });

    it('applies all of 50 parallel updates, and none that throws', async () => {
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
