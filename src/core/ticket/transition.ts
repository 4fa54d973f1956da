// The only rules by which a ticket changes. Pure: no clock, no store, no network. Stores apply transition()
// atomically; tickets.ts makes and checks the secrets around it.
import {
  type Asked,
  confirmationTries,
  type Decision,
  type Scan,
  type Ticket,
  TicketError,
  type TicketEvent,
  type TicketLifetimes,
  type TicketState,
  type VisibleState,
} from './ticket.ts';

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
