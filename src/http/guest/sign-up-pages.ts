// `/sign-up`: an account for anybody, where the configuration allows it. With a mail server this page asks
// for the address only, and a link that is sent there asks the rest.
// So every account has a proved address (security.md D10), and the answer is the same whether the address has
// an account already (D4).
import Router from '@koa/router';
import type { Clock } from '../../clock.ts';
import { checkPatch } from '../../core/account/account-patch.ts';
import type { Accounts } from '../../core/account/accounts.ts';
import { byAccount } from '../../core/audit/actor.ts';
import type { Emails } from '../../core/email/emails.ts';
import { signUpClosed } from '../../core/link/link.ts';
import { chooseLocale } from '../../i18n/locale.ts';
import { readForm } from '../kit/body.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import { createDeviceSignIn, type DeviceSignInDeps } from '../kit/device-sign-in.ts';
import { seeOther } from '../kit/navigation.ts';
import type { Pages } from '../kit/pages.ts';
import { refusalFor } from '../kit/refusals.ts';
import type { RequestLimits } from '../kit/request-limits.ts';
import { createGuestViews, type SignUpView } from './guest-views.ts';
import { fieldsOf } from './link-pages.ts';

export type SignUpPagesDeps = DeviceSignInDeps & {
  readonly accounts: Accounts;
  readonly emails: Emails;
  readonly pages: Pages;
  readonly limits: RequestLimits;
  readonly clock: Clock;
  readonly isSignUpOpen: boolean;
};

type Form = ReadonlyMap<string, string>;
/** What the form shows: what was typed, and why it was refused. */
type Shown = Pick<SignUpView, 'refusal' | 'form' | 'wrongFields'>;

export function createSignUpRoutes(deps: SignUpPagesDeps): Router<State> {
  const { accounts, audit, cookies, emails, identity, limits } = deps;
  const views = createGuestViews(deps.pages);
  const deviceSignIn = createDeviceSignIn(deps);
  const localeOf = (ctx: Context) => chooseLocale(ctx.get('Accept-Language'));
  const shared = (ctx: Context) => ({ locale: localeOf(ctx), nonce: ctx.state.nonce, now: deps.clock() });

  /** Answers with the form. It says who this browser is signed in as already. */
  async function draw(ctx: Context, shown: Shown): Promise<void> {
    const signedIn = emails.isOn ? null : await identity.byCookie(ctx);
    ctx.type = 'html';
    ctx.body = views.signUp({
      ...shared(ctx),
      host: new URL(deps.issuer).host,
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

  const show: Handler = (ctx) => draw(ctx, { refusal: null, form: typed(new Map()), wrongFields: [] });

  /** Takes the form. A refused one is shown again. */
  const submit: Handler = async (ctx) => {
    const form = await readForm(ctx);
    try {
      await (emails.isOn ? sendLink(ctx, form) : createAccount(ctx, form));
    } catch (error) {
      const { code, status, facts } = refusalFor(error);
      if (status >= 500) throw error;
      ctx.status = status;
      if (facts.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(facts.retryAfterSeconds));
      await draw(ctx, { refusal: code, form: typed(form), wrongFields: fieldsOf(error) });
    }
  };

  /** Sends the link after the answer, so that its duration tells nothing about the address. */
  async function sendLink(ctx: Context, form: Form): Promise<void> {
    const { email } = checkPatch({ email: form.get('email') ?? '' });
    await limits.signUp(ctx.state.address);
    if (email) emails.askSignUp(email, localeOf(ctx));
    ctx.type = 'html';
    ctx.body = views.mailSent({ ...shared(ctx), email: email ?? null });
  }

  /**
   * Without a mail server nobody can prove an address, so none is asked. This browser becomes a device of the
   * account.
   */
  async function createAccount(ctx: Context, form: Form): Promise<void> {
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
    seeOther(ctx, '/q');
  }

  return new Router<State>().get('/sign-up', guard, show).post('/sign-up', guard, submit);
}

/** What was typed. It never contains the password. */
const typed = (form: Form): SignUpView['form'] => ({
  username: form.get('username') ?? '',
  displayName: form.get('display_name') ?? '',
  email: form.get('email') ?? '',
});
