// The life of one displayed QR code (protocol.md 2): what a ticket knows, and what can happen to it. The
// rules by which it changes are in transition.ts. Expiry is derived from the deadline and never stored.
import { AppError } from '../../errors.ts';

/** SHA-256 of the handle, base64url. It may be logged; the handle may not. */
export type TicketId = string & { readonly brand: 'TicketId' };

export type TicketState = 'pending' | 'scanned' | 'approved' | 'denied' | 'cancelled' | 'consumed';
/** What an observer sees: the stored state, or `expired` after the deadline. */
export type VisibleState = TicketState | 'expired';

/** Stable codes; http/kit/refusals.ts maps each to a status and a sentence. */
export type TicketErrorCode =
  | 'ticket_not_found'
  | 'ticket_expired'
  | 'ticket_already_scanned'
  | 'ticket_already_decided'
  | 'ticket_not_scanned'
  | 'ticket_not_approved'
  | 'ticket_other_device'
  | 'approval_token_invalid'
  | 'confirmation_code_wrong'
  | 'number_required'
  | 'number_wrong'
  | 'user_code_unconfirmed'
  | 'frame_stale';

export class TicketError extends AppError<TicketErrorCode> {}

/**
 * Lifetimes of the states pending, scanned and approved, in seconds (protocol.md 2; ASVS 6.5.5 sets the
 * maximum).
 */
export type TicketLifetimes = {
  readonly pendingSeconds: number;
  readonly decisionSeconds: number;
  readonly finishSeconds: number;
};

/** Wrong confirmation codes that a waiting browser may enter; the last of them cancels the ticket. */
export const confirmationTries = 5;

/** What the relying party asked for. The approver must see it and satisfy it. */
export type RequestFacts = {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /**
   * The approver must have authenticated at or after this instant (prompt=login, max_age). Null: any time.
   */
  readonly authenticatedSince: number | null;
  /**
   * Maximum age in seconds of the approver's authentication at approval (OIDC Core §3.1.2.1 max_age). Null:
   * any.
   */
  readonly maxAgeSeconds: number | null;
  /** The requested acr values that this provider knows. Absent: none. */
  readonly requestedAcr?: readonly string[];
  /** The id of the authorization request in audit records. */
  readonly correlationId: string;
};

/** What the server itself observed of the waiting browser. */
export type BrowserFacts = {
  /** Digest of the browser's long-lived cookie. */
  readonly browserHash: string;
  readonly name: string;
  readonly system: string;
  readonly address: string;
};

/** How the code reached the phone. `ask`: there was no code; the waiting browser asked for the phone. */
export type ScanChannel = 'scanner' | 'link' | 'user_code' | 'ask';

/**
 * The waiting browser asked the account's phones. It shows a number, which the approver must choose on the
 * phone.
 */
export type Asked = {
  /** The numbers that the phone offers; the one on the screen is among them. */
  readonly choices: readonly string[];
  readonly numberHash: string;
  /** The shown number, sealed, so that the page can show it again after a reload. */
  readonly sealedNumber: string;
  readonly at: number;
};

/**
 * A screen without a keyboard waits instead of a browser. It shows the code itself and polls for its tokens
 * (RFC 8628).
 */
export type ScreenRequest = {
  /** Resource servers that the tokens are meant for (RFC 8707). */
  readonly resources: readonly string[];
  /**
   * The subject, as the client knows it, that must approve (OIDC Core §3.1.2.1 id_token_hint). Absent:
   * anybody.
   */
  readonly expectedSubject?: string;
  /**
   * Every scope that was asked for, also those that the client cannot have: it may repeat them at a refresh.
   */
  readonly askedScope?: string;
};

/** The claim of a ticket by a device. `at` is in epoch seconds. */
export type Scan = {
  readonly deviceId: string;
  readonly accountId: string;
  readonly channel: ScanChannel;
  /** Age of the frame when the phone first opened it, in seconds. Null when a user code was typed. */
  readonly frameAgeSeconds: number | null;
  readonly address: string;
  readonly approvalTokenHash: string;
  readonly at: number;
};

/** What the approver granted. `acr` and `amr` are the values of the ID token. */
export type Decision = {
  readonly scopes: readonly string[];
  readonly trustBrowser: boolean;
  readonly acr: string;
  readonly amr: readonly string[];
  /** When the approver last authenticated, epoch seconds. A tap does not change it (protocol.md 6). */
  readonly authenticatedAt: number;
  /**
   * The account's count of "sign out everywhere" at the approval. When the account's count is higher at
   * consumption, the approval is no longer valid.
   */
  readonly browserEndings?: number;
  readonly confirmationCodeHash: string | null;
  readonly triesLeft: number;
  readonly at: number;
};

export type Ticket = {
  readonly id: TicketId;
  readonly state: TicketState;
  /** Digest of the interaction uid. Only that interaction's browser may consume the ticket. */
  readonly interactionId: string;
  /** 1 for the first ticket of an interaction, then counting up. */
  readonly sequence: number;
  readonly userCodeHash: string;
  /** Handle and user code, sealed. They are needed again to draw the next frame. */
  readonly sealedSecrets: string;
  readonly request: RequestFacts;
  readonly browser: BrowserFacts;
  readonly issuedAt: number;
  /** Epoch seconds at which the present state expires. */
  readonly deadlineAt: number;
  /** Epoch seconds at which the whole interaction ends. No deadline is later. */
  readonly endsAt: number;
  readonly scan: Scan | null;
  /** How many other devices tried to claim the ticket after the first. */
  readonly secondScans: number;
  readonly decision: Decision | null;
  /** Absent: no phone was asked. */
  readonly asked?: Asked;
  /** Present when a screen waits; absent when a browser waits. */
  readonly screen?: ScreenRequest;
};

/** What can happen to a ticket. `transition` decides whether it is allowed. */
export type TicketEvent =
  | { readonly type: 'scan'; readonly scan: Omit<Scan, 'at'> }
  | { readonly type: 'second_scan' }
  | { readonly type: 'ask'; readonly asked: Omit<Asked, 'at'> }
  | {
      readonly type: 'approve';
      readonly deviceId: string;
      readonly approvalTokenHash: string;
      /** Keyed digest of the number chosen on the phone. Null: none was chosen. */
      readonly numberHash: string | null;
      /** The approver confirmed that the other screen shows this ticket's user code. */
      readonly isUserCodeConfirmed: boolean;
      readonly decision: Omit<Decision, 'at' | 'triesLeft'>;
    }
  | { readonly type: 'deny'; readonly deviceId: string; readonly approvalTokenHash: string }
  | { readonly type: 'cancel' }
  | { readonly type: 'wrong_confirmation' }
  | { readonly type: 'consume'; readonly interactionId: string };
