// TicketEvents within one process, for the embedded store.
import type { TicketEvents } from '../../core/ticket/ticket-events.ts';

/** Also passes on that hints may have been lost; within one process none are. */
export type LocalTicketEvents = TicketEvents & { publish(interactionId: string | null): Promise<void> };

export function createTicketEvents(): LocalTicketEvents {
  const listeners = new Set<(interactionId: string | null) => void>();
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
