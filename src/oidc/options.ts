// Configuration of oidc-provider: features, lifetimes, cookies, algorithms. What is off here is missing in
// discovery.
import type { IncomingMessage } from 'node:http';
import type { JWK } from 'jose';
import {
  type Adapter,
  type ClientAuthMethod,
  type Configuration,
  errors,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import type { Clock } from '../clock.ts';
import type { Account } from '../core/account/account.ts';
import type { Client } from '../core/client/client.ts';
import { signingAlgorithms } from '../core/key/key-schedule.ts';
import type { RefusalFacts } from '../core/refusal/refusal.ts';
import type { Vault } from '../crypto.ts';
import { reachableAcr } from './acr.ts';
import { claimsByScope, toOidcAccount } from './claims.ts';
import { assertClaims } from './claims-parameter.ts';
import { maxRefreshSeconds, mustUsePkce, ownMetadata, ownSettingsOf, refreshSeconds } from './client-settings.ts';
import { createCookieSigner } from './cookie-signer.ts';
import { isOriginAllowed } from './cors.ts';
import { discoveryOf } from './discovery.ts';
import { createAssertionCheck, createRequestObjectCheck, libraryProfileOf } from './fapi.ts';
import type { HeldConsents } from './held-consents.ts';
import { loadGrant } from './load-grant.ts';
import { fetchForLibrary } from './logout-sender.ts';
import { createPolicy } from './policy.ts';
import { mustRotate } from './refresh-rotation.ts';
import { refusalOf } from './refusal-facts.ts';
import { apiScopesOf, firstScopeParameter, settleMachineScopes } from './scopes.ts';
import { remainingSessionSeconds } from './session-life.ts';

export type OidcLifetimes = {
  readonly interactionSeconds: number;
  readonly accessTokenSeconds: number;
  readonly idTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly sessionSeconds: number;
};

/** The pages of the library's own routes. Each function returns a whole HTML document. */
export type OidcPages = {
  /** `client` is null where none is known; `requestId` is the reference that the page shows. */
  error(page: {
    acceptLanguage: string;
    nonce: string;
    requestId: string;
    facts: RefusalFacts;
    client: Client | null;
  }): string;
  /** Navigates to `location` at once. */
  onward(page: { acceptLanguage: string; nonce: string; location: string }): string;
};

export type OptionsDeps = {
  /** Whether discovery names the registration endpoint. */
  readonly isRegistrationOpen: boolean;
  /** The languages of the pages (BCP 47), for discovery. */
  readonly uiLocales: readonly string[];
  readonly clock: Clock;
  readonly issuer: string;
  readonly cookieKeys: readonly string[];
  readonly vault: Vault;
  readonly jwks: readonly JWK[];
  readonly adapter: (model: string) => Adapter;
  readonly lifetimes: OidcLifetimes;
  readonly findAccount: (id: string) => Promise<Account | null>;
  readonly findClient: (id: string) => Promise<Client | null>;
  readonly heldConsents: HeldConsents;
  readonly pages: OidcPages;
  readonly nonceOf: (ctx: KoaContextWithOIDC) => string;
  /** The id of the request in the log. */
  readonly requestIdOf: (req: IncomingMessage) => string;
  readonly isOutboundToPrivateNetworksAllowed: boolean;
  /** Whether confidential clients must use PKCE too (`security.require_pkce`). */
  readonly isPkceRequiredOfAll: boolean;
};

/** How long a code lives. It is kept for a browser whose answer got lost as long (kept-returns.ts). */
export const authorizationCodeSeconds = 60;
const deviceCodeSeconds = 300;
/** Upper bound for a fetched document. Keys and sectors of a client have a few kilobytes. */
const maxFetchedBytes = 256 * 1024;
// Secrets are kept as digests, so no client can use one as a MAC key: no client_secret_jwt, no HS256.
const clientAuthMethods: ClientAuthMethod[] = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];
/** Algorithms of what clients sign: the client has the private key, so more than ours are possible. */
const clientSignatures = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

export function createOptions(deps: OptionsDeps): Configuration {
  const { lifetimes } = deps;
  return {
    adapter: deps.adapter,
    jwks: { keys: [...deps.jwks] } as NonNullable<Configuration['jwks']>,
    findAccount: async (ctx, id) => {
      const account = await deps.findAccount(id);
      const { isIdTokenMinimal } = ownSettingsOf(ctx?.oidc?.client);
      return account ? toOidcAccount(account, deps.issuer, isIdTokenMinimal) : undefined;
    },
    loadExistingGrant: (ctx) => loadGrant(ctx, deps),
    claims: claimsByScope,
    // Many clients read ID tokens only. A client may have fewer claims in them (claims.ts).
    conformIdTokenClaims: false,
    scopes: ['openid', 'offline_access'],
    acrValues: [...reachableAcr],
    extraParams: [firstScopeParameter],
    responseTypes: ['code'],
    // A challenge that was sent is enforced in any case, and `plain` is refused (RFC 7636 §4.4.1, RFC 9700
    // §4.8).
    pkce: {
      required: (ctx, client) => mustUsePkce(client, ctx.oidc.params?.redirect_uri, deps.isPkceRequiredOfAll),
    },
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: async (_ctx, accountId, client) =>
      deps.vault.mac(`${client.sectorIdentifier}.${accountId}`, 'pairwise'),
    clientAuthMethods,
    enabledJWA: {
      // We sign with the keys that we publish, one of each algorithm.
      idTokenSigningAlgValues: [...signingAlgorithms],
      userinfoSigningAlgValues: [...signingAlgorithms],
      authorizationSigningAlgValues: [...signingAlgorithms],
      clientAuthSigningAlgValues: [...clientSignatures],
      // Never `none` (RFC 9101 §10.1).
      requestObjectSigningAlgValues: [...clientSignatures],
      dPoPSigningAlgValues: ['PS256', 'ES256', 'EdDSA'],
    },
    assertJwtClientAuthClaimsAndHeader: createAssertionCheck(deps.clock),
    features: featuresOf(deps),
    extraClientMetadata: { properties: [...ownMetadata] },
    interactions: {
      policy: createPolicy(deps),
      url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
    },
    cookies: cookiesOf(deps),
    ttl: {
      AccessToken: (_ctx, _token, client) => ownSettingsOf(client).accessTokenSeconds ?? lifetimes.accessTokenSeconds,
      ClientCredentials: (_ctx, _token, client) =>
        ownSettingsOf(client).accessTokenSeconds ?? lifetimes.accessTokenSeconds,
      AuthorizationCode: authorizationCodeSeconds,
      DeviceCode: (_ctx, _code, client) => ownSettingsOf(client).deviceCodeSeconds ?? deviceCodeSeconds,
      IdToken: (_ctx, _token, client) => ownSettingsOf(client).idTokenSeconds ?? lifetimes.idTokenSeconds,
      Interaction: lifetimes.interactionSeconds,
      Session: (_ctx, session) => remainingSessionSeconds(session, deps.clock(), lifetimes.sessionSeconds),
      // The library never extends a grant, so it must outlive everything that is issued under it.
      Grant: (_ctx, grant) => lifetimes.sessionSeconds + maxRefreshSeconds(grant.client, lifetimes),
      // A rotated token expires when the first token of its family would have (ASVS 10.4.8).
      RefreshToken: (ctx, token, client) =>
        remainingOf(ctx?.oidc?.entities.RotatedRefreshToken) ?? refreshSeconds(token.scopes, client, lifetimes),
    },
    rotateRefreshToken: mustRotate,
    // Without offline_access the refresh token ends with the session of the browser (OIDC Core §11 requires
    // consent for more). A screen has no such session, so it needs offline_access.
    issueRefreshToken: async (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') && (!isDeviceCode(source) || source.scopes.has('offline_access')),
    expiresWithSession: async (_ctx, source) => !source.scopes.has('offline_access'),
    renderError: async (ctx, out, error) => {
      // After Back or a reload: our page of this sign-in offers the way back to the app (way-back.ts).
      if (ctx.oidc.route === 'resume' && error instanceof errors.SessionNotFound) return showEnded(ctx);
      ctx.type = 'html';
      // What failed on our side is nobody's business, and in the log.
      const facts =
        out.error === 'server_error' ? { error: out.error } : refusalOf('authorization.refused', ctx, error).facts;
      const client = ctx.oidc.client ? await deps.findClient(ctx.oidc.client.clientId).catch(() => null) : null;
      ctx.body = deps.pages.error({ ...pageOf(ctx, deps), requestId: deps.requestIdOf(ctx.req), facts, client });
    },
    clientBasedCORS: (ctx, origin, client) => {
      const { redirectUris, clientAuthMethod } = client;
      const { corsOrigins } = ownSettingsOf(client);
      const owner = { redirectUris: redirectUris ?? [], corsOrigins, isPublic: clientAuthMethod === 'none' };
      return isOriginAllowed(origin, owner, ctx.oidc.route === 'userinfo');
    },
    // Kept beside an opaque token, invisible outside. A device that is enrolled by the token is as fresh as
    // this proof of the person, not as the use of the token.
    extraTokenClaims: (ctx) => {
      const { AuthorizationCode: code, DeviceCode: device, RefreshToken: token } = ctx.oidc.entities;
      return { auth_time: code?.authTime ?? device?.authTime ?? token?.authTime ?? 0 };
    },
    discovery: discoveryOf({ ...deps, clientAuthMethods, clientSignatures }),
    // Without a limit the library reads a body for as long as it waits (security.md E5).
    fetchResponseBodyLimits: { jwks_uri: maxFetchedBytes, sector_identifier_uri: maxFetchedBytes },
    fetch: deps.isOutboundToPrivateNetworksAllowed ? fetchAnywhere : fetchForLibrary,
  };
}

function featuresOf(deps: OptionsDeps): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true, assertClaimsParameter: (_ctx, claims) => assertClaims(claims) },
    dPoP: { enabled: true, nonceSecret: deps.vault.deriveKey('dpop nonce') },
    pushedAuthorizationRequests: { enabled: true },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    introspection: {
      enabled: true,
      // A client may introspect its own tokens only.
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    backchannelLogout: { enabled: true },
    clientCredentials: { enabled: true },
    // The library's pages for it are not served (http/oidc/oidc-routes.ts); the phone has our own.
    deviceFlow: { enabled: true },
    jwtUserinfo: { enabled: true },
    // By value only: a request by reference would make us fetch from wherever a stranger says (RFC 9101
    // §10.4).
    requestObjects: { enabled: true, assertJwtClaimsAndHeader: createRequestObjectCheck(deps.clock) },
    jwtResponseModes: { enabled: true },
    fapi: { enabled: true, profile: libraryProfileOf },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      defaultResource: async (ctx, _client, oneOf) => {
        if (oneOf === undefined) settleMachineScopes(ctx.oidc, []);
        return oneOf as never;
      },
      async getResourceServerInfo(ctx, resource, client) {
        const isMachine = ctx.oidc.params?.grant_type === 'client_credentials';
        const scopes = apiScopesOf(client, { issuer: deps.issuer, resource, isMachine });
        // RFC 8707 §2
        if (scopes.length === 0) throw new errors.InvalidTarget();
        settleMachineScopes(ctx.oidc, scopes);
        const accessTokenTTL = ownSettingsOf(client).accessTokenSeconds ?? deps.lifetimes.accessTokenSeconds;
        return { scope: scopes.join(' '), audience: resource, accessTokenFormat: 'opaque', accessTokenTTL };
      },
    },
    // Published in discovery. Our own routes serve it (sign-out.ts), except for the form by which the library
    // ends the session of an account before another one signs in.
    rpInitiatedLogout: { enabled: true },
  };
}

/** The library takes no lifetime of 0, which a token may reach while it is refreshed. */
const remainingOf = (token: { readonly remainingTTL: number } | undefined): number | undefined =>
  token && Math.max(1, token.remainingTTL);

const isDeviceCode = (source: { readonly kind?: string }): boolean => source.kind === 'DeviceCode';

/** Resuming has no context of the interaction, so the page of the interaction answers instead. */
function showEnded(ctx: KoaContextWithOIDC): void {
  ctx.redirect(`/interaction/${encodeURIComponent(ctx.path.split('/').at(-1) ?? '')}?ended`);
  ctx.status = 303;
}

const pageOf = (ctx: KoaContextWithOIDC, { nonceOf }: OptionsDeps) => ({
  acceptLanguage: ctx.get('accept-language'),
  nonce: nonceOf(ctx),
});

function cookiesOf({ issuer, cookieKeys }: OptionsDeps): NonNullable<Configuration['cookies']> {
  const isHttps = issuer.startsWith('https:');
  const flags = { signed: true, httpOnly: true, sameSite: 'lax' as const, overwrite: true, secure: isHttps };
  return {
    keys: createCookieSigner(cookieKeys) as never,
    // Names that no relying party uses: on localhost all ports share one cookie jar (RFC 6265 §8.5).
    // `__Host-` requires Path=/, which only the session cookie has.
    names: isHttps
      ? {
          session: '__Host-tessera_session',
          interaction: '__Secure-tessera_interaction',
          resume: '__Secure-tessera_resume',
        }
      : { session: 'tessera_session', interaction: 'tessera_interaction', resume: 'tessera_resume' },
    long: flags,
    short: flags,
  };
}

/**
 * For intranets: removes the library's protection against private addresses. Only the configuration can
 * choose it.
 */
const fetchAnywhere: NonNullable<Configuration['fetch']> = (url, options) => {
  const { dispatcher: _guard, ...rest } = options as RequestInit & { dispatcher?: unknown };
  return fetchForLibrary(url, rest);
};
