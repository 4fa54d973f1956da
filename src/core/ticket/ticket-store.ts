// Port: where tickets are kept. Adapters live in store/; one conformance suite holds them all to these words.
import type { Ticket, TicketId } from './ticket.ts';

export type TicketStore = {
  /** Inserts, and makes this the interaction's current ticket. Kept until `endsAt` plus `retentionSeconds`, then gone. */
  create(ticket: Ticket): Promise<void>;
  /** The ticket as last written, or null when unknown or purged. Always a fresh object. */
  find(id: TicketId): Promise<Ticket | null>;
  /** By keyed digest of the user code. */
  findByUserCode(userCodeHash: string): Promise<Ticket | null>;
  /** The most recently created ticket of an interaction. */
  findByInteraction(interactionId: string): Promise<Ticket | null>;
  /**
   * Reads, changes and writes as one step. `change` is pure and may run more than once; if it throws, nothing is
   * written and the error passes through. Returns what was written, or null when the ticket is unknown.
   */
  update(id: TicketId, change: (ticket: Ticket) => Ticket): Promise<Ticket | null>;
  /**
   * A screen asks for its ticket. Early is who asks before the present wait is over: every further wait is `addedSeconds` longer then. Who is
   * not early begins a new wait; the first, one of `firstSeconds`. That is judged as one atomic step over all nodes. Null, and nothing is
   * written, when the ticket is unknown. The pace of a ticket that is no screen's is not kept.
   */
  poll(id: TicketId, pace: PollPace, now: number): Promise<Polled | null>;
};

/** Both at least 1. */
export type PollPace = { readonly firstSeconds: number; readonly addedSeconds: number };
export type Polled = { readonly ticket: Ticket; readonly isEarly: boolean };

/** How long a finished ticket can still be asked about, so that late callers meet "expired", not "unknown". */
export const retentionSeconds = 600;
