// What an account granted: its grants, one per sign-in and relying party, and its consents, one per relying
// party. The account page and administrators list and withdraw them. A withdrawal ends what the relying party
// has in every browser. Grants of ended sessions stay in the list until they expire.
import type Provider from 'oidc-provider';
import { allScopes, type Consent } from '../core/consent/consent.ts';
import type { Consents } from '../core/consent/consents.ts';
import { digest, type Vault } from '../crypto.ts';
import type { Artifact, ArtifactStore } from './artifact-store.ts';
import { claimScopesIn } from './claims-parameter.ts';
import { consoleClientId } from './own-client.ts';

/** A grant, or a consent to a client that has no grant at the moment. */
export type AccountGrant = {
  /** Digest of the grant's id, or of the consent's. It names it and is worthless as a credential. */
  readonly id: string;
  readonly clientId: string;
  /** With the claims that were granted by name (claims-parameter.ts). */
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
  readonly consents: Pick<Consents, 'list' | 'withdraw'>;
  readonly revokeGrant: (grantId: string) => Promise<void>;
};

export type Grants = ReturnType<typeof createGrants>;

/** Upper bound for the grants of one account that are read. */
const maxGrantsRead = 5000;
/** The refresh tokens of one family expire at the same instant, so the newest is among this many. */
const maxTokensRead = 20;

export function createGrants({ provider, artifacts, vault, consents, revokeGrant }: GrantsDeps) {
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
      scopes: [grant.getOIDCScope(), ...claimScopesIn(grant), ...ofResources].flatMap((scope) =>
        scope.split(' ').filter(Boolean),
      ),
      grantedAt: grant.iat ?? 0,
      expiresAt: grant.exp ?? null,
      lastUsedAt: await lastUse(artifact.id),
    };
  }

  /** Live grants, the newest first, at most `limit`. */
  async function listGrants(accountId: string, limit: number): Promise<AccountGrant[]> {
    const owner = digest(accountId);
    for (let size = limit; ; size = Math.min(size * 4, maxGrantsRead)) {
      const found = await artifacts.listByOwner('Grant', owner, size);
      // Grants of the console have no tokens; they end with the browser that was signed in.
      const shown = found.filter((each) => open(each).clientId !== consoleClientId);
      if (shown.length < limit && found.length === size && size < maxGrantsRead) continue;
      const described = await Promise.all(shown.slice(0, limit).map(describe));
      return described.filter((grant) => grant !== null);
    }
  }

  /**
   * Revokes every grant of a relying party, or of all when `clientId` is null, with codes and tokens, and
   * withdraws the consent, whether they are listed or not.
   * @returns how many grants and consents there were
   */
  async function withdrawAll(accountId: string, clientId: string | null): Promise<number> {
    // The consent first, because it would make new grants.
    const withdrawn = await consents.withdraw(accountId, clientId);
    return (await revokeAll(accountId, clientId)) + withdrawn.length;
  }

  /** As `withdrawAll`, but leaves consents, which are the person's own decisions. */
  async function revokeAll(accountId: string, clientId: string | null = null): Promise<number> {
    const found = await artifacts.listByOwner('Grant', digest(accountId), maxGrantsRead);
    const meant = found.map(open).filter((grant) => clientId === null || grant.clientId === clientId);
    for (const { jti } of meant) await revokeGrant(String(jti));
    return meant.length;
  }

  /** The client of a grant or consent of this account by its id; null when the account has no such one. */
  async function clientOf(accountId: string, id: string): Promise<string | null> {
    const artifact = await artifacts.find('Grant', id);
    const grant = artifact?.owner === digest(accountId) ? await alive(artifact) : null;
    if (grant) return String(grant.clientId);
    return (await consents.list(accountId)).find((consent) => consentIdOf(consent) === id)?.clientId ?? null;
  }

  return {
    /**
     * Live grants, the newest first, at most `limit`. After them come the consents to clients that have none
     * of these.
     */
    async list(accountId: string, limit = 50): Promise<AccountGrant[]> {
      const found = await listGrants(accountId, limit);
      const known = new Set(found.map(({ clientId }) => clientId));
      const others = (await consents.list(accountId)).filter(({ clientId }) => !known.has(clientId));
      return [...found, ...others.sort((one, other) => other.givenAt - one.givenAt).map(describeConsent)];
    },

    withdrawAll,
    revokeAll,

    /**
     * Withdraws everything that the client of this grant or consent has of the account.
     * @returns the client; null when this account has no such grant
     */
    async withdraw(accountId: string, id: string): Promise<string | null> {
      const clientId = await clientOf(accountId, id);
      if (clientId !== null) await withdrawAll(accountId, clientId);
      return clientId;
    },
  };
}

const consentIdOf = ({ accountId, clientId }: Consent): string => digest(JSON.stringify([accountId, clientId]));

const describeConsent = (consent: Consent): AccountGrant => ({
  id: consentIdOf(consent),
  clientId: consent.clientId,
  scopes: allScopes(consent),
  grantedAt: consent.givenAt,
  expiresAt: null,
  lastUsedAt: null,
});
