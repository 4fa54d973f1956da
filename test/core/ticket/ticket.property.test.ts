// Random lives of a ticket: whatever happens in whatever order, the promises of protocol.md 2 hold. Also asserts that the interesting
// endings are really reached, so that the properties are not vacuously true.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  stateAt,
  type Ticket,
  TicketError,
  type TicketEvent,
  type TicketId,
  transition,
} from '../../../src/core/ticket/ticket.ts';

const lifetimes = { pendingSeconds: 120, decisionSeconds: 120, finishSeconds: 60 };
const start = 1_000_000;

const fresh = (): Ticket => ({
  id: 'id' as TicketId,
  state: 'pending',
  interactionId: 'interaction',
  sequence: 1,
  userCodeHash: 'code',
  sealedSecrets: 'sealed',
  request: {
    clientId: 'web',
    redirectUri: 'https://rp.example/cb',
    scopes: ['openid'],
    authenticatedSince: null,
    maxAgeSeconds: null,
    correlationId: 'cid',
  },
  browser: { browserHash: 'browser', name: 'Chrome', system: 'Linux', address: '192.0.2.1' },
  issuedAt: start,
  deadlineAt: start + lifetimes.pendingSeconds,
  endsAt: start + 600,
  scan: null,
  secondScans: 0,
  decision: null,
});

const devices = ['phone', 'other-phone'] as const;
const device = fc.oneof(
  { weight: 4, arbitrary: fc.constant(devices[0]) },
  { weight: 1, arbitrary: fc.constant(devices[1]) },
);

const events = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(device, fc.constantFrom('link', 'link', 'ask')).map(
      ([deviceId, channel]): TicketEvent => ({
        type: 'scan',
        scan: {
          deviceId,
          accountId: `account of ${deviceId}`,
          channel,
          frameAgeSeconds: 1,
          address: '192.0.2.2',
          approvalTokenHash: `token of ${deviceId}`,
        },
      }),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(device, fc.boolean(), fc.constantFrom('right', 'right', 'right', 'right', 'wrong', null)).map(
      ([deviceId, asksCode, numberHash]): TicketEvent => ({
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
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: device.map(
      (deviceId): TicketEvent => ({ type: 'deny', deviceId, approvalTokenHash: `token of ${deviceId}` }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constant<TicketEvent>({
      type: 'ask',
      asked: { choices: ['10', '20', '30'], numberHash: 'right', sealedNumber: 'sealed' },
    }),
  },
  { weight: 1, arbitrary: fc.constant<TicketEvent>({ type: 'cancel' }) },
  { weight: 9, arbitrary: fc.constant<TicketEvent>({ type: 'wrong_confirmation' }) },
  { weight: 1, arbitrary: fc.constant<TicketEvent>({ type: 'second_scan' }) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('interaction', 'interaction', 'interaction', 'foreign')
      .map((interactionId): TicketEvent => ({ type: 'consume', interactionId })),
  },
);

const lives = fc.array(
  fc.record({
    event: events,
    pause: fc.oneof({ weight: 9, arbitrary: fc.nat(6) }, { weight: 1, arbitrary: fc.nat(200) }),
  }),
  { minLength: 1, maxLength: 40 },
);

type Step = { before: Ticket; after: Ticket; event: TicketEvent; now: number; refused: TicketError | null };

function live(life: { event: TicketEvent; pause: number }[]): Step[] {
  let ticket = fresh();
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

describe('a ticket in any order of events', () => {
  it('B4 never leaves a terminal state, and never changes once expired', () => {
    const reached = new Map<string, number>();
    fc.assert(
      fc.property(lives, (life) => {
        for (const { before, after, event, now } of live(life)) {
          const seen = stateAt(before, now);
          if (terminal.has(before.state) || seen === 'expired') expect(after.state).toBe(before.state);
          if ((terminal.has(before.state) || seen === 'expired') && event.type !== 'second_scan')
            expect(after).toEqual(before);
          reached.set(stateAt(after, now), (reached.get(stateAt(after, now)) ?? 0) + 1);
        }
      }),
      { numRuns: 3000 },
    );
    for (const state of ['pending', 'scanned', 'approved', 'denied', 'cancelled', 'consumed', 'expired']) {
      expect(reached.get(state) ?? 0, `steps that ended in ${state}`).toBeGreaterThan(100);
    }
  });

  it('B6 is decided only by the device that scanned first, and consumed only by its own interaction after an approval', () => {
    let consumptions = 0;
    fc.assert(
      fc.property(lives, (life) => {
        let claimant: string | null = null;
        for (const { before, after, event, refused } of live(life)) {
          if (before.state === 'pending' && after.state === 'scanned' && event.type === 'scan')
            claimant = event.scan.deviceId;
          if ((event.type === 'approve' || event.type === 'deny') && !refused) expect(event.deviceId).toBe(claimant);
          if (after.state === 'consumed' && before.state !== 'consumed') {
            consumptions += 1;
            expect(before.state).toBe('approved');
            expect(event).toMatchObject({ type: 'consume', interactionId: 'interaction' });
          }
        }
      }),
      { numRuns: 6000 },
    );
    expect(consumptions).toBeGreaterThan(100);
  });

  it('B5 never has a deadline beyond the end of the interaction, and B12 never more than five tries', () => {
    let fifthTries = 0;
    fc.assert(
      fc.property(lives, (life) => {
        for (const { after, before } of live(life)) {
          expect(after.deadlineAt).toBeLessThanOrEqual(after.endsAt);
          expect(after.decision?.triesLeft ?? 0).toBeGreaterThanOrEqual(0);
          if (after.decision?.triesLeft === 0) expect(after.state).toBe('cancelled');
          if (after.decision?.triesLeft === 0 && before.decision?.triesLeft === 1) fifthTries += 1;
        }
      }),
      { numRuns: 6000 },
    );
    expect(fifthTries).toBeGreaterThan(0);
  });

  it('G4 is approved by who was asked only with the number on the screen, and a wrong one denies', () => {
    const seen = { approved: 0, denied: 0 };
    fc.assert(
      fc.property(lives, (life) => {
        for (const { before, after, event, refused } of live(life)) {
          if (event.type !== 'approve' || refused || before.scan?.channel !== 'ask') continue;
          const isRight = before.asked !== undefined && event.numberHash === 'right';
          expect(after.state).toBe(isRight ? 'approved' : 'denied');
          expect(event.numberHash).not.toBeNull();
          seen[isRight ? 'approved' : 'denied'] += 1;
        }
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(seen.approved, seen.denied)).toBeGreaterThan(10);
  });

  it('does not change its argument', () => {
    fc.assert(
      fc.property(lives, (life) => {
        let ticket = fresh();
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
