// One browser signed in from a phone: what the owner sees under "Browsers you signed in", and by which it can be ended.
import { AppError } from '../../errors.ts';
import type { Place } from '../place/place.ts';

export type ApprovalId = string & { readonly brand: 'ApprovalId' };

export type Approval = {
  /** The ticket's id: one ticket leads to at most one approval. */
  readonly id: ApprovalId;
  readonly accountId: string;
  readonly deviceId: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly browserHash: string;
  readonly browserName: string;
  readonly browserSystem: string;
  /** Null once it has been kept for as long as the configuration says. */
  readonly browserAddress: string | null;
  /** Where the two were, as far as was known then. */
  readonly browserPlace?: Place | null;
  readonly phonePlace?: Place | null;
  readonly trusted: boolean;
  /** Absent: a browser was signed in. */
  readonly kind?: 'screen';
  readonly approvedAt: number;
  /** The provider's session it led to; null until the browser finished. */
  readonly sessionUid: string | null;
  /** Every grant of that session since, at whichever client; some outlive it (offline_access). */
  readonly grantIds: readonly string[];
  /** Ended by the owner or an administrator; final. */
  readonly endedAt: number | null;
  /** After this instant nothing of it can be alive, and the record is dropped. */
  readonly expiresAt: number;
};

/** What an approval is worth (protocol.md 6): by tap, or by a passkey with user verification for this very ticket. */
export const acrOfTap = 'urn:tessera:qr';
export const acrOfVerifiedTap = 'urn:tessera:qr:verified';

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
