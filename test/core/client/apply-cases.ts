// Test cases for clients that come from the configuration, for every store. Each client is recorded once,
// however many nodes start, and is removed when it leaves the configuration.
import { beforeEach, describe, expect, it } from 'vitest';
import { type AppliedChange, applyClients, compareClients, type Difference } from '../../../src/core/client/apply.ts';
import type { Client } from '../../../src/core/client/client.ts';
import { toClient } from '../../../src/core/client/client-entry.ts';
import type { ClientEntry } from '../../../src/core/client/client-schema.ts';
import { createClients } from '../../../src/core/client/clients.ts';
import { type OpenStore, useStore } from '../../store/conformance/fixture.ts';

export const web: ClientEntry = {
  client_id: 'web',
  client_name: 'Web',
  redirect_uris: ['https://rp.example/cb'],
  client_secret_sha256: ['a'.repeat(64)],
};
const shop: ClientEntry = { ...web, client_id: 'shop', client_name: 'Shop', jwks: { keys: [] } };
const nothing: Difference = { created: [], changed: [], disabled: [], gone: [], unchanged: 0 };

/** Runs the cases on the store that `open` opens. */
export const describeAppliedClients = (name: string, open: OpenStore) =>
  describe(`the configuration’s clients in ${name}`, () => {
    const fixture = useStore(open);
    const recorded: AppliedChange[] = [];
    beforeEach(() => recorded.splice(0));
    const read = (entries: readonly ClientEntry[]) => entries.map((entry) => toClient(entry, fixture.opened.clock()));
    const deps = (entries: readonly ClientEntry[], isPruning = false) => ({
      store: fixture.opened.store.clients,
      configured: read(entries),
      isPruning,
      clock: fixture.opened.clock,
      record: async (change: AppliedChange) => void recorded.push(change),
    });
    const apply = (entries: readonly ClientEntry[], isPruning = false) => applyClients(deps(entries, isPruning));
    const compare = (entries: readonly ClientEntry[], isPruning = false) => compareClients(deps(entries, isPruning));
    const clients = (entries: readonly ClientEntry[] = []) =>
      createClients({
        store: fixture.opened.store.clients,
        configured: read(entries),
        clock: fixture.opened.clock,
        judge: async () => null,
        forgetConsents: async () => undefined,
      });
    const record = async (id: string): Promise<Client> => {
      const found = await fixture.opened.store.clients.find(id);
      if (!found) throw new Error(`no record of ${id}`);
      return found;
    };

    it('creates them, changes differing fields and names these, and writes nothing when all fields are equal', async () => {
      expect(await compare([web, shop])).toEqual({ ...nothing, created: ['web', 'shop'] });
      expect(await fixture.opened.store.clients.find('web')).toBeNull();
      expect(await apply([web, shop])).toEqual({ ...nothing, created: ['web', 'shop'] });
      const first = await record('web');
      expect(first).toEqual(read([web])[0]);

      fixture.opened.clock.now += 100;
      expect(await apply([web, shop])).toEqual({ ...nothing, unchanged: 2 });
      expect(await record('web')).toEqual(first);

      const rotating = { ...web, client_secret_sha256: ['a'.repeat(64), 'b'.repeat(64)] };
      const { client_name: _, ...unnamed } = { ...rotating, qr_confirmation: 'always' as const };
      const change = { id: 'web', fields: ['client_name', 'client_secret', 'qr_confirmation'] };
      expect(await compare([unnamed, shop])).toEqual({ ...nothing, changed: [change], unchanged: 1 });
      expect(await record('web')).toEqual(first);
      expect(await apply([unnamed, shop])).toEqual({ ...nothing, changed: [change], unchanged: 1 });
      const second = await record('web');
      expect(second).toMatchObject({ createdAt: first.createdAt, updatedAt: first.updatedAt + 100, revision: 2 });
      expect(second.secrets.map(({ createdAt }) => createdAt - first.createdAt)).toEqual([0, 100]);
      expect(recorded).toEqual([
        { event: 'client.created', id: 'web', difference: {} },
        { event: 'client.created', id: 'shop', difference: {} },
        {
          event: 'client.changed',
          id: 'web',
          difference: {
            client_name: '"Web" -> null',
            client_secret: 'others',
            qr_confirmation: '"auto" -> "always"',
            secrets: expect.stringContaining('+'),
          },
        },
      ]);
      expect(JSON.stringify(recorded)).not.toContain(first.secrets[0]?.hash);
    });

    it('lists each of them once in the order of names, and rejects changes to them', async () => {
      await apply([web, shop]);
      const all = clients([web, shop]);
      await all.create({ client_name: 'Tea', redirect_uris: ['https://tea.example/cb'] });
      const { clients: page } = await all.page({ limit: 10 });
      expect(page.map(({ metadata }) => metadata.client_name)).toEqual(['Shop', 'Tea', 'Web']);
      expect((await all.page({ search: 'sh', limit: 10 })).clients).toHaveLength(1);
      // Also on a node whose configuration does not have it.
      for (const node of [all, clients()]) {
        const refused = { code: 'client_read_only' };
        await expect(node.update('web', {}, null)).rejects.toMatchObject(refused);
        await expect(node.setDisabled('web', true, null)).rejects.toMatchObject(refused);
        await expect(node.delete('web', null)).rejects.toMatchObject(refused);
        await expect(node.addSecret('web', { name: 'x', expiresAt: null })).rejects.toMatchObject(refused);
        await expect(node.revokeSecret('web', '1')).rejects.toMatchObject(refused);
        await expect(node.create({ ...page[0]?.metadata, client_id: 'web' })).rejects.toMatchObject({
          code: 'client_id_taken',
        });
      }
      expect((await record('web')).revision).toBe(1);
    });

    it('takes over a registered client with the same id, including its secrets', async () => {
      const registered = await clients().create({ client_id: 'web', redirect_uris: ['https://old.example/cb'] });
      const difference = await apply([web]);
      expect(difference.changed).toEqual([
        { id: 'web', fields: ['client_name', 'client_secret', 'redirect_uris', 'source'] },
      ]);
      const taken = await record('web');
      expect(taken).toMatchObject({ source: 'configuration', revision: 2, createdAt: registered.client.createdAt });
      expect(taken.secrets.map(({ hash }) => hash)).toEqual(read([web])[0]?.secrets.map(({ hash }) => hash));
      expect(await fixture.opened.store.clients.hasOrigin('https://old.example')).toBe(false);
    });

    it('reports a removed client and keeps it usable; disables it with pruning, and enables it when it returns', async () => {
      await apply([web, shop]);
      const { client: registered } = await clients().create({ redirect_uris: ['https://tea.example/cb'] });
      expect(await compare([shop])).toEqual({ ...nothing, gone: ['web'], unchanged: 1 });
      expect(await apply([shop])).toEqual({ ...nothing, unchanged: 1 });
      expect(await clients([shop]).find('web')).toMatchObject({ source: 'configuration', disabledAt: null });

      fixture.opened.clock.now += 5;
      expect(await compare([shop], true)).toEqual({ ...nothing, disabled: ['web'], unchanged: 1 });
      expect(await clients([shop]).find('web')).not.toBeNull();
      expect(await apply([shop], true)).toEqual({ ...nothing, disabled: ['web'], unchanged: 1 });
      expect(await clients([shop]).find('web')).toBeNull();
      expect(await record('web')).toMatchObject({ disabledAt: fixture.opened.clock(), revision: 2 });
      expect(await clients().find(registered.id)).toEqual(registered);
      expect(await apply([shop], true)).toEqual({ ...nothing, unchanged: 1 });

      expect((await apply([web, shop], true)).changed).toEqual([{ id: 'web', fields: ['enabled'] }]);
      expect(await clients().find('web')).toMatchObject({ disabledAt: null, revision: 3 });
    });

    it('E2 leaves one record per client and one audit record per change when 50 nodes start at once: new, changed, taken over, removed', async () => {
      const entries = Array.from({ length: 5 }, (_, i) => ({ ...web, client_id: `web-${i}`, client_name: `Web ${i}` }));
      const start = (list: readonly ClientEntry[], isPruning = false) =>
        Promise.all(Array.from({ length: 50 }, () => apply(list, isPruning)));
      const count = (all: readonly Difference[], key: 'created' | 'changed' | 'disabled') =>
        all.reduce((sum, each) => sum + each[key].length, 0);
      const revisions = async () => {
        const { clients: page } = await clients().page({ limit: 100 });
        return page.map(({ id, revision }) => `${id} ${revision}`);
      };
      await clients().create({ client_id: 'web-0', redirect_uris: ['https://old.example/cb'] });

      const first = await start(entries);
      expect([count(first, 'created'), count(first, 'changed')]).toEqual([4, 1]);
      expect(await revisions()).toEqual(['web-0 2', 'web-1 1', 'web-2 1', 'web-3 1', 'web-4 1']);
      const second = await start(entries.map((entry) => ({ ...entry, qr_scanner: 'in_app' as const })));
      expect([count(second, 'created'), count(second, 'changed')]).toEqual([0, 5]);
      const third = await start([], true);
      expect(count(third, 'disabled')).toBe(5);
      const events = recorded.map(({ event, id }) => `${event} ${id}`);
      expect(events.filter((event) => event.startsWith('client.created'))).toHaveLength(4);
      expect(events.filter((event) => event === 'client.changed web-1')).toHaveLength(2);
      expect(events).toHaveLength(4 + 1 + 5 + 5);
      expect(await revisions()).toEqual(['web-0 4', 'web-1 3', 'web-2 3', 'web-3 3', 'web-4 3']);
    });

    it('prefers the configuration of the node to the stored record, without a read of the store', async () => {
      await apply([{ ...web, client_name: 'Newer, by another node' }]);
      const node = createClients({
        store: { ...fixture.opened.store.clients, find: () => Promise.reject(new Error('no read')) },
        configured: read([web]),
        clock: fixture.opened.clock,
        judge: async () => null,
        forgetConsents: async () => undefined,
      });
      expect((await node.find('web'))?.metadata.client_name).toBe('Web');
      expect((await clients([web]).findAny('web'))?.metadata.client_name).toBe('Newer, by another node');
    });
  });
