// How long the session of a browser lives, and whether it outlives the window. Every sign-in decides it
// again.
import type Provider from 'oidc-provider';
import type { Clock } from '../clock.ts';

type LoginDetails = { readonly accountId: string; readonly transient?: boolean };
type Session = { iat?: number; transient?: boolean; loginAccount(details: LoginDetails): void };

/**
 * Seconds that are left, counted from the last sign-in. Use does not extend them, so that the record of an
 * approval outlives what it led to (ASVS 7.3.2).
 */
export const remainingSessionSeconds = (session: { iat?: number }, now: number, sessionSeconds: number): number =>
  Math.max(1, (session.iat ?? now) + sessionSeconds - now);

/**
 * Makes a browser that is trusted at a later sign-in persistent. The library can only make a session
 * transient.
 */
export function renewSessionsAtSignIn(provider: Provider, clock: Clock): void {
  // Missing from the library's types: loginAccount is public, and every session's payload has both fields.
  const prototype = provider.Session.prototype as unknown as Session;
  const { loginAccount } = prototype;
  prototype.loginAccount = function renew(this: Session, details) {
    // Not `delete`: the library's proxy records assignments, and leaves undefined members out of the
    // record.
    this.transient = undefined as never;
    this.iat = clock();
    loginAccount.call(this, details);
  };
}
