// The routes of the waiting browser (protocol.md section 3): the sign-in page, its ticket, finish, cancel,
// and the other ways to sign in. Every route needs the interaction cookie; without it the answer is 404,
// whatever the uid.
import Router from '@koa/router';
import type { Clock } from '../../clock.ts';
import type { Accounts } from '../../core/account/accounts.ts';
import type { Passkeys } from '../../core/account/passkeys.ts';
import type { Approvals } from '../../core/approval/approvals.ts';
import { approvalIdOf } from '../../core/approval/build-approval.ts';
import type { Asks } from '../../core/ask/asks.ts';
import type { Audit } from '../../core/audit/audit.ts';
import type { Devices } from '../../core/device/devices.ts';
import { TicketError } from '../../core/ticket/ticket.ts';
import { type DisplayedTicket, interactionIdOf, type Tickets } from '../../core/ticket/tickets.ts';
import { stateAt } from '../../core/ticket/transition.ts';
import { isRenewedAutomatically } from '../../core/ticket/waiting-page.ts';
import { digest } from '../../crypto.ts';
import type { Interaction, Interactions } from '../../oidc/interaction.ts';
import type { Repeats } from '../../oidc/repeats.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import type { Cookies } from '../kit/cookies.ts';
import { decimalOf } from '../kit/decimal.ts';
import type { Identity } from '../kit/identity.ts';
import type { IsKnownBrowser } from '../kit/known-browser.ts';
import { goOnward, seeOther, wantsPage } from '../kit/navigation.ts';
import type { Pages } from '../kit/pages.ts';
import type { RequestLimits } from '../kit/request-limits.ts';
import { describeAgent } from '../kit/user-agent.ts';
import type { WaysBack } from '../kit/way-back.ts';
import { type AskOffer, createAskPhone } from './ask-phone.ts';
import { readConfirmationCode } from './confirmation-code.ts';
import { createEndings } from './endings.ts';
import { createOtherSignIn } from './other-sign-in.ts';
import { createPasskeySignIn } from './passkey-sign-in.ts';
import { type Screens, shownOf } from './screens.ts';
import { isEnding, situationOf } from './situation.ts';
import type { SignInPages } from './waiting-pages.ts';
import { createWaitingRequests, interactionNotFound, pagePath } from './waiting-requests.ts';

export type BrowserDeps = {
  readonly issuer: string;
  readonly interactions: Interactions;
  readonly repeats: Repeats;
  readonly tickets: Tickets;
  readonly approvals: Approvals;
  readonly asks: Asks;
  readonly askOffer: AskOffer;
  readonly accounts: Accounts;
  readonly passkeys: Passkeys;
  readonly devices: Devices;
  readonly identity: Identity;
  readonly screens: Screens;
  readonly signInPages: SignInPages;
  readonly pages: Pages;
  readonly cookies: Cookies;
  readonly waysBack: Pick<WaysBack, 'remember'>;
  readonly limits: RequestLimits;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly isKnownBrowser: IsKnownBrowser;
};

/** Upper bound for `?wait` of the long poll, in seconds. */
const maxWaitSeconds = 25;

/** The error of OpenID Connect Core Error Code unmet_authentication_requirements 1.0. */
const unreachable = {
  error: 'unmet_authentication_requirements',
  description: 'none of the requested acr_values can be reached here',
};

export function createBrowserRoutes(deps: BrowserDeps): Router<State> {
  const { interactions, tickets, approvals, screens, signInPages, limits, audit, clock } = deps;
  const waiting = createWaitingRequests(deps);
  const endings = createEndings(deps);
  const other = createOtherSignIn({ ...deps, waiting });

  /** `GET /interaction/:uid`: reads the facts once, decides the situation (situation.ts), and draws it. */
  const page: Handler = async (ctx) => {
    // Resuming failed (oidc/options.ts), so it cannot go on here either.
    if (ctx.query.ended !== undefined) throw interactionNotFound();
    const current = await waiting.current(ctx).catch((error: unknown) => continueLost(ctx, error));
    if (current === null) return;
    const { interaction } = current;
    interactions.markBrowser(ctx.req, ctx.res);
    deps.waysBack.remember(ctx, interaction);
    // A consent to some apps holds in this browser only (oidc/held-consents.ts).
    deps.cookies.browser(ctx);
    const facts = await signInPages.factsOf(ctx, current);
    const situation = situationOf(facts);
    switch (situation.kind) {
      case 'resume':
        return navigate(ctx, interaction, situation.location);
      case 'answered':
        await waiting.retire(current.interactionId);
        return navigate(ctx, interaction, situation.location);
      case 'timed_out':
        return navigate(ctx, interaction, await endings.timeOut(ctx, interaction, facts.displayed));
      case 'unreachable':
        return navigate(ctx, interaction, await interactions.abort(ctx.req, ctx.res, unreachable));
      case 'consent':
        return signInPages.renderConsent(ctx, interaction, situation.accountId);
      case 'continue':
        return signInPages.renderContinue(ctx, facts, situation.own);
      case 'sign_up':
        return seeOther(ctx, `${pagePath(interaction)}/sign-up`);
      case 'sign_in': {
        const displayed = situation.needsTicket ? await issue(ctx, interaction) : facts.displayed;
        return signInPages.renderSignIn(ctx, facts, displayed);
      }
    }
  };

  /**
   * The browser comes back to a sign-in that it has finished, because the way to the app got lost.
   * @throws `error` where that is not so
   */
  async function continueLost(ctx: Context, error: unknown): Promise<null> {
    const location = await interactions.lostReturn(ctx.req, String(ctx.params.uid));
    if (location === null) throw error;
    if (wantsPage(ctx)) goOnward(ctx, deps.pages, location);
    else seeOther(ctx, location);
    return null;
  }

  /** `GET /interaction/:uid/session`: whether another tab of this browser has answered the request. */
  const session: Handler = async (ctx) => {
    const { kind } = situationOf(await signInPages.factsOf(ctx, await waiting.current(ctx)));
    ctx.body = { continues: kind === 'answered' || kind === 'resume' };
  };

  /**
   * Sends a browser away that came with a GET. A form of ours may have been redirected here, so a browser
   * gets a page; a program, which knows no `form-action`, gets a redirect.
   */
  function navigate(ctx: Context, { uiLocales }: Interaction, location: string): void {
    if (wantsPage(ctx)) goOnward(ctx, deps.pages, location, uiLocales);
    else seeOther(ctx, location);
  }

  /**
   * Issues a ticket that this browser alone can consume, and records it.
   * @throws HttpError `rate_limited`
   */
  async function issue(ctx: Context, interaction: Interaction): Promise<DisplayedTicket> {
    await limits.ticketCreation(ctx.state.address, interaction.client.id);
    const agent = describeAgent(ctx.get('User-Agent'));
    const displayed = await tickets.issue({
      interactionId: interactionIdOf(interaction.uid),
      request: {
        clientId: interaction.client.id,
        redirectUri: interaction.redirectUri,
        scopes: interaction.scopes,
        authenticatedSince: interaction.isLoginForced ? interaction.startedAt : null,
        maxAgeSeconds: interaction.maxAgeSeconds,
        requestedAcr: interaction.requestedAcr,
        correlationId: interaction.correlationId,
      },
      browser: {
        browserHash: digest(deps.cookies.browser(ctx)),
        name: agent.name,
        system: agent.system,
        address: ctx.state.address,
      },
      endsAt: interaction.endsAt,
    });
    await audit.ticketIssued(displayed.ticket);
    return displayed;
  }

  /** `POST /interaction/:uid/ticket`: a new ticket at the person's request, after the last one expired. */
  const createTicket: Handler = async (ctx) => {
    const { interaction } = await waiting.currentForSignIn(ctx, 'qr');
    const displayed = await issue(ctx, interaction);
    if (wantsPage(ctx)) return seeOther(ctx, pagePath(interaction));
    ctx.status = 201;
    ctx.body = ticketJson(displayed);
  };

  /**
   * `GET /interaction/:uid/ticket?seen=<state>&wait=<seconds>`: the ticket at once, or when its state
   * differs from `seen`. For pages whose event stream does not work.
   */
  const ticket: Handler = async (ctx) => {
    const { interactionId } = await waiting.current(ctx);
    const seen = String(ctx.query.seen ?? '');
    const seconds = Math.min(decimalOf(ctx.query.wait) || 0, maxWaitSeconds);
    const displayed = await waitForNews(ctx, interactionId, seen, seconds);
    if (!displayed) throw interactionNotFound();
    ctx.body = ticketJson(displayed);
  };

  /**
   * Waits until the state of the ticket differs from `seen`, at most `seconds`.
   * @returns null when there is no ticket
   */
  async function waitForNews(
    ctx: Context,
    interactionId: string,
    seen: string,
    seconds: number,
  ): Promise<DisplayedTicket | null> {
    if (seconds === 0) return tickets.current(interactionId);
    const gone = new AbortController();
    ctx.res.once('close', () => gone.abort());
    const until = Date.now() + seconds * 1000;
    for (;;) {
      const remaining = (until - Date.now()) / 1000;
      // Listening starts before the read, so that a change between the two is not missed.
      const looked = new AbortController();
      const change = screens.waitForChange(
        interactionId,
        Math.max(remaining, 0),
        AbortSignal.any([gone.signal, looked.signal]),
      );
      const displayed = await tickets.current(interactionId);
      const isNews = !displayed || tickets.state(displayed.ticket) !== seen;
      if (isNews || remaining <= 0 || gone.signal.aborted) {
        looked.abort();
        return displayed;
      }
      const patience = displayed.ticket.deadlineAt - clock();
      await Promise.race([change, screens.waitForChange(interactionId, Math.max(patience, 0.2), gone.signal)]);
      looked.abort();
    }
  }

  /** The ticket as a waiting page may see it: its state, and the frame while it is pending. */
  function ticketJson(displayed: DisplayedTicket) {
    const state = tickets.state(displayed.ticket);
    const frame = state === 'pending' ? screens.frameMessage(shownOf(displayed)) : null;
    return { ...screens.stateMessage(displayed, state), renews: isRenewedAutomatically(displayed.ticket), ...frame };
  }

  /**
   * `POST /interaction/:uid/finish`: consumes the approved ticket and ends the sign-in. It consumes first:
   * a crash between the two costs a new scan, never a second sign-in.
   * @throws TicketError when the ticket is not approved, or the confirmation code is missing or wrong
   */
  const finish: Handler = async (ctx) => {
    const { interaction, interactionId } = await waiting.currentForSignIn(ctx, 'qr');
    const code = await readConfirmationCode(ctx);
    const displayed = await tickets.current(interactionId);
    if (!displayed) throw interactionNotFound();
    if (wantsPage(ctx) && stateAt(displayed.ticket, clock()) === 'denied')
      return waiting.leave(ctx, interaction, await endings.deny(ctx));
    const consumed = await approvals.consume(displayed.ticket, interactionId, code).catch((error: unknown) => {
      if (wantsPage(ctx) && isAnswerableByPage(error)) return null;
      throw error;
    });
    if (!consumed?.scan || !consumed.decision)
      return seeOther(ctx, `${pagePath(interaction)}${code === null ? '' : '?code=wrong'}`);
    const { accountId } = consumed.scan;
    const { acr, amr, authenticatedAt, trustBrowser, scopes } = consumed.decision;
    const approvalId = approvalIdOf(consumed);
    const login = {
      accountId,
      acr,
      amr: [...amr],
      authenticatedAt,
      remember: trustBrowser,
      scopes: [...scopes],
      approvalId,
    };
    waiting.leave(ctx, interaction, await interactions.finish(ctx.req, ctx.res, interaction, login));
  };

  /** `POST /interaction/:uid/cancel`: cancels the ticket and sends `access_denied` to the relying party. */
  const cancel: Handler = async (ctx) => {
    const { interaction, interactionId } = await waiting.current(ctx);
    const displayed = await tickets.current(interactionId);
    const isExpired = displayed !== null && stateAt(displayed.ticket, clock()) === 'expired';
    const isLate = isExpired || isEnding(interaction, clock());
    if (!isLate) await waiting.retire(interactionId);
    waiting.leave(ctx, interaction, await (isLate ? endings.timeOut(ctx, interaction, displayed) : endings.deny(ctx)));
  };

  return new Router<State>({ prefix: '/interaction/:uid' })
    .get('/', page)
    .get('/session', session)
    .get('/ticket', ticket)
    .post('/ticket', createTicket)
    .post('/ask', createAskPhone({ ...deps, waiting, issue, ticketJson }))
    .post('/finish', waiting.ending(finish))
    .post('/cancel', waiting.ending(cancel))
    .post('/password', waiting.ending(other.password))
    .post('/passkey', waiting.ending(createPasskeySignIn({ ...deps, waiting })))
    .post('/continue', waiting.ending(other.continueHere))
    .post('/consent', waiting.ending(other.consent));
}

/** Whether the sign-in page itself can show this refusal to a browser without script. */
const isAnswerableByPage = (error: unknown): boolean =>
  error instanceof TicketError &&
  ['confirmation_code_wrong', 'ticket_not_approved', 'ticket_expired'].includes(error.code);
