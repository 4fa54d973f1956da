// What all pages of an account's own share when they are drawn: the language of the account, and the pages for those who may not come in.

import type { Clock } from '../../clock.ts';
import type { Account } from '../../core/account/account.ts';
import type { DeviceError } from '../../core/device/device.ts';
import type { Messages } from '../../i18n/en/en.ts';
import { chooseLocale, type Locale, messagesOf } from '../../i18n/locale.ts';
import { fill, timeAgo } from '../../i18n/text.ts';
import type { Context } from '../kit/context.ts';
import type { Pages } from '../kit/pages.ts';
import { wordsFor } from '../kit/refusal-words.ts';
import { type RefusalCode, statusOf } from '../kit/refusals.ts';
import type { Owner } from './owner-pages.ts';

export type AccountView = ReturnType<typeof createAccountView>;

export type AccountPage = {
  /** Below `views/account`. */
  readonly template: string;
  readonly title: string;
  /** What the template reads beside what is set here; `problem` is shown above the page. */
  readonly body: object;
};

export function createAccountView({ pages, clock, issuer }: { pages: Pages; clock: Clock; issuer: string }) {
  const localeOf = (ctx: Context, account: Account | null): Locale =>
    chooseLocale(ctx.get('Accept-Language'), account?.locale);
  const words = (ctx: Context, account: Account | null): Messages['account'] =>
    messagesOf[localeOf(ctx, account)].account;

  function show(ctx: Context, account: Account | null, { template, title, body }: AccountPage): void {
    ctx.type = 'html';
    ctx.body = pages.account({
      locale: localeOf(ctx, account),
      nonce: ctx.state.nonce,
      now: clock(),
      template: `account/${template}`,
      title,
      body,
    });
  }

  function closed(ctx: Context, returnTo: string): void {
    ctx.status = statusOf.not_signed_in;
    const address = `${new URL(issuer).host}/account`;
    show(ctx, null, { template: 'closed', title: words(ctx, null).closed.title, body: { returnTo, address } });
  }

  return {
    localeOf,
    words,
    closed,
    ago: (ctx: Context, account: Account, at: number): string => timeAgo(localeOf(ctx, account), at, clock()),

    /** What was refused, in the owner's language. */
    sentenceOf(ctx: Context, account: Account, code: RefusalCode): string {
      const locale = localeOf(ctx, account);
      const { title, message } = wordsFor(messagesOf[locale], code);
      return `${title}${locale === 'zh-CN' ? '。' : '. '}${message}`;
    },

    draw(ctx: Context, owner: Owner, { template, title, body }: AccountPage): void {
      const { account, isFresh, needsPasskey } = owner;
      const doneKey = typeof ctx.query.done === 'string' ? ctx.query.done : null;
      show(ctx, account, {
        template,
        title,
        body: { account, isFresh, needsPasskey, path: `/account/${template}`, problem: null, doneKey, ...body },
      });
    },

    /** Goodbye: there is no owner any more. */
    gone(ctx: Context, account: Account): void {
      show(ctx, account, { template: 'gone', title: words(ctx, account).gone.title, body: {} });
    },

    /** A change by nobody, or without the proof it needs. */
    refuseEntry(ctx: Context, { code }: DeviceError, page: string): void {
      if (code === 'not_signed_in') {
        closed(ctx, page);
        return;
      }
      const { proof } = words(ctx, null);
      ctx.status = statusOf[code];
      ctx.type = 'html';
      ctx.body = pages.errorPage({
        locale: localeOf(ctx, null),
        nonce: ctx.state.nonce,
        code,
        title: proof.title,
        message: code === 'reauthentication_required' ? proof.late : proof.otherKey,
        action: { href: `/sign-in?return_to=${encodeURIComponent(page)}`, label: proof.confirm },
      });
    },

    /** "1 browser", "3 browsers". */
    count: (forms: { readonly one: string; readonly many: string }, count: number): string =>
      fill(count === 1 ? forms.one : forms.many, { count }),
  };
}
