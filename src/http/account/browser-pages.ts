// `/account/browsers`: where the owner is signed in, to be ended one by one or all together, and the
// browsers that they blocked.
// Ending needs no fresh proof, since taking access away must not wait. Allowing a blocked browser again needs
// one.
import type { Approvals } from '../../core/approval/approvals.ts';
import type { EndingsByOwner } from '../../core/approval/endings-by-owner.ts';
import { byAccount } from '../../core/audit/actor.ts';
import type { Audit } from '../../core/audit/audit.ts';
import type { Browsers } from '../../core/device/browsers.ts';
import type { Context } from '../kit/context.ts';
import type { AccountRows } from './account-rows.ts';
import type { AccountView } from './account-view.ts';
import type { OwnViews } from './own-views.ts';
import type { Owner } from './owner.ts';
import { leaveFor, type OwnerPages } from './owner-pages.ts';

export type BrowserPagesDeps = {
  readonly pages: OwnerPages;
  readonly view: AccountView;
  readonly views: OwnViews;
  readonly rows: AccountRows;
  readonly approvals: Approvals;
  readonly endingsByOwner: EndingsByOwner;
  readonly browsers: Browsers;
  readonly audit: Audit;
};

const page = '/account/browsers';
/** How many approvals the page shows, the newest first. */
const maxShown = 50;

export function addBrowserPages(deps: BrowserPagesDeps): void {
  const { pages, view, views, rows, approvals, endingsByOwner } = deps;

  /** Answers with the page. @param problem a refusal to show above it */
  async function draw(ctx: Context, owner: Owner, problem: string | null = null): Promise<void> {
    const { account } = owner;
    const [found, blocked] = await Promise.all([
      approvals.list(account.id, maxShown),
      deps.browsers.listBlocked(account.id),
    ]);
    const html = views.browsers({
      ...view.of(ctx, owner),
      browsers: found.map((approval) => rows.browser(ctx, owner, approval)),
      maxShown,
      blocked: blocked.map((each) => rows.blocked(ctx, owner, each)),
      problem,
    });
    view.send(ctx, html);
  }

  pages.page('/browsers', (ctx, owner) => draw(ctx, owner));
  pages.change({
    path: '/browsers/end',
    page,
    async work(ctx, { account }) {
      await endingsByOwner.browsers(account);
      leaveFor(ctx, page, 'endedAll');
    },
    redraw: draw,
  });
  pages.change({
    path: '/browsers/unblock',
    page,
    isSensitive: true,
    async work(ctx, { account }, form) {
      // A browser that is allowed already needs no record: sending the form twice is harmless.
      if (await deps.browsers.unblock(account.id, form.get('browser') ?? ''))
        await deps.audit.accountChanged(account.id, byAccount(account), { fields: 'browser_unblocked' });
      leaveFor(ctx, page, 'unblocked');
    },
    redraw: draw,
  });
  pages.change({
    path: '/browsers/:id/end',
    page,
    async work(ctx, { account }) {
      await endingsByOwner.browser(account, String(ctx.params.id));
      leaveFor(ctx, page, 'ended');
    },
    redraw: draw,
  });
}
