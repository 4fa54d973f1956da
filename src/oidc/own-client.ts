// The console as a relying party of its own provider: a built-in first-party client. Its code is redeemed
// in this process, because a server behind a proxy cannot always reach itself by its public name.
import { createHash } from 'node:crypto';
import type Provider from 'oidc-provider';
import type { Client } from '../core/client/client.ts';
import { toClient } from '../core/client/client-entry.ts';
import { adminScopes } from '../core/client/client-schema.ts';
import { isSameSecret } from '../crypto.ts';
import { type CodeOrigin, readOrigin } from './code-origin.ts';

export const consoleClientId = 'tessera-console';

/** The client of the console. Its browser is never remembered: administration ends with the window. */
export const consoleClient = (issuer: string, now: number): Client =>
  toClient(
    {
      client_id: consoleClientId,
      client_name: 'Tessera',
      token_endpoint_auth_method: 'none',
      redirect_uris: [`${issuer}/admin/callback`],
      post_logout_redirect_uris: [`${issuer}/admin`],
      scope: 'openid',
      first_party: true,
      qr_trust_browser: 'never',
      session_seconds: 8 * 3600,
    },
    now,
  );

/**
 * Client id of our own command line on another machine. It signs a person in, whose role decides what it
 * may do (http/admin/request.ts).
 */
export const cliClientId = 'tessera-cli';

export const cliClient = (now: number): Client =>
  toClient(
    {
      client_id: cliClientId,
      client_name: 'Tessera command line',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      grant_types: ['refresh_token'],
      scope: ['openid', 'profile', 'offline_access', ...adminScopes].join(' '),
      first_party: true,
      device_grant: true,
      dpop_bound_access_tokens: true,
      qr_trust_browser: 'never',
      access_token_seconds: 600,
      refresh_token_seconds: 7 * 86_400,
    },
    now,
  );

/**
 * Whether the client is one of these two. Approving them gives access to administration, so a native app
 * or an old sign-in is not enough. They are created again at every start, but their ids never belonged to
 * another client.
 */
export const isOwnClient = (clientId: string): boolean => clientId === consoleClientId || clientId === cliClientId;

export type OwnSignIn = {
  readonly accountId: string;
  /** When the person last proved who they are, epoch seconds. */
  readonly authenticatedAt: number;
  readonly sessionUid: string;
  /** The class of that proof (protocol.md section 6). */
  readonly acr: string;
};

/** The sign-in, and where its code came from, for the audit trail. */
export type OwnRedemption = { readonly signIn: OwnSignIn; readonly origin: CodeOrigin | null };

/**
 * Judges the code as the token endpoint would for this client (RFC 6749 §4.1.3, RFC 7636 §4.6). A code
 * works once.
 * @returns null when anything is wrong
 */
export async function redeemOwnCode(
  provider: Provider,
  redirectUri: string,
  code: string,
  verifier: string,
): Promise<OwnRedemption | null> {
  const found = code.length <= 256 ? await provider.AuthorizationCode.find(code) : undefined;
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  if (!found?.isValid || found.clientId !== consoleClientId || found.redirectUri !== redirectUri) return null;
  if (!isSameSecret(found.codeChallenge ?? '', challenge) || !found.sessionUid) return null;
  try {
    await found.consume();
  } catch {
    return null;
  }
  const { accountId, authTime = 0, sessionUid, acr = '' } = found;
  if (accountId === undefined) return null;
  const origin = readOrigin((await provider.AuthorizationCode.adapter.find(code)) ?? undefined);
  return { signIn: { accountId, authenticatedAt: authTime, sessionUid, acr }, origin };
}
