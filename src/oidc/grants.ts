// What an account granted, relying party by relying party: listed for whoever looks after the account, and withdrawn one by one. Grants of
// sessions that ended, without tokens that outlive them, are among it until they end by themselves.
import type Provider from 'oidc-provider';
import { digest, type Vault } from '../crypto.ts';
import type { Artifact, ArtifactStore } from './artifact-store.ts';
import { consoleClientId } from './own-client.ts';

export type AccountGrant = {
  /** A digest: names the grant, and is worth nothing as a credential. */
  readonly id: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly grantedAt: number;
  readonly expiresAt: number | null;
  /** When a token of it was last issued, as far as one is still there; null: none. */
  readonly lastUsedAt: number | null;
};

export type GrantsDeps = {
  /** The present one: it is made anew when the signing keys change. */
  readonly provider: () => Provider;
  readonly artifacts: ArtifactStore;
  readonly vault: Vault;
  readonly revokeGrant: (grantId: string) => Promise<void>;
};

export type Grants = ReturnType<typeof createGrants>;

/** Nobody's grants are looked through further than this for those that are shown. */
const lookedAtMost = 5000;
/** A family of refresh tokens ends at one instant, so the newest is somewhere among them. */
const tokensLookedAt = 20;

export function createGrants({ provider, artifacts, vault, revokeGrant }: GrantsDeps) {
  const open = ({ model, id, payload }: Artifact): Record<string, unknown> =>
    JSON.parse(vault.open(payload, `${model}.${id}`));
  const issuedAt = (artifact: Artifact): number => Number(open(artifact).iat ?? 0);

  /** By the library's own look-up: null for one that is over in any way the store does not know. */
  async function alive(artifact: Artifact) {
    const { jti } = open(artifact);
    return (await provider().Grant.find(String(jti))) ?? null;
  }

  async function lastUse(grantId: string): Promise<number | null> {
    const ofModel = async (model: string, limit: number) =>
      (await artifacts.listByGrant(model, grantId, limit)).map(issuedAt);
    const issued = [...(await ofModel('AccessToken', 1)), ...(await ofModel('RefreshToken', tokensLookedAt))];
    return issued.length === 0 ? null : Math.max(...issued);
  }

  async function describe(artifact: Artifact): Promise<AccountGrant | null> {
    const grant = await alive(artifact);
    if (!grant) return null;
    const ofResources = Object.keys(grant.resources ?? {}).map((resource) => grant.getResourceScope(resource));
    return {
      id: artifact.id,
      clientId: String(grant.clientId),
      scopes: [grant.getOIDCScope(), ...ofResources].flatMap((scope) => scope.split(' ').filter(Boolean)),
      grantedAt: grant.iat ?? 0,
      expiresAt: grant.exp ?? null,
      lastUsedAt: await lastUse(artifact.id),
    };
  }

  return {
    /** Those that are alive, the newest first, at most `limit`; of somebody with thousands, the newest of those. */
    async list(accountId: string, limit = 50): Promise<AccountGrant[]> {
      const owner = digest(accountId);
      for (let size = limit; ; size = Math.min(size * 4, lookedAtMost)) {
        const found = await artifacts.listByOwner('Grant', owner, size);
        // The console's have no tokens; they end with the browser that was signed in.
        const shown = found.filter((each) => open(each).clientId !== consoleClientId);
        if (shown.length < limit && found.length === size && size < lookedAtMost) continue;
        const described = await Promise.all(shown.slice(0, limit).map(describe));
        return described.filter((grant) => grant !== null);
      }
    },

    /** As `withdraw`, of one relying party or of all, whether their grants are shown or not. @returns how many */
    async withdrawAll(accountId: string, clientId: string | null): Promise<number> {
      const found = await artifacts.listByOwner('Grant', digest(accountId), lookedAtMost);
      const meant = found.map(open).filter((grant) => clientId === null || grant.clientId === clientId);
      for (const { jti } of meant) await revokeGrant(String(jti));
      return meant.length;
    },

    /** Its codes, access and refresh tokens are dead from here on. @returns whose they were; null when this account has no such grant */
    async withdraw(accountId: string, id: string): Promise<string | null> {
      const artifact = await artifacts.find('Grant', id);
      const grant = artifact?.owner === digest(accountId) ? await alive(artifact) : null;
      if (!grant?.jti) return null;
      await revokeGrant(grant.jti);
      return String(grant.clientId);
    },
  };
}
