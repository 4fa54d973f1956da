// What an account granted, over a real store: found behind any number of the console's own, and never
// looked for without end.
import type Provider from 'oidc-provider';
import { describe, expect, it } from 'vitest';
import { createVault, digest } from '../../../src/crypto.ts';
import { createGrants } from '../../../src/oidc/grants.ts';
import { randomId } from '../records.ts';
import { type OpenStore, useStore } from './fixture.ts';

const vault = createVault(Buffer.alloc(32, 7));

export function grantsConformance(name: string, open: OpenStore): void {
  describe(`${name}: grants`, () => {
    const fixture = useStore(open);

    /** As the adapter keeps one. */
    async function put(accountId: string, clientId: string, expiresAt: number): Promise<void> {
      const jti = randomId();
      const id = digest(jti);
      const payload = vault.seal(JSON.stringify({ jti, clientId }), `Grant.${id}`);
      const none = { grantId: null, uid: null, userCode: null, consumedAt: null };
      await fixture.opened.store.artifacts.upsert({
        model: 'Grant',
        id,
        payload,
        owner: digest(accountId),
        expiresAt,
        ...none,
      });
    }

    it('are listed even after hundreds of sign-ins to the console', async () => {
      const looks: number[] = [];
      const { artifacts } = fixture.opened.store;
      const counting: typeof artifacts = {
        ...artifacts,
        listByOwner: (model, owner, limit) => {
          looks.push(limit);
          return artifacts.listByOwner(model, owner, limit);
        },
      };
      // The library's look-up is no matter here: all of them are alive.
      const grant = { clientId: 'web', resources: {}, getOIDCScope: () => 'openid', getOIDCClaims: () => [], iat: 1 };
      const provider = () => ({ Grant: { find: async () => grant } }) as unknown as Provider;
      const consents = { list: async () => [], withdraw: async () => [] };
      const grants = createGrants({
        provider,
        artifacts: counting,
        vault,
        consents,
        revokeGrant: async () => undefined,
      });
      const soon = fixture.opened.clock() + 1000;
      for (let i = 0; i < 60; i++) await put('alice', 'web', soon + i);
      for (let i = 0; i < 260; i++) await put('alice', 'tessera-console', soon + 1000 + i);
      expect(await grants.list('alice')).toHaveLength(50);
      expect(looks).toEqual([50, 200, 800]);
      expect(await grants.list('alice', 100)).toHaveLength(60);
      expect(await grants.list('bob')).toEqual([]);
    });
  });
}
