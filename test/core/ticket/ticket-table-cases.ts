// The tickets and events that the table of the ticket rules names (ticket-table.test.ts), and how each is
// made. The expected outcomes stand only in the table.
import type { Asked, Decision, Scan, Ticket, TicketEvent, TicketState } from '../../../src/core/ticket/ticket.ts';
import { freshTicket, issuedAt, lifetimes } from './ticket-fixture.ts';

/** Who waits for the sign-in: the columns of the table. */
export const kinds = ['browser', 'browser, asked', 'screen', 'screen, asked'] as const;
export type Kind = (typeof kinds)[number];

const asked: Asked = { choices: ['10', '20', '30'], numberHash: 'right', sealedNumber: 'sealed', at: issuedAt };
const screen = { resources: [] };

/** The phone that scans first in every case. */
const firstPhone = { deviceId: 'phone', accountId: 'alice', approvalTokenHash: 'token' };

const scanOf = (kind: Kind): Scan => ({
  ...firstPhone,
  channel: isAsked(kind) ? 'ask' : 'link',
  frameAgeSeconds: 3,
  address: '192.0.2.2',
  at: issuedAt,
});

const decision: Decision = {
  scopes: ['openid'],
  trustBrowser: false,
  acr: 'a',
  amr: [],
  authenticatedAt: issuedAt,
  confirmationCodeHash: 'six digits',
  triesLeft: 5,
  at: issuedAt,
};

const isAsked = (kind: Kind): boolean => kind.endsWith('asked');
const isScreen = (kind: Kind): boolean => kind.startsWith('screen');
const wasScanned = (state: TicketState): boolean => state !== 'pending' && state !== 'cancelled';
const wasApproved = (state: TicketState): boolean => state === 'approved' || state === 'consumed';

/** A ticket of this kind in this state, with what it must have gone through before. */
export const ticketIn = (state: TicketState, kind: Kind): Ticket =>
  freshTicket({
    state,
    scan: wasScanned(state) ? scanOf(kind) : null,
    decision: wasApproved(state) ? decision : null,
    deadlineAt: issuedAt + lifetimes.pendingSeconds,
    ...(isAsked(kind) && { asked }),
    ...(isScreen(kind) && { screen }),
  });

type Approval = Extract<TicketEvent, { type: 'approve' }>;

const scan = (kind: Kind, change: Partial<Scan>): TicketEvent => {
  const { at: _, ...claim } = scanOf(kind);
  return { type: 'scan', scan: { ...claim, ...change } };
};

const approve = (change: Partial<Approval>): TicketEvent => {
  const { at: _, triesLeft: __, ...given } = decision;
  const by = { deviceId: firstPhone.deviceId, approvalTokenHash: firstPhone.approvalTokenHash };
  return { type: 'approve', ...by, numberHash: 'right', isUserCodeConfirmed: true, decision: given, ...change };
};

const deny = (change: { deviceId?: string; approvalTokenHash?: string }): TicketEvent => {
  return { type: 'deny', deviceId: firstPhone.deviceId, approvalTokenHash: firstPhone.approvalTokenHash, ...change };
};

/** The events, by the names that the table uses. */
export const events: Readonly<Record<string, (kind: Kind) => TicketEvent>> = {
  'scan by the first phone': (kind) => scan(kind, { approvalTokenHash: 'new token' }),
  'scan by another phone': (kind) => scan(kind, { deviceId: 'other phone', accountId: 'bob' }),
  'scan by the first phone, other account': (kind) => scan(kind, { accountId: 'bob' }),
  'second scan': () => ({ type: 'second_scan' }),
  ask: () => ({ type: 'ask', asked: { ...asked, numberHash: 'of a second ask' } }),
  approve: () => approve({}),
  'approve without a number': () => approve({ numberHash: null }),
  'approve with a wrong number': () => approve({ numberHash: 'wrong' }),
  'approve without comparing the code': () => approve({ isUserCodeConfirmed: false }),
  'approve by another phone': () => approve({ deviceId: 'other phone' }),
  'approve with a wrong token': () => approve({ approvalTokenHash: 'wrong' }),
  deny: () => deny({}),
  'deny by another phone': () => deny({ deviceId: 'other phone' }),
  'deny with a wrong token': () => deny({ approvalTokenHash: 'wrong' }),
  cancel: () => ({ type: 'cancel' }),
  'wrong confirmation code': () => ({ type: 'wrong_confirmation' }),
  consume: () => ({ type: 'consume', interactionId: 'interaction' }),
  'consume by another interaction': () => ({ type: 'consume', interactionId: 'another' }),
};

/** The stored states, and the three that can expire once more with their deadline passed. */
export const conditions: Readonly<Record<string, { state: TicketState; now: number }>> = Object.fromEntries(
  (['pending', 'scanned', 'approved', 'denied', 'cancelled', 'consumed'] as const).flatMap((state) => {
    const before = { state, now: issuedAt + lifetimes.pendingSeconds - 1 };
    const past = { state, now: issuedAt + lifetimes.pendingSeconds };
    const canExpire = ['pending', 'scanned', 'approved'].includes(state);
    return canExpire ? [[state, before] as const, [`${state}, expired`, past] as const] : [[state, before] as const];
  }),
);
