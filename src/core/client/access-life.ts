// How long a client may use what a person allows it. Consent pages show it (OWASP ASVS 5.0 10.7.2). Pure.
import type { Client } from './client.ts';

export type AccessLife = {
  /** Maximum, in seconds. */
  readonly seconds: number;
  /** True when signing the browser out ends it earlier. */
  readonly endsWithSession: boolean;
};

/** The provider's lifetimes in seconds, for clients that have none of their own. */
export type TokenLives = {
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly sessionSeconds: number;
};

/**
 * Returns how long access lasts for these scopes.
 * @param isScreen a screen has no session, so its tokens live by themselves
 */
export function accessLifeOf(
  { metadata }: Pick<Client, 'metadata'>,
  scopes: readonly string[],
  isScreen: boolean,
  lives: TokenLives,
): AccessLife {
  const own = (name: string, otherwise: number) => {
    const setting = metadata[name];
    return typeof setting === 'number' ? setting : otherwise;
  };
  const token = own('access_token_seconds', lives.accessTokenSeconds);
  if (scopes.includes('offline_access')) {
    return {
      seconds: Math.max(own('refresh_token_seconds', lives.refreshTokenSeconds), token),
      endsWithSession: false,
    };
  }
  if (isScreen) return { seconds: token, endsWithSession: false };
  // A client can renew its token while the session lasts, by asking again without interaction.
  const maxSeconds = Math.max(own('session_seconds', lives.sessionSeconds), token);
  return { seconds: Math.min(maxSeconds, lives.sessionSeconds), endsWithSession: true };
}
