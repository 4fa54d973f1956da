// What every page of an account's own needs before it is drawn: the owner's language, the shared part of the
// views, and the pages for those who may not come in. The pages themselves are in own-views.ts.
import type { Clock } from '../../clock.ts';
import type { Account } from '../../core/account/account.ts';
import type { DeviceError } from '../../core/device/device.ts';
import { chooseLocale, type Locale, messagesOf } from '../../i18n/locale.ts';
import { timeAgo } from '../../i18n/text.ts';
import type { Context } from '../kit/context.ts';
import type { Pages } from '../kit/pages.ts';
import { wordsFor } from '../kit/refusal-words.ts';
import { type RefusalCode, statusOf } from '../kit/refusals.ts';
import type { OwnShared, OwnViews } from './own-views.ts';
import type { Owner } from './owner.ts';

export type AccountView = ReturnType<typeof createAccountView>;

export type AccountViewDeps = {
  readonly issuer: string;
  readonly pages: Pages;
  readonly views: OwnViews;
  readonly clock: Clock;
};

export function createAccountView({ pages, views, clock, issuer }: AccountViewDeps) {
  /** The account's own language where it has one, else the browser's. */
  const localeOf = (ctx: Context, account: Account | null): Locale =>
    chooseLocale(ctx.get('Accept-Language'), account?.locale);

  const sharedOf = (ctx: Context, account: Account | null) => ({
    locale: localeOf(ctx, account),
    nonce: ctx.state.nonce,
    now: clock(),
  });

  function send(ctx: Context, html: string): void {
    ctx.type = 'html';
    ctx.body = html;
  }

  /** @param returnTo the page that was asked for */
  function closed(ctx: Context, returnTo: string): void {
    ctx.status = statusOf.not_signed_in;
    const address = `${new URL(issuer).host}/account`;
    send(ctx, views.closed({ ...sharedOf(ctx, null), returnTo, address }));
  }

  return {
    localeOf,
    /** Answers with a page. */
    send,
    /** Answers somebody who is not signed in. @param returnTo the page that was asked for */
    closed,

    /** The part of a view that all pages of a signed-in owner share. */
    of(ctx: Context, { account, isFresh, needsPasskey }: Owner): OwnShared {
      const doneKey = typeof ctx.query.done === 'string' ? ctx.query.done : null;
      const { username, displayName, email, emailVerified } = account;
      const shown = { username, displayName, email, emailVerified };
      return { ...sharedOf(ctx, account), account: shown, isFresh, needsPasskey, doneKey };
    },

    /** "2 minutes ago", in the owner's language. @param at epoch seconds */
    ago: (ctx: Context, account: Account, at: number): string => timeAgo(localeOf(ctx, account), at, clock()),

    /** What was refused, as one line in the owner's language. */
    sentenceOf(ctx: Context, account: Account, code: RefusalCode): string {
      const locale = localeOf(ctx, account);
      const { title, message } = wordsFor(messagesOf[locale], code);
      return `${title}${locale === 'zh-CN' ? '。' : '. '}${message}`;
    },

    /** Answers after the account was deleted. */
    gone: (ctx: Context, account: Account): void => send(ctx, views.gone(sharedOf(ctx, account))),

    /** Answers a change by nobody, or without the proof that it needs. @param page where its form stands */
    refuseEntry(ctx: Context, { code }: DeviceError, page: string): void {
      if (code === 'not_signed_in') {
        closed(ctx, page);
        return;
      }
      const { proof } = messagesOf[localeOf(ctx, null)].account;
      ctx.status = statusOf[code];
      const html = pages.errorPage({
        locale: localeOf(ctx, null),
        nonce: ctx.state.nonce,
        code,
        title: proof.title,
        message: code === 'reauthentication_required' ? proof.late : proof.otherKey,
        action: { href: `/sign-in?return_to=${encodeURIComponent(page)}`, label: proof.confirm },
      });
      send(ctx, html);
    },
  };
}
