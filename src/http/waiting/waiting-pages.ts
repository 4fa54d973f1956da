// Draws what the waiting browser sees: the sign-in page in each of its states, or the consent page.

import type { Clock } from '../../clock.ts';
import { accessLifeOf, type TokenLives } from '../../core/client/access-life.ts';
import { logoPathOf } from '../../core/client/client.ts';
import { hostOf } from '../../core/client/redirect-uri.ts';
import type { Device } from '../../core/device/device.ts';
import { type DisplayedTicket, isRenewedAutomatically, needsOf, type Tickets } from '../../core/ticket/tickets.ts';
import { formatUserCode } from '../../core/ticket/user-code.ts';
import { accessLifeInWords } from '../../i18n/durations.ts';
import { chooseLocale, type Locale, messagesOf } from '../../i18n/locale.ts';
import { describeScopes } from '../../i18n/scopes.ts';
import type { Interaction, Interactions } from '../../oidc/interaction.ts';
import { plainText } from '../../plain-text.ts';
import type { Context } from '../kit/context.ts';
import type { Identity, SignedInDevice } from '../kit/identity.ts';
import type { Pages } from '../kit/pages.ts';
import { qrSvg } from '../kit/qr-svg.ts';
import { type RefusalCode, refusalFor } from '../kit/refusals.ts';
import { allowFormTarget } from '../kit/security-headers.ts';
import { describeAgent } from '../kit/user-agent.ts';
import type { AskOffer } from './ask-phone.ts';
import { openWays } from './sign-in-ways.ts';
import { type ContinueAs, createWaitingViews } from './waiting-views.ts';

export type SignInPagesDeps = {
  readonly issuer: string;
  readonly interactions: Interactions;
  readonly tickets: Tickets;
  readonly identity: Identity;
  readonly pages: Pages;
  readonly clock: Clock;
  readonly pendingSeconds: number;
  readonly isPasskeyPossible: boolean;
  readonly askOffer: AskOffer;
  readonly tokenLives: TokenLives;
};

type Failure = { readonly code: RefusalCode; readonly triesLeft: number | null; readonly username: string | null };

export type SignInPages = ReturnType<typeof createSignInPages>;

export function createSignInPages(deps: SignInPagesDeps) {
  const { issuer, interactions, tickets, identity, clock } = deps;
  const views = createWaitingViews(deps.pages);

  const waysOf = (interaction: Interaction) => openWays(interaction, deps.isPasskeyPossible);

  const localeOf = (ctx: Context, { uiLocales }: Interaction): Locale =>
    chooseLocale(ctx.get('Accept-Language'), uiLocales);

  const isFreshEnough = (interaction: Interaction, device: Device): boolean => {
    if (interaction.enrolsDevice) return false;
    if (interaction.isLoginForced && device.authenticatedAt < interaction.startedAt) return false;
    return interaction.maxAgeSeconds === null || clock() - device.authenticatedAt <= interaction.maxAgeSeconds;
  };

  /** The signed-in device this very browser is, when it may answer this request by itself. */
  async function ownDevice(ctx: Context, interaction: Interaction): Promise<SignedInDevice | null> {
    if (ctx.query.other !== undefined || !waysOf(interaction).has('device')) return null;
    const signedIn = await identity.byCookie(ctx);
    if (!signedIn?.device.keyThumbprint || !isFreshEnough(interaction, signedIn.device)) return null;
    return (await interactions.isExpected(interaction, signedIn.account.id)) ? signedIn : null;
  }

  const lastsOf = (ctx: Context, interaction: Interaction): string => {
    const life = accessLifeOf(interaction.client, interaction.scopes, false, deps.tokenLives);
    return accessLifeInWords(localeOf(ctx, interaction), life);
  };

  const clientView = ({ client, redirectUri }: Interaction) => ({
    clientName: plainText(client.metadata.client_name, 60) || client.id,
    clientLogo: logoPathOf(client),
    redirectHost: hostOf(redirectUri),
  });

  async function continueAs(ctx: Context, interaction: Interaction): Promise<ContinueAs | null> {
    const signedIn = await ownDevice(ctx, interaction);
    if (!signedIn) return null;
    const { displayName, username, id } = signedIn.account;
    const missing = await interactions.missingScopes(ctx.req, ctx.res, interaction, id);
    return {
      displayName,
      username,
      needsConsent: missing.length > 0,
      scopes: describeScopes(missing, localeOf(ctx, interaction)),
      lasts: lastsOf(ctx, interaction),
    };
  }

  async function renderWaiting(
    ctx: Context,
    interaction: Interaction,
    displayed: DisplayedTicket | null,
    failure: Failure | null,
  ) {
    const ways = waysOf(interaction);
    const state = !ways.has('qr') || !displayed ? 'off' : tickets.state(displayed.ticket);
    const isShown = displayed !== null && state === 'pending';
    const locale = localeOf(ctx, interaction);
    const { qrName } = messagesOf[locale].waiting;
    const shared = {
      ...clientView(interaction),
      locale,
      nonce: ctx.state.nonce,
      now: clock(),
      basePath: `/interaction/${interaction.uid}`,
      error: failure?.code ?? null,
    };
    allowFormTarget(ctx, interaction.redirectUri);
    ctx.type = 'html';
    const own = await continueAs(ctx, interaction);
    if (own) {
      ctx.body = views.continueHere({ ...shared, continueAs: own });
      return;
    }
    ctx.body = views.waiting({
      ...shared,
      state,
      qrSvg: isShown
        ? await qrSvg(`${issuer}/q/${tickets.frameOf(displayed.handle, displayed.ticket.issuedAt)}`, qrName)
        : null,
      userCode: isShown ? formatUserCode(displayed.userCode) : null,
      verificationUri: `${new URL(issuer).host}/q`,
      needs: displayed ? needsOf(displayed.ticket) : null,
      expiresAt: displayed?.ticket.deadlineAt ?? interaction.endsAt,
      pendingSeconds: deps.pendingSeconds,
      renews: displayed ? isRenewedAutomatically(displayed.ticket) : false,
      enrolsDevice: interaction.enrolsDevice,
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

  async function renderConsent(ctx: Context, interaction: Interaction, accountId: string) {
    const account = await identity.account(accountId);
    const missingScopes = await interactions.missingScopes(ctx.req, ctx.res, interaction, accountId);
    const { metadata } = interaction.client;
    allowFormTarget(ctx, interaction.redirectUri);
    ctx.type = 'html';
    ctx.body = views.consent({
      ...clientView(interaction),
      locale: localeOf(ctx, interaction),
      nonce: ctx.state.nonce,
      now: clock(),
      basePath: `/interaction/${interaction.uid}`,
      displayName: account?.displayName ?? '',
      scopes: describeScopes(missingScopes, localeOf(ctx, interaction)),
      lasts: lastsOf(ctx, interaction),
      isNewScopes: missingScopes.length < interaction.scopes.length,
      policyUri: typeof metadata.policy_uri === 'string' ? metadata.policy_uri : null,
      tosUri: typeof metadata.tos_uri === 'string' ? metadata.tos_uri : null,
    });
  }

  return {
    isFreshEnough,

    isContinuing: async (ctx: Context, interaction: Interaction): Promise<boolean> =>
      (await ownDevice(ctx, interaction)) !== null,

    /** OIDC Core §3.1.2.6: what no page can satisfy goes back to the relying party; a passkey is never quietly replaced by less (A14). */
    refusalOf(interaction: Interaction): { error: string; description: string } | null {
      const isAsked = interaction.prompt === 'login' && interaction.requestedAcr.length > 0;
      if (!isAsked || waysOf(interaction).size > 0) return null;
      return {
        error: 'unmet_authentication_requirements',
        description: 'none of the requested acr_values can be reached here',
      };
    },

    async render(ctx: Context, interaction: Interaction, displayed: DisplayedTicket | null): Promise<void> {
      if (interaction.prompt === 'consent' && interaction.sessionAccountId) {
        return renderConsent(ctx, interaction, interaction.sessionAccountId);
      }
      const isWrongCode = ctx.query.code === 'wrong' && displayed?.ticket.state === 'approved';
      const failure: Failure | null = isWrongCode
        ? { code: 'confirmation_code_wrong', triesLeft: null, username: null }
        : null;
      await renderWaiting(ctx, interaction, displayed, failure);
    },

    /** The sign-in page again, saying why the password was not taken. */
    async renderRefused(
      ctx: Context,
      interaction: Interaction,
      displayed: DisplayedTicket | null,
      { error, username }: { error: unknown; username: string },
    ): Promise<void> {
      const { code, status, facts } = refusalFor(error);
      if (status >= 500) throw error;
      ctx.status = status;
      if (facts.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(facts.retryAfterSeconds));
      await renderWaiting(ctx, interaction, displayed, { code, triesLeft: null, username });
    },
  };
}
