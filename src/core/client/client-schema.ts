// One relying party as people and programs write it: in a file, by the API or on the command line. The keys
// are OpenID Connect metadata by registered names (OIDC Registration §2) and Tessera's own policy keys.
// Unknown keys are errors, so that a misspelt policy is noticed. All interfaces use this check and its
// messages (security.md E4).
import { z } from 'zod';
import { originProblem, redirectUriProblem, webUriProblem } from './redirect-uri.ts';

const uri = (sentence: string) => z.string().optional().describe(sentence);
const flag = (sentence: string) => z.boolean().optional().describe(sentence);
const list = (sentence: string) => z.array(z.string()).optional().describe(sentence);
const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values, sentence: string) =>
  z.enum(values).optional().describe(sentence);

/** A lifetime in seconds. Absent: the provider's lifetime. */
const seconds = (max: number, sentence: string) =>
  z.int().min(60).max(max).optional().describe(`${sentence} In seconds, 60 to ${max}; default the provider’s.`);

/** A retired signing key must be published as long as the longest ID token lives. */
export const maxIdTokenSeconds = 3600;
const maxLifetimeSeconds = 31_536_000;

const signatures = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

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
    .regex(/^[^\p{Cc}\p{Cs}\p{Bidi_Control}]*$/u, 'must not have control or bidirectional characters')
    .max(max);

const settings = {
  client_name: plainName(200).optional().describe('The name people see.'),
  application_type: oneOf(['web', 'native'], 'native: an app on a phone or computer (RFC 8252); default web.'),
  token_endpoint_auth_method: oneOf(
    ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    'How it proves itself; none for a public client, default client_secret_basic.',
  ),
  redirect_uris: list('Where codes may be sent; compared byte for byte.'),
  post_logout_redirect_uris: list('Where a browser may be sent after signing out.'),
  grant_types: z
    .array(z.enum(['authorization_code', 'refresh_token', 'client_credentials']))
    .optional()
    .describe(
      'Default authorization_code alone; client_credentials for a machine that calls the administration API; with device_grant it may be empty.',
    ),
  device_grant: flag(
    'Screens without a keyboard sign in by showing a code of their own (RFC 8628). Off unless an administrator says so: it is what phishing uses most.',
  ),
  device_code_seconds: z
    .int()
    .min(60)
    .max(600)
    .optional()
    .describe('How long such a code lives. In seconds, 60 to 600; default 300.'),
  response_types: z.array(z.literal('code')).optional().describe('Only code is offered.'),
  cors_origins: list('Origins whose pages may read its answers, beside those of its redirect URIs.'),
  response_modes: list('Of query, fragment and form_post, those it may ask for.'),
  scope: z.string().optional().describe('The scopes it may ask for, separated by spaces.'),
  first_party: flag('Our own: no consent is asked.'),

  sign_in: oneOf(
    ['any', 'passkey'],
    'passkey: only a passkey on the waiting browser signs in, and nothing stands in for it; the other policies then do not matter.',
  ),
  qr_sign_in: oneOf(['on', 'off'], 'Whether the sign-in page shows a QR code.'),
  qr_confirmation: oneOf(['auto', 'always', 'never'], 'When the confirmation code is asked.'),
  qr_user_verification: oneOf(
    ['auto', 'required', 'none'],
    'When a passkey is asked at approval; auto: at high risk, and when acr_values asks. High risk always does.',
  ),
  qr_scanner: oneOf(['any', 'in_app'], 'in_app: only the scanner in our own page or app can approve.'),
  qr_trust_browser: oneOf(['allowed', 'never'], 'May the approver keep the browser signed in.'),
  other_sign_in: oneOf(['allowed', 'never'], 'Password and passkey on the waiting browser.'),

  client_uri: uri('Its home page.'),
  logo_uri: uri('Its logo.'),
  policy_uri: uri('Its privacy policy.'),
  tos_uri: uri('Its terms of service.'),
  initiate_login_uri: uri('Where a sign-in that starts elsewhere is sent.'),
  contacts: list('Email addresses of those responsible for it.'),

  jwks: z.looseObject({}).optional().describe('Its public keys, for private_key_jwt.'),
  jwks_uri: uri('Where its public keys are.'),
  token_endpoint_auth_signing_alg: oneOf(signatures, 'The one algorithm of its assertions.'),
  id_token_signed_response_alg: oneOf(signatures, 'How its ID tokens are signed; default RS256.'),
  userinfo_signed_response_alg: oneOf(signatures, 'Set: userinfo answers with a JWT.'),
  dpop_bound_access_tokens: flag('Its access tokens are worth nothing without its key (RFC 9449).'),
  require_pushed_authorization_requests: flag('Its requests must be pushed first (RFC 9126).'),

  backchannel_logout_uri: uri('Where it is told that somebody signed out.'),
  backchannel_logout_session_required: flag('Whether that message must name the session.'),
  default_max_age: z.int().min(0).optional().describe('How old a sign-in may be when it does not say. In seconds.'),
  default_acr_values: list('The acr it asks for when it does not say.'),
  access_token_seconds: seconds(86_400, 'How long its access tokens live.'),
  id_token_seconds: seconds(maxIdTokenSeconds, 'How long its ID tokens live.'),
  refresh_token_seconds: seconds(maxLifetimeSeconds, 'How long its refresh tokens live, however often they are used.'),
  session_seconds: seconds(
    maxLifetimeSeconds,
    'How long one sign-in in a browser serves it before the person is asked anew.',
  ),
  require_auth_time: flag('Whether its ID tokens always have auth_time.'),
  subject_type: oneOf(['public', 'pairwise'], 'pairwise: a sub of its own for every account; default public.'),
  sector_identifier_uri: uri('For pairwise with redirect URIs on several hosts.'),
};

/** Ids that are reserved: names of actors in audit records, and path segments of pages. */
const reservedIds = ['cli', 'configuration', 'start', 'environment', 'administrator', 'new', '.', '..'];

const clientId = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters without spaces')
  // oidc-provider uses ids as property names in its sessions.
  .refine((id) => !(id in {}), 'is a name with a meaning of its own in JavaScript')
  .refine((id) => !reservedIds.includes(id), 'is a name that Tessera keeps for itself')
  .describe('The id relying parties send.');

/** What the API and the command line accept. A missing id is generated; secrets are always generated. */
export const clientInputSchema = z
  .strictObject({ client_id: clientId.optional(), ...settings })
  .superRefine((client, context) => report(context, clientProblems(client)));

/** What a configuration file accepts. */
export const clientSchema = z
  .strictObject({
    client_id: clientId,
    client_secret_sha256: z
      .array(z.string().regex(/^([0-9a-fA-F]{64}|[\w-]{43})$/, 'must be a SHA-256 in hex or base64url'))
      .optional()
      .describe('SHA-256 of each valid secret, in hex or base64url; two during rotation, none for a public client.'),
    client_secret_env: z
      .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable'))
      .optional()
      .describe(
        'Environment variables that hold a valid secret each, of 32 characters or more; only its SHA-256 is kept.',
      ),
    client_secret_file: z
      .array(z.string().min(1))
      .optional()
      .describe('Files that hold a valid secret each, as client_secret_env; a newline at the end does not count.'),
    ...settings,
  })
  .superRefine((client, context) => report(context, [...clientProblems(client), ...secretProblems(client)]))
  .describe('OIDC client metadata by its registered names, with Tessera’s own keys beside it.');

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
  for (const key of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    for (const [index, uri] of (client[key] ?? []).entries()) {
      const problem = redirectUriProblem(uri, type);
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
    problems.push([['redirect_uris'], 'is missing; a code has to be sent somewhere']);
  }
  const method = client.token_endpoint_auth_method ?? 'client_secret_basic';
  if (method === 'private_key_jwt' && !client.jwks && !client.jwks_uri) {
    problems.push([['jwks'], 'is missing; private_key_jwt needs jwks or jwks_uri']);
  }
  const isMachine = grants.includes('client_credentials');
  if (isMachine && grants.length > 1) {
    problems.push([
      ['grant_types'],
      'has client_credentials beside others: register a client of its own for the machine',
    ]);
  }
  const scopes = (client.scope ?? '').split(' ');
  if (signsPeopleIn && client.scope !== undefined && !scopes.includes('openid')) {
    problems.push([['scope'], 'must have openid: it is what signing in means']);
  }
  if (isMachine && scopes.includes('approve')) {
    problems.push([['scope'], 'has approve, which a machine cannot have: it approves for people who signed in to it']);
  }
  const wanted = scopes.filter((name) => (adminScopes as readonly string[]).includes(name));
  if (!isMachine && wanted.length > 0) {
    problems.push([['scope'], `has ${wanted.join(' ')}, which only grant_types: [client_credentials] may ask for`]);
  }
  const isScreen = client.device_grant === true;
  if (isScreen && isMachine) {
    problems.push([['device_grant'], 'is for signing people in: register a client of its own for the machine']);
  }
  if (isScreen && scopes.includes('approve')) {
    problems.push([
      ['scope'],
      'has approve, which a client with device_grant cannot have: a phone that approves has a browser',
    ]);
  }
  if (!signsPeopleIn && !isMachine && !isScreen) {
    problems.push([['grant_types'], 'must have authorization_code, or client_credentials alone']);
  }
  if (method === 'none' && isMachine) {
    problems.push([['grant_types'], 'must not have client_credentials: a public client cannot prove itself']);
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
    const message = 'must be left out: token_endpoint_auth_method none is a client without secret';
    return given.map((key) => [[key], message]);
  }
  if (method.startsWith('client_secret') && given.length === 0) {
    return [[['client_secret_sha256'], 'is missing; a public client says token_endpoint_auth_method: none instead']];
  }
  return [];
}
