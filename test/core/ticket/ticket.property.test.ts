// Properties of random ticket lives: the promises of protocol.md 2 hold for every order of events. Each
// property also counts the lives that reached the state it is about, so it cannot pass without having tested
// anything.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ticket, TicketError, type TicketEvent } from '../../../src/core/ticket/ticket.ts';
import { stateAt, transition } from '../../../src/core/ticket/transition.ts';
import { expectReached } from '../../support/reached.ts';
import { freshTicket, lifetimes, issuedAt as start } from './ticket-fixture.ts';

const devices = ['phone', 'other-phone'] as const;
/** The first device acts four times as often: most lives need a scan and a decision of the same device. */
const device = fc.oneof(
  { weight: 4, arbitrary: fc.constant(devices[0]) },
  { weight: 1, arbitrary: fc.constant(devices[1]) },
);

const scanOf = (deviceId: string, channel: 'link' | 'ask'): TicketEvent => ({
  type: 'scan',
  scan: {
    deviceId,
    accountId: `account of ${deviceId}`,
    channel,
    frameAgeSeconds: 1,
    address: '192.0.2.2',
    approvalTokenHash: `token of ${deviceId}`,
  },
});

const approvalOf = (deviceId: string, asksCode: boolean, numberHash: 'right' | 'wrong' | null): TicketEvent => ({
  type: 'approve',
  deviceId,
  approvalTokenHash: `token of ${deviceId}`,
  numberHash,
  isUserCodeConfirmed: false,
  decision: {
    scopes: ['openid'],
    trustBrowser: false,
    acr: 'a',
    amr: [],
    authenticatedAt: start,
    confirmationCodeHash: asksCode ? 'six digits' : null,
  },
});

const askEvent: TicketEvent = {
  type: 'ask',
  asked: { choices: ['10', '20', '30'], numberHash: 'right', sealedNumber: 'sealed' },
};
const wrongConfirmation: TicketEvent = { type: 'wrong_confirmation' };

const numbers = fc.constantFrom('right' as const, 'right', 'right', 'right', 'wrong', null);
const events = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(device, fc.constantFrom('link' as const, 'link', 'ask')).map((s) => scanOf(...s)) },
  { weight: 6, arbitrary: fc.tuple(device, fc.boolean(), numbers).map((approval) => approvalOf(...approval)) },
  {
    weight: 1,
    arbitrary: device.map(
      (deviceId): TicketEvent => ({ type: 'deny', deviceId, approvalTokenHash: `token of ${deviceId}` }),
    ),
  },
  { weight: 4, arbitrary: fc.constant(askEvent) },
  { weight: 1, arbitrary: fc.constant<TicketEvent>({ type: 'cancel' }) },
  { weight: 9, arbitrary: fc.constant(wrongConfirmation) },
  { weight: 1, arbitrary: fc.constant<TicketEvent>({ type: 'second_scan' }) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('interaction', 'interaction', 'interaction', 'foreign')
      .map((interactionId): TicketEvent => ({ type: 'consume', interactionId })),
  },
);

type Life = { event: TicketEvent; pause: number }[];

/** Any events in any order, with pauses in seconds between them. */
const lives: fc.Arbitrary<Life> = fc.array(
  fc.record({
    event: events,
    pause: fc.oneof({ weight: 9, arbitrary: fc.nat(6) }, { weight: 1, arbitrary: fc.nat(200) }),
  }),
  { minLength: 1, maxLength: 40 },
);

/** Random lives, and as many that begin with each of `beginnings`, one second apart, and go on at random. */
const livesAfter = (...beginnings: TicketEvent[][]): fc.Arbitrary<Life> =>
  fc.oneof(
    lives,
    ...beginnings.map((first) => lives.map((rest) => [...first.map((event) => ({ event, pause: 1 })), ...rest])),
  );

const scanned = [scanOf('phone', 'link')];
const approved = [...scanned, approvalOf('phone', true, null)];
/** Four of the five tries of the confirmation code are used up. */
const oneTryLeft = [...approved, ...Array<TicketEvent>(4).fill(wrongConfirmation)];
/** The waiting browser asked the phone, and the phone opened the request. */
const askedPhone = [askEvent, scanOf('phone', 'ask')];

type Step = { before: Ticket; after: Ticket; event: TicketEvent; now: number; refused: TicketError | null };

function live(life: Life, fresh = freshTicket()): Step[] {
  let ticket = fresh;
  let now = start;
  return life.map(({ event, pause }) => {
    now += pause;
    const before = ticket;
    try {
      ticket = transition(before, event, now, lifetimes);
      return { before, after: ticket, event, now, refused: null };
    } catch (error) {
      if (!(error instanceof TicketError)) throw error;
      return { before, after: before, event, now, refused: error };
    }
  });
}

const terminal = new Set(['denied', 'cancelled', 'consumed']);

/** Counts lives, not steps: a life that reaches a state twice counts once. */
function createCounter() {
  const counts = new Map<string, number>();
  return {
    add: (reached: ReadonlySet<string>) => {
      for (const state of reached) counts.set(state, (counts.get(state) ?? 0) + 1);
    },
    of: (state: string) => counts.get(state) ?? 0,
  };
}

describe('a ticket in any order of events', () => {
  it('B4 never leaves a terminal state, and never changes once expired', () => {
    const counter = createCounter();
    fc.assert(
      fc.property(livesAfter(scanned, approved), (life) => {
        const reached = new Set<string>();
        for (const { before, after, event, now } of live(life)) {
          const seen = stateAt(before, now);
          if (terminal.has(before.state) || seen === 'expired') expect(after.state).toBe(before.state);
          if ((terminal.has(before.state) || seen === 'expired') && event.type !== 'second_scan')
            expect(after).toEqual(before);
          reached.add(stateAt(after, now));
        }
        counter.add(reached);
      }),
      { numRuns: 3000 },
    );
    const means = {
      pending: 770,
      scanned: 2480,
      approved: 1540,
      denied: 130,
      cancelled: 380,
      consumed: 435,
      expired: 735,
    };
    for (const [state, mean] of Object.entries(means)) expectReached(counter.of(state), mean, state);
  });

  it('B6 is decided only by the device that scanned first, and consumed only by its own interaction after an approval', () => {
    const counter = createCounter();
    fc.assert(
      fc.property(livesAfter(approved), (life) => {
        const reached = new Set<string>();
        let claimant: string | null = null;
        for (const { before, after, event, refused } of live(life)) {
          if (before.state === 'pending' && after.state === 'scanned' && event.type === 'scan')
            claimant = event.scan.deviceId;
          if ((event.type === 'approve' || event.type === 'deny') && !refused) expect(event.deviceId).toBe(claimant);
          if (after.state === 'consumed' && before.state !== 'consumed') {
            reached.add('consumed');
            expect(before.state).toBe('approved');
            expect(event).toMatchObject({ type: 'consume', interactionId: 'interaction' });
          }
        }
        counter.add(reached);
      }),
      { numRuns: 6000 },
    );
    expectReached(counter.of('consumed'), 975, 'consumed');
  });

  it('B5 never has a deadline beyond the end of the interaction, and B12 never more than five tries', () => {
    const counter = createCounter();
    fc.assert(
      fc.property(livesAfter(oneTryLeft), fc.constantFrom(600, 90), (life, interactionSeconds) => {
        const reached = new Set<string>();
        const endsAt = start + interactionSeconds;
        const fresh = freshTicket({ endsAt, deadlineAt: Math.min(endsAt, start + lifetimes.pendingSeconds) });
        const steps = live(life, fresh);
        // One check for a whole life: a check of each step would take most of the time.
        expect(steps.filter(({ after }) => after.deadlineAt > after.endsAt)).toEqual([]);
        expect(steps.filter(({ after }) => (after.decision?.triesLeft ?? 0) < 0)).toEqual([]);
        expect(steps.filter(({ after }) => after.decision?.triesLeft === 0 && after.state !== 'cancelled')).toEqual([]);
        for (const { after, before } of steps) {
          if (after.decision?.triesLeft === 0 && before.decision?.triesLeft === 1) reached.add('fifth try');
          if (after.state !== before.state && after.deadlineAt === after.endsAt) reached.add('deadline cut');
        }
        counter.add(reached);
      }),
      { numRuns: 6000 },
    );
    expectReached(counter.of('fifth try'), 1570, 'fifth try');
    expectReached(counter.of('deadline cut'), 2330, 'a deadline cut at the end of the interaction');
  });

  it('G4 is approved by an asked phone only with the number on the screen, and denied by a wrong one', () => {
    const counter = createCounter();
    fc.assert(
      fc.property(livesAfter(askedPhone), (life) => {
        const reached = new Set<string>();
        for (const { before, after, event, refused } of live(life)) {
          if (event.type !== 'approve' || refused || before.scan?.channel !== 'ask') continue;
          const isRight = before.asked !== undefined && event.numberHash === 'right';
          expect(after.state).toBe(isRight ? 'approved' : 'denied');
          expect(event.numberHash).not.toBeNull();
          reached.add(after.state);
        }
        counter.add(reached);
      }),
      { numRuns: 3000 },
    );
    expectReached(counter.of('approved'), 480, 'approved by the asked phone');
    expectReached(counter.of('denied'), 165, 'denied by a wrong number');
  });

  it('does not modify its argument', () => {
    fc.assert(
      fc.property(lives, (life) => {
        let ticket = freshTicket();
        for (const { event } of life) {
          const copy = structuredClone(ticket);
          let next = ticket;
          try {
            next = transition(ticket, event, start, lifetimes);
          } catch {}
          expect(ticket).toEqual(copy);
          ticket = next;
        }
      }),
    );
  });
});
