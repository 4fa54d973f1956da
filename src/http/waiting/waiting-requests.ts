// What every route of the waiting browser shares: whose interaction it is, and how the browser is sent on.
import type { Audit } from '../../core/audit/audit.ts';
import { TicketError } from '../../core/ticket/ticket.ts';
import { type DisplayedTicket, interactionIdOf, type Tickets } from '../../core/ticket/tickets.ts';
import type { SignInWay } from '../../oidc/acr.ts';
import type { Interaction, Interactions, Login } from '../../oidc/interaction.ts';
import type { Context } from '../kit/context.ts';
import { seeOther, wantsPage } from '../kit/navigation.ts';
import { HttpError } from '../kit/refusals.ts';
import { assertOpen } from './sign-in-ways.ts';

export type Waiting = { readonly interaction: Interaction; readonly interactionId: string };

export type WaitingRequests = ReturnType<typeof createWaitingRequests>;

export function createWaitingRequests(deps: { interactions: Interactions; tickets: Tickets; audit: Audit }) {
  const { interactions, tickets, audit } = deps;
  return {
    /** By the interaction cookie alone. @throws HttpError `interaction_not_found`, alike for missing, forged, foreign and over */
    async current(ctx: Context): Promise<Waiting> {
      const interaction = await interactions.current(ctx.req, ctx.res);
      if (!interaction || interaction.uid !== ctx.params.uid) throw interactionNotFound();
      return { interaction, interactionId: interactionIdOf(interaction.uid) };
    },

    /** The same, for a request that signs in. @throws HttpError `acr_unmet`, or as the client's policy has it, where this way is closed */
    async currentForSignIn(ctx: Context, way: SignInWay): Promise<Waiting> {
      const waiting = await this.current(ctx);
      assertOpen(way, waiting.interaction);
      return waiting;
    },

    /**
     * Completes a sign-in by another way than the QR code: cancels the ticket on display, writes the result and
     * sends the browser on.
     */
    async complete(ctx: Context, { interaction, interactionId }: Waiting, login: Login): Promise<void> {
      await this.retire(interactionId);
      leave(ctx, await interactions.finish(ctx.req, ctx.res, interaction, login));
    },

    /** Cancels the ticket on display, if it can still be cancelled. */
    async retire(interactionId: string): Promise<void> {
      const displayed: DisplayedTicket | null = await tickets.current(interactionId);
      if (!displayed) return;
      try {
        await audit.ticketCancelled(await tickets.cancel(displayed.ticket.id));
      } catch (error) {
        if (!(error instanceof TicketError)) throw error;
      }
    },
  };
}

export const pagePath = (interaction: Interaction): string => `/interaction/${interaction.uid}`;

/** Sends the browser on: the script navigates itself, a form is redirected (protocol.md 3). */
export function leave(ctx: Context, location: string): void {
  if (wantsPage(ctx)) seeOther(ctx, location);
  else ctx.body = { location };
}

export const interactionNotFound = () =>
  new HttpError('interaction_not_found', 'This sign-in has ended, or belongs to another browser.');
