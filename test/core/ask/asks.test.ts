// The time limits of "Ask my phone" (security.md G4), with a clock that the test moves. Its behaviour over
// HTTP is tested in test/http/phone/asks.test.ts.
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Asks, createAsks, type WaitingAsk } from '../../../src/core/ask/asks.ts';
import { createAudit } from '../../../src/core/audit/audit.ts';
import { createBrowsers } from '../../../src/core/device/browsers.ts';
import { createLimits } from '../../../src/core/limit/limit.ts';
import { createTickets, type Tickets } from '../../../src/core/ticket/tickets.ts';
import { createVault } from '../../../src/crypto.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createClock } from '../../store/conformance/fixture.ts';
import { buildBrowserFacts, buildClient, buildRequest, randomId } from '../../store/records.ts';

const clock = createClock();
let store: Store;
let asks: Asks;
let tickets: Tickets;
let rung: WaitingAsk[];

beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:', clock });
  const lifetimes = { pendingSeconds: 120, decisionSeconds: 120, finishSeconds: 60 };
  tickets = createTickets({
    store: store.tickets,
    events: store.ticketEvents,
    vault: createVault(randomBytes(32)),
    clock,
    lifetimes,
  });
  rung = [];
  asks = createAsks({
    store: store.asks,
    tickets,
    browsers: createBrowsers({ store: store.browsers, clock }),
    limits: createLimits({ store: store.limits, clock }),
    audit: createAudit({ store: store.audit, clock, recordedAddress: null, onRecord: null }),
    clock,
    perHour: 5,
    findAccount: async (id) => (id.startsWith('gone') ? null : { id }),
    findClient: async (id) => buildClient(id),
    ring: (waiting) => void rung.push(waiting),
  });
});
afterEach(() => store.close());

async function ask(browserHash = 'browser') {
  const { ticket } = await tickets.issue({
    interactionId: randomId(),
    request: buildRequest(),
    browser: { ...buildBrowserFacts(), browserHash },
    endsAt: clock() + 600,
  });
  const asked = await tickets.ask(ticket.id);
  const before = rung.length;
  await asks.start(asked.ticket, 'account');
  return { ticket: asked.ticket, isRung: rung.length > before };
}

async function askAndDeny(browserHash?: string): Promise<boolean> {
  const { ticket, isRung } = await ask(browserHash);
  const scan = {
    deviceId: 'phone',
    accountId: 'account',
    channel: 'ask',
    frameAgeSeconds: null,
    address: '::1',
  } as const;
  const { approvalToken } = await tickets.scan(ticket.id, scan);
  await asks.noteDecision(await tickets.deny(ticket.id, { deviceId: 'phone', approvalToken }), 'denied');
  return isRung;
}

describe('the number of requests to an account', () => {
  it('G4 is at most five per hour, and starts anew after the hour', async () => {
    for (let i = 0; i < 6; i++) {
      const { ticket, isRung } = await ask();
      expect(isRung, `time ${i + 1}`).toBe(i < 5);
      await tickets.cancel(ticket.id);
    }
    clock.now += 3599;
    const late = await ask();
    expect(late.isRung).toBe(false);
    await tickets.cancel(late.ticket.id);
    clock.now += 1;
    expect((await ask()).isRung).toBe(true);
  });

  it('G4 is zero for a browser in the hour after its second denial, and unchanged for others', async () => {
    expect(await askAndDeny()).toBe(true);
    clock.now += 3000;
    expect(await askAndDeny()).toBe(true);
    clock.now += 3599;
    expect((await ask()).isRung).toBe(false);
    expect(await askAndDeny('another')).toBe(true);
    clock.now += 1;
    expect(await askAndDeny()).toBe(true);
    expect(await askAndDeny()).toBe(true);
    expect((await ask()).isRung).toBe(false);
  });

  it('G4 counts an unanswered request until its ticket expires, and lists it until then', async () => {
    expect((await ask()).isRung).toBe(true);
    clock.now += 119;
    expect(await asks.waiting('account')).not.toBeNull();
    expect((await ask()).isRung).toBe(false);
    clock.now += 1;
    expect(await asks.waiting('account')).toBeNull();
    expect((await ask()).isRung).toBe(true);
  });
});

describe('the accounts that a browser may ask', () => {
  const put = (accountId: string, change: object) =>
    store.browsers.upsert(accountId, 'browser', () => ({
      accountId,
      browserHash: 'browser',
      firstUsedAt: 1,
      lastUsedAt: 1,
      trusted: true,
      blockedAt: null,
      ...change,
    }));

  it('are those that trust it and can sign in, most recently used first', async () => {
    await put('early', {});
    await put('late', { lastUsedAt: 2 });
    await put('gone', { lastUsedAt: 3 });
    await put('wary', { trusted: false });
    await put('reporter', { blockedAt: 1 });
    expect(await asks.askable('browser')).toEqual(['late', 'early']);
    expect(await asks.askable('another')).toEqual([]);
  });
});

describe('the request that a phone opens', () => {
  it('G4 is found by its own id and account alone', async () => {
    const { ticket } = await ask();
    const waiting = await asks.waiting('account');
    const id = String(waiting?.ask.id);
    expect((await asks.locate('account', id)).ticket.id).toBe(ticket.id);
    for (const [account, wrong] of [
      ['account', randomId()],
      ['other account', id],
    ] as const)
      await expect(asks.locate(account, wrong)).rejects.toMatchObject({ code: 'ticket_not_found' });
  });
});
