// A request that waits for an account's phones: "Ask my phone", from a browser the account trusts. It claims nothing by itself; which
// ticket it is about, and whether that still waits, the ticket says.
import type { TicketId } from '../ticket/ticket.ts';

export type AskId = string & { readonly brand: 'AskId' };

export type Ask = {
  /** 128 random bits: known to the phones of the account only. */
  readonly id: AskId;
  readonly accountId: string;
  readonly browserHash: string;
  readonly ticketId: TicketId;
  /** The end of the whole sign-in; usually it is over before, with its ticket. */
  readonly expiresAt: number;
};

/** What became of the wish to ask. The browser never learns which: it could find out about the account by it (security.md G4). */
export type AskOutcome = 'rung' | 'open' | 'limited' | 'muted';
