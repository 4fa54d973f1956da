// `/link/<secret>`: where a single-use link leads. Opening it changes nothing, since previews and mail
// scanners open links too; only the form uses it (security.md D6, D10).
// Unknown, used, expired and replaced links look alike.
import Router from '@koa/router';
import type { Clock } from '../../clock.ts';
import { AccountError } from '../../core/account/account.ts';
import type { Emails } from '../../core/email/emails.ts';
import { type Link, type LinkPurpose, linkNotFound } from '../../core/link/link.ts';
import type { OpenedLink, Redemptions } from '../../core/link/redemptions.ts';
import { chooseLocale } from '../../i18n/locale.ts';
import { readForm } from '../kit/body.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import { createDeviceSignIn, type DeviceSignInDeps } from '../kit/device-sign-in.ts';
import { seeOther } from '../kit/navigation.ts';
import type { Pages } from '../kit/pages.ts';
import { refusalFor } from '../kit/refusals.ts';
import type { RequestLimits } from '../kit/request-limits.ts';
import { createGuestViews, type LinkView } from './guest-views.ts';

export type LinkPagesDeps = DeviceSignInDeps & {
  readonly redemptions: Redemptions;
  readonly emails: Emails;
  readonly pages: Pages;
  readonly limits: RequestLimits;
  readonly clock: Clock;
};

type Form = ReadonlyMap<string, string>;
/** What the form shows: what was typed, and why it was refused. */
type Shown = Pick<LinkView, 'refusal' | 'form' | 'wrongFields'>;

/** 256 bits, base64url. */
const secretPattern = /^[\w-]{43}$/;

export function createLinkRoutes(deps: LinkPagesDeps): Router<State> {
  const { issuer, redemptions, identity, cookies, limits, clock } = deps;
  const views = createGuestViews(deps.pages);
  const deviceSignIn = createDeviceSignIn(deps);
  const localeOf = (ctx: Context) => chooseLocale(ctx.get('Accept-Language'));
  const shared = (ctx: Context) => ({ locale: localeOf(ctx), nonce: ctx.state.nonce, now: clock() });

  /** @throws LinkError `link_not_found` for a malformed link, as for an unknown one */
  function secretOf(ctx: Context): string {
    const secret = String(ctx.params.secret);
    if (!secretPattern.test(secret)) throw linkNotFound();
    return secret;
  }

  /** Shows what the link does. A wrong link counts against the caller's address. */
  const show: Handler = async (ctx) => {
    const opened = await redemptions.open(secretOf(ctx)).catch(async (error: unknown) => {
      await limits.link(ctx.state.address);
      throw error;
    });
    await draw(ctx, opened, { refusal: null, form: typed(opened, new Map()), wrongFields: [] });
  };

  /** Uses the link. A refused form is shown again; the link stays usable. */
  const use: Handler = async (ctx) => {
    const secret = secretOf(ctx);
    await limits.link(ctx.state.address);
    const form = await readForm(ctx);
    const opened = await redemptions.open(secret);
    try {
      await uses[opened.link.purpose](ctx, secret, form);
    } catch (error) {
      const { code, status, facts } = refusalFor(error);
      if (status >= 500 || code === 'link_not_found') throw error;
      ctx.status = status;
      if (facts.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(facts.retryAfterSeconds));
      await draw(ctx, opened, { refusal: code, form: typed(opened, form), wrongFields: fieldsOf(error) });
    }
  };

  /** Creates the account. This browser becomes a device of it at once, as after a sign-in. */
  async function createAccount(ctx: Context, secret: string, form: Form): Promise<void> {
    const keyThumbprint = await deviceSignIn.keyOf(ctx, form.get('device_proof'));
    const input = {
      username: form.get('username') ?? '',
      displayName: form.get('display_name'),
      email: form.get('email')?.trim() || null,
      locale: localeOf(ctx),
      password: form.get('password') ?? '',
    };
    const account = await redemptions.createAccount(secret, input, ctx.state.address);
    if (!account.emailVerified) await deps.emails.offerVerification(account);
    await deviceSignIn.open(ctx, account, keyThumbprint, 'link');
    // A console session that somebody else left open here is not this person's.
    cookies.clearConsole(ctx);
    const uid = cookies.signUpFor(ctx);
    if (uid) cookies.clearSignUpFor(ctx);
    // A site asked for this account (`prompt=create`), and waits in this browser.
    const next = uid ? `/interaction/${uid}` : '/q';
    seeOther(ctx, account.roles.length > 0 ? '/admin' : next);
  }

  /**
   * Sets the password and signs nobody in (security.md D6). Otherwise the link alone would sign in whoever
   * got hold of it.
   */
  async function resetPassword(ctx: Context, secret: string, form: Form): Promise<void> {
    await redemptions.resetPassword(secret, form.get('password') ?? '', ctx.state.address);
    ctx.type = 'html';
    ctx.body = views.passwordSet(shared(ctx));
  }

  /**
   * Confirms the address and signs nobody in: the link proves whose address it is, and no more (security.md
   * D10).
   */
  async function confirmEmail(ctx: Context, secret: string): Promise<void> {
    await redemptions.confirmEmail(secret, ctx.state.address);
    ctx.type = 'html';
    ctx.body = views.emailProved(shared(ctx));
  }

  /** What using a link does, by its purpose. */
  const uses: Readonly<Record<LinkPurpose, (ctx: Context, secret: string, form: Form) => Promise<void>>> = {
    administrator: createAccount,
    invitation: createAccount,
    sign_up: createAccount,
    reset: resetPassword,
    email: confirmEmail,
  };

  /** Answers with the page of the link's purpose. */
  async function draw(ctx: Context, { link, account }: OpenedLink, shown: Shown): Promise<void> {
    ctx.type = 'html';
    if (link.purpose === 'email') {
      const [email, username] = [link.email ?? '', account?.username ?? ''];
      ctx.body = views.emailProof({ ...shared(ctx), path: ctx.path, email, username });
      return;
    }
    const signedIn = link.purpose === 'reset' ? null : await identity.byCookie(ctx);
    ctx.body = views.link({
      ...shared(ctx),
      host: new URL(issuer).host,
      path: ctx.path,
      purpose: link.purpose,
      roles: rolesShown(link),
      signedInAs: signedIn?.account.displayName ?? null,
      ...shown,
    });
  }

  return new Router<State>().get('/link/:secret', show).post('/link/:secret', use);
}

/** The names of the account's fields that were refused. */
export const fieldsOf = (error: unknown): string[] =>
  error instanceof AccountError ? error.problems.map(({ path }) => path) : [];

/** The roles to announce: an invitation's only. */
const rolesShown = ({ purpose, roles }: Link) => (purpose === 'invitation' ? roles : []);

/** What was typed, or what the link fixes. It never contains the password. */
const typed = ({ account, link }: OpenedLink, form: Form): LinkView['form'] => ({
  username: account?.username ?? form.get('username') ?? '',
  displayName: form.get('display_name') ?? '',
  email: link.email ?? form.get('email') ?? '',
});
