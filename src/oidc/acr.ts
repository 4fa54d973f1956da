// Authentication context classes (protocol.md 6): which we know, which way to sign in reaches which, and what a request for them leaves open.
import { acrOfTap, acrOfVerifiedTap } from '../core/approval/approval.ts';

export const passwordAcr = 'urn:tessera:password';
export const deviceAcr = 'urn:tessera:device';
/** OpenID EAP ACR Values §2: phishing-resistant. Only a passkey used on the waiting browser itself is. */
export const passkeyAcr = 'phr';

/** How somebody signs in: by phone, password, the device this browser is, or a passkey in this browser. */
export type SignInWay = 'qr' | 'password' | 'device' | 'passkey';

export const reachableAcr = [passwordAcr, acrOfTap, acrOfVerifiedTap, deviceAcr, passkeyAcr] as const;

/** What a person reaches by passkey only, on the phone or on the waiting browser. */
export const passkeyClasses: readonly string[] = [acrOfVerifiedTap, passkeyAcr];

const known = new Set<string>(reachableAcr);
const allWays: readonly SignInWay[] = ['qr', 'password', 'device', 'passkey'];
/** What nothing less may stand in for, and the one way that reaches it. */
const demanding: Readonly<Record<string, SignInWay>> = { [passkeyAcr]: 'passkey', [acrOfVerifiedTap]: 'qr' };

/** The classes of a request that mean something here; others are a voluntary wish (OIDC Core §3.1.2.1) that binds nobody. */
export const knownAcr = (acrValues: unknown): string[] =>
  typeof acrValues === 'string' ? acrValues.split(' ').filter((value) => known.has(value)) : [];

/** The ways that a request leaves open. @param requested known classes; none means any will do. */
export function waysFor(requested: readonly string[]): readonly SignInWay[] {
  const wanted = requested.map((value) => demanding[value]);
  const isContent = requested.length === 0 || wanted.includes(undefined);
  return isContent ? allWays : allWays.filter((way) => wanted.includes(way));
}
