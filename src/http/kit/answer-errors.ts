// Turns whatever a handler throws into one answer: a problem document (RFC 9457) for programs, a page for
// people. A request that no router answered becomes 404 or 405 here.
import { chooseLocale } from '../../i18n/locale.ts';
import type { Log } from '../../log.ts';
import type { Context, Handler } from './context.ts';
import { isApi, wantsPage } from './navigation.ts';
import type { Pages } from './pages.ts';
import { HttpError, problemOf, type Refusal, refusalFor } from './refusals.ts';
import type { WayBack, WaysBack } from './way-back.ts';

export type AnswerErrorsDeps = {
  readonly pages: Pages;
  readonly log: Log;
  /** The way back to the app, for a request that belongs to a sign-in. */
  readonly waysBack: Pick<WaysBack, 'of'>;
};

/** The outermost middleware of our own routes. It logs refusals with a status from 500 on, and no others. */
export function answerErrors({ pages, log, waysBack }: AnswerErrorsDeps): Handler {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.respond !== false && ctx.status === 404 && ctx.body == null)
        throw new HttpError('not_found', 'There is nothing here.');
      if (ctx.respond !== false && (ctx.status === 405 || ctx.status === 501) && ctx.body == null) {
        throw new HttpError('method_not_allowed', 'This address does not take that method.');
      }
    } catch (error) {
      const refusal = refusalFor(error);
      if (refusal.status >= 500) log.error({ err: error, requestId: ctx.state.requestId }, 'request failed');
      // A store that is away cannot name the app, and the refusal is answered all the same.
      const wayBack = await waysBack.of(ctx).catch(() => null);
      answer(ctx, refusal, { pages, wayBack });
    }
  };
}

/** Writes the refusal. A response that has begun cannot be replaced, so its connection is destroyed. */
function answer(ctx: Context, refusal: Refusal, { pages, wayBack }: { pages: Pages; wayBack: WayBack | null }): void {
  if (ctx.res.headersSent) return void ctx.res.destroy();
  ctx.status = refusal.status;
  if (refusal.facts.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(refusal.facts.retryAfterSeconds));
  // RFC 9449 §7.1 asks for a challenge with every 401 of a protected resource.
  if (refusal.status === 401 && isApi(ctx)) ctx.set('WWW-Authenticate', 'DPoP algs="ES256"');
  if (wantsPage(ctx)) {
    ctx.type = 'html';
    ctx.body = pages.refusal({
      locale: chooseLocale(ctx.get('Accept-Language')),
      nonce: ctx.state.nonce,
      code: refusal.code,
      reference: ctx.state.requestId,
      wayBack,
    });
    return;
  }
  ctx.body = JSON.stringify(problemOf(refusal));
  ctx.type = 'application/problem+json';
}
