// Ticket events over Redis: one channel for all nodes, one subscriber connection per node, which resubscribes by itself.
import type { TicketEvents } from '../../core/ticket/ticket-events.ts';
import { createTicketEvents } from '../memory/ticket-events.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

/** @throws StoreUnavailableError when the channel cannot be subscribed to now. */
export async function openTicketEvents(deps: { connection: Connection; keys: Keys }): Promise<TicketEvents> {
  const { connection, keys } = deps;
  const local = createTicketEvents();
  await connection.subscribe(keys.ticketEvents, {
    heard: (interactionId) => void local.publish(interactionId),
    missed: () => void local.publish(null),
  });
  return {
    async publish(interactionId) {
      // A hint that cannot be sent is dropped: whoever waits also looks by itself.
      await connection.run((redis) => redis.publish(keys.ticketEvents, interactionId)).catch(() => undefined);
    },
    subscribe: local.subscribe,
  };
}
