// What stands against an approval, as pure rules over what is known of ticket, device, client and risk.
import { randomInt } from 'node:crypto';
import type { Client } from '../client/client.ts';
import type { BrowserName } from '../device/browser.ts';
import { type Device, DeviceError } from '../device/device.ts';
import type { AddressComparison } from '../risk/address.ts';
import type { Sides } from '../risk/place.ts';
import type { Requirements } from '../risk/requirements.ts';
import type { Risk } from '../risk/risk.ts';
import { type Ticket, type TicketError, unconfirmed } from '../ticket/ticket.ts';
import { ApprovalError, acrOfTap, acrOfVerifiedTap } from './approval.ts';

/** Everything the approver must see; derived by the server alone. */
export type ReviewContext = {
  readonly ticket: Ticket;
  /** To be compared with the code on the other screen; null: a browser waits. */
  readonly userCode: string | null;
  readonly client: Client;
  readonly isBrowserKnown: boolean;
  readonly comparison: AddressComparison;
  readonly places: Sides;
  /** Between the two, in kilometres; null: not known that well. */
  readonly distanceKm: number | null;
  readonly risk: Risk;
  readonly requirements: Requirements;
  /** The request wants a fresher proof of the person than this device has. */
  readonly needsReauthentication: boolean;
};

/** OIDC Core §3.1.2.1: prompt=login and max_age ask for the person, and a tap is not a proof of the person. */
export function isProofTooOld({ request }: Ticket, device: Device, now: number): boolean {
  if (request.authenticatedSince !== null && device.authenticatedAt < request.authenticatedSince) return true;
  return request.maxAgeSeconds !== null && now - device.authenticatedAt > request.maxAgeSeconds;
}

/** Protocol.md 6. A passkey on the phone proves the person, and not that they are near the other screen: never `phr`. */
export const acrAndAmrOf = (isVerified: boolean): { acr: string; amr: string[] } =>
  // RFC 8176: more than one channel, and proof of a software-held key. A tap proves no second factor, so no `mfa`.
  isVerified ? { acr: acrOfVerifiedTap, amr: ['mca', 'swk', 'user', 'mfa'] } : { acr: acrOfTap, amr: ['mca', 'swk'] };

/** Whether the relying party wants the person verified at approval; demanded: it named nothing that a tap reaches. */
export function verificationAsked(requestedAcr: readonly string[]): 'no' | 'asked' | 'demanded' {
  if (!requestedAcr.includes(acrOfVerifiedTap)) return 'no';
  return requestedAcr.includes(acrOfTap) ? 'asked' : 'demanded';
}

/** What policy or risk forbids of a decision that is meant; null when it may go on. `hasPasskey`: an answer by one is still to be verified. */
export function refusalOf(
  { ticket, requirements, risk, needsReauthentication }: ReviewContext,
  { hasPasskey, isUserCodeConfirmed }: { hasPasskey: boolean; isUserCodeConfirmed: boolean },
): ApprovalError | DeviceError | TicketError | null {
  if (risk.reasons.includes('browser_reported')) {
    return new ApprovalError('blocked_by_risk', 'You reported this browser before, so it cannot be signed in.');
  }
  // Nobody's passkey says where the device is that would get the tokens.
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

/** @param wanted null: everything asked for. @throws ApprovalError `scopes_invalid` */
export function grantedScopes(ticket: Ticket, wanted: readonly string[] | null): readonly string[] {
  if (wanted === null) return ticket.request.scopes;
  const areRequested = wanted.every((scope) => ticket.request.scopes.includes(scope));
  // `openid` is the sign-in itself (OIDC Core §3.1.2.1): it cannot be left out of an approval.
  if (!areRequested || (ticket.request.scopes.includes('openid') && !wanted.includes('openid'))) {
    throw new ApprovalError(
      'scopes_invalid',
      'Only scopes that were asked for can be granted, and openid must be one of them.',
    );
  }
  return wanted;
}

export const newConfirmationCode = (): string => String(randomInt(1_000_000)).padStart(6, '0');

/** What is blocked by a report, as its owner will know it again. */
export const blockedAs = ({ browser: { name, system }, screen }: Ticket): BrowserName => ({
  name,
  system,
  isScreen: screen !== undefined,
});
