// The use-cases of a ticket over a real store: one winner of every race, and no secret in the database.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { TicketId } from '../../../src/core/ticket/ticket.ts';
import { createTickets, interactionIdOf } from '../../../src/core/ticket/tickets.ts';
import { formatUserCode } from '../../../src/core/ticket/user-code.ts';
import { createVault } from '../../../src/crypto.ts';
import type { Store } from '../../../src/store/store.ts';
import { buildBrowserFacts, buildRequest, randomId } from '../records.ts';
import { fifty, type OpenStore, useStore } from './fixture.ts';

const lifetimes = { pendingSeconds: 120, decisionSeconds: 120, finishSeconds: 60 };
const decision = { scopes: ['openid'], trustBrowser: false, acr: 'tap', amr: ['mca'], authenticatedAt: 1_799_999_000 };

export function ticketUseCasesConformance(name: string, open: OpenStore): void {
  describe(`${name}: use-cases of a ticket`, () => {
    const fixture = useStore(open);
    const vault = createVault(randomBytes(32));
    const ticketsOf = (store: Store) =>
      createTickets({
        store: store.tickets,
        events: store.ticketEvents,
        vault,
        clock: fixture.opened.clock,
        lifetimes,
      });

    const issue = (uid: string) =>
      ticketsOf(fixture.opened.store).issue({
        interactionId: interactionIdOf(uid),
        request: buildRequest(),
        browser: buildBrowserFacts(),
        endsAt: fixture.opened.clock() + 600,
      });

    const scan = (id: TicketId, deviceId = 'device-1') =>
      ticketsOf(fixture.opened.store).scan(id, {
        deviceId,
        accountId: 'account-1',
        channel: 'scanner',
        frameAgeSeconds: 1,
        address: '127.0.0.1',
      });

    it('B7 lets one of 50 parallel phones claim and counts the other 49', async () => {
      const { ticket } = await issue(randomId());
      const stores = await fixture.both();
      const outcomes = await fifty(stores, (store, index) =>
        ticketsOf(store)
          .scan(ticket.id, {
            deviceId: `device-${index}`,
            accountId: 'account-1',
            channel: 'scanner',
            frameAgeSeconds: 0,
            address: '127.0.0.1',
          })
          .then(() => 'claimed', codeOf),
      );
      expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'ticket_already_scanned')).toHaveLength(49);
      expect((await fixture.opened.store.tickets.find(ticket.id))?.secondScans).toBe(49);
    });

    it('B7 gives 50 parallel decisions one winner', async () => {
      const { ticket } = await issue(randomId());
      const { approvalToken } = await scan(ticket.id);
      const by = { deviceId: 'device-1', approvalToken, number: null, isUserCodeConfirmed: false };
      const outcomes = await fifty(await fixture.both(), (store, index) => {
        const tickets = ticketsOf(store);
        const decided = index % 2 ? tickets.deny(ticket.id, by) : tickets.approve(ticket.id, by, decision, null);
        return decided.then((decidedTicket) => decidedTicket.state, codeOf);
      });
      const won = outcomes.filter((outcome) => outcome === 'approved' || outcome === 'denied');
      expect(won).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'ticket_already_decided')).toHaveLength(49);
      expect((await fixture.opened.store.tickets.find(ticket.id))?.state).toBe(won[0]);
    });

    it('B4 lets one of 50 parallel requests consume the approval', async () => {
      const uid = randomId();
      const { ticket } = await issue(uid);
      const { approvalToken } = await scan(ticket.id);
      const by = { deviceId: 'device-1', approvalToken, number: null, isUserCodeConfirmed: false };
      await ticketsOf(fixture.opened.store).approve(ticket.id, by, decision, null);
      const outcomes = await fifty(await fixture.both(), (store) =>
        ticketsOf(store)
          .consume(ticket.id, interactionIdOf(uid), null)
          .then(() => 'consumed', codeOf),
      );
      expect(outcomes.filter((outcome) => outcome === 'consumed')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'ticket_already_decided')).toHaveLength(49);
    });

    it('B12 allows five attempts at the confirmation code, also to 50 parallel requests', async () => {
      const uid = randomId();
      const { ticket } = await issue(uid);
      const { approvalToken } = await scan(ticket.id);
      const by = { deviceId: 'device-1', approvalToken, number: null, isUserCodeConfirmed: false };
      await ticketsOf(fixture.opened.store).approve(ticket.id, by, decision, '271828');
      const outcomes = await fifty(await fixture.both(), (store) =>
        ticketsOf(store)
          .consume(ticket.id, interactionIdOf(uid), '314159')
          .then(() => 'consumed', codeOf),
      );
      expect(outcomes.filter((outcome) => outcome === 'confirmation_code_wrong')).toHaveLength(5);
      expect(outcomes.filter((outcome) => outcome === 'ticket_already_decided')).toHaveLength(45);
    });

    it('H1 keeps no handle, code, token or interaction uid in the database, at any step', async () => {
      const uid = randomId();
      const { ticket, handle, userCode } = await issue(uid);
      const { approvalToken } = await scan(ticket.id);
      const confirmationCode = '271828';
      const secrets = {
        uid,
        handle,
        userCode,
        shownUserCode: formatUserCode(userCode),
        approvalToken,
        confirmationCode,
      };
      await expectNone(secrets, ticket.id);
      const by = { deviceId: 'device-1', approvalToken, number: null, isUserCodeConfirmed: false };
      await ticketsOf(fixture.opened.store).approve(ticket.id, by, decision, confirmationCode);
      await expectNone(secrets, ticket.id);
      await ticketsOf(fixture.opened.store).consume(ticket.id, interactionIdOf(uid), confirmationCode);
      await expectNone(secrets, ticket.id);
    });

    async function expectNone(secrets: Readonly<Record<string, string>>, ticketId: string): Promise<void> {
      const dump = await fixture.opened.dump();
      expect(dump.includes(ticketId), 'the dump is of this database').toBe(true);
      // Digests and timestamps may contain six digits in a row by chance; a code that is kept stands alone.
      const isKept = (secret: string): boolean =>
        new RegExp(`(?<![A-Za-z0-9_-])${secret}(?![A-Za-z0-9_-])`, 'i').test(dump);
      const kept = Object.entries(secrets).filter(([, secret]) =>
        secret.length > 6 ? dump.toLowerCase().includes(secret.toLowerCase()) : isKept(secret),
      );
      expect(kept).toEqual([]);
    }
  });
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : error);
