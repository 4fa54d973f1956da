// A link by which the owner of an account sets a new password, made at the console and shown once
// (security.md D6, E7). The administrator hands it on and never sees the password.
// The form that leads here is partials/console/reset-link.eta.
import { AccountError } from '../../../core/account/account.ts';
import type { Accounts } from '../../../core/account/accounts.ts';
import type { Links } from '../../../core/link/links.ts';
import type { Area } from '../areas.ts';
import type { Console, ConsoleHandler } from '../console.ts';
import type { ConsoleView } from '../console-view.ts';
import { makerOf } from './invitation-pages.ts';
import type { UsersViews } from './users-views.ts';

/** `accounts` finds disabled accounts too; `links` refuses a link for them. */
export type ResetLinkPagesDeps = {
  readonly console: Console;
  readonly view: ConsoleView;
  readonly views: UsersViews;
  readonly links: Links;
  readonly accounts: Pick<Accounts, 'find'>;
};

/** The area whose rights count, and which the menu marks. */
const area: Area = 'accounts';

/** Adds the form of an account's page that makes a link. */
export function addResetLinkPages({ console, view, views, links, accounts }: ResetLinkPagesDeps): void {
  /** Makes the link. @throws AccountError `account_not_found` */
  const create: ConsoleHandler = async (ctx, visitor) => {
    const account = await accounts.find(String(ctx.params.id));
    if (!account) throw new AccountError('account_not_found', 'There is no such account.');
    const { link, address } = await links.makeResetLink(account.id, makerOf(visitor));
    const html = views.resetLink({
      ...view.of(ctx, visitor, area),
      account: {
        displayName: account.displayName,
        path: `/admin/accounts/${encodeURIComponent(account.id)}`,
      },
      address,
      expires: view.ago(ctx, link.expiresAt),
    });
    view.send(ctx, html);
  };

  console.change(area, '/accounts/:id/reset-link', create);
}
