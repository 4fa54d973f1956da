// TicketEvents over Redis pub/sub: one channel for all nodes and one subscriber connection per node, which
// resubscribes by itself. Messages are hints; a lost one costs a delay.
import type { TicketEvents } from '../../core/ticket/ticket-events.ts';
import { createTicketEvents } from '../memory/ticket-events.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

/** Subscribes this node. @throws StoreUnavailableError when that is impossible now */
export async function openTicketEvents(deps: { connection: Connection; keys: Keys }): Promise<TicketEvents> {
  const { connection, keys } = deps;
  const local = createTicketEvents();
  await connection.subscribe(keys.ticketEvents, {
    heard: (interactionId) => void local.publish(interactionId),
    missed: () => void local.publish(null),
  });
  return {
    async publish(interactionId) {
      // A hint that cannot be sent is dropped: waiting pages also look at the store from time to time.
      await connection.run((redis) => redis.publish(keys.ticketEvents, interactionId)).catch(() => undefined);
    },
    subscribe: local.subscribe,
  };
}
