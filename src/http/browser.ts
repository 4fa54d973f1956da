// The waiting browser (protocol.md 3): sign-in page, its events and ticket, finish, cancel, and the other ways to sign in.
// Every route needs the interaction cookie; without it the answer is 404 whatever the uid.
import Router from '@koa/router';
import type { Account } from '../account/account.ts';
import type { Accounts } from '../account/accounts.ts';
import { ApprovalError } from '../approval/approval.ts';
import { type Approvals, approvalIdOf } from '../approval/approvals.ts';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import { digest } from '../crypto.ts';
import type { Devices } from '../device/devices.ts';
import type { Interaction, Interactions } from '../oidc/interaction.ts';
import { stateAt, TicketError } from '../ticket/ticket.ts';
import { type DisplayedTicket, interactionIdOf, isRenewedAutomatically, type Tickets } from '../ticket/tickets.ts';
import { readForm, readJson } from './body.ts';
import type { Context, Handler, State } from './context.ts';
import type { Cookies } from './cookies.ts';
import type { Identity } from './identity.ts';
import { HttpError } from './refusals.ts';
import type { RequestLimits } from './request-limits.ts';
import { continueBody, finishBody } from './schemas.ts';
import type { SignInPages } from './sign-in-pages.ts';
import type { Screens } from './sse.ts';
import { describeAgent } from './user-agent.ts';

export type BrowserDeps = {
  readonly issuer: string;
  readonly interactions: Interactions;
  readonly tickets: Tickets;
  readonly approvals: Approvals;
  readonly accounts: Accounts;
  readonly devices: Devices;
  readonly identity: Identity;
  readonly screens: Screens;
  readonly signInPages: SignInPages;
  readonly cookies: Cookies;
  readonly limits: RequestLimits;
  readonly audit: Audit;
  readonly clock: Clock;
};

type Waiting = { readonly interaction: Interaction; readonly interactionId: string };

const maxWaitSeconds = 25;

export const acrOfPassword = 'urn:tessera:password';
export const acrOfDevice = 'urn:tessera:device';

export function createBrowserRoutes(deps: BrowserDeps): Router<State> {
  const { interactions, tickets, approvals, screens, signInPages, limits, audit, clock } = deps;

  async function waitingOf(ctx: Context): Promise<Waiting> {
    const interaction = await interactions.current(ctx.req, ctx.res);
    if (!interaction || interaction.uid !== ctx.params.uid) throw notFound();
    return { interaction, interactionId: interactionIdOf(interaction.uid) };
  }

  const page: Handler = async (ctx) => {
    const { interaction, interactionId } = await waitingOf(ctx);
    if (interaction.resumeLocation) return ctx.redirect(interaction.resumeLocation);
    const refusal = await signInPages.refusalOf(interaction);
    if (refusal) return ctx.redirect(await interactions.abort(ctx.req, ctx.res, refusal));
    const displayed = await tickets.current(interactionId);
    await signInPages.render(
      ctx,
      interaction,
      (await needsTicket(ctx, interaction, displayed)) ? await issue(ctx, interaction) : displayed,
    );
  };

  /** A page renews an expired ticket by itself a few times; a consumed one is left over from a crash before the finish. */
  async function needsTicket(
    ctx: Context,
    interaction: Interaction,
    displayed: DisplayedTicket | null,
  ): Promise<boolean> {
    if (interaction.prompt !== 'login' || interaction.client.qr.qr_sign_in === 'off') return false;
    if (await signInPages.isContinuing(ctx, interaction)) return false;
    if (!displayed || displayed.ticket.state === 'consumed' || displayed.ticket.state === 'cancelled') return true;
    return tickets.state(displayed.ticket) === 'expired' && isRenewedAutomatically(displayed.ticket);
  }

  async function issue(ctx: Context, interaction: Interaction): Promise<DisplayedTicket> {
    if (interaction.client.qr.qr_sign_in === 'off')
      throw new HttpError('not_found', 'This site does not sign in by QR code.');
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

  const createTicket: Handler = async (ctx) => {
    const { interaction } = await waitingOf(ctx);
    if (interaction.client.qr.qr_sign_in === 'off')
      throw new ApprovalError('qr_sign_in_off', 'This site does not sign in by QR code.');
    const displayed = await issue(ctx, interaction);
    if (isPlainForm(ctx)) return seeOther(ctx, pagePath(interaction));
    ctx.status = 201;
    ctx.body = ticketJson(displayed);
  };

  const ticket: Handler = async (ctx) => {
    const { interactionId } = await waitingOf(ctx);
    const seen = String(ctx.query.seen ?? '');
    const seconds = Math.min(Math.max(Number(ctx.query.wait) || 0, 0), maxWaitSeconds);
    const displayed = await waitForNews(ctx, interactionId, seen, seconds);
    if (!displayed) throw notFound();
    ctx.body = ticketJson(displayed);
  };

  async function waitForNews(
    ctx: Context,
    interactionId: string,
    seen: string,
    seconds: number,
  ): Promise<DisplayedTicket | null> {
    const gone = new AbortController();
    ctx.res.once('close', () => gone.abort());
    const until = Date.now() + seconds * 1000;
    for (;;) {
      const remaining = (until - Date.now()) / 1000;
      // Listening starts before the look, so that a change between the two is not missed.
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

  function ticketJson(displayed: DisplayedTicket) {
    const state = tickets.state(displayed.ticket);
    const frame = state === 'pending' ? screens.frameMessage(displayed) : null;
    return { ...screens.stateMessage(displayed, state), renews: isRenewedAutomatically(displayed.ticket), ...frame };
  }

  const finish: Handler = async (ctx) => {
    const { interaction, interactionId } = await waitingOf(ctx);
    const code = await readConfirmationCode(ctx);
    const displayed = await tickets.current(interactionId);
    if (!displayed) throw notFound();
    if (isPlainForm(ctx) && stateAt(displayed.ticket, clock()) === 'denied')
      return leave(ctx, await deny(ctx, interaction));
    const consumed = await approvals.consume(displayed.ticket, interactionId, code).catch((error: unknown) => {
      if (isPlainForm(ctx) && isAnswerableByPage(error)) return null;
      throw error;
    });
    if (!consumed?.scan || !consumed.decision)
      return seeOther(ctx, `${pagePath(interaction)}${code === null ? '' : '?code=wrong'}`);
    const { accountId } = consumed.scan;
    // OIDC Core §3.1.2.2: an id_token_hint for somebody else must not end in a code.
    if (!(await interactions.isExpected(interaction, accountId))) {
      const error = { error: 'login_required', description: 'another account approved than the id_token_hint names' };
      return leave(ctx, await interactions.abort(ctx.req, ctx.res, error));
    }
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
    await leave(ctx, await interactions.finish(ctx.req, ctx.res, interaction, login));
  };

  const cancel: Handler = async (ctx) => {
    const { interaction, interactionId } = await waitingOf(ctx);
    const displayed = await tickets.current(interactionId);
    if (displayed) await cancelLive(displayed);
    await leave(ctx, await deny(ctx, interaction));
  };

  /** An ended ticket has nothing left to cancel; the relying party gets its ending all the same. */
  async function cancelLive({ ticket: current }: DisplayedTicket): Promise<void> {
    try {
      await audit.ticketCancelled(await tickets.cancel(current.id));
    } catch (error) {
      if (!(error instanceof TicketError)) throw error;
    }
  }

  const deny = (ctx: Context, interaction: Interaction): Promise<string> =>
    interactions.abort(ctx.req, ctx.res, {
      error: 'access_denied',
      description: 'the sign-in was refused',
    });

  const password: Handler = async (ctx) => {
    const { interaction, interactionId } = await waitingOf(ctx);
    if (interaction.client.qr.other_sign_in === 'never')
      throw new HttpError('other_sign_in_off', 'This site only signs in by QR code.');
    const form = await readForm(ctx);
    const username = form.get('username') ?? '';
    const account = await signInWithPassword(ctx, interaction, username, form.get('password') ?? '').catch(
      async (error: unknown) => {
        if (!isPlainForm(ctx)) throw error;
        await signInPages.renderRefused(ctx, interaction, await tickets.current(interactionId), { error, username });
        return null;
      },
    );
    if (!account) return;
    const displayed = await tickets.current(interactionId);
    if (displayed) await cancelLive(displayed);
    const login = {
      accountId: account.id,
      acr: acrOfPassword,
      amr: ['pwd'],
      authenticatedAt: clock(),
      remember: false,
      scopes: null,
    };
    await leave(ctx, await interactions.finish(ctx.req, ctx.res, interaction, login));
  };

  async function signInWithPassword(
    ctx: Context,
    interaction: Interaction,
    username: string,
    secret: string,
  ): Promise<Account> {
    const { address } = ctx.state;
    const who = { address, clientId: interaction.client.id, correlationId: interaction.correlationId };
    try {
      const account = await deps.accounts.verifyCredentials({ username, password: secret, address });
      await audit.signInSucceeded({ ...who, accountId: account.id }, 'password');
      return account;
    } catch (error) {
      await audit.signInFailed(who, error instanceof Error && 'code' in error ? String(error.code) : 'error');
      throw error;
    }
  }

  /** Signs in with the device this browser itself is: proved by its key, like any other decision of a device (security.md C1). */
  const continueHere: Handler = async (ctx) => {
    const { interaction, interactionId } = await waitingOf(ctx);
    const { device, account } = await deps.identity.prove(ctx);
    if (!signInPages.isFreshEnough(interaction, device)) {
      throw new HttpError('other_sign_in_off', 'This site asks you to sign in again.');
    }
    const { scopes } = await readJson(ctx, continueBody);
    const displayed = await tickets.current(interactionId);
    if (displayed) await cancelLive(displayed);
    await audit.signInSucceeded(
      { ...ofDevice(ctx, interaction), accountId: account.id, deviceId: device.id },
      'device',
    );
    const granted = interaction.scopes.filter((scope) => scope === 'openid' || !scopes || scopes.includes(scope));
    const { authenticatedAt } = device;
    const login = {
      accountId: account.id,
      acr: acrOfDevice,
      amr: ['swk'],
      authenticatedAt,
      remember: false,
      scopes: granted,
    };
    await leave(ctx, await interactions.finish(ctx.req, ctx.res, interaction, login));
  };

  const consent: Handler = async (ctx) => {
    const { interaction } = await waitingOf(ctx);
    if (interaction.prompt !== 'consent' || !interaction.sessionAccountId) throw notFound();
    await leave(ctx, await interactions.consent(ctx.req, ctx.res, interaction, interaction.sessionAccountId));
  };

  return new Router<State>({ prefix: '/interaction/:uid' })
    .get('/', page)
    .get('/ticket', ticket)
    .post('/ticket', createTicket)
    .post('/finish', finish)
    .post('/cancel', cancel)
    .post('/password', password)
    .post('/continue', continueHere)
    .post('/consent', consent);
}

const ofDevice = (ctx: Context, interaction: Interaction) => ({
  address: ctx.state.address,
  clientId: interaction.client.id,
  correlationId: interaction.correlationId,
});

async function readConfirmationCode(ctx: Context): Promise<string | null> {
  const typed = ctx.is('application/json')
    ? (await readJson(ctx, finishBody)).confirmation_code
    : (await readForm(ctx)).get('confirmation_code');
  return typed ? typed.slice(0, 32) : null;
}

const isAnswerableByPage = (error: unknown): boolean =>
  error instanceof TicketError &&
  ['confirmation_code_wrong', 'ticket_not_approved', 'ticket_expired'].includes(error.code);

/** A form of the page itself, without script: answered by redirects and pages instead of JSON. */
const isPlainForm = (ctx: Context): boolean => ctx.accepts('json', 'html') === 'html';

const pagePath = (interaction: Interaction): string => `/interaction/${interaction.uid}`;

function seeOther(ctx: Context, location: string): void {
  ctx.redirect(location);
  ctx.status = 303;
}

/** Sends the browser on: the script navigates itself, a form is redirected (protocol.md 3). */
async function leave(ctx: Context, location: string): Promise<void> {
  if (isPlainForm(ctx)) return seeOther(ctx, location);
  ctx.body = { location };
}

const notFound = () => new HttpError('interaction_not_found', 'This sign-in has ended, or belongs to another browser.');
