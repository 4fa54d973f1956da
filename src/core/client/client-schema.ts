// One relying party as people and programs write it: in a file, by the API or on the command line. The keys
// are OpenID Connect metadata by registered names (OIDC Registration §2) and Tessera's own policy keys.
// Unknown keys are errors, so that a misspelt policy is noticed. All interfaces use this check and its
// messages (security.md E4).
import { z } from 'zod';
import { charactersIn, hidingCharacters } from '../../plain-text.ts';
import {
  maxUriLength,
  originPattern,
  originProblem,
  redirectUriPattern,
  redirectUriProblem,
  webUriPattern,
  webUriProblem,
} from './redirect-uri.ts';

/** A text whose form `clientProblems` judges. The schema states that form for readers of the document. */
const formed = (pattern: string) => z.string().meta({ pattern, maxLength: maxUriLength });
const uri = (sentence: string) => formed(webUriPattern).optional().describe(sentence);
const flag = (sentence: string) => z.boolean().optional().describe(sentence);
const listOf = <Item extends z.ZodType>(item: Item, sentence: string) => z.array(item).optional().describe(sentence);
const list = (sentence: string) => listOf(z.string(), sentence);
const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values, sentence: string) =>
  z.enum(values).optional().describe(sentence);
const someOf = <const Values extends readonly [string, ...string[]]>(values: Values, sentence: string) =>
  z.array(z.enum(values)).optional().describe(sentence);

/** A lifetime in seconds. Absent: the provider's lifetime. */
const seconds = (max: number, sentence: string) =>
  z
    .int()
    .min(60)
    .max(max)
    .optional()
    .describe(`${sentence} In seconds, 60 to ${max}. Default: the lifetime of the provider.`);

/** A retired signing key must be published as long as the longest ID token lives. */
export const maxIdTokenSeconds = 3600;
const maxLifetimeSeconds = 31_536_000;
/** Algorithms of the provider's own keys, as in core/key, and of the assertions of clients. */
const ownSignatures = ['RS256', 'ES256', 'EdDSA'] as const;
const clientSignatures = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

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

/** A name that people decide by, so no character in it may reorder or hide text. */
export const plainName = (max: number) =>
  z
    .string()
    .regex(new RegExp(`^[^${hidingCharacters}]*$`, 'u'), 'must not have control or bidirectional characters')
    .refine((name) => name.isWellFormed(), 'must not have half of a character')
    .refine((name) => charactersIn(name) <= max, `must have at most ${max} characters`)
    .meta({ maxLength: max });

/** Every setting of a client but its id and its secrets, by the names that administrators write. */
export const clientSettings = {
  client_name: plainName(200).optional().describe('Name of the app, as people see it.'),
  application_type: oneOf(
    ['web', 'native'],
    'web for a site, native for an app on a phone or computer (RFC 8252). Default: web.',
  ),
  token_endpoint_auth_method: oneOf(
    ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    'Client authentication at the token endpoint. A public client uses none. Default: client_secret_basic.',
  ),
  redirect_uris: listOf(
    formed(redirectUriPattern),
    'URIs to which authorization codes may be sent. They are compared byte for byte.',
  ),
  post_logout_redirect_uris: listOf(formed(redirectUriPattern), 'URIs to which a browser may be sent after sign-out.'),
  grant_types: z
    .array(z.enum(['authorization_code', 'refresh_token', 'client_credentials']))
    .optional()
    .describe(
      'Grant types of the app. client_credentials is for a machine that calls the administration API, and stands alone. The list may be empty with device_grant. Default: authorization_code.',
    ),
  device_grant: flag(
    'Whether screens without a keyboard sign in by showing a code (device grant, RFC 8628). Phishing uses this grant most, so only an administrator can enable it. Default: false.',
  ),
  device_code_seconds: z
    .int()
    .min(60)
    .max(600)
    .optional()
    .describe('Lifetime of a code of the device grant. In seconds, 60 to 600. Default: 300.'),
  response_types: z.array(z.literal('code')).optional().describe('Response types of the app. Only code is supported.'),
  allow_insecure_redirects: flag(
    'Whether codes may be sent over http to private addresses and to names that end in .local or .lan (confidential apps), or to a custom scheme without a dot (native apps). Others on the network or device can read such a code, so PKCE is then required. Only an administrator may set this. Default: false.',
  ),
  cors_origins: listOf(formed(originPattern), 'Allowed origins (CORS), in addition to those of the redirect URIs.'),
  response_modes: someOf(['query', 'fragment', 'form_post'], 'Response modes that the app may request. Default: all.'),
  scope: z.string().optional().describe('Scopes that the app may request, separated by spaces.'),
  first_party: flag('Whether consent is skipped, because the app is your own. Default: false.'),

  sign_in: oneOf(
    ['any', 'passkey'],
    'Allowed ways to sign in. passkey accepts only a passkey on the waiting browser, and the policies below have no effect. Default: any.',
  ),
  qr_sign_in: oneOf(['on', 'off'], 'Whether the sign-in page shows a QR code. Default: on.'),
  qr_confirmation: oneOf(
    ['auto', 'always', 'never'],
    'When the waiting browser asks for the confirmation code. auto decides by risk. Default: auto.',
  ),
  qr_user_verification: oneOf(
    ['auto', 'required', 'none'],
    'When an approval requires a passkey. auto requires one if acr_values does. High risk always requires one. Default: auto.',
  ),
  qr_scanner: oneOf(
    ['any', 'in_app'],
    'Channels of approval. in_app allows only the scanner in the page or app of this provider. Default: any.',
  ),
  qr_trust_browser: oneOf(
    ['allowed', 'never'],
    'Whether the approver may keep the browser signed in. Default: allowed.',
  ),
  other_sign_in: oneOf(
    ['allowed', 'never'],
    'Whether the waiting browser offers password and passkey. Default: allowed.',
  ),

  client_uri: uri('URL of the home page of the app.'),
  logo_uri: uri('URL of the logo of the app.'),
  policy_uri: uri('URL of the privacy policy of the app.'),
  tos_uri: uri('URL of the terms of service of the app.'),
  initiate_login_uri: uri('URL at which the app starts a sign-in for another party (OIDC Core §4).'),
  contacts: list('Email addresses of the people responsible for the app.'),

  jwks: z.looseObject({}).optional().describe('Public keys of the app as a JWK Set, for private_key_jwt.'),
  jwks_uri: uri('URL of the public keys of the app, instead of jwks.'),
  token_endpoint_auth_signing_alg: oneOf(
    clientSignatures,
    'The only signature algorithm that client assertions may use.',
  ),
  id_token_signed_response_alg: oneOf(ownSignatures, 'Signature algorithm of ID tokens. Default: RS256.'),
  id_token_claims: oneOf(
    ['scopes', 'minimal'],
    'Claims of ID tokens. scopes: those of the granted scopes. minimal: sub and the facts of the sign-in; the rest comes from userinfo. Default: scopes.',
  ),
  userinfo_signed_response_alg: oneOf(
    ownSignatures,
    'Signature algorithm of the userinfo answer, which is then a JWT. Default: unsigned JSON.',
  ),
  dpop_bound_access_tokens: flag(
    'Whether access tokens are bound to the app’s key and rejected without a proof of it (DPoP, RFC 9449). Default: false.',
  ),
  require_pushed_authorization_requests: flag(
    'Whether authorization requests must be pushed first (PAR, RFC 9126). Default: false.',
  ),
  require_pkce: flag(
    'Whether authorization requests must use PKCE with S256 (RFC 7636). Public clients always must. Default: security.require_pkce.',
  ),

  backchannel_logout_uri: uri('URL that receives logout tokens when a session ends (OIDC Back-Channel Logout).'),
  backchannel_logout_session_required: flag('Accepted and without effect: logout tokens always contain sid.'),
  default_max_age: z
    .int()
    .min(0)
    .optional()
    .describe('Maximum age of a sign-in for requests without max_age. In seconds.'),
  default_acr_values: list('acr values for requests without acr_values.'),
  access_token_seconds: seconds(86_400, 'Lifetime of access tokens.'),
  id_token_seconds: seconds(maxIdTokenSeconds, 'Lifetime of ID tokens.'),
  refresh_token_seconds: seconds(maxLifetimeSeconds, 'Lifetime of refresh tokens. Use does not extend it.'),
  session_seconds: seconds(
    maxLifetimeSeconds,
    'Time after a sign-in in a browser after which the app requires a new one.',
  ),
  require_auth_time: flag('Whether ID tokens always contain auth_time. Default: false.'),
  subject_type: oneOf(
    ['public', 'pairwise'],
    'Kind of sub. pairwise gives each account a sub of its own at this app. Default: public.',
  ),
  sector_identifier_uri: uri(
    'URL of a list of redirect URIs (OIDC Registration §5). pairwise with redirect URIs on several hosts requires it.',
  ),
};

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

/** A setting that a change may also reset to its default, by null. */
const resettable = (setting: z.ZodOptional<z.ZodType>): z.ZodType =>
  setting
    .unwrap()
    .nullable()
    .optional()
    .describe(setting.description ?? '');

/**
 * Shape of a change: settings by name, as a JSON merge patch (RFC 7396). Only the whole changed client can
 * be judged, so the use-case does that by `clientInputSchema`.
 */
export const clientPatchSchema = z.strictObject({
  client_id: clientId.optional().describe('client_id of the app, which never changes.'),
  ...(Object.fromEntries(
    Object.entries(clientSettings).map(([name, setting]) => [name, resettable(setting)]),
  ) as Record<string, z.ZodType>),
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
  const problems: ClientProblem[] = [];
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
