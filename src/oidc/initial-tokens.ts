// Keeps the initial access tokens of dynamic registration (RFC 7591 §3) among the other artifacts: named by
// digest, sealed, removed when they expire. All of them belong to one pseudo grant, by which they are
// listed.
import type { InitialToken, InitialTokenStore } from '../core/client/initial-token.ts';
import type { Vault } from '../crypto.ts';
import type { Artifact, ArtifactStore } from './artifact-store.ts';

const model = 'InitialToken';
const grantId = 'registration';

export function createInitialTokenStore({
  artifacts,
  vault,
}: {
  artifacts: ArtifactStore;
  vault: Vault;
}): InitialTokenStore {
  const none = { uid: null, userCode: null, consumedAt: null };
  const contextOf = (id: string) => `${model}.${id}`;
  const open = ({ id, payload }: Artifact) => JSON.parse(vault.open(payload, contextOf(id))) as InitialToken;

  return {
    async put(id, token) {
      const payload = vault.seal(JSON.stringify(token), contextOf(id));
      await artifacts.upsert({ model, id, payload, grantId, expiresAt: token.expiresAt, ...none });
    },
    async find(id) {
      const found = await artifacts.find(model, id);
      return found && open(found);
    },
    async page({ after, limit }) {
      const found = await artifacts.pageByGrant(model, grantId, { after: positionOf(after), limit: limit + 1 });
      const tokens = found.slice(0, limit).map((artifact) => ({ ...open(artifact), id: artifact.id }));
      const last = tokens.at(-1);
      return { tokens, cursor: found.length > limit && last ? `${last.expiresAt}.${last.id}` : null };
    },
    delete: (id) => artifacts.destroy(model, id),
  };
}

/** A cursor that is malformed starts at the first page. */
function positionOf(cursor = ''): { expiresAt: number; id: string } | undefined {
  const [, expiresAt, id] = /^(\d{1,12})\.([\w-]{1,64})$/.exec(cursor) ?? [];
  return expiresAt && id ? { expiresAt: Number(expiresAt), id } : undefined;
}
