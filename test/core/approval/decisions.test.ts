// The decisions of a phone over a store in memory. A screen never becomes trusted or known, an app decides
// nothing of high value, and only the phone that claimed a ticket sees it.
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Passkeys } from '../../../src/core/account/passkeys.ts';
import { createDecisions, type DecisionsDeps } from '../../../src/core/approval/decisions.ts';
import { createAudit } from '../../../src/core/audit/audit.ts';
import { defaultQrPolicy, type QrPolicy } from '../../../src/core/client/client.ts';
import { createBrowsers } from '../../../src/core/device/browsers.ts';
import type { ScreenRequest } from '../../../src/core/ticket/ticket.ts';
import { createTickets } from '../../../src/core/ticket/tickets.ts';
import { createVault } from '../../../src/crypto.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { createClock } from '../../store/conformance/fixture.ts';
import { buildBrowserFacts, buildClient, buildDevice, buildRequest, randomId } from '../../store/records.ts';

const lifetimes = { pendingSeconds: 120, decisionSeconds: 120, finishSeconds: 60 };
const address = '192.0.2.1';
const noPasskeys = { requestOptions: async () => null } as unknown as Passkeys;

let store: Store;
beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:', clock: createClock() });
});
afterEach(() => store.close());

function open(change: { policy?: Partial<QrPolicy> } & Partial<DecisionsDeps> = {}) {
  const clock = createClock();
  const { policy, ...deps } = change;
  const vault = createVault(randomBytes(32));
  const tickets = createTickets({ store: store.tickets, events: store.ticketEvents, vault, clock, lifetimes });
  const browsers = createBrowsers({ store: store.browsers, clock });
  const client = buildClient('web');
  const newBrowsers: string[] = [];
  const decisions = createDecisions({
    tickets,
    browsers,
    clock,
    passkeys: noPasskeys,
    audit: createAudit({ store: store.audit, clock, recordedAddress: null, onRecord: null }),
    isHighValue: () => false,
    noteDecision: async () => undefined,
    findClient: async () => ({
      ...client,
      metadata: { ...client.metadata, device_grant: true },
      qr: { ...defaultQrPolicy, ...policy },
    }),
    findAccount: async () => null,
    countRecentTickets: async () => 1,
    placeOf: () => null,
    isPasskeyNeeded: async () => false,
    findLastApproval: async () => null,
    isLoopbackNear: true,
    onNewBrowser: async (ticket) => void newBrowsers.push(ticket.id),
    ...deps,
  });
  const phone = buildDevice({ authenticatedAt: clock() });

  async function claim(screen?: ScreenRequest, isApp = false) {
    const displayed = await tickets.issue({
      interactionId: randomId(),
      request: buildRequest(),
      browser: buildBrowserFacts(),
      endsAt: clock() + 600,
      ...(screen && { screen }),
    });
    const located = { ticket: displayed.ticket, handle: displayed.handle, frameAgeSeconds: screen ? null : 1 };
    return decisions.claim(located, phone, { channel: 'scanner', address, isApp });
  }

  const approve = (claimed: { handle: string; approvalToken: string }, isApp = false, isUserCodeConfirmed = true) => {
    const wish = { scopes: null, trustBrowser: true, passkey: null, number: null };
    return decisions.approve({ ...claimed, ...wish, isUserCodeConfirmed, isApp }, phone);
  };

  return { decisions, browsers, claim, approve, phone, newBrowsers };
}

describe('a screen', () => {
  it('is never trusted, even when the phone requests it and the client allows it', async () => {
    const { claim, approve } = open();
    const { ticket } = await approve(await claim({ resources: [] }));
    expect(ticket.decision?.trustBrowser).toBe(false);
  });

  it('differs from a browser, which is trusted on request unless the client forbids it', async () => {
    const allowing = open();
    expect((await allowing.approve(await allowing.claim())).ticket.decision?.trustBrowser).toBe(true);
    const forbidding = open({ policy: { qr_trust_browser: 'never' } });
    expect((await forbidding.approve(await forbidding.claim())).ticket.decision?.trustBrowser).toBe(false);
  });

  it('is never a known browser, and its risk is one level stricter', async () => {
    const { browsers, claim, phone } = open();
    await browsers.recordUse(phone.accountId, buildBrowserFacts().browserHash, true);
    const ofBrowser = (await claim()).context;
    const ofScreen = (await claim({ resources: [] })).context;
    expect([ofBrowser.isBrowserKnown, ofScreen.isBrowserKnown]).toEqual([true, false]);
    expect([ofBrowser.risk.level, ofScreen.risk.level]).toEqual(['low', 'moderate']);
  });

  it('has its code compared and no confirmation code, because it has no keyboard', async () => {
    const { claim, approve } = open({ policy: { qr_confirmation: 'always' } });
    const claimed = await claim({ resources: [] });
    expect(claimed.context.userCode).toMatch(/^[A-Z]{8}$/);
    expect(claimed.context.requirements.confirmationCode).toBe(false);
    await expect(approve(claimed, false, false)).rejects.toMatchObject({ code: 'user_code_unconfirmed' });
    expect((await approve(claimed)).confirmationCode).toBeNull();
  });

  it('B12 differs from a browser, which gets a confirmation code and no code to compare', async () => {
    const { claim, approve } = open({ policy: { qr_confirmation: 'always' } });
    const claimed = await claim();
    expect(claimed.context.userCode).toBeNull();
    expect((await approve(claimed)).confirmationCode).toMatch(/^\d{6}$/);
  });
});

describe('a blocked browser', () => {
  it('B15 is not known, and cannot be approved', async () => {
    const { browsers, claim, approve, phone } = open();
    const { browserHash } = buildBrowserFacts();
    await browsers.recordUse(phone.accountId, browserHash, true);
    await browsers.block(phone.accountId, browserHash, { name: 'Firefox', system: 'Linux', isScreen: false });
    const claimed = await claim();
    expect(claimed.context.isBrowserKnown).toBe(false);
    expect(claimed.context.risk.level).toBe('high');
    await expect(approve(claimed)).rejects.toMatchObject({ code: 'blocked_by_risk' });
  });

  it('loses its trust, both by an old record and by a new use', async () => {
    const { browsers, phone } = open();
    const { browserHash } = buildBrowserFacts();
    await browsers.recordUse(phone.accountId, browserHash, true);
    expect(await browsers.trustedBy(browserHash)).toEqual([phone.accountId]);
    await browsers.block(phone.accountId, browserHash, { name: 'Firefox', system: 'Linux', isScreen: false });
    expect((await browsers.recordUse(phone.accountId, browserHash, true)).trusted).toBe(false);
    expect(await browsers.trustedBy(browserHash)).toEqual([]);
  });
});

describe('an app', () => {
  it('neither claims nor approves a sign-in of high value, but the phone’s own page does', async () => {
    const { claim, approve } = open({ isHighValue: () => true });
    await expect(claim(undefined, true)).rejects.toMatchObject({ code: 'scope_insufficient' });
    const claimed = await claim();
    await expect(approve(claimed, true)).rejects.toMatchObject({ code: 'scope_insufficient' });
    expect((await approve(claimed)).ticket.state).toBe('approved');
  });

  it('decides every other sign-in', async () => {
    const { claim, approve } = open();
    expect((await approve(await claim(undefined, true), true)).ticket.state).toBe('approved');
  });
});

describe('a claimed ticket', () => {
  it('is shown to the phone that claimed it, and to no other', async () => {
    const { decisions, claim, phone } = open();
    const { handle } = await claim();
    expect((await decisions.find(handle, phone)).state).toBe('scanned');
    const other = buildDevice({ id: randomId() as typeof phone.id });
    await expect(decisions.find(handle, other)).rejects.toMatchObject({ code: 'ticket_not_found' });
  });

  it.each([
    [{ qr_sign_in: 'off' }, 'qr_sign_in_off'],
    [{ sign_in: 'passkey' }, 'qr_sign_in_off'],
  ] as const)('is cancelled when the client’s policy %j forbids it: %s', async (policy, code) => {
    const { claim } = open({ policy: policy as Partial<QrPolicy> });
    await expect(claim()).rejects.toMatchObject({ code });
  });

  it('shows a browser as new until its first use', async () => {
    const { browsers, claim, approve, phone, newBrowsers } = open();
    const first = (await approve(await claim())).ticket;
    expect(newBrowsers).toEqual([first.id]);
    await browsers.recordUse(phone.accountId, buildBrowserFacts().browserHash, false);
    await approve(await claim());
    expect(newBrowsers).toHaveLength(1);
  });
});
