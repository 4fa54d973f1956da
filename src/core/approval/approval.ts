// The record of one sign-in: a browser or screen that a phone signed in (an approval), or a browser where the
// person signed in by another way. The owner sees all of them in one list and can end each there.
import { AppError } from '../../errors.ts';
import type { Place } from '../place/place.ts';

export type ApprovalId = string & { readonly brand: 'ApprovalId' };

/** The ways to sign a browser in without a phone. `device`: the browser is a device of the account. */
const ownMethods = ['password', 'passkey', 'device'] as const;
export type OwnMethod = (typeof ownMethods)[number];

/** Every way, as it is published. */
export const signInMethods = ['phone', ...ownMethods] as const;

export type Approval = {
  /** For a phone the ticket's id, because one ticket leads to at most one approval; otherwise random. */
  readonly id: ApprovalId;
  readonly accountId: string;
  /** Absent: a phone approved it. */
  readonly method?: OwnMethod;
  /** The phone that approved it, or the device that the browser is. Null for a password or passkey. */
  readonly deviceId: string | null;
  readonly clientId: string;
  readonly clientName: string;
  readonly browserHash: string;
  readonly browserName: string;
  readonly browserSystem: string;
  /** Null after the retention period of addresses. */
  readonly browserAddress: string | null;
  /** Where browser and phone were at the approval, as far as known. */
  readonly browserPlace?: Place | null;
  readonly phonePlace?: Place | null;
  readonly trusted: boolean;
  /** Present for a screen; absent for a browser. */
  readonly kind?: 'screen';
  /** Epoch seconds. */
  readonly approvedAt: number;
  /** The provider's session that followed. Null until the browser finished, and always for a screen. */
  readonly sessionUid: string | null;
  /** Every grant of that session since, of any client. Some outlive the session (offline_access). */
  readonly grantIds: readonly string[];
  /** Epoch seconds when it was ended; final. Null while it is not. */
  readonly endedAt: number | null;
  /** Epoch seconds after which nothing of it can be alive. The record is dropped then. */
  readonly expiresAt: number;
};

/** How it was signed in, as it is published. */
export const methodOf = ({ method }: Pick<Approval, 'method'>): (typeof signInMethods)[number] => method ?? 'phone';

/** The ticket that led to it; null when no phone was asked. */
export const ticketIdOf = ({ id, method }: Pick<Approval, 'id' | 'method'>): string | null =>
  method === undefined ? id : null;

/**
 * acr values (protocol.md 6): an approval by tap, and one by a passkey with user verification for this
 * ticket.
 */
export const acrOfTap = 'urn:tessera:qr';
export const acrOfVerifiedTap = 'urn:tessera:qr:verified';

/** Stable codes; http/kit/refusals.ts maps each to a status and a sentence. */
export type ApprovalErrorCode =
  | 'approval_not_found'
  | 'grant_not_found'
  | 'user_verification_required'
  | 'blocked_by_risk'
  | 'scanner_required'
  | 'qr_sign_in_off'
  | 'client_switched_off'
  | 'scope_insufficient'
  | 'scopes_invalid';
export class ApprovalError extends AppError<ApprovalErrorCode> {}
