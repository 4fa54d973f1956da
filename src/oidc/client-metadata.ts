// Our clients as the library wants them. It compares one secret in clear; we keep digests of several, so it gets a marker instead and
// its comparison is replaced (matchingHash).
import type { AdapterPayload } from 'oidc-provider';
import { type Client, usesSecret, validSecretHashes } from '../core/client/client.ts';
import { adminScopes, ownScopes } from '../core/client/client-schema.ts';
import { digest, isSameSecret } from '../crypto.ts';
import { cliClientId } from './own-client.ts';

/** Scope of the phone API: ours to grant, per resource; the library knows only OpenID's scopes by name. */
export const phoneScope = 'approve';

/** RFC 8628 §3.4 */
export const deviceGrantType = 'urn:ietf:params:oauth:grant-type:device_code';

const isOwnScope = (name: string): boolean => (ownScopes as readonly string[]).includes(name);

export const maySpeakForPhone = (client: Client): boolean => wordsOf(client).includes(phoneScope);

const wordsOf = ({ metadata }: Client): string[] => String(metadata.scope ?? '').split(' ');

/** A program that speaks for itself (RFC 6749 §4.4). */
const isMachine = ({ metadata }: Client): boolean => [metadata.grant_types ?? []].flat().includes('client_credentials');

const grantTypesOf = ({ metadata }: Client): string[] =>
  [metadata.grant_types ?? ['authorization_code']].flat().map(String);
const hasCode = (client: Client): boolean => grantTypesOf(client).includes('authorization_code');

/** What of the administration API the client may ask for: a machine, or for a person our own command line (own-client.ts). */
export const adminScopesOf = (client: Client): string[] =>
  isMachine(client) || client.id === cliClientId
    ? wordsOf(client).filter((name) => (adminScopes as readonly string[]).includes(name))
    : [];

/** As the library wants it at `now`: an expired secret is none. */
export function toMetadata(client: Client, now: number): AdapterPayload {
  const { scope, ...metadata } = client.metadata;
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
    // Not in what is written there, so that no list of grants switches it on by the way.
    ...(metadata.device_grant === true && { grant_types: [...grantTypesOf(client), deviceGrantType] }),
    // Absent or empty, the library allows every scope: whoever may ask for nothing else still signs in.
    ...(openIdScopes !== undefined && !isMachine(client) && { scope: openIdScopes || 'openid' }),
    // Without a valid one, what it sends must still be compared with something, and never be right.
    ...(usesSecret(client.metadata) && { client_secret: validSecretHashes(client, now).join(' ') || 'none' }),
  } as AdapterPayload;
}

/** For `Client.prototype.compareClientSecret`: the hash of the client's secret that this one is; null when it is none of them. */
export function matchingHash(marker: string, actual: string): string | null {
  const hash = digest(actual);
  // Every one is compared, so that time does not tell which is valid.
  const isRight = marker.split(' ').reduce((found, expected) => isSameSecret(expected, hash) || found, false);
  return isRight ? hash : null;
}
