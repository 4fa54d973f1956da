// Initial access tokens of dynamic registration (RFC 7591 §3) among the other artifacts: digests as names, sealed, gone at their end.
import type { InitialToken, InitialTokenStore } from '../client/registrations.ts';
import type { Vault } from '../crypto.ts';
import type { ArtifactStore } from './artifact-store.ts';

const model = 'InitialToken';

export function createInitialTokenStore({
  artifacts,
  vault,
}: {
  artifacts: ArtifactStore;
  vault: Vault;
}): InitialTokenStore {
  const none = { grantId: null, uid: null, userCode: null, consumedAt: null };
  const contextOf = (id: string) => `${model}.${id}`;
  return {
    async put(id, token) {
      const payload = vault.seal(JSON.stringify(token), contextOf(id));
      await artifacts.upsert({ model, id, payload, expiresAt: token.expiresAt, ...none });
    },
    async find(id) {
      const found = await artifacts.find(model, id);
      return found && (JSON.parse(vault.open(found.payload, contextOf(id))) as InitialToken);
    },
  };
}
