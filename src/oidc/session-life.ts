// How long a browser's session lives, and whether it outlives the window: decided at each sign-in, not at the first one of the session.
import type Provider from 'oidc-provider';
import type { Clock } from '../clock.ts';

type LoginDetails = { readonly accountId: string; readonly transient?: boolean };
type Session = { iat?: number; transient?: boolean; loginAccount(details: LoginDetails): void };

/** Counted from the last sign-in and never prolonged by use, so that the record of an approval outlives what it led to (ASVS 7.3.2). */
export const remainingSessionSeconds = (session: { iat?: number }, now: number, sessionSeconds: number): number =>
  Math.max(1, (session.iat ?? now) + sessionSeconds - now);

/** The library only ever makes a session transient; a browser that is trusted at a later sign-in becomes persistent here. */
export function renewSessionsAtSignIn(provider: Provider, clock: Clock): void {
  // Missing from the library's types: loginAccount is public, and the two fields stand in every session's payload.
  const prototype = provider.Session.prototype as unknown as Session;
  const { loginAccount } = prototype;
  prototype.loginAccount = function renew(this: Session, details) {
    // Not `delete`: the library's proxy notes what is set, and leaves what is undefined out of the record.
    this.transient = undefined as never;
    this.iat = clock();
    loginAccount.call(this, details);
  };
}
