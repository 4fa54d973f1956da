// For how long a client may do what a person allows it (OWASP ASVS 5.0 10.7.2: consent says so).
import type { Client } from './client.ts';

export type AccessLife = {
  /** At most. */
  readonly seconds: number;
  /** It ends before when the browser is signed out. */
  readonly endsWithSession: boolean;
};

/** What a client is given that says nothing of its own. In seconds. */
export type TokenLives = {
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly sessionSeconds: number;
};

/** @param isScreen has no session: its tokens live by themselves */
export function accessLifeOf(
  { metadata }: Pick<Client, 'metadata'>,
  scopes: readonly string[],
  isScreen: boolean,
  lives: TokenLives,
): AccessLife {
  const own = (name: string, otherwise: number) => {
    const said = metadata[name];
    return typeof said === 'number' ? said : otherwise;
  };
  const token = own('access_token_seconds', lives.accessTokenSeconds);
  if (scopes.includes('offline_access')) {
    return {
      seconds: Math.max(own('refresh_token_seconds', lives.refreshTokenSeconds), token),
      endsWithSession: false,
    };
  }
  if (isScreen) return { seconds: token, endsWithSession: false };
  // A token lives on when its client has the person asked anew; it ends with the session at the latest.
  const longest = Math.max(own('session_seconds', lives.sessionSeconds), token);
  return { seconds: Math.min(longest, lives.sessionSeconds), endsWithSession: true };
}
