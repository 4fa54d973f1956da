// `/account/sites`: the apps that were granted something, by app, to be withdrawn. Withdrawing needs no fresh
// proof.
import type { EndingsByOwner } from '../../core/approval/endings-by-owner.ts';
import type { Context } from '../kit/context.ts';
import type { AccountRows } from './account-rows.ts';
import type { AccountView } from './account-view.ts';
import type { OwnViews } from './own-views.ts';
import type { Owner } from './owner.ts';
import { leaveFor, type OwnerPages } from './owner-pages.ts';

export type SitePagesDeps = {
  readonly pages: OwnerPages;
  readonly view: AccountView;
  readonly views: OwnViews;
  readonly rows: AccountRows;
  readonly endingsByOwner: EndingsByOwner;
};

const page = '/account/sites';

export function addSitePages({ pages, view, views, rows, endingsByOwner }: SitePagesDeps): void {
  /** Answers with the page. @param problem a refusal to show above it */
  async function draw(ctx: Context, owner: Owner, problem: string | null = null): Promise<void> {
    view.send(ctx, views.sites({ ...view.of(ctx, owner), sites: await rows.sites(ctx, owner), problem }));
  }

  pages.page('/sites', (ctx, owner) => draw(ctx, owner));
  pages.change({
    path: '/sites/withdraw',
    page,
    async work(ctx, { account }, form) {
      await endingsByOwner.site(account, form.get('client') ?? '');
      leaveFor(ctx, page, 'withdrawn');
    },
    redraw: draw,
  });
}
