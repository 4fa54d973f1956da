// Our clients in the form that the library wants. The library compares one secret in clear text, but we
// keep several digests. So it gets the digests as a marker, and its comparison is replaced (matchingHash).
import type { AdapterPayload } from 'oidc-provider';
import { type Client, usesSecret, validSecretHashes } from '../core/client/client.ts';
import { adminScopes, ownScopes } from '../core/client/client-schema.ts';
import { withProfile } from '../core/client/security-profile.ts';
import { digest, isSameSecret } from '../crypto.ts';
import { cliClientId } from './own-client.ts';

/**
 * Scope of the phone API. The library knows only OpenID's scopes by name; this one is granted per
 * resource.
 */
export const phoneScope = 'approve';

/** The device grant (RFC 8628 §3.4). */
export const deviceGrantType = 'urn:ietf:params:oauth:grant-type:device_code';

const isOwnScope = (name: string): boolean => (ownScopes as readonly string[]).includes(name);

const maySpeakForPhone = (client: Client): boolean => wordsOf(client).includes(phoneScope);

const wordsOf = ({ metadata }: Client): string[] => String(metadata.scope ?? '').split(' ');

/** Whether the client is a program that acts for itself (RFC 6749 §4.4). */
const isMachine = ({ metadata }: Client): boolean => [metadata.grant_types ?? []].flat().includes('client_credentials');

const grantTypesOf = ({ metadata }: Client): string[] =>
  [metadata.grant_types ?? ['authorization_code']].flat().map(String);
const hasCode = (client: Client): boolean => grantTypesOf(client).includes('authorization_code');

/**
 * The scopes of the administration API that the client may request: those in its `scope`, if it is a
 * machine, or our own command line, which acts for a person (own-client.ts). None for any other client.
 */
export const adminScopesOf = (client: Client): string[] =>
  isMachine(client) || client.id === cliClientId
    ? wordsOf(client).filter((name) => (adminScopes as readonly string[]).includes(name))
    : [];

/**
 * Makes the library's metadata of a client. A secret that has expired by `now` (epoch seconds) is left
 * out.
 */
export function toMetadata(client: Client, now: number): AdapterPayload {
  const { scope, ...metadata } = withProfile(client.metadata);
  const openIdScopes =
    typeof scope === 'string'
      ? scope
          .split(' ')
          .filter((name) => !isOwnScope(name))
          .join(' ')
      : undefined;
  return {
    ...metadata,
    client_id: client.id,
    response_types: hasCode(client) ? ['code'] : [],
    // `device_grant` is the only switch of this grant: a list in `grant_types` must not turn it on.
    ...(metadata.device_grant === true && { grant_types: [...grantTypesOf(client), deviceGrantType] }),
    // The library allows every scope to a client without any. A client that may request nothing else still
    // signs in.
    ...(openIdScopes !== undefined && !isMachine(client) && { scope: openIdScopes || 'openid' }),
    api_scope: [...adminScopesOf(client), ...(maySpeakForPhone(client) ? [phoneScope] : [])].join(' '),
    // Logout tokens name the session, so that ending one browser does not end all (Back-Channel Logout §2.4).
    ...(metadata.backchannel_logout_uri !== undefined && { backchannel_logout_session_required: true }),
    // Without a valid secret the comparison must still run, and must never succeed.
    ...(usesSecret(client.metadata) && { client_secret: validSecretHashes(client, now).join(' ') || 'none' }),
  } as AdapterPayload;
}

/**
 * For `Client.prototype.compareClientSecret`.
 * @returns the hash in `marker` that matches the secret `actual`; null when none does
 */
export function matchingHash(marker: string, actual: string): string | null {
  const hash = digest(actual);
  // Every hash is compared, so that the time does not reveal which one is valid.
  const isRight = marker.split(' ').reduce((found, expected) => isSameSecret(expected, hash) || found, false);
  return isRight ? hash : null;
}
