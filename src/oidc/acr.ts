// Authentication context classes (protocol.md section 6): the known ones, the way to sign in that reaches
// each of them, and the ways that a request for some of them leaves open. Pure.
import { acrOfTap, acrOfVerifiedTap } from '../core/approval/approval.ts';

export const passwordAcr = 'urn:tessera:password';
export const deviceAcr = 'urn:tessera:device';
/**
 * Phishing-resistant (OpenID EAP ACR Values §2). Only a passkey on the waiting browser itself reaches it.
 */
export const passkeyAcr = 'phr';

/**
 * How a person signs in: by phone, by password, with the device that this browser is, or by a passkey
 * here.
 */
export type SignInWay = 'qr' | 'password' | 'device' | 'passkey';

export const reachableAcr = [passwordAcr, acrOfTap, acrOfVerifiedTap, deviceAcr, passkeyAcr] as const;

/** Classes that only a passkey reaches, on the phone or on the waiting browser. */
export const passkeyClasses: readonly string[] = [acrOfVerifiedTap, passkeyAcr];

const known = new Set<string>(reachableAcr);
const allWays: readonly SignInWay[] = ['qr', 'password', 'device', 'passkey'];
/** Classes that no weaker way replaces, each with the one way that reaches it. */
const demanding: Readonly<Record<string, SignInWay>> = { [passkeyAcr]: 'passkey', [acrOfVerifiedTap]: 'qr' };

/**
 * The requested classes that this provider knows. `acr_values` is voluntary (OIDC Core §3.1.2.1), so
 * unknown classes are ignored.
 */
export const knownAcr = (acrValues: unknown): string[] =>
  typeof acrValues === 'string' ? acrValues.split(' ').filter((value) => known.has(value)) : [];

/**
 * The ways to sign in that a request leaves open.
 * @param requested known classes; an empty list leaves every way open
 */
export function waysFor(requested: readonly string[]): readonly SignInWay[] {
  const wanted = requested.map((value) => demanding[value]);
  const isContent = requested.length === 0 || wanted.includes(undefined);
  return isContent ? allWays : allWays.filter((way) => wanted.includes(way));
}
