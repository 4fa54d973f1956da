// `/account/data`: downloading a copy of everything, and deleting the account. Both need a fresh proof.
// Deleting also needs the username, typed, since nothing restores the account.
import { AccountError, normaliseUsername } from '../../core/account/account.ts';
import type { AccountDeletion } from '../../core/approval/account-deletion.ts';
import { byAccount } from '../../core/audit/actor.ts';
import type { Audit } from '../../core/audit/audit.ts';
import type { Context } from '../kit/context.ts';
import type { Cookies } from '../kit/cookies.ts';
import type { AccountView } from './account-view.ts';
import type { DataExport } from './data-export.ts';
import type { OwnViews } from './own-views.ts';
import type { Owner } from './owner.ts';
import type { OwnerPages } from './owner-pages.ts';

export type DataPagesDeps = {
  readonly pages: OwnerPages;
  readonly view: AccountView;
  readonly views: OwnViews;
  readonly accountDeletion: AccountDeletion;
  readonly audit: Audit;
  readonly cookies: Cookies;
  readonly exportOf: DataExport;
};

const page = '/account/data';

export function addDataPages({ pages, view, views, accountDeletion, audit, cookies, exportOf }: DataPagesDeps): void {
  /** Answers with the page. @param problem a refusal to show above it */
  function draw(ctx: Context, owner: Owner, problem: string | null = null): void {
    view.send(ctx, views.data({ ...view.of(ctx, owner), problem }));
  }

  pages.page('/data', (ctx, owner) => draw(ctx, owner));
  pages.change({
    path: '/data/export',
    page,
    isSensitive: true,
    async work(ctx, { account }) {
      const copy = await exportOf(account);
      await audit.accountChanged(account.id, byAccount(account), { fields: 'exported' });
      ctx.set('Content-Disposition', 'attachment; filename="tessera-account.json"');
      ctx.type = 'application/json';
      ctx.body = JSON.stringify(copy, null, 2);
    },
    redraw: draw,
  });
  pages.change({
    path: '/data/delete',
    page,
    isSensitive: true,
    async work(ctx, { account }, form) {
      if (normaliseUsername(form.get('username') ?? '') !== account.username)
        throw new AccountError('name_not_typed', 'Type the username exactly.');
      await accountDeletion.delete(account, byAccount(account));
      cookies.clearDevice(ctx);
      cookies.clearConsole(ctx);
      view.gone(ctx, account);
    },
    redraw: draw,
  });
}
