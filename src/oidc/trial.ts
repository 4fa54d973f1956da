// "Try it": an administrator signs in to a client as themselves, and Tessera plays the relying party. The client is the real one, so policy,
// consent, phone, `sub` and signature are what its own site would meet; nothing of it is changed. What stands in for its redirect URI is
// `<issuer>/admin/try/callback`, which no client can ask for: only a request that Tessera itself has pushed (RFC 9126) may name it, since
// the PAR endpoint refuses it like any URI that is not registered. The code comes back to our own origin, counts only for the console
// session that began (state, PKCE), and is used up in this process: no access or refresh token is ever made, so there is none to leak.
import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, UnsecuredJWT } from 'jose';
import Provider from 'oidc-provider';
import type { Clock } from '../clock.ts';
import type { Account } from '../core/account/account.ts';
import type { Client } from '../core/client/client.ts';
import { ownScopes } from '../core/client/client-schema.ts';
import { isSameSecret, randomSecret } from '../crypto.ts';
import { toOidcAccount } from './claims.ts';

export type TrialFlow = {
  readonly clientId: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** By this instant what is granted belongs to the trial. */
  readonly startedAt: number;
  /** The authorization request, as a relying party would have sent it. */
  readonly request: Readonly<Record<string, string>>;
};

export type TrialAnswer = {
  /** `sub` of the account that approved, as this client knows it, is in both. */
  readonly idToken: {
    readonly header: Readonly<Record<string, unknown>>;
    readonly claims: Readonly<Record<string, unknown>>;
    /** So much of it that one sees what it looks like; the whole is never kept. */
    readonly beginning: string;
  };
  readonly userinfo: Readonly<Record<string, unknown>>;
};

/** Why a client cannot be tried. */
export type TrialObstacle = 'off' | 'machine' | 'device' | 'response_mode';

export type TrialDeps = {
  readonly issuer: string;
  /** The present one: it is made anew when the signing keys change. */
  readonly provider: () => Provider;
  readonly findAccount: (id: string) => Promise<Account | null>;
  readonly revokeGrant: (grantId: string) => Promise<void>;
  readonly clock: Clock;
};
export type Trials = ReturnType<typeof createTrials>;

const pushedSeconds = 60;
const pushedUrn = 'urn:ietf:params:oauth:request_uri:';
/** Where every trial's code comes back to. */
export const trialCallbackOf = (issuer: string): string => `${issuer}/admin/try/callback`;

/** Lets a request of ours, and no other, name the callback of "Try it". */
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

  /** As the token endpoint judges (RFC 6749 §4.1.3, RFC 7636 §4.6). Null for any flaw; once only. */
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

    /** Pushes the request. @returns where the browser goes, and what it has to bring back. */
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

    /** What the token and userinfo endpoints would answer for this code, by the library's own models. Null for any flaw; once only. */
    async finish(flow: TrialFlow, typed: string): Promise<TrialAnswer | null> {
      const used = await useUp(flow, typed);
      const account = used?.code.accountId ? await findAccount(used.code.accountId) : null;
      const client = await provider().Client.find(flow.clientId);
      if (!used) return null;
      const { code, grant } = used;
      // What was granted before is the person's own, and the trial only built on it.
      if ((grant.iat ?? 0) >= flow.startedAt && grant.jti) await revokeGrant(grant.jti);
      if (!account || !client) return null;
      const available = await claimsOf(account, issuer, String(code.scope));
      const { acr, amr, authTime: auth_time, nonce, sid } = code;
      const token = new (provider().IdToken)({ ...available, acr, amr, auth_time }, { client });
      // Where userinfo exists, an ID token carries what belongs to `openid` only (OIDC Core §5.4).
      Object.assign(token, { scope: 'openid', mask: {}, rejected: grant.getRejectedOIDCClaims() });
      token.set('nonce', nonce);
      token.set('sid', sid);
      const text = await token.issue({ use: 'idtoken' });
      const scope = grant.getOIDCScopeFiltered(new Set(String(code.scope).split(' ')));
      return {
        idToken: { header: decodeProtectedHeader(text), claims: decodeJwt(text), beginning: text.slice(0, 24) },
        userinfo: await mask(client, available, scope),
      };
    },

    /**
     * What this account would tell this client when it grants everything the client may ask for; nobody signs in, and nothing is made.
     * Null where the client is off. What depends on the sign-in (`acr`, `auth_time`, …) is not in it.
     */
    async preview({ id }: Client, account: Account, scope: string) {
      const client = await provider().Client.find(id);
      if (!client) return null;
      const available = await claimsOf(account, issuer, scope);
      return {
        idToken: await mask(client, available, 'openid'),
        userinfo: await mask(client, available, scope),
      };
    },

    scopeOf,
  };

  function mask(client: ClientOfLibrary, available: Record<string, unknown>, scope: string) {
    return new (provider().Claims)(available, { client }).scope(scope).result();
  }
}

type ClientOfLibrary = NonNullable<Awaited<ReturnType<Provider['Client']['find']>>>;

const claimsOf = async (account: Account, issuer: string, scope: string) =>
  toOidcAccount(account, issuer).claims('userinfo', scope, {}, []);

const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

/** What it may ask for of a person, without what would outlive the trial or enrol a device. */
function scopeOf({ metadata }: Client): string {
  const own: readonly string[] = [...ownScopes, 'offline_access', 'openid'];
  const asked = typeof metadata.scope === 'string' ? metadata.scope : 'openid profile email';
  return ['openid', ...asked.split(' ').filter((name) => name !== '' && !own.includes(name))].join(' ');
}

function obstacleOf({ metadata, disabledAt }: Client): TrialObstacle | null {
  if (disabledAt !== null) return 'off';
  const grants = metadata.grant_types;
  if (Array.isArray(grants) && !grants.includes('authorization_code'))
    return metadata.device_grant === true ? 'device' : 'machine';
  const modes = metadata.response_modes;
  return Array.isArray(modes) && !modes.includes('query') ? 'response_mode' : null;
}
