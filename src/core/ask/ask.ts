// A request that waits for an account's phones: "Ask my phone", from a browser that the account trusts. It
// claims no ticket; the state of its ticket tells whether it still waits.
import type { TicketId } from '../ticket/ticket.ts';

export type AskId = string & { readonly brand: 'AskId' };

export type Ask = {
  /** 128 random bits, known only to the account's phones. */
  readonly id: AskId;
  readonly accountId: string;
  readonly browserHash: string;
  readonly ticketId: TicketId;
  /** Epoch seconds: the end of the interaction. Usually the ticket ends earlier, and the request with it. */
  readonly expiresAt: number;
};

/**
 * The result of a request to ask. The browser is never told, because the answer would reveal facts about the
 * account (security.md G4). `rung`: phones were notified; `open`: another request waits.
 */
export type AskOutcome = 'rung' | 'open' | 'limited' | 'muted';
