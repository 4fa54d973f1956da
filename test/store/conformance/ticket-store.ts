// TicketStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { TicketId } from '../../../src/core/ticket/ticket.ts';
import { retentionSeconds } from '../../../src/core/ticket/ticket-store.ts';
import { buildTicket, randomId } from '../records.ts';
import { fifty, type OpenStore, useStore } from './fixture.ts';

const pace = { firstSeconds: 4, addedSeconds: 5 };

export function ticketStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: tickets`, () => {
    const fixture = useStore(open);
    const now = (): number => fixture.opened.clock();
    const tickets = () => fixture.opened.store.tickets;

    it('finds a ticket by id, user code and interaction, as a new object', async () => {
      const ticket = buildTicket(now());
      await tickets().create(ticket);
      const found = await tickets().find(ticket.id);
      expect(found).toEqual(ticket);
      expect(await tickets().find(ticket.id)).not.toBe(found);
      expect(await tickets().findByUserCode(ticket.userCodeHash)).toEqual(ticket);
      expect(await tickets().findByInteraction(ticket.interactionId)).toEqual(ticket);
    });

    it('finds nothing for unknown ids', async () => {
      expect(await tickets().find(randomId() as TicketId)).toBeNull();
      expect(await tickets().findByUserCode(randomId())).toBeNull();
      expect(await tickets().findByInteraction(randomId())).toBeNull();
      expect(await tickets().update(randomId() as TicketId, (ticket) => ticket)).toBeNull();
    });

    it('finds the most recently created ticket of an interaction, whatever its sequence and id', async () => {
      for (let round = 0; round < 5; round++) {
        const first = buildTicket(now());
        const second = buildTicket(now(), { interactionId: first.interactionId });
        await tickets().create(first);
        await tickets().create(second);
        expect((await tickets().findByInteraction(first.interactionId))?.id).toBe(second.id);
        expect((await tickets().find(first.id))?.id).toBe(first.id);
      }
    });

    it('finds a ticket until its retention ends, and by no look-up afterwards', async () => {
      const ticket = buildTicket(now());
      await tickets().create(ticket);
      fixture.opened.clock.now = ticket.endsAt + retentionSeconds - 1;
      expect(await tickets().find(ticket.id)).toEqual(ticket);
      fixture.opened.clock.now += 1;
      expect(await tickets().find(ticket.id)).toBeNull();
      expect(await tickets().findByUserCode(ticket.userCodeHash)).toBeNull();
      expect(await tickets().findByInteraction(ticket.interactionId)).toBeNull();
      expect(await tickets().update(ticket.id, (current) => current)).toBeNull();
    });

    it('updates and returns what was written', async () => {
      const ticket = buildTicket(now());
      await tickets().create(ticket);
      const updated = await tickets().update(ticket.id, (current) => ({ ...current, state: 'cancelled' }));
      expect(updated).toEqual({ ...ticket, state: 'cancelled' });
      expect(await tickets().find(ticket.id)).toEqual(updated);
    });

    it('writes nothing when the change throws, and passes the error through', async () => {
      const ticket = buildTicket(now());
      await tickets().create(ticket);
      const refusal = new Error('no');
      const update = tickets().update(ticket.id, () => {
        throw refusal;
      });
      await expect(update).rejects.toBe(refusal);
      expect(await tickets().find(ticket.id)).toEqual(ticket);
      const after = await tickets().update(ticket.id, (current) => ({ ...current, secondScans: 7 }));
      expect(after?.secondScans).toBe(7);
    });

    it('lengthens the interval after an early poll, and finds no ticket for a guess', async () => {
      const ticket = buildTicket(now(), { screen: { resources: [] } });
      await tickets().create(ticket);
      const isEarlyAt = async (second: number) => (await tickets().poll(ticket.id, pace, now() + second))?.isEarly;
      expect(await tickets().poll(ticket.id, pace, now())).toEqual({ ticket, isEarly: false });
      expect(await isEarlyAt(3)).toBe(true);
      // The wait that was under way stays as it was; the next is longer, and longer again for asking early
      // in it.
      expect(await isEarlyAt(4)).toBe(false);
      expect(await isEarlyAt(12)).toBe(true);
      expect(await isEarlyAt(12)).toBe(true);
      expect(await isEarlyAt(13)).toBe(false);
      expect(await isEarlyAt(31)).toBe(true);
      expect(await isEarlyAt(32)).toBe(false);
      const updated = await tickets().update(ticket.id, (current) => ({ ...current, state: 'cancelled' }));
      expect(await tickets().poll(ticket.id, pace, now() + 33)).toEqual({ ticket: updated, isEarly: true });
      const guess = randomId() as TicketId;
      expect(await tickets().poll(guess, pace, now())).toBeNull();
      expect(await fixture.opened.dump()).not.toContain(guess);
      fixture.opened.clock.now = ticket.endsAt + retentionSeconds;
      expect(await tickets().poll(ticket.id, pace, now())).toBeNull();
    });

    it('accepts one of 50 parallel polls from two stores', async () => {
      const ticket = buildTicket(now(), { screen: { resources: [] } });
      await tickets().create(ticket);
      const polled = await fifty(await fixture.both(), (store) => store.tickets.poll(ticket.id, pace, now()));
      expect(polled.filter((each) => each && !each.isEarly)).toHaveLength(1);
      expect(polled.filter((each) => each?.isEarly)).toHaveLength(49);
    });

    it('counts all of 50 parallel increments from two stores', async () => {
      const ticket = buildTicket(now());
      await tickets().create(ticket);
      await fifty(await fixture.both(), (store) =>
        store.tickets.update(ticket.id, (current) => ({ ...current, secondScans: current.secondScans + 1 })),
      );
      expect((await tickets().find(ticket.id))?.secondScans).toBe(50);
    });
  });
}
