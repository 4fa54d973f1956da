// What follows from the number match of a phone that was asked. A wrong number denies the sign-in, because
// whoever chose it was not looking at the waiting screen.
import type { Audit } from '../audit/audit.ts';
import { type Ticket, TicketError } from '../ticket/ticket.ts';

export type AskedDecision = 'approved' | 'denied';
export type NumberRuleDeps = {
  readonly audit: Audit;
  /** Called with every decision; decisions about tickets that no phone was asked about are ignored. */
  readonly noteDecision: (ticket: Ticket, outcome: AskedDecision) => Promise<void>;
};

export const createNumberRule =
  ({ audit, noteDecision }: NumberRuleDeps) =>
  /**
   * @param ticket the ticket right after the decision
   * @throws TicketError `number_wrong` when a wrong number denied it
   */
  async (ticket: Ticket): Promise<void> => {
    if (ticket.state !== 'denied') return noteDecision(ticket, 'approved');
    await audit.ticketDenied(ticket, { reason: 'number_wrong' });
    await noteDecision(ticket, 'denied');
    throw numberWrong();
  };

/** The refusal of an approval with a wrong number, which has denied the ticket. */
export const numberWrong = () =>
  new TicketError('number_wrong', 'That is not the number on the other screen, so nobody was signed in.');
