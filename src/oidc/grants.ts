// The grants of an account, one per sign-in and relying party: listed for the account page and
// administrators, and withdrawn one by one. Grants of ended sessions stay in the list until they expire.
import type Provider from 'oidc-provider';
import { digest, type Vault } from '../crypto.ts';
import type { Artifact, ArtifactStore } from './artifact-store.ts';
import { consoleClientId } from './own-client.ts';

export type AccountGrant = {
  /** Digest of the grant's id. It names the grant and is worthless as a credential. */
  readonly id: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly grantedAt: number;
  readonly expiresAt: number | null;
  /** When the newest token of the grant was issued, epoch seconds; null when it has no token. */
  readonly lastUsedAt: number | null;
};

export type GrantsDeps = {
  /** The present provider. It is replaced when the signing keys change. */
  readonly provider: () => Provider;
  readonly artifacts: ArtifactStore;
  readonly vault: Vault;
  readonly revokeGrant: (grantId: string) => Promise<void>;
};

export type Grants = ReturnType<typeof createGrants>;

/** Upper bound for the grants of one account that are read. */
const maxGrantsRead = 5000;
/** The refresh tokens of one family expire at the same instant, so the newest is among this many. */
const maxTokensRead = 20;

export function createGrants({ provider, artifacts, vault, revokeGrant }: GrantsDeps) {
  const open = ({ model, id, payload }: Artifact): Record<string, unknown> =>
    JSON.parse(vault.open(payload, `${model}.${id}`));
  const issuedAt = (artifact: Artifact): number => Number(open(artifact).iat ?? 0);

  /**
   * Loads the grant through the library; null when it is over for a reason that the store does not know.
   */
  async function alive(artifact: Artifact) {
    const { jti } = open(artifact);
    return (await provider().Grant.find(String(jti))) ?? null;
  }

  async function lastUse(grantId: string): Promise<number | null> {
    const ofModel = async (model: string, limit: number) =>
      (await artifacts.listByGrant(model, grantId, limit)).map(issuedAt);
    const issued = [...(await ofModel('AccessToken', 1)), ...(await ofModel('RefreshToken', maxTokensRead))];
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
    /** Live grants, the newest first, at most `limit`. */
    async list(accountId: string, limit = 50): Promise<AccountGrant[]> {
      const owner = digest(accountId);
      for (let size = limit; ; size = Math.min(size * 4, maxGrantsRead)) {
        const found = await artifacts.listByOwner('Grant', owner, size);
        // Grants of the console have no tokens; they end with the browser that was signed in.
        const shown = found.filter((each) => open(each).clientId !== consoleClientId);
        if (shown.length < limit && found.length === size && size < maxGrantsRead) continue;
        const described = await Promise.all(shown.slice(0, limit).map(describe));
        return described.filter((grant) => grant !== null);
      }
    },

    /**
     * Withdraws the grants of one relying party, or of all when `clientId` is null, whether they are
     * listed or not.
     * @returns how many were withdrawn
     */
    async withdrawAll(accountId: string, clientId: string | null): Promise<number> {
      const found = await artifacts.listByOwner('Grant', digest(accountId), maxGrantsRead);
      const meant = found.map(open).filter((grant) => clientId === null || grant.clientId === clientId);
      for (const { jti } of meant) await revokeGrant(String(jti));
      return meant.length;
    },

    /**
     * Withdraws one grant and revokes its codes, access tokens and refresh tokens.
     * @returns the client; null when this account has no such grant
     */
    async withdraw(accountId: string, id: string): Promise<string | null> {
      const artifact = await artifacts.find('Grant', id);
      const grant = artifact?.owner === digest(accountId) ? await alive(artifact) : null;
      if (!grant?.jti) return null;
      await revokeGrant(grant.jti);
      return String(grant.clientId);
    },
  };
}
