// `/account/browsers`: what the owner approved on a phone, to be ended one by one or all together. Ending asks for no fresh proof: taking
// access away is never kept waiting.
import type { Approvals } from '../../approval/approvals.ts';
import type { OwnerEndings } from '../../approval/owner-endings.ts';
import type { Context } from '../context.ts';
import type { AccountRows } from './account-rows.ts';
import type { AccountView } from './account-view.ts';
import { leaveFor, type Owner, type OwnerPages } from './owner-pages.ts';

export type BrowserPagesDeps = {
  readonly pages: OwnerPages;
  readonly view: AccountView;
  readonly rows: AccountRows;
  readonly approvals: Approvals;
  readonly ownerEndings: OwnerEndings;
};

const page = '/account/browsers';
const shownAtMost = 50;

export function addBrowserPages({ pages, view, rows, approvals, ownerEndings }: BrowserPagesDeps): void {
  async function draw(ctx: Context, owner: Owner, problem: string | null = null): Promise<void> {
    const { account } = owner;
    const found = await approvals.list(account.id, shownAtMost);
    const browsers = found.map((approval) => rows.browser(ctx, owner, approval));
    const title = view.words(ctx, account).areas.browsers;
    const body = { browsers, most: shownAtMost, problem };
    view.draw(ctx, owner, { template: 'browsers', title, body });
  }

  pages.page('/browsers', (ctx, owner) => draw(ctx, owner));
  pages.change({
    path: '/browsers/end',
    page,
    async work(ctx, { account }) {
      await ownerEndings.browsers(account);
      leaveFor(ctx, page, 'endedAll');
    },
    redraw: draw,
  });
  pages.change({
    path: '/browsers/:id/end',
    page,
    async work(ctx, { account }) {
      await ownerEndings.browser(account, String(ctx.params.id));
      leaveFor(ctx, page, 'ended');
    },
    redraw: draw,
  });
}
