// Test cases for initial access tokens (security.md E3), for every store. Uses are counted atomically over
// nodes, tokens are listed by page, and a revoked token is rejected.
import { describe, expect, it } from 'vitest';
import { createClients } from '../../../src/core/client/clients.ts';
import { createLogos } from '../../../src/core/client/logos.ts';
import { createRegistrations, type Registrations } from '../../../src/core/client/registrations.ts';
import { createVault } from '../../../src/crypto.ts';
import { createInitialTokenStore } from '../../../src/oidc/initial-tokens.ts';
import type { Store } from '../../../src/store/store.ts';
import { fifty, type OpenStore, useStore } from '../../store/conformance/fixture.ts';

const day = 86_400;
const metadata = { client_name: 'Shop', redirect_uris: ['https://shop.example/cb'] };
const vault = createVault(Buffer.alloc(32, 7));

/** Runs the cases on the store that `open` opens. */
export const describeInitialTokens = (name: string, open: OpenStore) =>
  describe(`initial access tokens in ${name}`, () => {
    const fixture = useStore(open);
    const on = (store: Store): Registrations => {
      const { clock } = fixture.opened;
      const clients = createClients({
        store: store.clients,
        configured: [],
        clock,
        judge: async () => null,
        forgetConsents: store.consents.deleteByClient,
      });
      return createRegistrations({
        clients,
        logos: createLogos({ store: store.logos, clients }),
        providedLogos: { want: () => undefined },
        tokens: createInitialTokenStore({ artifacts: store.artifacts, vault }),
        uses: store.limits,
        clock,
      });
    };
    const registrations = () => on(fixture.opened.store);
    const list = async () => (await registrations().initialTokens({ limit: 50 })).tokens;

    it('E3 register exactly the allowed number of clients in 50 parallel requests over two nodes', async () => {
      const token = await registrations().createInitialToken({ name: 'seven', uses: 7, days: 1 });
      const nodes = (await fixture.both()) as readonly Store[];
      const tries = await fifty(nodes, (store) =>
        on(store)
          .register(token, metadata)
          .then(
            () => 'registered',
            (error: { code?: string }) => error.code,
          ),
      );
      expect(tries.filter((each) => each === 'registered')).toHaveLength(7);
      expect(tries.filter((each) => each === 'registration_token_invalid')).toHaveLength(43);
      expect(await list()).toMatchObject([{ name: 'seven', uses: 7, usesLeft: 0 }]);
      const { clients } = await fixture.opened.store.clients.page({ limit: 100 });
      expect(clients).toHaveLength(7);
    });

    it('E3 keep a use whose metadata is rejected, also in 50 parallel requests over two nodes', async () => {
      const token = await registrations().createInitialToken({ name: 'careful', uses: 1, days: 1 });
      const wrong = { ...metadata, redirect_uris: ['nonsense'] };
      const nodes = (await fixture.both()) as readonly Store[];
      const codes = await fifty(nodes, (store) =>
        on(store)
          .register(token, wrong)
          .then(
            () => 'registered',
            (error: { code?: string }) => error.code,
          ),
      );
      expect(codes).toContain('client_metadata_invalid');
      expect(codes).not.toContain('registered');
      expect(await list()).toMatchObject([{ usesLeft: 1 }]);
      await registrations().register(token, metadata);
      await expect(registrations().register(token, wrong)).rejects.toMatchObject({
        code: 'registration_token_invalid',
      });
      expect(await list()).toMatchObject([{ usesLeft: 0 }]);
    });

    it('E3 are listed with their remaining uses, by expiry, without the secret', async () => {
      const now = fixture.opened.clock();
      const late = await registrations().createInitialToken({ name: 'late', uses: 2, days: 9, createdBy: 'ann' });
      const soon = await registrations().createInitialToken({ name: 'soon', uses: 1, days: 2 });
      await registrations().register(late, metadata);
      const listed = await list();
      expect(listed).toMatchObject([
        { name: 'soon', usesLeft: 1, createdBy: null, expiresAt: now + 2 * day },
        { name: 'late', usesLeft: 1, uses: 2, createdBy: 'ann', createdAt: now, expiresAt: now + 9 * day },
      ]);
      for (const token of [late, soon]) expect(JSON.stringify(listed)).not.toContain(token);
      fixture.opened.clock.now += 2 * day;
      expect((await list()).map((each) => each.name)).toEqual(['late']);
    });

    it('E3 are listed once each over all pages', async () => {
      for (let i = 0; i < 7; i++) await registrations().createInitialToken({ name: `t${i}`, uses: 1, days: 1 });
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const page = await registrations().initialTokens({ after, limit: 3 });
        seen.push(...page.tokens.map((each) => each.name));
        if (page.cursor === null) break;
        after = page.cursor;
      }
      expect([...seen].sort()).toEqual(['t0', 't1', 't2', 't3', 't4', 't5', 't6']);
      expect((await registrations().initialTokens({ after: 'nonsense', limit: 3 })).tokens).toHaveLength(3);
    });

    it('E3 are revoked by one of 50 parallel requests and register nothing afterwards, while their clients remain', async () => {
      const token = await registrations().createInitialToken({ name: 'over', uses: 5, days: 1 });
      const { client } = await registrations().register(token, metadata);
      const [listed] = await list();
      const tries = await fifty(await fixture.both(), (store) =>
        on(store)
          .revokeInitialToken(listed?.id ?? '')
          .then(
            () => 'revoked',
            (error: { code?: string }) => error.code,
          ),
      );
      expect(tries.filter((each) => each === 'revoked')).toHaveLength(1);
      expect(new Set(tries)).toEqual(new Set(['revoked', 'registration_token_not_found']));
      await expect(registrations().register(token, metadata)).rejects.toMatchObject({
        code: 'registration_token_invalid',
      });
      expect(await list()).toEqual([]);
      expect(await fixture.opened.store.clients.find(client.id)).not.toBeNull();
    });
  });
