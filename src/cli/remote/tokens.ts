// Reads the answer of a token endpoint (RFC 6749 §5.1, RFC 9449 §5).
import { unexpected } from './remote-error.ts';
import { type Incoming, jsonOf } from './sender.ts';

/** Tokens as they are stored. */
export type Tokens = {
  readonly accessToken: string;
  readonly accessExpiresAt: number;
  /** Null: after the access token has expired, a new sign-in is needed. */
  readonly refreshToken: string | null;
  readonly scope: string;
};

/**
 * @param now epoch seconds, from which the expiry is computed
 * @throws RemoteError `provider_unexpected`, also for a token that is not bound to the key of the session
 */
export function readTokens(answer: Incoming, now: number): Tokens {
  const { access_token: accessToken, token_type: type, expires_in: life, ...rest } = jsonOf(answer);
  if (typeof accessToken !== 'string') throw unexpected('The provider answers without an access token.');
  if (String(type).toLowerCase() !== 'dpop')
    throw unexpected('The provider did not bind the token to this machine’s key.');
  return {
    accessToken,
    accessExpiresAt: now + (typeof life === 'number' ? life : 0),
    refreshToken: typeof rest.refresh_token === 'string' ? rest.refresh_token : null,
    scope: typeof rest.scope === 'string' ? rest.scope : '',
  };
}
