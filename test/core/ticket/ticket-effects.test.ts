// What an accepted event changes in a ticket besides its state: deadlines at the exact second, tokens, tries
// and counts (protocol.md 2).
import { describe, expect, it } from 'vitest';
import type { Ticket, TicketEvent } from '../../../src/core/ticket/ticket.ts';
import { numbersFor, stateAt, transition } from '../../../src/core/ticket/transition.ts';
import { endsAt, issuedAt, lifetimes } from './ticket-fixture.ts';
import { events, type Kind, ticketIn } from './ticket-table-cases.ts';

const eventOf = (name: string, kind: Kind): TicketEvent => {
  const make = events[name];
  if (!make) throw new Error(`no event is called ${name}`);
  return make(kind);
};

const next = (ticket: Ticket, event: string, now: number, kind: Kind = 'browser'): Ticket =>
  transition(ticket, eventOf(event, kind), now, lifetimes);

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'allowed';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a deadline, to the second', () => {
  const deadline = issuedAt + lifetimes.pendingSeconds;

  it.each(['pending', 'scanned', 'approved'] as const)('B5 has passed at its own second, in %s', (state) => {
    const ticket = ticketIn(state, 'browser');
    expect(stateAt(ticket, deadline - 1)).toBe(state);
    expect(stateAt(ticket, deadline)).toBe('expired');
    expect(stateAt(ticket, deadline + 1)).toBe('expired');
  });

  it.each(['denied', 'cancelled', 'consumed'] as const)('B4 does not apply in %s', (state) => {
    for (const now of [deadline - 1, deadline, deadline + 1])
      expect(stateAt(ticketIn(state, 'browser'), now)).toBe(state);
  });

  it.each([
    ['pending', 'scan by the first phone'],
    ['pending', 'ask'],
    ['pending', 'cancel'],
    ['scanned', 'approve'],
    ['scanned', 'deny'],
    ['scanned', 'scan by the first phone'],
    ['approved', 'consume'],
    ['approved', 'wrong confirmation code'],
  ] as const)('B5 in %s ends the time for: %s', (state, event) => {
    const at = (now: number) => codeOf(() => next(ticketIn(state, 'browser'), event, now));
    expect([at(deadline - 1), at(deadline), at(deadline + 1)]).toEqual(['allowed', 'ticket_expired', 'ticket_expired']);
  });
});

describe('the next deadline', () => {
  const now = issuedAt + 10;

  it.each([
    ['scan', 'pending', 'scan by the first phone', 'browser', now + lifetimes.decisionSeconds],
    ['scan of a screen’s code', 'pending', 'scan by the first phone', 'screen', issuedAt + lifetimes.pendingSeconds],
    ['repeated scan', 'scanned', 'scan by the first phone', 'browser', issuedAt + lifetimes.pendingSeconds],
    ['first ask', 'pending', 'ask', 'browser', now + lifetimes.pendingSeconds],
    ['second ask', 'pending', 'ask', 'browser, asked', issuedAt + lifetimes.pendingSeconds],
    ['approval', 'scanned', 'approve', 'browser', now + lifetimes.finishSeconds],
    ['approval for a screen', 'scanned', 'approve', 'screen', endsAt],
    ['denial', 'scanned', 'deny', 'browser', issuedAt + lifetimes.pendingSeconds],
    ['wrong confirmation code', 'approved', 'wrong confirmation code', 'browser', issuedAt + lifetimes.pendingSeconds],
  ] as const)('B5 after a %s', (_, state, event, kind, expected) => {
    expect(next(ticketIn(state, kind), event, now, kind).deadlineAt).toBe(expected);
  });

  it.each([
    ['pending', 'scan by the first phone', lifetimes.decisionSeconds],
    ['pending', 'ask', lifetimes.pendingSeconds],
    ['scanned', 'approve', lifetimes.finishSeconds],
  ] as const)('B5 is never beyond the end of the interaction: %s, %s', (state, event, seconds) => {
    const late = (left: number) => ({ ...ticketIn(state, 'browser'), deadlineAt: now + left, endsAt: now + left });
    expect(next(late(seconds - 1), event, now).deadlineAt).toBe(now + seconds - 1);
    expect(next(late(seconds), event, now).deadlineAt).toBe(now + seconds);
    expect(next(late(seconds + 1), event, now).deadlineAt).toBe(now + seconds);
  });
});

describe('what an event changes in the ticket', () => {
  const now = issuedAt + 10;

  it('records the claim and its time at a scan', () => {
    expect(next(ticketIn('pending', 'browser'), 'scan by another phone', now).scan).toEqual({
      deviceId: 'other phone',
      accountId: 'bob',
      approvalTokenHash: 'token',
      channel: 'link',
      frameAgeSeconds: 3,
      address: '192.0.2.2',
      at: now,
    });
  });

  it('replaces only the approval token at a repeated scan by the first phone', () => {
    const before = ticketIn('scanned', 'browser');
    const changed = next(before, 'scan by the first phone', now);
    expect(changed).toEqual({ ...before, scan: { ...before.scan, approvalTokenHash: 'new token' } });
    expect(codeOf(() => next(changed, 'approve', now))).toBe('approval_token_invalid');
  });

  it('counts a second scan', () => {
    const ticket = ticketIn('scanned', 'browser');
    expect(next(ticket, 'second scan', now)).toEqual({ ...ticket, secondScans: 1 });
    expect(next(next(ticket, 'second scan', now), 'second scan', now).secondScans).toBe(2);
  });

  it('G4 records the number at the first ask, and keeps it at a second one', () => {
    const first = next(ticketIn('pending', 'browser'), 'ask', now);
    expect(first.asked).toMatchObject({ numberHash: 'of a second ask', at: now });
    const asked = ticketIn('pending', 'browser, asked');
    expect(next(asked, 'ask', now)).toBe(asked);
  });

  it('B12 allows five tries after an approval, and cancels at the fifth wrong code', () => {
    let ticket = next(ticketIn('scanned', 'browser'), 'approve', now);
    expect(ticket.decision).toMatchObject({ triesLeft: 5, at: now });
    const seen: [string, number | undefined][] = [];
    for (let i = 0; i < 5; i++) {
      ticket = next(ticket, 'wrong confirmation code', now);
      seen.push([ticket.state, ticket.decision?.triesLeft]);
    }
    expect(seen).toEqual([
      ['approved', 4],
      ['approved', 3],
      ['approved', 2],
      ['approved', 1],
      ['cancelled', 0],
    ]);
  });

  it('G4 denies at a wrong number, and records no decision', () => {
    const changed = next(ticketIn('scanned', 'browser, asked'), 'approve with a wrong number', now, 'browser, asked');
    expect(changed).toEqual({ ...ticketIn('scanned', 'browser, asked'), state: 'denied' });
  });

  it('changes only the state at consumption', () => {
    const ticket = ticketIn('approved', 'browser');
    expect(next(ticket, 'consume', now)).toEqual({ ...ticket, state: 'consumed' });
  });

  it('rejects consumption and confirmation of an approved ticket without a decision', () => {
    const broken: Ticket = { ...ticketIn('approved', 'browser'), decision: null };
    expect(codeOf(() => next(broken, 'consume', now))).toBe('ticket_already_decided');
    expect(codeOf(() => next(broken, 'wrong confirmation code', now))).toBe('ticket_already_decided');
  });
});

describe('the numbers to choose from', () => {
  it('G4 are those of the ask, only for a phone that was asked', () => {
    expect(numbersFor(ticketIn('scanned', 'browser, asked'))).toEqual(['10', '20', '30']);
    expect(numbersFor(ticketIn('scanned', 'browser'))).toBeNull();
    expect(numbersFor(ticketIn('pending', 'browser, asked'))).toBeNull();
    const scannedAfterAsk = next(ticketIn('pending', 'browser, asked'), 'scan by the first phone', issuedAt, 'browser');
    expect(numbersFor(scannedAfterAsk)).toBeNull();
  });

  it('G4 are empty without an ask, so that no number is correct', () => {
    const { asked: _, ...ticket } = ticketIn('scanned', 'browser, asked');
    expect(numbersFor(ticket)).toEqual([]);
    const approved = transition(ticket, eventOf('approve', 'browser, asked'), issuedAt, lifetimes);
    expect(approved.state).toBe('denied');
  });
});
