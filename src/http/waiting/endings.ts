// How a request ends without a sign-in: the person refuses, or nobody answers in time. Both are
// `access_denied` at the relying party (RFC 6749 §4.1.2.1); the description and the audit trail tell them
// apart.
import type { Audit } from '../../core/audit/audit.ts';
import { type Ticket, TicketError } from '../../core/ticket/ticket.ts';
import type { DisplayedTicket, Tickets } from '../../core/ticket/tickets.ts';
import type { Interaction, Interactions } from '../../oidc/interaction.ts';
import type { Context } from '../kit/context.ts';

export type EndingsDeps = {
  readonly interactions: Pick<Interactions, 'abort'>;
  readonly tickets: Pick<Tickets, 'cancel'>;
  readonly audit: Pick<Audit, 'signInTimedOut'>;
};

export function createEndings({ interactions, tickets, audit }: EndingsDeps) {
  /** Ends a ticket that was still open when its interaction ended. Most have expired by then. */
  const withdraw = (ticket: Ticket): Promise<Ticket> =>
    tickets.cancel(ticket.id).catch((error: unknown) => {
      if (error instanceof TicketError) return ticket;
      throw error;
    });

  return {
    /** @returns where the browser continues */
    deny: (ctx: Context): Promise<string> =>
      interactions.abort(ctx.req, ctx.res, { error: 'access_denied', description: 'the sign-in was refused' }),

    /**
     * Nobody answered, which is no refusal by the person. The app hears of it once, and no phone can answer
     * afterwards.
     * @param displayed the last ticket; null where the app shows no QR code
     * @returns where the browser continues
     */
    async timeOut(ctx: Context, interaction: Interaction, displayed: DisplayedTicket | null): Promise<string> {
      const { correlationId, client, resumeLocation } = interaction;
      if (resumeLocation) return resumeLocation;
      const ticket = displayed && (await withdraw(displayed.ticket));
      await audit.signInTimedOut({ correlationId, clientId: client.id, address: ctx.state.address }, ticket);
      return interactions.abort(ctx.req, ctx.res, {
        error: 'access_denied',
        description: 'nobody answered in time',
      });
    },
  };
}
