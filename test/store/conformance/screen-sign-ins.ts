// The device grant (RFC 8628) over a real store, on two nodes: what a device is told, how fast it may ask,
// when its code ends.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createScreenSignIns } from '../../../src/core/approval/screen-sign-ins.ts';
import { retentionSeconds } from '../../../src/core/ticket/ticket-store.ts';
import { createTickets, interactionIdOf } from '../../../src/core/ticket/tickets.ts';
import { normaliseUserCode } from '../../../src/core/ticket/user-code.ts';
import { createVault } from '../../../src/crypto.ts';
import type { Store } from '../../../src/store/store.ts';
import { randomId } from '../records.ts';
import { fifty, type OpenStore, useStore } from './fixture.ts';

const lifetimes = { pendingSeconds: 120, decisionSeconds: 120, finishSeconds: 60 };
const decision = { scopes: ['openid'], trustBrowser: false, acr: 'tap', amr: ['mca'], authenticatedAt: 1_799_999_000 };
const lifeSeconds = 300;

export function screenSignInsConformance(name: string, open: OpenStore): void {
  describe(`${name}: device grants`, () => {
    const fixture = useStore(open);
    const vault = createVault(randomBytes(32));
    const clock = () => fixture.opened.clock();
    const pass = (seconds: number) => {
      fixture.opened.clock.now += seconds;
    };

    /** One node. What an approval has to be worth, and its record, are approvals' business. */
    function nodeOn(store: Store) {
      const tickets = createTickets({ store: store.tickets, events: store.ticketEvents, vault, clock, lifetimes });
      const grants = createScreenSignIns({
        tickets,
        approvals: { consume: ({ id }, interactionId) => tickets.consume(id, interactionId, null) },
        audit: { ticketIssued: async () => undefined },
        clock,
        limitBeginning: async () => undefined,
        isHighValue: () => false,
      });
      return { tickets, grants };
    }

    async function begin() {
      const nodes = (await fixture.both()).map(nodeOn);
      const [one, two] = nodes;
      if (!one || !two) throw new Error('two nodes are needed');
      const deviceCode = randomId();
      const { handle, userCode } = await one.grants.begin({
        deviceCode,
        clientId: 'tv',
        scopes: ['openid'],
        resources: ['https://api.example'],
        requestedAcr: [],
        isPersonAskedAnew: false,
        maxAgeSeconds: null,
        correlationId: randomId(),
        lifeSeconds,
        name: 'Tea TV',
        system: '',
        address: '127.0.0.1',
      });
      const poll = async (node = one, clientId = 'tv') => (await node.grants.poll(deviceCode, clientId)).state;
      const find = () => two.tickets.findByInteraction(interactionIdOf(deviceCode));
      return { one, two, deviceCode, handle, userCode, poll, find };
    }

    type Begun = Awaited<ReturnType<typeof begin>>;
    async function scan({ two, find }: Begun) {
      const ticket = await find();
      if (!ticket) throw new Error('there is no ticket');
      const by = { deviceId: 'phone', accountId: 'account', address: '127.0.0.1' };
      const { approvalToken } = await two.tickets.scan(ticket.id, { ...by, channel: 'link', frameAgeSeconds: null });
      return { id: ticket.id, by: { deviceId: 'phone', approvalToken, number: null, isUserCodeConfirmed: true } };
    }

    it('finds a screen by its device code, its handle and its user code, on both nodes', async () => {
      const begun = await begin();
      const ticket = await begun.find();
      expect(ticket?.screen?.resources).toEqual(['https://api.example']);
      const located = await begun.two.tickets.locateUserCode(begun.userCode);
      expect(located.ticket.id).toBe(ticket?.id);
      expect((await begun.two.tickets.locateFrame(begun.handle)).ticket.id).toBe(ticket?.id);
      expect(await begun.poll(begun.two, 'another')).toBe('unknown');
      expect((await begun.two.grants.poll(randomId(), 'tv')).state).toBe('unknown');
    });

    it('stores no code in clear text', async () => {
      const { deviceCode, handle, userCode } = await begin();
      const kept = await fixture.opened.dump();
      for (const secret of [deviceCode, handle, userCode, normaliseUserCode(userCode)])
        expect(kept).not.toContain(secret);
    });

    it('lengthens the interval of a screen permanently, on every node', async () => {
      const begun = await begin();
      const { one, two, poll } = begun;
      expect(await poll(one)).toBe('pending');
      pass(3);
      expect(await poll(two)).toBe('too_fast');
      // The wait that was under way stays as it was; the next is ten seconds.
      pass(2);
      expect(await poll(one)).toBe('pending');
      pass(5);
      expect(await poll(two)).toBe('too_fast');
      pass(5);
      expect(await poll(one)).toBe('pending');
      pass(10);
      expect(await poll(two)).toBe('too_fast');
      pass(5);
      expect(await poll(two)).toBe('pending');
      for (const node of [two, one, two]) {
        pass(20);
        expect(await poll(node)).toBe('pending');
      }
      // Another device of the client is as fast as ever.
      const other = await begin();
      expect(await other.poll()).toBe('pending');
      pass(5);
      expect(await other.poll()).toBe('pending');
    });

    it('accepts one of 50 parallel polls and counts each of the others', async () => {
      const begun = await begin();
      const states = await fifty(await fixture.both(), (store) =>
        nodeOn(store)
          .grants.poll(begun.deviceCode, 'tv')
          .then(({ state }) => state),
      );
      expect(states.filter((state) => state === 'pending')).toHaveLength(1);
      expect(states.filter((state) => state === 'too_fast')).toHaveLength(49);
      // Each of them made every further wait five seconds longer.
      pass(100);
      expect(await begun.poll()).toBe('pending');
      pass(100);
      expect(await begun.poll()).toBe('too_fast');
    });

    it('expires a code at its last second, claimed or not, and deletes it later', async () => {
      const [idle, claimed] = [await begin(), await begin()];
      pass(lifeSeconds - 1);
      const { id, by } = await scan(claimed);
      expect([await idle.poll(), await claimed.poll(claimed.two)]).toEqual(['pending', 'pending']);
      pass(1);
      expect([await idle.poll(), await claimed.poll(claimed.two)]).toEqual(['expired', 'expired']);
      await expect(claimed.one.tickets.approve(id, by, decision, null)).rejects.toMatchObject({
        code: 'ticket_expired',
      });
      pass(lifetimes.finishSeconds + retentionSeconds);
      expect([await idle.poll(), await claimed.poll(claimed.two)]).toEqual(['unknown', 'unknown']);
    });

    it('leaves a limited time to fetch an approval of the last moment', async () => {
      const [quick, slow] = [await begin(), await begin()];
      pass(lifeSeconds - 1);
      for (const begun of [quick, slow]) {
        const { id, by } = await scan(begun);
        await begun.two.tickets.approve(id, by, decision, null);
      }
      pass(lifetimes.finishSeconds - 1);
      const { state, ticket } = await quick.one.grants.poll(quick.deviceCode, 'tv');
      expect(state).toBe('approved');
      if (ticket) await quick.one.grants.consume(ticket, async () => randomId());
      expect(await quick.poll(quick.two)).toBe('unknown');
      pass(2);
      expect(await slow.poll()).toBe('expired');
    });

    it('answers a denied screen at any pace', async () => {
      const begun = await begin();
      const { id, by } = await scan(begun);
      await begun.one.tickets.deny(id, by);
      for (const node of [begun.one, begun.two, begun.two]) expect(await begun.poll(node)).toBe('denied');
    });
  });
}
