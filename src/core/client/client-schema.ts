// One relying party as people and programs write it: in a file, by the API or on the command line. The keys
// are OpenID Connect metadata by registered names (OIDC Registration §2) and Tessera's own policy keys.
// Unknown keys are errors, so that a misspelt policy is noticed. All interfaces use this check and its
// messages (security.md E4).
import { z } from 'zod';
import { clientSettings } from './client-settings.ts';
import { originProblem, redirectUriProblem, webUriProblem } from './redirect-uri.ts';
import { profileProblems } from './security-profile.ts';

/** Scopes of the provider's own interfaces. All other scopes belong to OpenID Connect. */
export const adminScopes = [
  'clients:read',
  'clients:write',
  'accounts:read',
  'accounts:write',
  'audit:read',
  'keys:read',
  'keys:write',
] as const;
export const ownScopes = ['approve', ...adminScopes] as const;

/** Ids that are reserved: names of actors in audit records, and path segments of pages. */
const reservedIds = ['cli', 'configuration', 'start', 'environment', 'administrator', 'new', '.', '..'];

const clientId = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters without spaces')
  // oidc-provider uses ids as property names in its sessions.
  .refine((id) => !(id in {}), 'is reserved: it is the name of a JavaScript property')
  .refine((id) => !reservedIds.includes(id), 'is a name that Tessera keeps for itself')
  .describe('client_id of the app.');

/** What the API and the command line accept. A missing id is generated; secrets are always generated. */
export const clientInputSchema = z
  .strictObject({ client_id: clientId.optional(), ...clientSettings })
  .superRefine((client, context) => report(context, clientProblems(client)));

/** What a configuration file accepts. */
export const clientSchema = z
  .strictObject({
    client_id: clientId,
    client_secret_sha256: z
      .array(z.string().regex(/^([0-9a-fA-F]{64}|[\w-]{43})$/, 'must be a SHA-256 in hex or base64url'))
      .optional()
      .describe('SHA-256 of each valid secret, in hex or base64url. Two during a rotation, none for a public client.'),
    client_secret_env: z
      .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable'))
      .optional()
      .describe(
        'Environment variables that contain one valid secret each, of at least 32 characters. Only the SHA-256 is stored.',
      ),
    client_secret_file: z
      .array(z.string().min(1))
      .optional()
      .describe('Files that contain one valid secret each, as client_secret_env. A newline at the end is ignored.'),
    ...clientSettings,
  })
  .superRefine((client, context) => report(context, [...clientProblems(client), ...secretProblems(client)]))
  .describe('One app: OIDC client metadata by its registered names, and keys of Tessera.');

/** A setting that may also be null, which leaves it at its default or resets it. */
const resettable = (setting: z.ZodOptional<z.ZodType>): z.ZodType =>
  setting
    .unwrap()
    .nullable()
    .optional()
    .describe(setting.description ?? '');

const resettableSettings = Object.fromEntries(
  Object.entries(clientSettings).map(([name, setting]) => [name, resettable(setting)]),
) as Record<string, z.ZodType>;

/**
 * Shape of a new client for the OpenAPI document. `parseInput` leaves out what is null, and judges the rest
 * by `clientInputSchema`. Generated Java clients fill a list that may not be null with an empty one.
 */
export const clientCreationSchema = z
  .strictObject({
    client_id: clientId.nullable().optional().describe('client_id of the app. Absent or null: one is generated.'),
    ...resettableSettings,
  })
  .describe('Settings of a new client. null counts as absent.');

/**
 * Shape of a change: settings by name, as a JSON merge patch (RFC 7396). Only the whole changed client can
 * be judged, so the use-case does that by `clientInputSchema`.
 */
export const clientPatchSchema = z.strictObject({
  client_id: clientId.optional().describe('client_id of the app, which never changes.'),
  ...resettableSettings,
});

export type ClientInput = z.infer<typeof clientInputSchema>;
export type ClientEntry = z.infer<typeof clientSchema>;

type ClientProblem = readonly [path: readonly (string | number)[], message: string];

function report(context: z.RefinementCtx, problems: readonly ClientProblem[]): void {
  for (const [path, message] of problems) context.addIssue({ code: 'custom', path: [...path], message });
}

const webKeys = [
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
  'initiate_login_uri',
  'jwks_uri',
  'backchannel_logout_uri',
  'sector_identifier_uri',
] as const;

/** Problems between several keys. Each sentence says how to fix it. */
function clientProblems(client: ClientInput): ClientProblem[] {
  const problems: ClientProblem[] = profileProblems(client);
  const type = client.application_type ?? 'web';
  const allowsInsecure = client.allow_insecure_redirects === true;
  const owner = { type, allowsInsecure, isConfidential: client.token_endpoint_auth_method !== 'none' };
  if (allowsInsecure && client.first_party === true) {
    problems.push([['allow_insecure_redirects'], 'must not be set for a first-party app, which asks no consent']);
  }
  if (allowsInsecure && client.require_pkce === false) {
    problems.push([['require_pkce'], 'must not be false: allow_insecure_redirects requires PKCE']);
  }
  for (const key of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    for (const [index, uri] of (client[key] ?? []).entries()) {
      const problem = redirectUriProblem(uri, owner);
      if (problem) problems.push([[key, index], problem]);
    }
  }
  for (const [index, origin] of (client.cors_origins ?? []).entries()) {
    const problem = originProblem(origin);
    if (problem) problems.push([['cors_origins', index], problem]);
  }
  for (const key of webKeys) {
    const problem = client[key] === undefined ? null : webUriProblem(client[key]);
    if (problem) problems.push([[key], problem]);
  }
  const grants = client.grant_types ?? ['authorization_code'];
  const signsPeopleIn = grants.includes('authorization_code');
  if (signsPeopleIn && (client.redirect_uris ?? []).length === 0) {
    problems.push([['redirect_uris'], 'is missing; authorization_code requires at least one']);
  }
  const method = client.token_endpoint_auth_method ?? 'client_secret_basic';
  if (method === 'private_key_jwt' && !client.jwks && !client.jwks_uri) {
    problems.push([['jwks'], 'is missing; private_key_jwt needs jwks or jwks_uri']);
  }
  const signsRequests =
    client.require_signed_request_object === true || client.request_object_signing_alg !== undefined;
  if (signsRequests && !client.jwks && !client.jwks_uri) {
    problems.push([['jwks'], 'is missing; signed requests need jwks or jwks_uri']);
  }
  const isMachine = grants.includes('client_credentials');
  if (isMachine && grants.length > 1) {
    problems.push([['grant_types'], 'must have client_credentials alone: register a separate client for the machine']);
  }
  const scopes = (client.scope ?? '').split(' ');
  if (signsPeopleIn && client.scope !== undefined && !scopes.includes('openid')) {
    problems.push([['scope'], 'must have openid: OpenID Connect requires it']);
  }
  if (isMachine && scopes.includes('approve')) {
    problems.push([['scope'], 'must not contain approve: a machine cannot approve for a person']);
  }
  const wanted = scopes.filter((name) => (adminScopes as readonly string[]).includes(name));
  if (!isMachine && wanted.length > 0) {
    problems.push([['scope'], `has ${wanted.join(' ')}, which only grant_types: [client_credentials] may ask for`]);
  }
  const isScreen = client.device_grant === true;
  if (isScreen && isMachine) {
    problems.push([
      ['device_grant'],
      'cannot be combined with client_credentials: register a separate client for the machine',
    ]);
  }
  if (isScreen && scopes.includes('approve')) {
    problems.push([['scope'], 'must not contain approve: the device grant is for screens, which approve nothing']);
  }
  if (!signsPeopleIn && !isMachine && !isScreen) {
    problems.push([['grant_types'], 'must have authorization_code, or client_credentials alone']);
  }
  // RFC 9700 §2.1.1
  if (method === 'none' && client.require_pkce === false) {
    problems.push([['require_pkce'], 'must not be false: a public client always uses PKCE']);
  }
  if (method === 'none' && isMachine) {
    problems.push([['grant_types'], 'must not have client_credentials: a public client cannot authenticate']);
  }
  return problems;
}

const secretKeys = ['client_secret_sha256', 'client_secret_env', 'client_secret_file'] as const;

function secretProblems(
  client: { readonly token_endpoint_auth_method?: string | undefined } & {
    readonly [Key in (typeof secretKeys)[number]]?: readonly string[] | undefined;
  },
): ClientProblem[] {
  const method = client.token_endpoint_auth_method ?? 'client_secret_basic';
  const given = secretKeys.filter((key) => (client[key] ?? []).length > 0);
  if (method === 'none') {
    const message = 'must be left out: with token_endpoint_auth_method none there is no secret';
    return given.map((key) => [[key], message]);
  }
  if (method.startsWith('client_secret') && given.length === 0) {
    return [[['client_secret_sha256'], 'is missing; a public client says token_endpoint_auth_method: none instead']];
  }
  return [];
}
