// `/account/sites`: relying parties that were given something, by site, to be withdrawn. Withdrawing asks for no fresh proof.
import type { OwnerEndings } from '../../core/approval/owner-endings.ts';
import type { Context } from '../kit/context.ts';
import type { AccountRows } from './account-rows.ts';
import type { AccountView } from './account-view.ts';
import { leaveFor, type Owner, type OwnerPages } from './owner-pages.ts';

export type SitePagesDeps = {
  readonly pages: OwnerPages;
  readonly view: AccountView;
  readonly rows: AccountRows;
  readonly ownerEndings: OwnerEndings;
};

const page = '/account/sites';

export function addSitePages({ pages, view, rows, ownerEndings }: SitePagesDeps): void {
  async function draw(ctx: Context, owner: Owner, problem: string | null = null): Promise<void> {
    const title = view.words(ctx, owner.account).areas.sites;
    view.draw(ctx, owner, { template: 'sites', title, body: { sites: await rows.sites(ctx, owner), problem } });
  }

  pages.page('/sites', (ctx, owner) => draw(ctx, owner));
  pages.change({
    path: '/sites/withdraw',
    page,
    async work(ctx, { account }, form) {
      await ownerEndings.site(account, form.get('client') ?? '');
      leaveFor(ctx, page, 'withdrawn');
    },
    redraw: draw,
  });
}
