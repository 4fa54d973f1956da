// What every page of the console needs before it is drawn: the visitor's language, the menu of their role,
// and whether they may change anything here now. The pages themselves are in the `…-views.ts` files.
import type { Clock } from '../../clock.ts';
import { chooseLocale, messagesOf } from '../../i18n/locale.ts';
import { timeAgo } from '../../i18n/text.ts';
import type { Context } from '../kit/context.ts';
import { type Area, areas, areasOf, canChange, isForChanges, mayPreviewClaims } from './areas.ts';
import type { ConsoleShared } from './console-page.ts';
import type { ConsoleVisitor } from './console-session.ts';

export type ConsoleView = ReturnType<typeof createConsoleView>;

export function createConsoleView({ clock }: { clock: Clock }) {
  const localeOf = (ctx: Context) => chooseLocale(ctx.get('Accept-Language'));

  return {
    localeOf,
    words: (ctx: Context) => messagesOf[localeOf(ctx)].console,
    now: clock,

    /** "2 minutes ago", in the visitor's language. @param at epoch seconds */
    ago: (ctx: Context, at: number): string => timeAgo(localeOf(ctx), at, clock()),

    /** The part of a view that all pages of an area share. */
    of(ctx: Context, { account, isFresh }: ConsoleVisitor, area: Area): ConsoleShared {
      const isAllowed = canChange(account, area);
      return {
        locale: localeOf(ctx),
        nonce: ctx.state.nonce,
        now: clock(),
        displayName: account.displayName,
        menu: areasOf(account).map((name) => ({ name, path: areas[name].path, isHere: name === area })),
        path: ctx.path,
        canChange: isAllowed,
        isForChanges: isForChanges(area),
        isFresh,
        mayPreviewClaims: mayPreviewClaims(account),
        mayChange: isAllowed && isFresh,
      };
    },

    send(ctx: Context, html: string): void {
      ctx.type = 'html';
      ctx.body = html;
    },
  };
}
