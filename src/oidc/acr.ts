// Authentication context classes (protocol.md section 6): the known ones, the way to sign in that reaches
// each of them, and the ways that a request for some of them leaves open. Pure.
import { acrOfTap, acrOfVerifiedTap } from '../core/approval/approval.ts';
import { idTokenRequest, valuesOf } from './claims-parameter.ts';

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
/** The one way that reaches each class. */
const wayTo: Readonly<Record<string, SignInWay>> = {
  [passwordAcr]: 'password',
  [acrOfTap]: 'qr',
  [acrOfVerifiedTap]: 'qr',
  [deviceAcr]: 'device',
  [passkeyAcr]: 'passkey',
};

/**
 * The classes that a request accepts, best first; an empty list accepts every class. Voluntary requests
 * (OIDC Core §3.1.2.1, §5.5.1.1) are about the classes that this provider knows, and unknown ones are
 * ignored. An essential request keeps them: no sign-in reaches them, and the request then fails.
 */
export function requestedAcrOf({ acr_values: acrValues, claims }: Readonly<Record<string, unknown>>): string[] {
  const ofClaims = idTokenRequest(claims, 'acr') ?? {};
  const named = unique(valuesOf(ofClaims));
  if (ofClaims.essential === true && named.length > 0) return named;
  const wished = typeof acrValues === 'string' ? unique(acrValues.split(' ')) : named;
  return wished.filter((value) => known.has(value));
}

/** A class that is named twice counts where it stands first. */
const unique = (values: readonly string[]): string[] => [...new Set(values)];

/**
 * The ways to sign in that reach one of the requested classes. A class outside the list is never enough.
 * @param requested an empty list leaves every way open
 */
export function waysFor(requested: readonly string[]): readonly SignInWay[] {
  const wanted = requested.map((value) => wayTo[value]);
  return requested.length === 0 ? allWays : allWays.filter((way) => wanted.includes(way));
}
