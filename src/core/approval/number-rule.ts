// What follows from the number match of a phone that was asked: whoever chose wrongly was not looking at that screen, so it counts as a denial.
import type { Audit } from '../audit/audit.ts';
import { type Ticket, TicketError } from '../ticket/ticket.ts';

export type AskedDecision = 'approved' | 'denied';
export type NumberRuleDeps = {
  readonly audit: Audit;
  /** Told of every decision; those of tickets that no phone was asked about are none of its business. */
  readonly noteDecision: (ticket: Ticket, outcome: AskedDecision) => Promise<void>;
};

export const createNumberRule =
  ({ audit, noteDecision }: NumberRuleDeps) =>
  /** @param ticket just decided. @throws TicketError `number_wrong` where that denied it */
  async (ticket: Ticket): Promise<void> => {
    if (ticket.state !== 'denied') return noteDecision(ticket, 'approved');
    await audit.ticketDenied(ticket, { reason: 'number_wrong' });
    await noteDecision(ticket, 'denied');
    throw new TicketError('number_wrong', 'That is not the number on the other screen, so nobody was signed in.');
  };
