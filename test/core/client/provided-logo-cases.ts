// Test cases for logos that apps provide themselves, for every store: one fetch for each address, at most
// four at once, and whoever changed the client last wins. The fetch is a function here;
// test/http/oidc/logo-uri.test.ts fetches from a real server.
import { describe, expect, it, vi } from 'vitest';
import type { Client } from '../../../src/core/client/client.ts';
import { createClients } from '../../../src/core/client/clients.ts';
import { readLogo } from '../../../src/core/client/logo.ts';
import { createLogos } from '../../../src/core/client/logos.ts';
import type { FetchedPicture } from '../../../src/core/client/picture-fetch.ts';
import { createProvidedLogos } from '../../../src/core/client/provided-logos.ts';
import { createRegistrations } from '../../../src/core/client/registrations.ts';
import { createVault } from '../../../src/crypto.ts';
import { createInitialTokenStore } from '../../../src/oidc/initial-tokens.ts';
import type { Store } from '../../../src/store/store.ts';
import { type OpenStore, useStore } from '../../store/conformance/fixture.ts';
import { png } from '../../support/pictures.ts';

const metadata = { client_name: 'Shop', redirect_uris: ['https://shop.example/cb'] };
const vault = createVault(Buffer.alloc(32, 7));
const at = (name: string) => `https://shop.example/${name}.png`;
const [one, two] = [png(8), png(9)];
const hashOf = (body: Buffer): string => readLogo(body, 'image/png').hash;

/** Runs the cases on the store that `open` opens. */
export const describeProvidedLogos = (name: string, open: OpenStore) =>
  describe(`logos that apps provide in ${name}`, () => {
    const fixture = useStore(open);

    /** One node: its use-cases, a fetch that the test answers, and what was recorded. */
    function on(store: Store) {
      const { clock } = fixture.opened;
      const forgetConsents = store.consents.deleteByClient;
      const clients = createClients({
        store: store.clients,
        configured: [],
        clock,
        judge: async () => null,
        forgetConsents,
      });
      const logos = createLogos({ store: store.logos, clients });
      const asked: string[] = [];
      const answers = new Map<string, (body: Buffer) => void>();
      const set: string[] = [];
      const refused: string[] = [];
      const providedLogos = createProvidedLogos({
        clients,
        logos,
        fetchPicture: ({ href }, { signal }) =>
          new Promise<FetchedPicture>((resolve, reject) => {
            asked.push(href);
            answers.set(href, (body) => resolve({ status: 200, type: 'image/png', body }));
            signal.addEventListener('abort', () => reject(signal.reason));
          }),
        countFetch: async () => undefined,
        onProvided: async ({ id }) => void set.push(id),
        onRefused: async ({ reason }) => void refused.push(reason),
        onError: (error) => expect.fail(String(error)),
      });
      const tokens = createInitialTokenStore({ artifacts: store.artifacts, vault });
      const uses = store.limits;
      const registrations = createRegistrations({ clients, logos, providedLogos, tokens, uses, clock });
      return {
        clients,
        logos,
        registrations,
        providedLogos,
        asked,
        set,
        refused,
        /** Answers the fetch of this address once it was made. */
        async answer(uri: string, body: Buffer): Promise<void> {
          await vi.waitFor(() => expect(asked).toContain(uri), { timeout: 5000 });
          answers.get(uri)?.(body);
        },
        async register(count: number, uri: (index: number) => string) {
          const token = await registrations.createInitialToken({ name: 'test', uses: count, days: 1 });
          const wishes = Array.from({ length: count }, (_, index) => ({ ...metadata, logo_uri: uri(index) }));
          return Promise.all(wishes.map((wish) => registrations.register(token, wish)));
        },
        find: async (id: string): Promise<Client | null> => clients.findAny(id),
      };
    }
    const node = () => on(fixture.opened.store);
    const isStored = async (body: Buffer) => (await fixture.opened.store.logos.find(hashOf(body))) !== null;
    const settled = async (check: () => unknown) => vi.waitFor(check, { timeout: 5000, interval: 10 });

    it('are fetched once, and again only when logo_uri changes', async () => {
      const shop = node();
      const [made] = await shop.register(1, () => at('one'));
      const id = made?.client.id ?? '';
      await shop.answer(at('one'), one);
      await settled(async () =>
        expect((await shop.find(id))?.logo).toMatchObject({ hash: hashOf(one), from: at('one') }),
      );
      const same = await shop.registrations.replace(id, made?.registrationToken ?? '', {
        ...metadata,
        logo_uri: at('one'),
      });
      expect(same.client.logo).toMatchObject({ from: at('one') });
      expect(shop.asked).toEqual([at('one')]);
      // The old picture ends with its address, also when the new one cannot be had.
      const moved = await shop.registrations.replace(id, same.registrationToken, { ...metadata, logo_uri: at('two') });
      expect([moved.client.logo, await isStored(one)]).toEqual([null, false]);
      await shop.answer(at('two'), Buffer.from('nonsense'));
      await settled(() => expect(shop.refused).toEqual(['logo_type_mismatch']));
      expect((await shop.find(id))?.logo).toBeNull();
      const back = await shop.registrations.replace(id, moved.registrationToken, {
        ...metadata,
        logo_uri: at('three'),
      });
      await shop.answer(at('three'), two);
      await settled(() => expect(shop.set).toHaveLength(2));
      await shop.registrations.replace(id, back.registrationToken, metadata);
      expect([(await shop.find(id))?.logo, await isStored(two)]).toEqual([null, false]);
      await shop.providedLogos.stop();
    });

    it('of two changes at once on two nodes are the picture of the later one', async () => {
      const [here, there] = (await fixture.both()) as readonly Store[];
      const [first, second] = [on(here as Store), on(there as Store)];
      const [made] = await first.register(1, () => at('one'));
      const id = made?.client.id ?? '';
      await vi.waitFor(() => expect(first.asked).toEqual([at('one')]));
      await second.registrations.replace(id, made?.registrationToken ?? '', { ...metadata, logo_uri: at('two') });
      await second.answer(at('two'), two);
      await settled(() => expect(second.set).toEqual([id]));
      await first.answer(at('one'), one);
      await first.providedLogos.stop();
      expect((await first.find(id))?.logo).toMatchObject({ hash: hashOf(two), from: at('two') });
      expect([await isStored(one), await isStored(two)]).toEqual([false, true]);
      expect([first.set, first.refused]).toEqual([[], []]);
      await second.providedLogos.stop();
    });

    it('never replace the upload of an administrator, neither during a fetch nor by a change', async () => {
      const shop = node();
      const [made] = await shop.register(1, () => at('one'));
      const id = made?.client.id ?? '';
      await vi.waitFor(() => expect(shop.asked).toEqual([at('one')]));
      await shop.logos.set(id, { body: two, type: 'image/png' }, null);
      await shop.answer(at('one'), one);
      await shop.registrations.replace(id, made?.registrationToken ?? '', { ...metadata, logo_uri: at('two') });
      await shop.providedLogos.stop();
      expect(shop.asked).toEqual([at('one')]);
      const logo = (await shop.find(id))?.logo;
      expect([logo?.hash, logo?.from]).toEqual([hashOf(two), undefined]);
      expect([await isStored(one), await isStored(two)]).toEqual([false, true]);
    });

    it('leave no picture behind when the client is deleted, before or during the fetch', async () => {
      const shop = node();
      const [early, late] = await shop.register(2, (index) => at(String(index)));
      await shop.answer(at('0'), one);
      await settled(() => expect(shop.set).toEqual([early?.client.id]));
      for (const each of [early, late])
        await shop.registrations.remove(each?.client.id ?? '', each?.registrationToken ?? '');
      await shop.answer(at('1'), two);
      await shop.providedLogos.stop();
      expect([await isStored(one), await isStored(two)]).toEqual([false, false]);
      expect(shop.refused).toEqual([]);
    });

    it('are fetched four at once at most, for 50 registrations at once', async () => {
      const shop = node();
      await shop.register(50, (index) => at(String(index)));
      for (let done = 0; done < 50; done++) {
        await vi.waitFor(() => expect(shop.asked.length).toBe(Math.min(done + 4, 50)), { timeout: 5000 });
        await shop.answer(shop.asked[done] ?? '', one);
      }
      await settled(() => expect(shop.set).toHaveLength(50));
      expect(shop.refused).toEqual([]);
      await shop.providedLogos.stop();
    });

    it('are refused as busy beyond 200 that wait, and as stopped when the server ends', async () => {
      const shop = node();
      await shop.register(210, (index) => at(String(index)));
      await settled(() => expect(shop.refused).toEqual(Array.from({ length: 6 }, () => 'busy')));
      await vi.waitFor(() => expect(shop.asked).toHaveLength(4));
      await shop.providedLogos.stop();
      expect(shop.asked).toHaveLength(4);
      expect(shop.refused.filter((reason) => reason === 'stopped')).toHaveLength(204);
    });
  });
