// What a relying party that registers itself may set (RFC 7591 §2). It becomes an ordinary web or native
// client. Trust, policy and machine access are given only by administrators, so they are not even read here.

/**
 * `by`: the name of the token that registered the client. `tokenHash`: digest of its registration access
 * token (RFC 7592).
 */
export type Registration = { readonly by: string; readonly tokenHash: string };

/** Metadata that is accepted. Everything else is ignored. */
const readable = [
  'client_name',
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
  'contacts',
  'application_type',
  'redirect_uris',
  'post_logout_redirect_uris',
  'initiate_login_uri',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'jwks',
  'jwks_uri',
  'request_object_signing_alg',
  'require_signed_request_object',
  'authorization_signed_response_alg',
  'id_token_signed_response_alg',
  'userinfo_signed_response_alg',
  'subject_type',
  'sector_identifier_uri',
  'default_max_age',
  'require_auth_time',
  'default_acr_values',
  'dpop_bound_access_tokens',
  'require_pushed_authorization_requests',
  'backchannel_logout_uri',
  'backchannel_logout_session_required',
] as const;

/** Every setting that a client which registered itself may change. All others belong to administrators. */
export const registrableKeys: readonly string[] = [...readable, 'scope'];

/** The maximum that a self-registered client gets. */
export const registrationPolicy = {
  scopes: ['openid', 'profile', 'email', 'offline_access'],
  grants: ['authorization_code', 'refresh_token'],
} as const;
const { scopes, grants } = registrationPolicy;

/**
 * Whether a value counts as absent: `null` (RFC 7592 §2.2), and the empty string, which libraries send for
 * fields that nobody filled in.
 */
export const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

/**
 * Returns the input for a new client. Unknown metadata is ignored (RFC 7591 §2), and scopes and grants that
 * are not allowed are removed (§3.2.1).
 */
export function registrableInput(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = Object.fromEntries(
    readable.filter((name) => !isAbsent(metadata[name])).map((name) => [name, metadata[name]]),
  );
  const hasScope = typeof metadata.scope === 'string' && metadata.scope !== '';
  const wantedGrants = Array.isArray(metadata.grant_types) ? metadata.grant_types : ['authorization_code'];
  // Who registers the refresh grant and leaves the scopes to us means to use it (OIDC Core §11).
  const lasting = wantedGrants.includes('refresh_token') ? ['offline_access'] : [];
  const wantedScopes = hasScope ? String(metadata.scope).split(' ') : ['openid', 'profile', 'email', ...lasting];
  return {
    ...known,
    scope: scopes.filter((scope) => scope === 'openid' || wantedScopes.includes(scope)).join(' '),
    grant_types: grants.filter((grant) => grant === 'authorization_code' || wantedGrants.includes(grant)),
    response_types: ['code'],
  };
}
