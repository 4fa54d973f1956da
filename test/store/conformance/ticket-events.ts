// TicketEvents: hints reach every store on the database that shares events, and nobody is hurt by them.
import { describe, expect, it, vi } from 'vitest';
import { randomId } from '../records.ts';
import { type OpenStore, useStore } from './fixture.ts';

export function ticketEventsConformance(
  name: string,
  open: OpenStore,
  { reachOthers }: { reachOthers: boolean },
): void {
  describe(`${name}: ticket events`, () => {
    const fixture = useStore(open);

    it('tells a listener until it stops listening', async () => {
      const { ticketEvents } = fixture.opened.store;
      const [heard, heardToo]: [(string | null)[], (string | null)[]] = [[], []];
      const stop = ticketEvents.subscribe((id) => heard.push(id));
      ticketEvents.subscribe((id) => heardToo.push(id));
      const [first, second] = [randomId(), randomId()];
      await ticketEvents.publish(first);
      await vi.waitFor(() => expect(heard).toEqual([first]));
      stop();
      await ticketEvents.publish(second);
      await vi.waitFor(() => expect(heardToo).toEqual([first, second]));
      expect(heard).toEqual([first]);
    });

    it('neither fails the publisher nor silences others when a listener throws', async () => {
      const { ticketEvents } = fixture.opened.store;
      const heard: (string | null)[] = [];
      ticketEvents.subscribe(() => {
        throw new Error('a listener’s own trouble');
      });
      ticketEvents.subscribe((id) => heard.push(id));
      const id = randomId();
      await ticketEvents.publish(id);
      await vi.waitFor(() => expect(heard).toEqual([id]));
    });

    if (!reachOthers) return;
    it('I3 reaches another node', async () => {
      const [here, there] = await fixture.both();
      const heard: (string | null)[] = [];
      there.ticketEvents.subscribe((id) => heard.push(id));
      const id = randomId();
      await here.ticketEvents.publish(id);
      await vi.waitFor(() => expect(heard).toEqual([id]));
    });

    it('does not reject after the store was closed', async () => {
      await fixture.opened.store.close();
      await expect(fixture.opened.store.ticketEvents.publish(randomId())).resolves.toBeUndefined();
    });
  });
}
