// The settings of a client one by one: their names, values and sentences. Rules between several settings are
// in client-schema.ts.
import { z } from 'zod';
import { charactersIn, hidingCharacters, isVisible } from '../../plain-text.ts';
import { maxUriLength, originPattern, redirectUriPattern, webUriPattern } from './redirect-uri.ts';
import { profiles, signedResponseModes } from './security-profile.ts';

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
/** Algorithms of the provider's own keys, as in core/key, and of what clients sign. */
const ownSignatures = ['RS256', 'ES256', 'EdDSA'] as const;
const clientSignatures = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

/** A name that people decide by, so no character in it may reorder or hide text. */
export const plainName = (max: number) =>
  z
    .string()
    .regex(new RegExp(`^[^${hidingCharacters}]*$`, 'u'), 'must not have control or bidirectional characters')
    .refine((name) => name.isWellFormed(), 'must not have half of a character')
    .refine((name) => name === '' || isVisible(name), 'must have a visible character')
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
  response_modes: someOf(
    ['query', 'fragment', 'form_post', ...signedResponseModes],
    'Response modes that the app may request. Those with jwt answer by a signed JWT (JARM). Default: all.',
  ),
  scope: z.string().optional().describe('Scopes that the app may request, separated by spaces.'),
  profile: oneOf(
    profiles,
    'Security profile that this provider enforces. fapi2: FAPI 2.0 Security Profile, which turns on PAR, PKCE and DPoP, and requires private_key_jwt without RS256. fapi2-message-signing: also signed requests and responses. Default: none.',
  ),
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
  logo_uri: uri(
    'URL of the logo of the app. Fetched once if the app registered itself; administrators upload the logo instead.',
  ),
  policy_uri: uri('URL of the privacy policy of the app.'),
  tos_uri: uri('URL of the terms of service of the app.'),
  initiate_login_uri: uri('URL at which the app starts a sign-in for another party (OIDC Core §4).'),
  contacts: list('Email addresses of the people responsible for the app.'),

  jwks: z
    .looseObject({})
    .optional()
    .describe('Public keys of the app as a JWK Set, for private_key_jwt and signed requests.'),
  jwks_uri: uri('URL of the public keys of the app, instead of jwks.'),
  token_endpoint_auth_signing_alg: oneOf(
    clientSignatures,
    'The only signature algorithm that client assertions may use.',
  ),
  request_object_signing_alg: oneOf(
    clientSignatures,
    'The only signature algorithm that signed authorization requests may use (RFC 9101).',
  ),
  require_signed_request_object: flag(
    'Whether authorization requests must be signed (RFC 9101), with a key of jwks or jwks_uri. Default: false.',
  ),
  id_token_signed_response_alg: oneOf(
    ownSignatures,
    'Signature algorithm of ID tokens. Default: RS256, with a profile ES256.',
  ),
  authorization_signed_response_alg: oneOf(
    ownSignatures,
    'Signature algorithm of authorization responses by JWT (JARM). Default: RS256, with a profile ES256.',
  ),
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
