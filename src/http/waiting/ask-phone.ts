// "Ask my phone" at the waiting browser. It is offered only in a browser that an account has marked as its
// own, which the browser's secret cookie proves. Any other browser gets no hint and nothing to try
// (security.md G4).

import type { Clock } from '../../clock.ts';
import type { Asks } from '../../core/ask/asks.ts';
import { TicketError } from '../../core/ticket/ticket.ts';
import type { DisplayedTicket, Tickets } from '../../core/ticket/tickets.ts';
import { stateAt } from '../../core/ticket/transition.ts';
import { digest } from '../../crypto.ts';
import type { Interaction, Interactions } from '../../oidc/interaction.ts';
import type { Context, Handler } from '../kit/context.ts';
import type { Cookies } from '../kit/cookies.ts';
import { seeOther, wantsPage } from '../kit/navigation.ts';
import { openWays } from '../kit/sign-in-ways.ts';
import { interactionNotFound, pagePath, type WaitingRequests } from './waiting-requests.ts';

export type AskOffer = ReturnType<typeof createAskOffer>;

/** Decides whether "Ask my phone" is offered in this browser. */
export function createAskOffer(deps: { asks: Asks; interactions: Interactions; cookies: Cookies }) {
  const { asks, interactions, cookies } = deps;
  return {
    /** The account whose phones this browser may ask for this sign-in; null when there is none. */
    async accountFor(ctx: Context, interaction: Interaction): Promise<string | null> {
      const secret = cookies.existingBrowser(ctx);
      if (!secret || !isOpen(interaction)) return null;
      for (const accountId of await asks.askable(digest(secret)))
        if (await interactions.isExpected(interaction, accountId)) return accountId;
      return null;
    },
  };
}

/** An asked phone uses no scanner, so a client that requires the scanner does not allow it. */
const isOpen = (interaction: Interaction): boolean =>
  interaction.prompt === 'login' &&
  openWays(interaction, false).has('qr') &&
  interaction.client.qr.qr_scanner !== 'in_app';

export type AskPhoneDeps = {
  readonly asks: Asks;
  readonly askOffer: AskOffer;
  readonly tickets: Tickets;
  readonly waiting: WaitingRequests;
  readonly clock: Clock;
  /** Issues and records a ticket for the interaction. @throws HttpError `rate_limited` */
  readonly issue: (ctx: Context, interaction: Interaction) => Promise<DisplayedTicket>;
  /** The ticket as `GET /interaction/:uid/ticket` answers it. */
  readonly ticketJson: (displayed: DisplayedTicket) => object;
};

/** `POST /interaction/:uid/ask`. The answer is the same whether a phone rings or not. */
export function createAskPhone(deps: AskPhoneDeps): Handler {
  const { asks, askOffer, tickets, waiting } = deps;

  /** The ticket on display, or a new one when that one has ended. */
  async function liveTicket(ctx: Context, interaction: Interaction, interactionId: string): Promise<DisplayedTicket> {
    const displayed = await tickets.current(interactionId);
    const state = displayed && stateAt(displayed.ticket, deps.clock());
    if (!displayed || state === 'expired' || state === 'cancelled') return deps.issue(ctx, interaction);
    return displayed;
  }

  /**
   * Asks the phones of the account about this ticket. A second request for the same ticket rings no phone
   * again.
   */
  async function ask(displayed: DisplayedTicket, accountId: string): Promise<DisplayedTicket> {
    if (displayed.ticket.state !== 'pending') return displayed;
    try {
      const { isFirst, ...asked } = await tickets.ask(displayed.ticket.id);
      if (isFirst) await asks.start(asked.ticket, accountId);
      return asked;
    } catch (error) {
      // The ticket was scanned or ended at this moment. The page learns it as always.
      if (!(error instanceof TicketError)) throw error;
      return (await tickets.current(displayed.ticket.interactionId)) ?? displayed;
    }
  }

  return async (ctx) => {
    const { interaction, interactionId } = await waiting.currentForSignIn(ctx, 'qr');
    const accountId = await askOffer.accountFor(ctx, interaction);
    if (accountId === null) throw interactionNotFound();
    const displayed = await ask(await liveTicket(ctx, interaction, interactionId), accountId);
    if (wantsPage(ctx)) return seeOther(ctx, pagePath(interaction));
    ctx.status = 202;
    ctx.body = deps.ticketJson(displayed);
  };
}
