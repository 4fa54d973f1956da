// One relying party as the configuration writes it: OpenID Connect metadata by its registered names (OIDC Registration §2), with
// Tessera's own keys beside it. A name that is not here is a mistake: a misspelt policy must not pass for none.
import { z } from 'zod';

const uri = (sentence: string) => z.string().optional().describe(sentence);
const flag = (sentence: string) => z.boolean().optional().describe(sentence);
const list = (sentence: string) => z.array(z.string()).optional().describe(sentence);
const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values, sentence: string) =>
  z.enum(values).optional().describe(sentence);

const signatures = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

export const clientSchema = z
  .strictObject({
    client_id: z
      .string()
      .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters without spaces')
      .describe('The id relying parties send.'),
    client_name: z.string().max(200).optional().describe('The name people see.'),
    application_type: oneOf(['web', 'native'], 'native: an app on a phone or computer (RFC 8252); default web.'),
    token_endpoint_auth_method: oneOf(
      ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      'How it proves itself; none for a public client, default client_secret_basic.',
    ),
    client_secret_sha256: z
      .array(z.string().regex(/^([0-9a-fA-F]{64}|[\w-]{43})$/, 'must be a SHA-256 in hex or base64url'))
      .optional()
      .describe('SHA-256 of each valid secret, in hex or base64url; two during rotation, none for a public client.'),
    redirect_uris: z.array(z.string()).min(1).describe('Where codes may be sent; compared byte for byte.'),
    post_logout_redirect_uris: list('Where a browser may be sent after signing out.'),
    grant_types: z
      .array(z.enum(['authorization_code', 'refresh_token']))
      .optional()
      .describe('Default authorization_code alone.'),
    response_types: z.array(z.literal('code')).optional().describe('Only code is offered.'),
    response_modes: list('Of query, fragment and form_post, those it may ask for.'),
    scope: z.string().optional().describe('The scopes it may ask for, separated by spaces.'),
    first_party: flag('Our own: no consent is asked.'),

    qr_sign_in: oneOf(['on', 'off'], 'Whether the sign-in page shows a QR code.'),
    qr_confirmation: oneOf(['auto', 'always', 'never'], 'When the confirmation code is asked.'),
    qr_user_verification: oneOf(['auto', 'required', 'none'], 'When a passkey is asked at approval.'),
    qr_scanner: oneOf(['any', 'in_app'], 'in_app: only the scanner in our own page or app can approve.'),
    qr_trust_browser: oneOf(['allowed', 'never'], 'May the approver keep the browser signed in.'),
    other_sign_in: oneOf(['allowed', 'never'], 'Password on the waiting browser.'),

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
    require_auth_time: flag('Whether its ID tokens always have auth_time.'),
    subject_type: oneOf(['public', 'pairwise'], 'pairwise: a sub of its own for every account; default public.'),
    sector_identifier_uri: uri('For pairwise with redirect URIs on several hosts.'),
  })
  .describe('OIDC client metadata by its registered names, with Tessera’s own keys beside it.');

export type ClientEntry = z.infer<typeof clientSchema>;
