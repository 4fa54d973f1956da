// What every route of the waiting browser shares: finding the interaction, and sending the browser on, also
// when the first answer got lost.
import type { IncomingMessage } from 'node:http';
import type { Audit } from '../../core/audit/audit.ts';
import { TicketError } from '../../core/ticket/ticket.ts';
import { type DisplayedTicket, interactionIdOf, type Tickets } from '../../core/ticket/tickets.ts';
import type { SignInWay } from '../../oidc/acr.ts';
import type { Interaction, Interactions } from '../../oidc/interaction.ts';
import type { Kept, Repeats } from '../../oidc/repeats.ts';
import { readText } from '../kit/body.ts';
import type { Context, Handler } from '../kit/context.ts';
import { goOnward, wantsPage } from '../kit/navigation.ts';
import { createOwnSignIn, type OwnLogin, type OwnSignInDeps } from '../kit/own-sign-in.ts';
import type { Pages } from '../kit/pages.ts';
import { HttpError } from '../kit/refusals.ts';
import { assertOpen } from '../kit/sign-in-ways.ts';

/** An interaction that is pending in the browser of this request, and its id in the store of tickets. */
export type Waiting = { readonly interaction: Interaction; readonly interactionId: string };

export type WaitingRequests = ReturnType<typeof createWaitingRequests>;

/** How a request sends the browser on, as it is repeated. */
type Leaving = { readonly uiLocales: readonly string[]; readonly location: string };

export type WaitingRequestsDeps = OwnSignInDeps & {
  readonly interactions: Interactions;
  readonly repeats: Repeats;
  readonly tickets: Tickets;
  readonly audit: Audit;
  readonly pages: Pages;
};

export function createWaitingRequests(deps: WaitingRequestsDeps) {
  const { interactions, tickets, audit, pages } = deps;
  const finish = createOwnSignIn(deps);
  const left = new WeakMap<IncomingMessage, Kept<Leaving>>();

  function send(ctx: Context, { uiLocales, location }: Leaving): void {
    if (wantsPage(ctx)) goOnward(ctx, pages, location, uiLocales);
    else ctx.body = { location };
  }

  return {
    /**
     * Sends the browser on (protocol.md section 3): a script navigates itself, and a form ends at a page that
     * navigates.
     */
    leave(ctx: Context, { uiLocales, endsAt }: Interaction, location: string): void {
      left.set(ctx.req, { answer: { uiLocales, location }, until: endsAt });
      send(ctx, { uiLocales, location });
    },

    /**
     * Makes a handler that ends the sign-in once. The same browser that sends the same request again is sent
     * to the same place. Everything else meets the handler, which refuses it.
     */
    ending(handler: Handler): Handler {
      return async (ctx, next) => {
        const secret = interactions.browserSecret(ctx.req);
        if (secret === null) return handler(ctx, next);
        const key = JSON.stringify(['ending', secret, ctx.path, await readText(ctx)]);
        const answered = await deps.repeats.once<Leaving>(key, async () => {
          await handler(ctx, next);
          return left.get(ctx.req) ?? null;
        });
        if (answered?.isRepeated) send(ctx, answered.answer);
      };
    },

    /**
     * Finds the interaction by its cookie alone.
     * @throws HttpError `interaction_not_found`, alike for a missing, forged, foreign or expired one
     */
    async current(ctx: Context): Promise<Waiting> {
      const interaction = await interactions.current(ctx.req, ctx.res);
      if (!interaction || interaction.uid !== ctx.params.uid) throw interactionNotFound();
      return { interaction, interactionId: interactionIdOf(interaction.uid) };
    },

    /**
     * As `current`, for a request that signs in by this way.
     * @throws HttpError `acr_unmet`, or another code of `assertOpen`, when the way is closed
     */
    async currentForSignIn(ctx: Context, way: SignInWay): Promise<Waiting> {
      const waiting = await this.current(ctx);
      assertOpen(way, waiting.interaction);
      return waiting;
    },

    /**
     * Completes a sign-in by another way than the QR code: cancels the ticket on display, records the
     * sign-in, writes the result and sends the browser on.
     * @throws AccountError `credentials_wrong` when the account was disabled or signed out meanwhile
     */
    async complete(ctx: Context, { interaction, interactionId }: Waiting, login: OwnLogin): Promise<void> {
      await this.retire(interactionId);
      this.leave(ctx, interaction, await finish(ctx, interaction, login));
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

/** The path of the sign-in page of an interaction. */
export const pagePath = (interaction: Interaction): string => `/interaction/${interaction.uid}`;

/** One answer for every interaction that this browser may not see, so that a uid cannot be probed. */
export const interactionNotFound = () =>
  new HttpError('interaction_not_found', 'This sign-in has ended, or belongs to another browser.');
