// Translates settings for single parts, where a part names or groups them differently.

import type { Config } from '../config/config.ts';
import type { NewAccount } from '../core/account/account.ts';
import { accessLifeOf } from '../core/client/access-life.ts';
import type { Client } from '../core/client/client.ts';
import { maxIdTokenSeconds } from '../core/client/client-settings.ts';
import type { RequestLimitRules } from '../http/kit/request-limits.ts';

/** Accounts of the development configuration. Their email address counts as verified. */
export const demoAccount = (entry: Config['demo']['accounts'][number]): NewAccount => ({
  username: entry.username,
  password: entry.password,
  displayName: entry.display_name,
  email: entry.email ?? null,
  emailVerified: entry.email !== undefined,
  locale: entry.locale,
});

/** What was approved: for a screen or for a browser, and with which scopes. */
type Approved = { readonly isScreen: boolean; readonly scopes: readonly string[] };

/**
 * A client may set a longer lifetime for its ID tokens, and the keys must verify them for as long. In
 * seconds.
 */
export const verifySecondsOf = ({ tokens }: Config): number => Math.max(tokens.id_token_seconds, maxIdTokenSeconds);

/**
 * How long the record of an approval is needed, in seconds: for a session and for refresh tokens that begin
 * on its last day. A screen without `offline_access` has neither, so its record ends with its access token.
 */
export function recordSecondsOf(config: Config, client: Client | null, { isScreen, scopes }: Approved): number {
  const { tokens } = config;
  if (isScreen && client && !scopes.includes('offline_access'))
    return accessLifeOf(client, scopes, isScreen, oidcLifetimesOf(config)).seconds;
  const own = client?.metadata.refresh_token_seconds;
  return tokens.session_seconds + Math.max(tokens.refresh_token_seconds, typeof own === 'number' ? own : 0);
}

/**
 * The limits of requests. Windows are one minute, except for risk (protocol.md section 5), passwords and
 * links.
 */
export function rulesOf({ limits }: Config): RequestLimitRules {
  const perMinute = (name: string, points: number) => ({ name, points, windowSeconds: 60 });
  return {
    ticketCreationPerAddress: perMinute('tickets of address', limits.ticket_creations_per_minute),
    ticketCreationPerClient: perMinute('tickets of client', limits.ticket_creations_per_client_per_minute),
    recentTicketsPerAddress: { name: 'recent tickets', points: Number.MAX_SAFE_INTEGER, windowSeconds: 600 },
    claimPerDevice: perMinute('claims of device', limits.claims_per_device_per_minute),
    claimPerAddress: perMinute('claims of address', limits.claims_per_address_per_minute),
    // A user code has 34 bits. These limits leave a guesser a few thousand tries a day.
    typedCodePerAccount: { name: 'typed codes of account', points: 20, windowSeconds: 600 },
    typedCodePerAddress: { name: 'typed codes of address', points: 60, windowSeconds: 600 },
    authorizationPerAddress: perMinute('authorizations', limits.authorizations_per_minute),
    linkPerAddress: { name: 'links of address', points: 100, windowSeconds: 600 },
    // Each authorization request may lead to one passkey challenge.
    passkeyPerAddress: perMinute('passkeys of address', limits.authorizations_per_minute),
    signUpPerAddress: { name: 'sign-ups of address', points: limits.sign_ups_per_hour, windowSeconds: 3600 },
    resetPerAddress: { name: 'resets of address', points: limits.resets_per_hour, windowSeconds: 3600 },
    tokenPerAddress: perMinute('token requests', limits.token_requests_per_minute),
  };
}

/** Lifetimes of tickets, in seconds. */
export const ticketLifetimesOf = ({ ticket }: Config) => ({
  pendingSeconds: ticket.pending_seconds,
  decisionSeconds: ticket.decision_seconds,
  finishSeconds: ticket.finish_seconds,
});

/** Lifetimes that oidc-provider enforces, in seconds. */
export const oidcLifetimesOf = ({ interaction_seconds, tokens }: Config) => ({
  interactionSeconds: interaction_seconds,
  accessTokenSeconds: tokens.access_token_seconds,
  idTokenSeconds: tokens.id_token_seconds,
  refreshTokenSeconds: tokens.refresh_token_seconds,
  sessionSeconds: tokens.session_seconds,
});
