// TicketEvents within one process: for SQLite, and behind the subscriber of Redis (redis/ticket-events.ts).
import type { TicketEvents } from '../../core/ticket/ticket-events.ts';

/**
 * `publish(null)` says that hints may have been lost. Only Redis calls it so; within one process none are
 * lost.
 */
export type LocalTicketEvents = TicketEvents & { publish(interactionId: string | null): Promise<void> };

export function createTicketEvents(): LocalTicketEvents {
  const listeners = new Set<(interactionId: string | null) => void>();
  return {
    async publish(interactionId) {
      for (const listener of listeners) {
        try {
          listener(interactionId);
        } catch {
          // An error of one listener must not keep the hint from the others, nor fail the publisher.
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
