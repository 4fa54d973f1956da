// `/not-me/<secret>`: where the link "This was not me" leads. Opening it changes nothing, since previews and
// mail scanners open links too; only the form does (security.md B16, D10).
// The link is the whole credential: it works signed out and without script, and it can only end things.
import Router from '@koa/router';
import type { Clock } from '../../clock.ts';
import type { Disowning, Opened } from '../../core/notice/disowning.ts';
import { noticeNotFound } from '../../core/notice/notice.ts';
import { chooseLocale } from '../../i18n/locale.ts';
import { readForm } from '../kit/body.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import type { Pages } from '../kit/pages.ts';
import type { RequestLimits } from '../kit/request-limits.ts';
import { createGuestViews } from './guest-views.ts';

export type DisowningPagesDeps = {
  readonly disowning: Disowning;
  readonly pages: Pages;
  readonly limits: RequestLimits;
  readonly clock: Clock;
};

/** 256 bits, base64url. */
const secretPattern = /^[\w-]{43}$/;

export function createDisowningRoutes({ disowning, pages, limits, clock }: DisowningPagesDeps): Router<State> {
  const views = createGuestViews(pages);
  /**
   * Finds the notice. A wrong link counts against the caller's address. @throws NoticeError
   * `notice_not_found`
   */
  async function open(ctx: Context): Promise<Opened> {
    const secret = secretOf(ctx);
    return disowning.open(secret).catch(async (error: unknown) => {
      await limits.link(ctx.state.address);
      throw error;
    });
  }

  /**
   * Answers with the page. @param state whether it asks, has just ended the sign-in, or it was ended before
   */
  function draw(ctx: Context, { notice, about, device }: Opened, state: 'asks' | 'done' | 'already'): void {
    ctx.type = 'html';
    ctx.body = views.disowning({
      locale: chooseLocale(ctx.get('Accept-Language')),
      nonce: ctx.state.nonce,
      now: clock(),
      path: ctx.path,
      state,
      about,
      approvedAt: notice.createdAt,
      disownedAt: notice.disownedAt,
      isPhoneSignedIn: device !== null,
    });
  }

  const show: Handler = async (ctx) => {
    const opened = await open(ctx);
    // When a crash cut the ending short, the page asks once more.
    draw(ctx, opened, opened.notice.endedAt === null ? 'asks' : 'already');
  };

  const use: Handler = async (ctx) => {
    await limits.link(ctx.state.address);
    const secret = secretOf(ctx);
    const form = await readForm(ctx);
    const removesDevice = form.get('unknown_phone') === 'yes';
    const { isFirst } = await disowning.disown(secret, { removesDevice, address: ctx.state.address });
    draw(ctx, await open(ctx), isFirst ? 'done' : 'already');
  };

  return new Router<State>().get('/not-me/:secret', show).post('/not-me/:secret', use);
}

/** @throws NoticeError `notice_not_found` for a malformed link, as for an unknown one */
function secretOf(ctx: Context): string {
  const secret = String(ctx.params.secret);
  if (!secretPattern.test(secret)) throw noticeNotFound();
  return secret;
}
