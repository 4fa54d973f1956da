// Ways back into an account: `/forgot`, by a link that goes by mail, and `/recover`, by a recovery code. Both
// end at the page of a reset link, and neither signs anybody in (security.md D6, D9).
// The answers do not depend on whether an account exists (security.md D4).
import Router from '@koa/router';
import type { Clock } from '../../clock.ts';
import type { RecoveryCodes } from '../../core/account/recovery-codes.ts';
import type { Audit } from '../../core/audit/audit.ts';
import type { Emails } from '../../core/email/emails.ts';
import type { Links } from '../../core/link/links.ts';
import { chooseLocale } from '../../i18n/locale.ts';
import { readForm } from '../kit/body.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import { seeOther } from '../kit/navigation.ts';
import type { Pages } from '../kit/pages.ts';
import { HttpError, refusalFor } from '../kit/refusals.ts';
import type { RequestLimits } from '../kit/request-limits.ts';
import { createGuestViews } from './guest-views.ts';

export type RecoveryPagesDeps = {
  readonly recoveryCodes: RecoveryCodes;
  readonly links: Links;
  readonly emails: Emails;
  readonly pages: Pages;
  readonly limits: RequestLimits;
  readonly audit: Audit;
  readonly clock: Clock;
};

/** Maximum length of a username or email address, in characters. */
const maxNameLength = 254;

export function createRecoveryRoutes(deps: RecoveryPagesDeps): Router<State> {
  const { recoveryCodes, links, emails, limits, audit } = deps;
  const views = createGuestViews(deps.pages);
  /** What every view of a guest shares. */
  const shared = (ctx: Context) => ({
    locale: chooseLocale(ctx.get('Accept-Language')),
    nonce: ctx.state.nonce,
    now: deps.clock(),
  });

  /** @throws HttpError `not_found` where no mail is sent */
  function assertMail(): void {
    if (!emails.isOn) throw new HttpError('not_found', 'This provider sends no mail.');
  }

  const showForgot: Handler = (ctx) => {
    assertMail();
    ctx.type = 'html';
    ctx.body = views.forgot({ ...shared(ctx), name: '', refusal: null });
  };

  /** Asks for a mail. The work is done after the answer, so its duration tells nothing. */
  const forgot: Handler = async (ctx) => {
    assertMail();
    const name = (await readForm(ctx)).get('name') ?? '';
    await orDraw(
      ctx,
      async () => {
        await limits.reset(ctx.state.address);
        if (name.trim() !== '' && name.length <= maxNameLength) emails.askReset(name);
        ctx.type = 'html';
        ctx.body = views.mailSent({ ...shared(ctx), email: null });
      },
      (refusal) => views.forgot({ ...shared(ctx), name, refusal }),
    );
  };

  const showRecover: Handler = (ctx) => {
    ctx.type = 'html';
    ctx.body = views.recover({ ...shared(ctx), username: '', refusal: null });
  };

  /** Uses a recovery code, and continues at the page of a reset link. */
  const recover: Handler = async (ctx) => {
    const form = await readForm(ctx);
    const username = form.get('username') ?? '';
    await orDraw(
      ctx,
      async () => {
        seeOther(ctx, await useCode(ctx, username, form.get('code') ?? ''));
      },
      (refusal) => views.recover({ ...shared(ctx), username, refusal }),
    );
  };

  /**
   * Uses the code and records it, or records that it was wrong.
   * @returns the address of the page where a new password is chosen
   * @throws RecoveryCodeError `recovery_code_wrong`
   */
  async function useCode(ctx: Context, username: string, code: string): Promise<string> {
    const { address } = ctx.state;
    const account = await recoveryCodes.use({ username, code, address }).catch(async (error: unknown) => {
      await audit.signInFailed({ address }, refusalFor(error).code);
      throw error;
    });
    await audit.recoveryCodeUsed({ accountId: account.id, address }, await recoveryCodes.count(account.id));
    return (await links.makeResetLink(account.id, { way: 'recovery_code', name: null })).address;
  }

  return new Router<State>()
    .get('/forgot', showForgot)
    .post('/forgot', forgot)
    .get('/recover', showRecover)
    .post('/recover', recover);
}

/** Does the work. A refusal is shown on the form, which `draw` draws again. @throws what is no refusal */
async function orDraw(
  ctx: Context,
  work: () => Promise<void>,
  draw: (code: ReturnType<typeof refusalFor>['code']) => string,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code, status, facts } = refusalFor(error);
    if (status >= 500) throw error;
    ctx.status = status;
    if (facts.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(facts.retryAfterSeconds));
    ctx.type = 'html';
    ctx.body = draw(code);
  }
}
