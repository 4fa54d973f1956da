// TicketEvents within one process, for the embedded store.
import type { TicketEvents } from '../../ticket/ticket-events.ts';

export function createTicketEvents(): TicketEvents {
  const listeners = new Set<(interactionId: string) => void>();
  return {
    async publish(interactionId) {
      for (const listener of listeners) {
        try {
          listener(interactionId);
        } catch {
          // Its own trouble: the hint still reaches the others, and the publisher never fails.
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
