// `/sign-up`: an account for anybody, where the configuration allows it. With a mail server this page asks
// for the address only, and a link that is sent there asks the rest.
// A relying party may ask for a new account (`prompt=create`). The same form then stands under the path of
// its interaction, and the person returns to the relying party. So every account has a proved address
// (security.md D10), and the answer is the same whether the address has an account already (D4).
import Router from '@koa/router';
import type { Clock } from '../../clock.ts';
import { checkPatch } from '../../core/account/account-patch.ts';
import type { Accounts } from '../../core/account/accounts.ts';
import { byAccount } from '../../core/audit/actor.ts';
import type { Emails } from '../../core/email/emails.ts';
import { signUpClosed } from '../../core/link/link.ts';
import { chooseLocale } from '../../i18n/locale.ts';
import { passwordAcr } from '../../oidc/acr.ts';
import type { Interaction, Interactions } from '../../oidc/interaction.ts';
import { plainText } from '../../plain-text.ts';
import { readForm } from '../kit/body.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import { createDeviceSignIn, type DeviceSignInDeps } from '../kit/device-sign-in.ts';
import { goOnward, seeOther } from '../kit/navigation.ts';
import { createOwnSignIn, type OwnSignInDeps } from '../kit/own-sign-in.ts';
import type { Pages } from '../kit/pages.ts';
import { HttpError, refusalFor } from '../kit/refusals.ts';
import type { RequestLimits } from '../kit/request-limits.ts';
import { openWays } from '../kit/sign-in-ways.ts';
import { createGuestViews, type SignUpView } from './guest-views.ts';
import { fieldsOf } from './link-pages.ts';

export type SignUpPagesDeps = DeviceSignInDeps & {
  readonly accounts: Accounts;
  readonly emails: Emails;
  readonly pages: Pages;
  readonly limits: RequestLimits;
  readonly clock: Clock;
  readonly interactions: Interactions;
  readonly approvals: OwnSignInDeps['approvals'];
  readonly isSignUpOpen: boolean;
  /** Whether passkeys work under this issuer at all. */
  readonly isPasskeyPossible: boolean;
};

type Form = ReadonlyMap<string, string>;
/** What the form shows: what was typed, and why it was refused. */
type Shown = Pick<SignUpView, 'refusal' | 'form' | 'wrongFields'>;

export function createSignUpRoutes(deps: SignUpPagesDeps): Router<State> {
  const { accounts, audit, cookies, emails, identity, interactions, limits, pages } = deps;
  const views = createGuestViews(deps.pages);
  const deviceSignIn = createDeviceSignIn(deps);
  const finish = createOwnSignIn(deps);
  const localeOf = (ctx: Context) => chooseLocale(ctx.get('Accept-Language'));
  const shared = (ctx: Context) => ({ locale: localeOf(ctx), nonce: ctx.state.nonce, now: deps.clock() });

  /**
   * The interaction whose page this is; null for `/sign-up` itself.
   * @throws HttpError `interaction_not_found`, alike for a missing, forged, foreign or expired one
   */
  async function interactionOf(ctx: Context): Promise<Interaction | null> {
    if (ctx.params.uid === undefined) return null;
    const interaction = await interactions.current(ctx.req, ctx.res);
    if (interaction?.uid === ctx.params.uid) return interaction;
    throw new HttpError('interaction_not_found', 'This sign-in has ended, or belongs to another browser.');
  }

  /** Answers with the form. It says who this browser is signed in as already. */
  async function draw(ctx: Context, interaction: Interaction | null, shown: Shown): Promise<void> {
    const signedIn = emails.isOn ? null : await identity.byCookie(ctx);
    ctx.type = 'html';
    ctx.body = views.signUp({
      ...shared(ctx),
      host: new URL(deps.issuer).host,
      path: ctx.path,
      signInPath: interaction ? `${pageOf(interaction)}?other` : '/sign-in',
      clientName: interaction && (plainText(interaction.client.metadata.client_name, 60) || interaction.client.id),
      byMail: emails.isOn,
      signedInAs: signedIn?.account.displayName ?? null,
      ...shown,
    });
  }

  /** @throws LinkError `sign_up_closed` where the configuration allows no sign-up */
  const guard: Handler = async (_ctx, next) => {
    if (!deps.isSignUpOpen) throw signUpClosed();
    await next();
  };

  const show: Handler = async (ctx) => {
    const interaction = await interactionOf(ctx);
    // The interaction has its result already: a reload, or the back button. A form may have been redirected
    // here, so this is a page too.
    if (interaction?.resumeLocation) return goOnward(ctx, pages, interaction.resumeLocation, interaction.uiLocales);
    await draw(ctx, interaction, { refusal: null, form: typed(new Map()), wrongFields: [] });
  };

  /** Takes the form. A refused one is shown again. */
  const submit: Handler = async (ctx) => {
    const interaction = await interactionOf(ctx);
    if (interaction?.resumeLocation) return goOnward(ctx, pages, interaction.resumeLocation, interaction.uiLocales);
    const form = await readForm(ctx);
    try {
      await (emails.isOn ? sendLink(ctx, interaction, form) : createAccount(ctx, interaction, form));
    } catch (error) {
      const { code, status, facts } = refusalFor(error);
      if (status >= 500) throw error;
      ctx.status = status;
      if (facts.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(facts.retryAfterSeconds));
      await draw(ctx, interaction, { refusal: code, form: typed(form), wrongFields: fieldsOf(error) });
    }
  };

  /** Sends the link after the answer, so that its duration tells nothing about the address. */
  async function sendLink(ctx: Context, interaction: Interaction | null, form: Form): Promise<void> {
    const { email } = checkPatch({ email: form.get('email') ?? '' });
    await limits.signUp(ctx.state.address);
    if (email) emails.askSignUp(email, localeOf(ctx));
    // The link leads back to the site if it is opened in this browser while the interaction lasts.
    if (interaction) cookies.setSignUpFor(ctx, interaction.uid, Math.max(1, interaction.endsAt - deps.clock()));
    ctx.type = 'html';
    ctx.body = views.mailSent({ ...shared(ctx), email: email ?? null });
  }

  /**
   * Without a mail server nobody can prove an address, so none is asked. This browser becomes a device of the
   * account.
   */
  async function createAccount(ctx: Context, interaction: Interaction | null, form: Form): Promise<void> {
    const keyThumbprint = await deviceSignIn.keyOf(ctx, form.get('device_proof'));
    const input = {
      username: form.get('username') ?? '',
      displayName: form.get('display_name'),
      locale: localeOf(ctx),
      password: form.get('password') ?? '',
    };
    await limits.signUp(ctx.state.address);
    await accounts.checkNew(input);
    const account = await accounts.create(input);
    await audit.accountChanged(account.id, byAccount(account), { fields: 'created' });
    await deviceSignIn.open(ctx, account, keyThumbprint, 'password');
    // A console session that somebody else left open here is not this person's.
    cookies.clearConsole(ctx);
    if (!interaction) return seeOther(ctx, '/q');
    // A request that a new password does not satisfy goes on with the ways that do (security.md A14).
    if (!openWays(interaction, deps.isPasskeyPossible).has('password')) return seeOther(ctx, pageOf(interaction));
    const login = { acr: passwordAcr, amr: ['pwd'], authenticatedAt: deps.clock(), scopes: null };
    const location = await finish(ctx, interaction, { ...login, account, method: 'password' });
    goOnward(ctx, pages, location, interaction.uiLocales);
  }

  return new Router<State>()
    .get('/sign-up', guard, show)
    .post('/sign-up', guard, submit)
    .get('/interaction/:uid/sign-up', guard, show)
    .post('/interaction/:uid/sign-up', guard, submit);
}

/** The sign-in page of an interaction. */
const pageOf = ({ uid }: Interaction): string => `/interaction/${uid}`;

/** What was typed. It never contains the password. */
const typed = (form: Form): SignUpView['form'] => ({
  username: form.get('username') ?? '',
  displayName: form.get('display_name') ?? '',
  email: form.get('email') ?? '',
});
