// Port: where tickets are kept. Adapters live in store/. One conformance suite runs against all of them.
import type { Ticket, TicketId } from './ticket.ts';

export type TicketStore = {
  /**
   * Inserts the ticket and makes it the interaction's current one. It is kept until `endsAt +
   * retentionSeconds`.
   */
  create(ticket: Ticket): Promise<void>;
  /** Returns the ticket as last written, or null when it is unknown or expired. Always a fresh object. */
  find(id: TicketId): Promise<Ticket | null>;
  /** Finds a ticket by the keyed digest of its user code. */
  findByUserCode(userCodeHash: string): Promise<Ticket | null>;
  /** Returns the most recently created ticket of the interaction. */
  findByInteraction(interactionId: string): Promise<Ticket | null>;
  /**
   * Reads, changes and writes as one atomic step. `change` is pure and may run more than once. If it throws,
   * nothing is written and the error passes through.
   * @returns what was written, or null when the ticket is unknown
   */
  update(id: TicketId, change: (ticket: Ticket) => Ticket): Promise<Ticket | null>;
  /**
   * Records one poll of a screen (RFC 8628 §3.5), as one atomic step over all nodes. A poll before the
   * interval has elapsed is early and adds `addedSeconds` to the interval. Any other poll starts a new
   * interval; the first one has `firstSeconds`. Intervals are kept only for tickets with `screen`.
   * @returns null, and nothing is written, when the ticket is unknown
   */
  poll(id: TicketId, pace: PollPace, now: number): Promise<Polled | null>;
};

/** Intervals between polls, both at least 1 second. */
export type PollPace = { readonly firstSeconds: number; readonly addedSeconds: number };
export type Polled = { readonly ticket: Ticket; readonly isEarly: boolean };

/**
 * Seconds that a finished ticket can still be found, so that late callers get "expired" instead of "unknown".
 */
export const retentionSeconds = 600;
