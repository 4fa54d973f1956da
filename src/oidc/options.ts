// How oidc-provider is set up: features, lifetimes, cookies, algorithms. What is off here is not in discovery.
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
import type { Vault } from '../crypto.ts';
import { reachableAcr } from './acr.ts';
import { claimsByScope, toOidcAccount } from './claims.ts';
import { adminScopesOf, maySpeakForPhone, phoneScope } from './client-metadata.ts';
import { longestRefreshSeconds, ownMetadata, ownSettingsOf, refreshSeconds } from './client-settings.ts';
import { createCookieSigner } from './cookie-signer.ts';
import { isOriginAllowed } from './cors.ts';
import { fetchForLibrary } from './logout-sender.ts';
import { cliClientId } from './own-client.ts';
import { createPolicy, isForOtherClient } from './policy.ts';
import { remainingSessionSeconds } from './session-life.ts';

export type OidcLifetimes = {
  readonly interactionSeconds: number;
  readonly accessTokenSeconds: number;
  readonly idTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly sessionSeconds: number;
};

/** The pages that belong to the library's own routes; each returns whole HTML. */
export type OidcPages = {
  error(page: { acceptLanguage: string; nonce: string; error: string; description: string }): string;
  /** `formHtml` is the library's form `op.logoutForm`; submit it with `logout=yes` to sign out. */
  logout(page: { acceptLanguage: string; nonce: string; formHtml: string; clientName: string | null }): string;
  loggedOut(page: { acceptLanguage: string; nonce: string; clientName: string | null }): string;
};

export type OptionsDeps = {
  /** Whether discovery names the registration endpoint. */
  readonly isRegistrationOpen: boolean;
  readonly clock: Clock;
  readonly issuer: string;
  readonly cookieKeys: readonly string[];
  readonly vault: Vault;
  readonly jwks: readonly JWK[];
  readonly adapter: (model: string) => Adapter;
  readonly lifetimes: OidcLifetimes;
  readonly findAccount: (id: string) => Promise<Account | null>;
  readonly findClient: (id: string) => Promise<Client | null>;
  readonly pages: OidcPages;
  readonly nonceOf: (ctx: KoaContextWithOIDC) => string;
  readonly isOutboundToPrivateNetworksAllowed: boolean;
};

const authorizationCodeSeconds = 60;
const deviceCodeSeconds = 300;
/** Keys and sectors of a client are a few kilobytes. */
const longestFetchedBytes = 256 * 1024;
// Secrets are kept as digests, so no client can use one as a MAC key: no client_secret_jwt, no HS256.
const clientAuthMethods: ClientAuthMethod[] = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];
const signatures = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

export function createOptions(deps: OptionsDeps): Configuration {
  const { lifetimes } = deps;
  return {
    adapter: deps.adapter,
    jwks: { keys: [...deps.jwks] } as NonNullable<Configuration['jwks']>,
    findAccount: async (_ctx, id) => {
      const account = await deps.findAccount(id);
      return account ? toOidcAccount(account, deps.issuer) : undefined;
    },
    loadExistingGrant: (ctx) => loadGrant(ctx, deps),
    claims: claimsByScope,
    scopes: ['openid', 'offline_access'],
    acrValues: [...reachableAcr],
    responseTypes: ['code'],
    // RFC 9700 §2.1.1: for confidential clients as well.
    pkce: { required: () => true },
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: async (_ctx, accountId, client) =>
      deps.vault.mac(`${client.sectorIdentifier}.${accountId}`, 'pairwise'),
    clientAuthMethods,
    enabledJWA: {
      idTokenSigningAlgValues: [...signatures],
      userinfoSigningAlgValues: [...signatures],
      introspectionSigningAlgValues: [...signatures],
      clientAuthSigningAlgValues: [...signatures],
      requestObjectSigningAlgValues: [...signatures],
      dPoPSigningAlgValues: ['ES256', 'EdDSA'],
    },
    features: featuresOf(deps),
    extraClientMetadata: { properties: [...ownMetadata] },
    interactions: {
      policy: createPolicy({
        clock: deps.clock,
        isAccountActive: async (id) => (await deps.findAccount(id)) !== null,
        findClient: deps.findClient,
      }),
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
      // A grant is never extended, so it must outlive everything issued under it.
      Grant: (_ctx, grant) => lifetimes.sessionSeconds + longestRefreshSeconds(grant.client, lifetimes),
      // ASVS 10.4.8: a rotated token ends when the first of its family would have.
      RefreshToken: (ctx, token, client) =>
        ctx?.oidc?.entities.RotatedRefreshToken?.remainingTTL ?? refreshSeconds(token.scopes, client, lifetimes),
    },
    rotateRefreshToken: true,
    // Without offline_access the refresh token ends with the browser's session (OIDC Core §11 reserves more for consent).
    // A device has no session that it would end with, so there it is for offline_access alone.
    issueRefreshToken: async (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') && (!isDeviceCode(source) || source.scopes.has('offline_access')),
    expiresWithSession: async (_ctx, source) => !source.scopes.has('offline_access'),
    renderError: (ctx, out) => {
      ctx.type = 'html';
      const description = String(out.error_description ?? '');
      ctx.body = deps.pages.error({ ...pageOf(ctx, deps), error: out.error, description });
    },
    clientBasedCORS: (ctx, origin, client) => {
      const { redirectUris, clientAuthMethod } = client;
      const { corsOrigins } = ownSettingsOf(client);
      const owner = { redirectUris: redirectUris ?? [], corsOrigins, isPublic: clientAuthMethod === 'none' };
      return isOriginAllowed(origin, owner, ctx.oidc.route === 'userinfo');
    },
    // Opaque tokens keep it beside them; nobody outside sees it. A device enrolled by the token is as fresh as this proof, not as its use.
    extraTokenClaims: (ctx) => {
      const { AuthorizationCode: code, DeviceCode: device, RefreshToken: token } = ctx.oidc.entities;
      return { auth_time: code?.authTime ?? device?.authTime ?? token?.authTime ?? 0 };
    },
    discovery: {
      prompt_values_supported: ['none', 'login', 'consent'],
      ...(deps.isRegistrationOpen && { registration_endpoint: `${deps.issuer}/registration` }),
    },
    // Without limits a body is taken for as long as the library waits (security.md E5).
    fetchResponseBodyLimits: { jwks_uri: longestFetchedBytes, sector_identifier_uri: longestFetchedBytes },
    fetch: deps.isOutboundToPrivateNetworksAllowed ? fetchAnywhere : fetchForLibrary,
  };
}

function featuresOf(deps: OptionsDeps): NonNullable<Configuration['features']> {
  /** Our own two interfaces. A person's token reaches administration by our own command line alone, a machine's never the phone API. */
  function scopesOf(
    client: Client,
    how: { resource: string; isMachine: boolean; isBound: boolean | undefined },
  ): string[] {
    if (how.resource === `${deps.issuer}/admin`)
      return how.isMachine || (client.id === cliClientId && how.isBound === true) ? adminScopesOf(client) : [];
    // Worth nothing without its key (security.md C7).
    const isPhone = how.resource === `${deps.issuer}/phone` && how.isBound === true && !how.isMachine;
    return isPhone && maySpeakForPhone(client) ? [phoneScope] : [];
  }

  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: true, nonceSecret: deps.vault.deriveKey('dpop nonce') },
    pushedAuthorizationRequests: { enabled: true },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    introspection: {
      enabled: true,
      // A client learns about its own tokens only.
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    backchannelLogout: { enabled: true },
    clientCredentials: { enabled: true },
    // Its own pages are not served (http/oidc/oidc-routes.ts): the phone's are.
    deviceFlow: { enabled: true },
    jwtUserinfo: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      async getResourceServerInfo(ctx, resource, client) {
        const registered = await deps.findClient(client.clientId);
        const isMachine = ctx.oidc.params?.grant_type === 'client_credentials';
        const scopes = registered
          ? scopesOf(registered, { resource, isMachine, isBound: client.dpopBoundAccessTokens })
          : [];
        // RFC 8707 §2
        if (scopes.length === 0) throw new errors.InvalidTarget();
        const accessTokenTTL = ownSettingsOf(client).accessTokenSeconds ?? deps.lifetimes.accessTokenSeconds;
        return { scope: scopes.join(' '), audience: resource, accessTokenFormat: 'opaque', accessTokenTTL };
      },
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource(ctx, formHtml) {
        ctx.type = 'html';
        ctx.body = deps.pages.logout({
          ...pageOf(ctx, deps),
          formHtml,
          clientName: ctx.oidc.client?.clientName ?? null,
        });
      },
      postLogoutSuccessSource(ctx) {
        ctx.type = 'html';
        ctx.body = deps.pages.loggedOut({ ...pageOf(ctx, deps), clientName: ctx.oidc.client?.clientName ?? null });
      },
    },
  };
}

const isDeviceCode = (source: { readonly kind?: string }): boolean => source.kind === 'DeviceCode';

const pageOf = (ctx: KoaContextWithOIDC, { nonceOf }: OptionsDeps) => ({
  acceptLanguage: ctx.get('accept-language'),
  nonce: nonceOf(ctx),
});

function cookiesOf({ issuer, cookieKeys }: OptionsDeps): NonNullable<Configuration['cookies']> {
  const isHttps = issuer.startsWith('https:');
  const flags = { signed: true, httpOnly: true, sameSite: 'lax' as const, overwrite: true, secure: isHttps };
  return {
    keys: createCookieSigner(cookieKeys) as never,
    // `__Host-` needs Path=/, which only the session's cookie has.
    names: isHttps
      ? { session: '__Host-session', interaction: '__Secure-interaction', resume: '__Secure-resume' }
      : { session: 'session', interaction: 'interaction', resume: 'resume' },
    long: flags,
    short: flags,
  };
}

/** The grant of this interaction or session; a first-party client has everything it may ask for without being asked. */
async function loadGrant(ctx: KoaContextWithOIDC, { findClient }: OptionsDeps) {
  const { provider, session, client, account, result } = ctx.oidc;
  if (!client || !account) return undefined;
  const grantId = result?.consent?.grantId ?? session?.grantIdFor(client.clientId);
  const existing = grantId ? await provider.Grant.find(grantId) : undefined;
  const isFirstParty = (await findClient(client.clientId))?.firstParty ?? false;
  if (existing || !isFirstParty) return existing;
  // A grant marks the session as this client's, so there is none before the session may be used for it.
  if (isForOtherClient(ctx.oidc)) return undefined;
  const grant = new provider.Grant({ accountId: account.accountId });
  // It gives the grant its life (ttl).
  grant.client = client;
  grant.addOIDCScope([...ctx.oidc.requestParamOIDCScopes].join(' '));
  await grant.save();
  return grant;
}

/** Intranet installations: the library's guard against private addresses is taken off, by configuration only. */
const fetchAnywhere: NonNullable<Configuration['fetch']> = (url, options) => {
  const { dispatcher: _guard, ...rest } = options as RequestInit & { dispatcher?: unknown };
  return fetchForLibrary(url, rest);
};
