// What all pages of the console share when they are drawn: the visitor's language, the menu of their role, and whether they may change
// anything here at this moment.
import type { Clock } from '../../clock.ts';
import { chooseLocale, messagesOf } from '../../i18n/locale.ts';
import { timeAgo } from '../../i18n/text.ts';
import type { Context } from '../kit/context.ts';
import type { Pages } from '../kit/pages.ts';
import { type Area, areas, areasOf, canChange, isForChanges, mayPreviewClaims } from './areas.ts';
import type { ConsoleVisitor } from './console-session.ts';

export type ConsoleView = ReturnType<typeof createConsoleView>;

export type Problem = { readonly path: string; readonly message: string };

export type ConsolePage = {
  readonly area: Area;
  /** Below `views/console`. */
  readonly template: string;
  readonly title: string;
  /** What the template reads beside what is set here; `problems` and `notice` are shown above the page. */
  readonly body: object;
};

export function createConsoleView({ pages, clock }: { pages: Pages; clock: Clock }) {
  const localeOf = (ctx: Context) => chooseLocale(ctx.get('Accept-Language'));

  return {
    localeOf,
    words: (ctx: Context) => messagesOf[localeOf(ctx)].console,
    now: clock,
    ago: (ctx: Context, at: number): string => timeAgo(localeOf(ctx), at, clock()),

    draw(ctx: Context, visitor: ConsoleVisitor, { area, template, title, body }: ConsolePage): void {
      const isAllowed = canChange(visitor.account, area);
      ctx.type = 'html';
      const shared = { locale: localeOf(ctx), nonce: ctx.state.nonce, now: clock() };
      ctx.body = pages.draw(shared, {
        template: `console/${template}`,
        title,
        script: 'console.js',
        body: {
          displayName: visitor.account.displayName,
          menu: areasOf(visitor.account).map((name) => ({ name, path: areas[name].path, isHere: name === area })),
          path: ctx.path,
          canChange: isAllowed,
          isForChanges: isForChanges(area),
          isFresh: visitor.isFresh,
          mayPreviewClaims: mayPreviewClaims(visitor.account),
          mayChange: isAllowed && visitor.isFresh,
          problems: [],
          notice: null,
          ...body,
        },
      });
    },
  };
}
