// What a client says of itself beyond OpenID Connect, as the library hands it on: its own lifetimes and its pages' origins. What it does
// not say is the provider's (options.ts).
import type { Client } from 'oidc-provider';

/** By the names in client-schema.ts; the library keeps no others. */
export const ownMetadata = [
  'cors_origins',
  'access_token_seconds',
  'id_token_seconds',
  'refresh_token_seconds',
  'session_seconds',
  'device_code_seconds',
] as const;

export type OwnSettings = {
  readonly corsOrigins: readonly string[];
  readonly accessTokenSeconds: number | undefined;
  readonly idTokenSeconds: number | undefined;
  readonly refreshTokenSeconds: number | undefined;
  readonly sessionSeconds: number | undefined;
  readonly deviceCodeSeconds: number | undefined;
};

type Lifetimes = { readonly refreshTokenSeconds: number };

/** The judge of clients (client-schema.ts) has seen to their types; the library's say nothing of them. */
export function ownSettingsOf(client: Client | undefined): OwnSettings {
  const said = (client ?? {}) as Partial<Record<(typeof ownMetadata)[number], unknown>>;
  const seconds = (name: (typeof ownMetadata)[number]) => (typeof said[name] === 'number' ? said[name] : undefined);
  return {
    corsOrigins: Array.isArray(said.cors_origins) ? said.cors_origins.map(String) : [],
    accessTokenSeconds: seconds('access_token_seconds'),
    idTokenSeconds: seconds('id_token_seconds'),
    refreshTokenSeconds: seconds('refresh_token_seconds'),
    sessionSeconds: seconds('session_seconds'),
    deviceCodeSeconds: seconds('device_code_seconds'),
  };
}

/** The longest any of its refresh tokens may live. */
export const longestRefreshSeconds = (client: Client | undefined, { refreshTokenSeconds }: Lifetimes): number =>
  ownSettingsOf(client).refreshTokenSeconds ?? refreshTokenSeconds;

/** Without offline_access a refresh token is part of the sign-in, so it outlives `session_seconds` no more than that does. */
export function refreshSeconds(scopes: ReadonlySet<string>, client: Client | undefined, lifetimes: Lifetimes): number {
  const longest = longestRefreshSeconds(client, lifetimes);
  const { sessionSeconds } = ownSettingsOf(client);
  return sessionSeconds === undefined || scopes.has('offline_access') ? longest : Math.min(longest, sessionSeconds);
}
