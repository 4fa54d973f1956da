// Draws what the waiting browser sees: the sign-in page in each of its states, the page that continues with
// this browser's own device, or the consent page. Which of them it is, situation.ts decides from the facts
// read here.
import type { Clock } from '../../clock.ts';
import { accessLifeOf, type TokenLives } from '../../core/client/access-life.ts';
import { isLogoByClient, logoPathOf } from '../../core/client/client.ts';
import { hostOf } from '../../core/client/redirect-uri.ts';
import type { DisplayedTicket, Tickets } from '../../core/ticket/tickets.ts';
import { formatUserCode } from '../../core/ticket/user-code.ts';
import { isRenewedAutomatically, needsOf } from '../../core/ticket/waiting-page.ts';
import { accessLifeInWords } from '../../i18n/durations.ts';
import { chooseLocale, type Locale, messagesOf } from '../../i18n/locale.ts';
import { describeScopes } from '../../i18n/scopes.ts';
import type { Interaction, Interactions } from '../../oidc/interaction.ts';
import { plainText } from '../../plain-text.ts';
import type { Context } from '../kit/context.ts';
import type { Identity, SignedInDevice } from '../kit/identity.ts';
import type { Pages } from '../kit/pages.ts';
import { qrImage } from '../kit/qr-image.ts';
import { type RefusalCode, refusalFor } from '../kit/refusals.ts';
import { openWays } from '../kit/sign-in-ways.ts';
import { describeAgent } from '../kit/user-agent.ts';
import type { AskOffer } from './ask-phone.ts';
import { type Facts, isFreshEnough } from './situation.ts';
import type { Waiting } from './waiting-requests.ts';
import { createWaitingViews } from './waiting-views.ts';

export type SignInPagesDeps = {
  readonly issuer: string;
  readonly interactions: Interactions;
  readonly tickets: Tickets;
  readonly identity: Identity;
  readonly pages: Pages;
  readonly clock: Clock;
  readonly pendingSeconds: number;
  readonly isPasskeyPossible: boolean;
  /** Whether anybody may create an account. */
  readonly isSignUpOpen: boolean;
  readonly askOffer: AskOffer;
  readonly tokenLives: TokenLives;
};

/** Why the page is drawn again. */
export type Failure = {
  readonly code: RefusalCode;
  readonly triesLeft: number | null;
  readonly username: string | null;
};

export type SignInPages = ReturnType<typeof createSignInPages>;

/** Reads the facts of the first page and draws its pages. It changes nothing in the store. */
export function createSignInPages(deps: SignInPagesDeps) {
  const { issuer, interactions, tickets, identity, clock } = deps;
  const views = createWaitingViews(deps.pages);

  /**
   * The language of the page: `ui_locales` of the request (OIDC Core §3.1.2.1), else that of the browser.
   */
  const localeOf = (ctx: Context, { uiLocales }: Interaction): Locale =>
    chooseLocale(ctx.get('Accept-Language'), uiLocales);

  /**
   * The device that this browser is, when it may answer this request by itself. `?other` asks for the
   * other ways.
   */
  async function ownDevice(
    ctx: Context,
    interaction: Interaction,
    ways: Facts['ways'],
  ): Promise<SignedInDevice | null> {
    if (ctx.query.other !== undefined || !ways.has('device')) return null;
    const signedIn = await identity.byCookie(ctx);
    if (!signedIn?.device.keyThumbprint || !isFreshEnough(interaction, signedIn.device, clock())) return null;
    return (await interactions.isExpected(interaction, signedIn.account.id)) ? signedIn : null;
  }

  /** Reads everything that decides what the page shows. */
  async function factsOf(ctx: Context, { interaction, interactionId }: Waiting): Promise<Facts> {
    const ways = openWays(interaction, deps.isPasskeyPossible);
    const displayed = await tickets.current(interactionId);
    const own = await ownDevice(ctx, interaction, ways);
    const leadsToSignUp = await isSignUpNext(ctx, interaction);
    const continuation = await continuationOf(ctx, interaction);
    return { interaction, ways, displayed, own, leadsToSignUp, continuation, now: clock() };
  }

  /** `?other` asks for another account than that of the other tab. */
  const continuationOf = async (ctx: Context, interaction: Interaction): Promise<string | null> =>
    ctx.query.other === undefined ? interactions.continuation(ctx.req, ctx.res, interaction) : null;

  /**
   * Whether the form of a new account comes next. `?other` asks for the sign-in page; a browser that was
   * signed in since the request began has its account already.
   */
  async function isSignUpNext(ctx: Context, { wantsSignUp, startedAt }: Interaction): Promise<boolean> {
    if (!wantsSignUp || !deps.isSignUpOpen || ctx.query.other !== undefined) return false;
    const signedIn = await identity.byCookie(ctx);
    return !signedIn || signedIn.device.authenticatedAt < startedAt;
  }

  /** How long the client's access lasts, as a sentence. */
  const lastsOf = (ctx: Context, interaction: Interaction): string => {
    const life = accessLifeOf(interaction.client, interaction.scopes, false, deps.tokenLives);
    return accessLifeInWords(localeOf(ctx, interaction), life);
  };

  /**
   * The client as every page of the waiting browser shows it. Its name is limited and free of control
   * characters.
   */
  const clientView = ({ client, redirectUri }: Interaction) => ({
    clientName: plainText(client.metadata.client_name, 60) || client.id,
    clientLogo: logoPathOf(client),
    isLogoByClient: isLogoByClient(client),
    redirectHost: hostOf(redirectUri),
    policyUri: textOrNull(client.metadata.policy_uri),
    tosUri: textOrNull(client.metadata.tos_uri),
  });

  const sharedView = (ctx: Context, interaction: Interaction) => ({
    ...clientView(interaction),
    locale: localeOf(ctx, interaction),
    nonce: ctx.state.nonce,
    now: clock(),
    basePath: `/interaction/${interaction.uid}`,
  });

  /**
   * Offers to sign in with the device that this browser is, and asks for the scopes that it has not
   * granted yet.
   */
  async function renderContinue(
    ctx: Context,
    interaction: Interaction,
    { account }: SignedInDevice,
    failure: Failure | null,
  ): Promise<void> {
    const missing = await interactions.missingScopes(ctx.req, ctx.res, interaction, account.id);
    ctx.type = 'html';
    ctx.body = views.continueHere({
      ...sharedView(ctx, interaction),
      error: failure?.code ?? null,
      continueAs: {
        displayName: account.displayName,
        username: account.username,
        needsConsent: missing.length > 0,
        scopes: describeScopes(missing, localeOf(ctx, interaction)),
        lasts: lastsOf(ctx, interaction),
      },
    });
  }

  /** Draws the sign-in page: QR code and user code while the ticket is pending, else its state. */
  async function renderSignIn(
    ctx: Context,
    { interaction, ways }: Facts,
    displayed: DisplayedTicket | null,
    failure: Failure | null,
  ): Promise<void> {
    const state = !ways.has('qr') || !displayed ? 'off' : tickets.state(displayed.ticket);
    const isShown = displayed !== null && state === 'pending';
    const shared = sharedView(ctx, interaction);
    const { qrName } = messagesOf[shared.locale].waiting;
    ctx.type = 'html';
    ctx.body = views.waiting({
      ...shared,
      error: failure?.code ?? null,
      state,
      qrImage: isShown
        ? await qrImage(`${issuer}/q/${tickets.frameOf(displayed.handle, displayed.ticket.issuedAt)}`, qrName)
        : null,
      userCode: isShown ? formatUserCode(displayed.userCode) : null,
      verificationUri: `${new URL(issuer).host}/q`,
      needs: displayed ? needsOf(displayed.ticket) : null,
      expiresAt: displayed?.ticket.deadlineAt ?? interaction.endsAt,
      endsAt: interaction.endsAt,
      pendingSeconds: deps.pendingSeconds,
      renews: displayed ? isRenewedAutomatically(displayed.ticket) : false,
      enrolsDevice: interaction.enrolsDevice,
      isSignUpClosed: interaction.wantsSignUp && !deps.isSignUpOpen,
      canAsk: (await deps.askOffer.accountFor(ctx, interaction)) !== null,
      number: isShown || state === 'scanned' ? (displayed?.number ?? null) : null,
      hasPassword: ways.has('password'),
      hasPasskey: ways.has('passkey'),
      onPhone: describeAgent(ctx.get('User-Agent')).isMobile,
      triesLeft: failure?.triesLeft ?? displayed?.ticket.decision?.triesLeft ?? null,
      username: failure?.username ?? interaction.loginHint,
      wantsPassword: ctx.query.password !== undefined,
    });
  }

  /** Draws the consent page with the scopes that this account has not granted the client yet. */
  async function renderConsent(ctx: Context, interaction: Interaction, accountId: string) {
    const account = await identity.account(accountId);
    const missingScopes = await interactions.missingScopes(ctx.req, ctx.res, interaction, accountId);
    ctx.type = 'html';
    ctx.body = views.consent({
      ...sharedView(ctx, interaction),
      displayName: account?.displayName ?? '',
      scopes: describeScopes(missingScopes, localeOf(ctx, interaction)),
      lasts: lastsOf(ctx, interaction),
      isNewScopes: missingScopes.length < interaction.scopes.length,
    });
  }

  /** `?code=wrong` comes from a form without script whose confirmation code was wrong. */
  function failureOf(ctx: Context, displayed: DisplayedTicket | null): Failure | null {
    const isCodeWrong = ctx.query.code === 'wrong' && displayed?.ticket.state === 'approved';
    return isCodeWrong ? { code: 'confirmation_code_wrong', triesLeft: null, username: null } : null;
  }

  return {
    factsOf,
    renderConsent,

    renderContinue: (ctx: Context, { interaction, displayed }: Facts, own: SignedInDevice): Promise<void> =>
      renderContinue(ctx, interaction, own, failureOf(ctx, displayed)),

    renderSignIn: (ctx: Context, facts: Facts, displayed: DisplayedTicket | null): Promise<void> =>
      renderSignIn(ctx, facts, displayed, failureOf(ctx, displayed)),

    /**
     * The page again, with the reason why a password was refused. It issues no ticket.
     * @throws `error` itself when it is not a refusal but a failure (5xx)
     */
    async renderRefused(
      ctx: Context,
      waiting: Waiting,
      { error, username }: { error: unknown; username: string },
    ): Promise<void> {
      const { code, status, facts: extra } = refusalFor(error);
      if (status >= 500) throw error;
      ctx.status = status;
      if (extra.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(extra.retryAfterSeconds));
      const facts = await factsOf(ctx, waiting);
      const failure: Failure = { code, triesLeft: null, username };
      if (facts.own) return renderContinue(ctx, waiting.interaction, facts.own, failure);
      await renderSignIn(ctx, facts, facts.displayed, failure);
    },
  };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
