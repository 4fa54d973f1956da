// Rules that decide whether an approval is possible, from what is known of ticket, device, client and risk.
// Pure.
import { randomInt } from 'node:crypto';
import type { Client } from '../client/client.ts';
import type { BrowserName } from '../device/browser.ts';
import { type Device, DeviceError } from '../device/device.ts';
import type { AddressComparison } from '../risk/address.ts';
import type { Sides } from '../risk/place.ts';
import type { Requirements } from '../risk/requirements.ts';
import type { Risk } from '../risk/risk.ts';
import type { Ticket, TicketError } from '../ticket/ticket.ts';
import { unconfirmed } from '../ticket/transition.ts';
import { ApprovalError, acrOfTap, acrOfVerifiedTap } from './approval.ts';

/** Everything that the approver must see. The server derives all of it; nothing comes from the phone. */
export type ReviewContext = {
  readonly ticket: Ticket;
  /** The code to compare with the other screen. Null when a browser waits. */
  readonly userCode: string | null;
  readonly client: Client;
  readonly isBrowserKnown: boolean;
  readonly comparison: AddressComparison;
  readonly places: Sides;
  /** Kilometres between the two places. Null when one of them is not known well enough. */
  readonly distanceKm: number | null;
  readonly risk: Risk;
  readonly requirements: Requirements;
  /** The request requires a fresher authentication of the person than this device has. */
  readonly needsReauthentication: boolean;
};

/** True when prompt=login or max_age (OIDC Core §3.1.2.1) requires a new authentication. A tap is not one. */
export function isProofTooOld({ request }: Ticket, device: Device, now: number): boolean {
  if (request.authenticatedSince !== null && device.authenticatedAt < request.authenticatedSince) return true;
  return request.maxAgeSeconds !== null && now - device.authenticatedAt > request.maxAgeSeconds;
}

/**
 * Returns the acr and amr values of an approval (protocol.md 6). A passkey on the phone verifies the person
 * but not that they are near the waiting screen, so acr is never `phr`. A verified approval is also one by
 * tap, and is called that where the request accepts nothing else.
 */
export function acrAndAmrOf(isVerified: boolean, requestedAcr: readonly string[] = []): { acr: string; amr: string[] } {
  const isTapAlone = requestedAcr.includes(acrOfTap) && !requestedAcr.includes(acrOfVerifiedTap);
  // RFC 8176: more than one channel and a software-held key. A tap proves no second factor, so `mfa` is
  // absent.
  const amr = isVerified ? ['mca', 'swk', 'user', 'mfa'] : ['mca', 'swk'];
  return { acr: isVerified && !isTapAlone ? acrOfVerifiedTap : acrOfTap, amr };
}

/**
 * Tells whether the requested acr values, best first, require a verified person: the best class that this
 * person can reach counts. `asked`: they accept a tap too. `demanded`: a tap satisfies none of them.
 * @param canVerify whether the person has a passkey
 */
export function verificationAsked(requestedAcr: readonly string[], canVerify: boolean): 'no' | 'asked' | 'demanded' {
  const [best, next] = requestedAcr.filter((value) => value === acrOfTap || value === acrOfVerifiedTap);
  if (best !== acrOfVerifiedTap) return 'no';
  if (next !== acrOfTap) return 'demanded';
  return canVerify ? 'asked' : 'no';
}

/**
 * Returns the error that policy or risk raises against an intended approval, or null. `hasPasskey`: an answer
 * by passkey is present and will be verified afterwards.
 */
export function refusalOf(
  { ticket, requirements, risk, needsReauthentication }: ReviewContext,
  { hasPasskey, isUserCodeConfirmed }: { hasPasskey: boolean; isUserCodeConfirmed: boolean },
): ApprovalError | DeviceError | TicketError | null {
  if (risk.reasons.includes('browser_reported')) {
    return new ApprovalError('blocked_by_risk', 'You reported this browser before, so it cannot be signed in.');
  }
  // A passkey does not prove where the screen is that receives the tokens, so high risk cannot be overruled.
  if (ticket.screen && risk.level === 'high')
    return new ApprovalError('blocked_by_risk', 'Too much speaks against this device, so it cannot be signed in.');
  if (ticket.screen && !isUserCodeConfirmed) return unconfirmed();
  if (requirements.scanner)
    return new ApprovalError('scanner_required', 'This site only accepts codes scanned in the app itself.');
  if (hasPasskey) return null;
  if (needsReauthentication) {
    return new DeviceError('reauthentication_required', 'This site asks you to sign in again on your phone first.');
  }
  if (requirements.userVerification) {
    return new ApprovalError(
      'user_verification_required',
      'This sign-in needs a passkey of yours. If you have none yet, make one on this phone at /account/passkeys, then scan again.',
    );
  }
  return null;
}

/**
 * Returns the scopes to grant.
 * @param wanted null for everything that was asked for
 * @throws ApprovalError `scopes_invalid`
 */
export function grantedScopes(ticket: Ticket, wanted: readonly string[] | null): readonly string[] {
  if (wanted === null) return ticket.request.scopes;
  const areRequested = wanted.every((scope) => ticket.request.scopes.includes(scope));
  // `openid` is the sign-in itself (OIDC Core §3.1.2.1), so it cannot be left out.
  if (!areRequested || (ticket.request.scopes.includes('openid') && !wanted.includes('openid'))) {
    throw new ApprovalError(
      'scopes_invalid',
      'Only scopes that were asked for can be granted, and openid must be one of them.',
    );
  }
  return wanted;
}

/** Six random digits. */
export const newConfirmationCode = (): string => String(randomInt(1_000_000)).padStart(6, '0');

/** The name under which the owner finds a blocked browser or screen again. */
export const blockedAs = ({ browser: { name, system }, screen }: Ticket): BrowserName => ({
  name,
  system,
  isScreen: screen !== undefined,
});
