// The life of one displayed QR code (protocol.md 2): what a ticket knows, and the only rules by which it
// changes. Pure: no clock, no store, no network. Stores apply transition() atomically. Expiry is derived from
// the deadline and never stored.
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

/**
 * Returns the state that an observer sees at `now`. A deadline is exclusive: the ticket is expired at that
 * second.
 */
export function stateAt(ticket: Ticket, now: number): VisibleState {
  return isLive(ticket.state) && now >= ticket.deadlineAt ? 'expired' : ticket.state;
}

/**
 * Returns the next ticket after `event`. Pure; a store may run it more than once.
 * @throws TicketError when the event is not allowed in the present state, or not to this caller
 */
export function transition(ticket: Ticket, event: TicketEvent, now: number, lifetimes: TicketLifetimes): Ticket {
  switch (event.type) {
    case 'scan':
      return scan(ticket, event.scan, now, lifetimes);
    case 'second_scan':
      return { ...ticket, secondScans: ticket.secondScans + 1 };
    case 'ask':
      return ask(ticket, event.asked, now, lifetimes);
    case 'approve': {
      assertDecidable(ticket, event, now);
      checkUserCode(ticket, event.isUserCodeConfirmed);
      if (!isNumberRight(ticket, event.numberHash)) return { ...ticket, state: 'denied' };
      const decision = { ...event.decision, triesLeft: confirmationTries, at: now };
      return { ...ticket, state: 'approved', decision, deadlineAt: finishDeadline(ticket, now, lifetimes) };
    }
    case 'deny':
      assertDecidable(ticket, event, now);
      return { ...ticket, state: 'denied' };
    case 'cancel':
      checkLive(ticket, now);
      return { ...ticket, state: 'cancelled' };
    case 'wrong_confirmation':
      return refuseConfirmation(ticket, now);
    case 'consume':
      checkApproved(ticket, event.interactionId, now);
      return { ...ticket, state: 'consumed' };
  }
}

/**
 * The first claim wins. The same device may claim again, for example after a reload; that replaces its
 * approval token.
 */
function scan(ticket: Ticket, claim: Omit<Scan, 'at'>, now: number, lifetimes: TicketLifetimes): Ticket {
  checkNotExpired(ticket, now);
  if (
    ticket.state === 'scanned' &&
    ticket.scan?.deviceId === claim.deviceId &&
    ticket.scan.accountId === claim.accountId
  ) {
    return { ...ticket, scan: { ...ticket.scan, approvalTokenHash: claim.approvalTokenHash } };
  }
  if (ticket.state === 'scanned' || (ticket.state === 'approved' && ticket.scan?.deviceId !== claim.deviceId)) {
    throw new TicketError('ticket_already_scanned', 'Another device scanned this code first.');
  }
  checkUndecided(ticket);
  // A screen announced when its code expires (`expires_in`), so a claim does not change the deadline.
  const deadlineAt = ticket.screen ? ticket.deadlineAt : deadline(ticket, now, lifetimes.decisionSeconds);
  return { ...ticket, state: 'scanned', scan: { ...claim, at: now }, deadlineAt };
}

/**
 * Only the first request counts, so that the number on the screen stays the same. It restarts the pending
 * period.
 */
function ask(ticket: Ticket, asked: Omit<Asked, 'at'>, now: number, lifetimes: TicketLifetimes): Ticket {
  checkNotExpired(ticket, now);
  if (ticket.state === 'scanned') throw new TicketError('ticket_already_scanned', 'A phone has this sign-in already.');
  checkUndecided(ticket);
  if (ticket.asked) return ticket;
  return { ...ticket, asked: { ...asked, at: now }, deadlineAt: deadline(ticket, now, lifetimes.pendingSeconds) };
}

/**
 * Returns the numbers to choose from, or null when none must be chosen. A phone that was asked needs the
 * choice, because its owner could otherwise approve without looking at the waiting screen.
 */
export const numbersFor = ({ scan, asked }: Ticket): readonly string[] | null =>
  scan?.channel === 'ask' ? (asked?.choices ?? []) : null;

/**
 * A wrong number denies the ticket instead of allowing another try, since one of only three is right.
 * @throws TicketError `number_required`
 */
function isNumberRight(ticket: Ticket, numberHash: string | null): boolean {
  if (numbersFor(ticket) === null) return true;
  if (numberHash === null) throw new TicketError('number_required', 'Choose the number that the other screen shows.');
  return numberHash === ticket.asked?.numberHash;
}

/**
 * A remote attacker could show a user code to the approver (RFC 8628 §5.4), so the codes must be compared.
 * @throws TicketError `user_code_unconfirmed`
 */
function checkUserCode({ screen }: Ticket, isConfirmed: boolean): void {
  if (screen && !isConfirmed) throw unconfirmed();
}

export const unconfirmed = () =>
  new TicketError('user_code_unconfirmed', 'Compare the code with the other screen first.');

/**
 * Checks that this device may decide now.
 * @throws TicketError with the code that the decision itself would have
 */
export function assertDecidable(
  ticket: Ticket,
  by: { deviceId: string; approvalTokenHash: string },
  now: number,
): void {
  if (ticket.scan && ticket.scan.deviceId !== by.deviceId) {
    throw new TicketError('ticket_other_device', 'Only the device that scanned this code can decide.');
  }
  checkNotExpired(ticket, now);
  checkUndecided(ticket);
  if (!ticket.scan) throw new TicketError('ticket_not_scanned', 'Scan this code before deciding.');
  if (ticket.scan.approvalTokenHash !== by.approvalTokenHash) {
    throw new TicketError('approval_token_invalid', 'The approval token is missing, wrong or already used.');
  }
}

/** Counts a wrong confirmation code. The last allowed try cancels the ticket. */
function refuseConfirmation(ticket: Ticket, now: number): Ticket {
  const { decision } = checkApproved(ticket, ticket.interactionId, now);
  const triesLeft = decision.triesLeft - 1;
  const state = triesLeft > 0 ? 'approved' : 'cancelled';
  return { ...ticket, state, decision: { ...decision, triesLeft } };
}

function checkApproved(ticket: Ticket, interactionId: string, now: number): { decision: Decision } {
  if (ticket.interactionId !== interactionId)
    throw new TicketError('ticket_not_found', 'This browser has no such ticket.');
  checkNotExpired(ticket, now);
  if (ticket.state === 'pending' || ticket.state === 'scanned') {
    throw new TicketError('ticket_not_approved', 'The phone has not approved yet.');
  }
  if (ticket.state !== 'approved' || !ticket.decision) throw alreadyDecided();
  return { decision: ticket.decision };
}

function checkLive(ticket: Ticket, now: number): void {
  checkNotExpired(ticket, now);
  if (!isLive(ticket.state)) throw alreadyDecided();
}

function checkUndecided(ticket: Ticket): void {
  if (ticket.state !== 'pending' && ticket.state !== 'scanned') throw alreadyDecided();
}

function checkNotExpired(ticket: Ticket, now: number): void {
  if (stateAt(ticket, now) === 'expired') throw new TicketError('ticket_expired', 'This code has expired.');
}

const alreadyDecided = () => new TicketError('ticket_already_decided', 'This sign-in has already ended.');
const isLive = (state: TicketState): boolean => state === 'pending' || state === 'scanned' || state === 'approved';
/** A screen polls only every few seconds, so it may finish until the end of the interaction. */
const finishDeadline = (ticket: Ticket, now: number, { finishSeconds }: TicketLifetimes): number =>
  ticket.screen ? ticket.endsAt : deadline(ticket, now, finishSeconds);
const deadline = (ticket: Ticket, now: number, seconds: number): number => Math.min(now + seconds, ticket.endsAt);
