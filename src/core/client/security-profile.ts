// The setting `profile` of a client: what FAPI 2.0 demands (FAPI 2.0 Security Profile Final §5.3.2, §5.4;
// FAPI 2.0 Message Signing Final §5.3, §5.4). A profile switches settings on, and refuses those that
// contradict it.
// oidc/fapi.ts enforces its rules for JWTs.

/** `none`, and the profiles that an administrator may choose. */
export const profiles = ['none', 'fapi2', 'fapi2-message-signing'] as const;
export type SecurityProfile = (typeof profiles)[number];

/** Algorithms that the profiles allow (FAPI 2.0 Security Profile §5.4.1). RS256 is not among them. */
export const fapiSignatures: readonly string[] = ['PS256', 'ES256', 'EdDSA'];
/** Algorithm of our own signatures for clients with a profile that name none. */
export const fapiDefaultSignature = 'ES256';

/** Response modes whose answer is a signed JWT (JARM §2.3). */
export const signedResponseModes = ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'] as const;

type Settings = Readonly<Record<string, unknown>>;
type Problem = readonly [path: readonly (string | number)[], message: string];

/** The profile of a client's settings or metadata. */
export const profileOf = ({ profile }: Settings): SecurityProfile =>
  profiles.find((known) => known === profile) ?? 'none';

/** Switches that a profile turns on. */
const required = ['require_pushed_authorization_requests', 'require_pkce', 'dpop_bound_access_tokens'] as const;
/** Algorithms that we sign with, which have a default of their own under a profile. */
const ofOurSignatures = ['id_token_signed_response_alg', 'authorization_signed_response_alg'] as const;
const algorithmSettings = [
  ...ofOurSignatures,
  'userinfo_signed_response_alg',
  'token_endpoint_auth_signing_alg',
  'request_object_signing_alg',
] as const;

/** The settings of a client together with those that its profile turns on. */
export function withProfile(settings: Settings): Settings {
  const profile = profileOf(settings);
  if (profile === 'none') return settings;
  return {
    ...Object.fromEntries(ofOurSignatures.map((name) => [name, fapiDefaultSignature])),
    ...settings,
    ...Object.fromEntries(required.map((name) => [name, true])),
    ...(profile === 'fapi2-message-signing' && {
      require_signed_request_object: true,
      response_modes: settings.response_modes ?? signedResponseModes,
    }),
  };
}

/**
 * What contradicts the profile of these settings. Each sentence says how to correct it. None without a
 * profile.
 */
export function profileProblems(settings: Settings): Problem[] {
  const profile = profileOf(settings);
  if (profile === 'none') return [];
  const problems: Problem[] = [];
  const refuse = (name: string, sentence: string) =>
    problems.push([[name], `${sentence}: profile ${profile} requires it`]);
  if (settings.token_endpoint_auth_method !== 'private_key_jwt')
    refuse('token_endpoint_auth_method', 'must be private_key_jwt');
  for (const name of required) if (settings[name] === false) refuse(name, 'must be true or left out');
  if (profile === 'fapi2-message-signing') {
    if (settings.require_signed_request_object === false)
      refuse('require_signed_request_object', 'must be true or left out');
    const modes = [settings.response_modes ?? []].flat().map(String);
    if (modes.some((mode) => !signedResponseModes.some((signed) => signed === mode)))
      refuse('response_modes', `must have only ${signedResponseModes.join(', ')}, or be left out`);
  }
  for (const name of algorithmSettings)
    if (settings[name] !== undefined && !fapiSignatures.includes(String(settings[name])))
      refuse(name, `must be one of ${fapiSignatures.join(', ')}, or be left out`);
  // Answers are sent over encrypted connections, or on one machine (FAPI 2.0 Security Profile §5.3.2.2).
  for (const [index, uri] of [settings.redirect_uris ?? []].flat().entries())
    if (/^http:/i.test(String(uri)) && settings.application_type !== 'native')
      problems.push([
        ['redirect_uris', index],
        `must begin with https://, or the app must be application_type native: profile ${profile} requires it`,
      ]);
  if (settings.allow_insecure_redirects === true) refuse('allow_insecure_redirects', 'must be false or left out');
  // A code that somebody else shows can be approved by mistake, and nothing binds it to this browser.
  if (settings.device_grant === true) refuse('device_grant', 'must be false or left out');
  return problems;
}
