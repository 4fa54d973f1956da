// "Try it" in the console: an administrator signs in to a client as themselves, and Tessera plays the
// relying party. The client is the real one, so policy, consent, `sub` and signature are what its site
// would meet. The redirect URI is `<issuer>/admin/try/callback`. Only a request that Tessera itself pushed
// (RFC 9126) may name it: the PAR endpoint refuses it as unregistered. The code works once, for the console
// session that began (state, PKCE), in this process. No access or refresh token is made.
import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, UnsecuredJWT } from 'jose';
import Provider from 'oidc-provider';
import type { Clock } from '../clock.ts';
import type { Account } from '../core/account/account.ts';
import type { Client } from '../core/client/client.ts';
import { ownScopes } from '../core/client/client-schema.ts';
import { withProfile } from '../core/client/security-profile.ts';
import { isSameSecret, randomSecret } from '../crypto.ts';
import { toOidcAccount } from './claims.ts';
import { ownSettingsOf } from './client-settings.ts';

export type TrialFlow = {
  readonly clientId: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Epoch seconds. Grants from this instant on belong to the trial. */
  readonly startedAt: number;
  /** The parameters of the authorization request, as a relying party would send them. */
  readonly request: Readonly<Record<string, string>>;
};

export type TrialAnswer = {
  /** Both contain the `sub` of the account that approved, as this client knows it. */
  readonly idToken: {
    readonly header: Readonly<Record<string, unknown>>;
    readonly claims: Readonly<Record<string, unknown>>;
    /** The first characters of the token; the whole is never kept. */
    readonly beginning: string;
  };
  readonly userinfo: Readonly<Record<string, unknown>>;
};

/** Why a client cannot be tried. */
export type TrialObstacle = 'off' | 'machine' | 'screen' | 'response_mode';

export type TrialDeps = {
  readonly issuer: string;
  /** The present provider. It is replaced when the signing keys change. */
  readonly provider: () => Provider;
  readonly findAccount: (id: string) => Promise<Account | null>;
  readonly revokeGrant: (grantId: string) => Promise<void>;
  readonly clock: Clock;
};
export type Trials = ReturnType<typeof createTrials>;

const pushedSeconds = 60;
const pushedUrn = 'urn:ietf:params:oauth:request_uri:';
/** The address that receives the code of every trial. */
export const trialCallbackOf = (issuer: string): string => `${issuer}/admin/try/callback`;

/** Lets only our own pushed requests name the callback of "Try it". */
export function allowTrialCallback(provider: Provider, issuer: string): void {
  const { prototype } = provider.Client;
  const { redirectUriAllowed } = prototype;
  prototype.redirectUriAllowed = function isAllowed(this: typeof prototype, uri: string) {
    if (uri !== trialCallbackOf(issuer)) return redirectUriAllowed.call(this, uri);
    const pushed = Provider.ctx?.oidc.entities.PushedAuthorizationRequest;
    return pushed !== undefined && decodeJwt(pushed.request).redirect_uri === uri;
  };
}

export function createTrials({ issuer, provider, findAccount, revokeGrant, clock }: TrialDeps) {
  const callback = trialCallbackOf(issuer);

  /**
   * Judges the code as the token endpoint does (RFC 6749 §4.1.3, RFC 7636 §4.6) and consumes it. A code
   * works once.
   * @returns null when anything is wrong
   */
  async function useUp(flow: TrialFlow, code: string) {
    const found = code.length <= 256 ? await provider().AuthorizationCode.find(code) : undefined;
    if (!found?.isValid || found.clientId !== flow.clientId || found.redirectUri !== callback) return null;
    if (!isSameSecret(found.codeChallenge ?? '', challengeOf(flow.verifier))) return null;
    const grant = found.grantId ? await provider().Grant.find(found.grantId) : undefined;
    try {
      await found.consume();
    } catch {
      return null;
    }
    return grant ? { code: found, grant } : null;
  }

  return {
    obstacleOf,

    /**
     * Pushes the request.
     * @returns where the browser goes, and what it has to bring back
     */
    async begin(client: Client): Promise<{ location: string; flow: TrialFlow }> {
      const [state, nonce, verifier] = [randomSecret(128), randomSecret(128), randomSecret(256)];
      const request = {
        client_id: client.id,
        redirect_uri: callback,
        response_type: 'code',
        scope: scopeOf(client),
        state,
        nonce,
        code_challenge: challengeOf(verifier),
        code_challenge_method: 'S256',
      };
      const pushed = new (provider().PushedAuthorizationRequest)({
        request: new UnsecuredJWT(request)
          .setIssuer(client.id)
          .setAudience(issuer)
          .setIssuedAt()
          .setExpirationTime(`${pushedSeconds}s`)
          .encode(),
      });
      const parameters = new URLSearchParams({
        client_id: client.id,
        request_uri: `${pushedUrn}${await pushed.save(pushedSeconds)}`,
      });
      return {
        location: `/auth?${parameters}`,
        flow: { clientId: client.id, state, nonce, verifier, startedAt: clock(), request },
      };
    },

    /**
     * What the token and userinfo endpoints would answer for this code, made by the library's own models.
     * A code works once.
     * @returns null when anything is wrong
     */
    async finish(flow: TrialFlow, typed: string): Promise<TrialAnswer | null> {
      const used = await useUp(flow, typed);
      const account = used?.code.accountId ? await findAccount(used.code.accountId) : null;
      const client = await provider().Client.find(flow.clientId);
      if (!used) return null;
      const { code, grant } = used;
      // An older grant is the person's own; the trial only extended it.
      if ((grant.iat ?? 0) >= flow.startedAt && grant.jti) await revokeGrant(grant.jti);
      if (!account || !client) return null;
      const available = await claimsOf(account, issuer, 'userinfo', client);
      const { acr, amr, authTime: auth_time, nonce, sid } = code;
      const ofIdToken = await claimsOf(account, issuer, 'id_token', client);
      const token = new (provider().IdToken)({ ...ofIdToken, acr, amr, auth_time }, { client });
      const scope = grant.getOIDCScopeFiltered(new Set(String(code.scope).split(' ')));
      Object.assign(token, { scope, mask: {}, rejected: grant.getRejectedOIDCClaims() });
      token.set('nonce', nonce);
      token.set('sid', sid);
      const text = await token.issue({ use: 'idtoken' });
      return {
        idToken: { header: decodeProtectedHeader(text), claims: decodeJwt(text), beginning: text.slice(0, 24) },
        userinfo: await mask(client, available, scope),
      };
    },

    /**
     * The claims that this account would release to this client with every scope granted. Nobody signs in,
     * and nothing is created. Claims that depend on the sign-in (`acr`, `auth_time`, …) are missing. Null
     * when the client is off.
     */
    async preview({ id }: Client, account: Account, scope: string) {
      const client = await provider().Client.find(id);
      if (!client) return null;
      return {
        idToken: await mask(client, await claimsOf(account, issuer, 'id_token', client), scope),
        userinfo: await mask(client, await claimsOf(account, issuer, 'userinfo', client), scope),
      };
    },

    scopeOf,
  };

  function mask(client: ClientOfLibrary, available: Record<string, unknown>, scope: string) {
    return new (provider().Claims)(available, { client }).scope(scope).result();
  }
}

type ClientOfLibrary = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>;

const claimsOf = async (account: Account, issuer: string, use: string, client: ClientOfLibrary) =>
  toOidcAccount(account, issuer, ownSettingsOf(client).isIdTokenMinimal).claims(use, '', {}, []);

const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

/**
 * Scopes of a person that the client may request, without those that outlive the trial or enrol a device.
 */
function scopeOf({ metadata }: Client): string {
  const own: readonly string[] = [...ownScopes, 'offline_access', 'openid'];
  const asked = typeof metadata.scope === 'string' ? metadata.scope : 'openid profile email';
  return ['openid', ...asked.split(' ').filter((name) => name !== '' && !own.includes(name))].join(' ');
}

function obstacleOf({ metadata, disabledAt }: Client): TrialObstacle | null {
  if (disabledAt !== null) return 'off';
  const grants = metadata.grant_types;
  if (Array.isArray(grants) && !grants.includes('authorization_code'))
    return metadata.device_grant === true ? 'screen' : 'machine';
  const modes = withProfile(metadata).response_modes;
  return Array.isArray(modes) && !modes.includes('query') ? 'response_mode' : null;
}
