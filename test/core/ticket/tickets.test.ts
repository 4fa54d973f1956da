// The use-cases of a ticket over a store in memory: which ticket of an interaction is current, how it is
// found, and how it is consumed. Races over both stores are in test/store/conformance/ticket-use-cases.ts.
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTickets, interactionIdOf } from '../../../src/core/ticket/tickets.ts';
import { isRenewedAutomatically, needsOf } from '../../../src/core/ticket/waiting-page.ts';
import { createVault } from '../../../src/crypto.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createClock } from '../../store/conformance/fixture.ts';
import { buildBrowserFacts, buildRequest } from '../../store/records.ts';
import { freshTicket } from './ticket-fixture.ts';

const lifetimes = { pendingSeconds: 120, decisionSeconds: 100, finishSeconds: 60 };
const interactionId = interactionIdOf('uid');
const clock = createClock();
const start = clock.now;
let store: Store;
let tickets: ReturnType<typeof createTickets>;

beforeEach(async () => {
  clock.now = start;
  store = await openSqliteStore({ path: ':memory:', clock });
  const vault = createVault(randomBytes(32));
  tickets = createTickets({ store: store.tickets, events: store.ticketEvents, vault, clock, lifetimes });
});
afterEach(() => store.close());

const issue = (change: { screen?: { resources: string[] }; endsAt?: number } = {}) =>
  tickets.issue({
    interactionId,
    request: buildRequest(),
    browser: buildBrowserFacts(),
    endsAt: start + 600,
    ...change,
  });

async function approved(confirmationCode: string | null) {
  const { ticket } = await issue();
  const scan = { deviceId: 'phone', accountId: 'alice', channel: 'link', frameAgeSeconds: 1, address: '' } as const;
  const { approvalToken } = await tickets.scan(ticket.id, scan);
  const by = { deviceId: 'phone', approvalToken, number: null, isUserCodeConfirmed: false };
  const decision = { scopes: ['openid'], trustBrowser: false, acr: 'a', amr: [], authenticatedAt: start };
  return tickets.approve(ticket.id, by, decision, confirmationCode);
}

describe('issuing a ticket', () => {
  it('uses the lifetime of a ticket, cut at the end of the interaction; a screen gets all of it but the time to finish', async () => {
    expect((await issue()).ticket.deadlineAt).toBe(start + 120);
    expect((await issue({ endsAt: start + 119 })).ticket.deadlineAt).toBe(start + 119);
    expect((await issue({ screen: { resources: [] } })).ticket.deadlineAt).toBe(start + 600 - 60);
  });

  it('retires the previous ticket, so that only one code of a page is valid', async () => {
    const first = await issue();
    const second = await issue();
    expect((await tickets.findById(first.ticket.id))?.state).toBe('cancelled');
    expect([first.ticket.sequence, second.ticket.sequence]).toEqual([1, 2]);
    clock.now += 120;
    expect((await issue()).ticket.sequence).toBe(3);
    expect((await tickets.findById(second.ticket.id))?.state).toBe('pending');
  });

  it.each([
    [1, true],
    [4, true],
    [5, false],
    [6, true],
    [10, false],
  ])('renews the %s. ticket in a row automatically: %s', (sequence, expected) => {
    expect(isRenewedAutomatically(freshTicket({ sequence }))).toBe(expected);
  });
});

describe('finding a ticket', () => {
  it('accepts the handle alone for a screen, and never for a browser', async () => {
    const browser = await issue();
    await expect(tickets.locateFrame(browser.handle)).rejects.toMatchObject({ code: 'ticket_not_found' });
    const screen = await issue({ screen: { resources: [] } });
    expect((await tickets.locateFrame(screen.handle)).ticket.id).toBe(screen.ticket.id);
  });

  it('B14 accepts a frame for 30 seconds from its slot, checked at the time when the link was opened', async () => {
    const { handle, ticket } = await issue();
    const frame = tickets.frameOf(handle, ticket.issuedAt);
    clock.now = start + 30;
    expect((await tickets.locateFrame(frame)).frameAgeSeconds).toBe(30);
    clock.now = start + 31;
    await expect(tickets.locateFrame(frame)).rejects.toMatchObject({ code: 'frame_stale' });
    expect((await tickets.locateFrame(frame, start + 4)).frameAgeSeconds).toBe(4);
  });

  it('accepts a typed user code in any spelling', async () => {
    const { userCode, ticket } = await issue();
    const typed = `${userCode.slice(0, 4)} ${userCode.slice(4).toLowerCase()}`;
    expect(await tickets.locateUserCode(typed)).toMatchObject({ ticket: { id: ticket.id }, frameAgeSeconds: null });
    await expect(tickets.locateUserCode('BCDFGHJK')).rejects.toMatchObject({ code: 'ticket_not_found' });
  });
});

describe('consuming an approval', () => {
  it('B12 accepts the correct confirmation code once, with or without spaces', async () => {
    const ticket = await approved('012345');
    expect(needsOf(ticket)).toBe('confirmation_code');
    expect((await tickets.consume(ticket.id, interactionId, '012 345')).state).toBe('consumed');
    const again = tickets.consume(ticket.id, interactionId, '012345');
    await expect(again).rejects.toMatchObject({ code: 'ticket_already_decided' });
  });

  it('B12 costs a try for each wrong code, none for a missing one, and cancels at the fifth', async () => {
    const { id } = await approved('012345');
    const outcomeOf = async (code: string | null) => {
      const refused = await tickets.consume(id, interactionId, code).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'confirmation_code_wrong' });
      return (await tickets.findById(id))?.decision?.triesLeft;
    };
    expect(await outcomeOf(null)).toBe(5);
    expect([await outcomeOf('1'), await outcomeOf('2'), await outcomeOf('3'), await outcomeOf('4')]).toEqual([
      4, 3, 2, 1,
    ]);
    expect(await outcomeOf(null)).toBe(1);
    expect(await outcomeOf('5')).toBe(0);
    expect((await tickets.findById(id))?.state).toBe('cancelled');
    await expect(tickets.consume(id, interactionId, '012345')).rejects.toMatchObject({
      code: 'ticket_already_decided',
    });
  });

  it('needs no code where none is required, and accepts no code of another ticket', async () => {
    const ticket = await approved(null);
    expect(needsOf(ticket)).toBeNull();
    const foreign = tickets.consume(ticket.id, interactionIdOf('another'), null);
    await expect(foreign).rejects.toMatchObject({ code: 'ticket_not_found' });
    expect((await tickets.consume(ticket.id, interactionId, null)).state).toBe('consumed');
  });
});
