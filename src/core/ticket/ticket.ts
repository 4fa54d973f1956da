// One displayed QR code's life (protocol.md 2): what a ticket knows, and the only rules by which it changes.
// Pure: no clock, no store, no network. Stores apply transition() atomically; an ending by time is derived, never stored.
import { AppError } from '../../errors.ts';

/** SHA-256 of the handle, base64url. Safe to log; the handle itself is not. */
export type TicketId = string & { readonly brand: 'TicketId' };

export type TicketState = 'pending' | 'scanned' | 'approved' | 'denied' | 'cancelled' | 'consumed';
/** What an observer sees: a stored state, or `expired` once the deadline has passed. */
export type VisibleState = TicketState | 'expired';

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

/** Lifetimes in seconds (protocol.md 2; the ceiling is ASVS 6.5.5). */
export type TicketLifetimes = {
  readonly pendingSeconds: number;
  readonly decisionSeconds: number;
  readonly finishSeconds: number;
};

export const confirmationTries = 5;

/** What the relying party asked for, as the approver must see and satisfy it. */
export type RequestFacts = {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** Earliest instant at which the approver may have proved themselves (prompt=login, max_age); null: any. */
  readonly authenticatedSince: number | null;
  /** Seconds a proof stays fresh enough at approval (OIDC Core §3.1.2.1 max_age); null: any. */
  readonly maxAgeSeconds: number | null;
  /** Authentication classes asked for that mean something here; absent: none. */
  readonly requestedAcr?: readonly string[];
  /** Correlates audit events of one authorization request. */
  readonly correlationId: string;
};

/** What the server itself saw of the waiting browser. */
export type BrowserFacts = {
  /** Digest of the browser's long-lived cookie. */
  readonly browserHash: string;
  readonly name: string;
  readonly system: string;
  readonly address: string;
};

/** How the code reached the phone; `ask`: there was none, the waiting browser asked for the phone. */
export type ScanChannel = 'scanner' | 'link' | 'user_code' | 'ask';

/** The waiting browser asked the account's phones, and shows a number that the phone has to choose. */
export type Asked = {
  /** What the phone offers to choose from; the one on the screen is among them. */
  readonly choices: readonly string[];
  readonly numberHash: string;
  /** Sealed: the screen shows it, and shows it again after a reload. */
  readonly sealedNumber: string;
  readonly at: number;
};

/** A screen without a keyboard shows the code itself, and polls for its tokens (RFC 8628). */
export type ScreenRequest = {
  /** Whom its tokens are for (RFC 8707). */
  readonly resources: readonly string[];
  /** Whose sign-in it has to be, as its client knows them (OIDC Core §3.1.2.1 id_token_hint); absent: whoever approves. */
  readonly expectedSubject?: string;
};

export type Scan = {
  readonly deviceId: string;
  readonly accountId: string;
  readonly channel: ScanChannel;
  /** Age of the frame when the phone first opened it; null when the user code was typed. */
  readonly frameAgeSeconds: number | null;
  readonly address: string;
  readonly approvalTokenHash: string;
  readonly at: number;
};

export type Decision = {
  readonly scopes: readonly string[];
  readonly trustBrowser: boolean;
  readonly acr: string;
  readonly amr: readonly string[];
  /** When the person really proved themselves; a tap does not move it (protocol.md 6). */
  readonly authenticatedAt: number;
  /** How often all browsers of the account had been ended then: once more, and this is over. */
  readonly browserEndings?: number;
  readonly confirmationCodeHash: string | null;
  readonly triesLeft: number;
  readonly at: number;
};

export type Ticket = {
  readonly id: TicketId;
  readonly state: TicketState;
  /** Digest of the interaction uid: only that browser may consume. */
  readonly interactionId: string;
  /** 1 for the first ticket of an interaction, counting up. */
  readonly sequence: number;
  readonly userCodeHash: string;
  /** Handle and user code, sealed: needed again to draw the next frame. */
  readonly sealedSecrets: string;
  readonly request: RequestFacts;
  readonly browser: BrowserFacts;
  readonly issuedAt: number;
  /** End of the present state's patience. */
  readonly deadlineAt: number;
  /** End of the whole interaction; no deadline lies beyond it. */
  readonly endsAt: number;
  readonly scan: Scan | null;
  /** Other devices that tried to scan after the first. */
  readonly secondScans: number;
  readonly decision: Decision | null;
  /** Absent: nobody was asked. */
  readonly asked?: Asked;
  /** Absent: a browser waits. */
  readonly screen?: ScreenRequest;
};

export type TicketEvent =
  | { readonly type: 'scan'; readonly scan: Omit<Scan, 'at'> }
  | { readonly type: 'second_scan' }
  | { readonly type: 'ask'; readonly asked: Omit<Asked, 'at'> }
  | {
      readonly type: 'approve';
      readonly deviceId: string;
      readonly approvalTokenHash: string;
      /** Of the number chosen on the phone; null: none was. */
      readonly numberHash: string | null;
      /** The person said that the other screen shows this very code. */
      readonly isUserCodeConfirmed: boolean;
      readonly decision: Omit<Decision, 'at' | 'triesLeft'>;
    }
  | { readonly type: 'deny'; readonly deviceId: string; readonly approvalTokenHash: string }
  | { readonly type: 'cancel' }
  | { readonly type: 'wrong_confirmation' }
  | { readonly type: 'consume'; readonly interactionId: string };

/** The state an observer sees at `now`. A deadline is exclusive: at that second it has passed. */
export function stateAt(ticket: Ticket, now: number): VisibleState {
  return isLive(ticket.state) && now >= ticket.deadlineAt ? 'expired' : ticket.state;
}

/**
 * The next ticket after `event`. Pure; may be run more than once by a store.
 * @throws TicketError when the event is not allowed in the ticket's present state, or not to this caller.
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

/** First claim wins; the same device may claim again (a reload), which replaces its approval token. */
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
  // A screen was told how long its code lives, and a claim does not change that.
  const deadlineAt = ticket.screen ? ticket.deadlineAt : deadline(ticket, now, lifetimes.decisionSeconds);
  return { ...ticket, state: 'scanned', scan: { ...claim, at: now }, deadlineAt };
}

/** Asked once: the number on the screen stays. Those who are asked get the time that a fresh code would give them. */
function ask(ticket: Ticket, asked: Omit<Asked, 'at'>, now: number, lifetimes: TicketLifetimes): Ticket {
  checkNotExpired(ticket, now);
  if (ticket.state === 'scanned') throw new TicketError('ticket_already_scanned', 'A phone has this sign-in already.');
  checkUndecided(ticket);
  if (ticket.asked) return ticket;
  return { ...ticket, asked: { ...asked, at: now }, deadlineAt: deadline(ticket, now, lifetimes.pendingSeconds) };
}

/** The numbers to choose from, where one has to be chosen: who was asked might tap without looking at any screen. */
export const numbersFor = ({ scan, asked }: Ticket): readonly string[] | null =>
  scan?.channel === 'ask' ? (asked?.choices ?? []) : null;

/** A wrong one is no slip to be repeated, with one of three right: it denies. @throws TicketError `number_required` */
function isNumberRight(ticket: Ticket, numberHash: string | null): boolean {
  if (numbersFor(ticket) === null) return true;
  if (numberHash === null) throw new TicketError('number_required', 'Choose the number that the other screen shows.');
  return numberHash === ticket.asked?.numberHash;
}

/** What is approved for a screen nobody stands at is an attacker's (RFC 8628 §5.4). @throws TicketError `user_code_unconfirmed` */
function checkUserCode({ screen }: Ticket, isConfirmed: boolean): void {
  if (screen && !isConfirmed) throw unconfirmed();
}

export const unconfirmed = () =>
  new TicketError('user_code_unconfirmed', 'Compare the code with the other screen first.');

/** Whether this device may decide now. @throws TicketError as the decision itself would. */
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
/** A screen asks only now and then, so it gets all the time there is. */
const finishDeadline = (ticket: Ticket, now: number, { finishSeconds }: TicketLifetimes): number =>
  ticket.screen ? ticket.endsAt : deadline(ticket, now, finishSeconds);
const deadline = (ticket: Ticket, now: number, seconds: number): number => Math.min(now + seconds, ticket.endsAt);
