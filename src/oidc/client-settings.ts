// Settings of a client beyond OpenID Connect, which the library passes on: its own lifetimes and the
// origins of its pages. Where a client sets none, the provider's apply (options.ts).
import type { Client } from 'oidc-provider';
import { profileOf, type SecurityProfile } from '../core/client/security-profile.ts';

/** Names as in client-schema.ts. The library keeps only metadata that is listed here. */
export const ownMetadata = [
  'cors_origins',
  'access_token_seconds',
  'id_token_seconds',
  'refresh_token_seconds',
  'session_seconds',
  'device_code_seconds',
  'require_pkce',
  'allow_insecure_redirects',
  'id_token_claims',
  'profile',
  // Not of client-schema.ts: made from `scope` (client-metadata.ts).
  'api_scope',
] as const;

export type OwnSettings = {
  readonly corsOrigins: readonly string[];
  readonly accessTokenSeconds: number | undefined;
  readonly idTokenSeconds: number | undefined;
  readonly refreshTokenSeconds: number | undefined;
  readonly sessionSeconds: number | undefined;
  readonly deviceCodeSeconds: number | undefined;
  readonly isPkceRequired: boolean;
  /** Scopes of our own APIs that the client may request. */
  readonly apiScopes: readonly string[];
  /** Whether ID tokens have no claims of the person beyond `sub`. */
  readonly isIdTokenMinimal: boolean;
  readonly profile: SecurityProfile;
};

type Lifetimes = { readonly refreshTokenSeconds: number };

/**
 * Reads the settings of a client. client-schema.ts has checked their types; the library's types do not
 * know them.
 */
export function ownSettingsOf(client: Client | undefined): OwnSettings {
  const stored = (client ?? {}) as Partial<Record<(typeof ownMetadata)[number], unknown>>;
  const seconds = (name: (typeof ownMetadata)[number]) => (typeof stored[name] === 'number' ? stored[name] : undefined);
  return {
    corsOrigins: Array.isArray(stored.cors_origins) ? stored.cors_origins.map(String) : [],
    accessTokenSeconds: seconds('access_token_seconds'),
    idTokenSeconds: seconds('id_token_seconds'),
    refreshTokenSeconds: seconds('refresh_token_seconds'),
    sessionSeconds: seconds('session_seconds'),
    deviceCodeSeconds: seconds('device_code_seconds'),
    // Others can read a code that is sent over http or to a scheme that any app may register.
    isPkceRequired: stored.require_pkce === true || stored.allow_insecure_redirects === true,
    apiScopes: typeof stored.api_scope === 'string' ? stored.api_scope.split(' ').filter(Boolean) : [],
    isIdTokenMinimal: stored.id_token_claims === 'minimal',
    profile: profileOf(stored),
  };
}

/**
 * Whether an authorization request of this client must use PKCE. A public client has nothing else that binds
 * the code to it (RFC 9700 §2.1.1), and any app on the device can register a private-use URI scheme (RFC 8252
 * §8.1).
 */
export const mustUsePkce = (client: Client, redirectUri: unknown, isRequiredOfAll: boolean): boolean =>
  isRequiredOfAll ||
  client.clientAuthMethod === 'none' ||
  ownSettingsOf(client).isPkceRequired ||
  !/^https?:/i.test(String(redirectUri));

/** Upper bound for the lifetime of the client's refresh tokens, in seconds. */
export const maxRefreshSeconds = (client: Client | undefined, { refreshTokenSeconds }: Lifetimes): number =>
  ownSettingsOf(client).refreshTokenSeconds ?? refreshTokenSeconds;

/**
 * Lifetime of a refresh token in seconds. Without offline_access the token is part of the sign-in, so it
 * does not outlive `session_seconds`.
 */
export function refreshSeconds(scopes: ReadonlySet<string>, client: Client | undefined, lifetimes: Lifetimes): number {
  const maxSeconds = maxRefreshSeconds(client, lifetimes);
  const { sessionSeconds } = ownSettingsOf(client);
  return sessionSeconds === undefined || scopes.has('offline_access')
    ? maxSeconds
    : Math.min(maxSeconds, sessionSeconds);
}
