// The console's pages of accounts, by the same use-cases as the administration API: find, show, change,
// disable, give roles, and end what an account has going.
// Nothing here reads or sets a password, or acts as somebody else (security.md E7).

import { type Account, AccountError } from '../../../core/account/account.ts';
import type { Accounts } from '../../../core/account/accounts.ts';
import { ApprovalError } from '../../../core/approval/approval.ts';
import type { Administrator, EndingsByAdministrator } from '../../../core/approval/endings-by-administrator.ts';
import { byAccount } from '../../../core/audit/actor.ts';
import { DeviceError } from '../../../core/device/device.ts';
import type { AccountChanges } from '../../../core/email/account-changes.ts';
import { messagesOf } from '../../../i18n/locale.ts';
import { readForm } from '../../kit/body.ts';
import type { Context } from '../../kit/context.ts';
import { decimalOf } from '../../kit/decimal.ts';
import { seeOther } from '../../kit/navigation.ts';
import { statusOf } from '../../kit/refusals.ts';
import type { Console, ConsoleHandler } from '../console.ts';
import type { Problem } from '../console-page.ts';
import type { ConsoleVisitor } from '../console-session.ts';
import { type AccountViewDeps, createAccountView } from './account-view.ts';
import type { AccountForm, AccountView, UsersViews } from './users-views.ts';

/** `findAny` finds disabled clients too, so that a grant keeps the name of its app. */
export type AccountPagesDeps = Omit<AccountViewDeps, 'findClient'> & {
  readonly console: Console;
  readonly views: UsersViews;
  readonly accounts: Accounts;
  readonly endingsByAdministrator: EndingsByAdministrator;
  readonly accountChanges: AccountChanges;
  readonly clients: { readonly findAny: AccountViewDeps['findClient'] };
};

/** What the page of an account shows after a form was sent. */
type Outcome = Partial<Pick<AccountView, 'problems' | 'notice' | 'form' | 'wrongFields' | 'chosenRoles'>>;

/** Accounts per page of the list. */
const pageSize = 25;
const listPath = '/admin/accounts';
/** The name of a role's box begins with this. */
const roleField = 'role_';

/** Adds the list, the page of one account, and its forms to the console. All need the area `accounts`. */
export function addAccountPages(deps: AccountPagesDeps): void {
  const { console, view, views, accounts, endingsByAdministrator, accountChanges, audit } = deps;
  const shown = createAccountView({ ...deps, findAccount: accounts.find, findClient: deps.clients.findAny });
  /** Words of the pages of accounts. */
  const words = (ctx: Context) => view.words(ctx).accounts;
  /** Words that all pages of the console share. */
  const common = (ctx: Context) => view.words(ctx).frame;

  /** Lists accounts, a page at a time. */
  const list: ConsoleHandler = async (ctx, visitor) => {
    const search = String(ctx.query.search ?? '').slice(0, 100);
    const after =
      typeof ctx.query.after === 'string' ? Buffer.from(ctx.query.after, 'base64url').toString() : undefined;
    const { accounts: found, cursor } = await accounts.page({ search, after, limit: pageSize });
    const more = new URLSearchParams({ search, after: Buffer.from(cursor ?? '').toString('base64url') });
    const next = cursor === null ? null : `${listPath}?${more}`;
    const rows = found.map((each) => shown.row(ctx, each));
    view.send(ctx, views.accounts({ ...view.of(ctx, visitor, 'accounts'), search, accounts: rows, next }));
  };

  /** Finds a disabled account too. @throws AccountError `account_not_found` */
  async function find(ctx: Context): Promise<Account> {
    const account = await accounts.find(String(ctx.params.id));
    if (!account) throw new AccountError('account_not_found', 'There is no such account.');
    return account;
  }

  /** Answers with the page of an account. @param outcome what it shows after a form was sent */
  async function drawOne(
    ctx: Context,
    visitor: ConsoleVisitor,
    account: Account,
    outcome: Outcome = {},
  ): Promise<void> {
    const html = views.account({
      ...view.of(ctx, visitor, 'accounts'),
      account: shown.row(ctx, account),
      form: formOf(account),
      wrongFields: [],
      chosenRoles: account.roles,
      isSelf: account.id === visitor.account.id,
      problems: [],
      notice: null,
      ...(await shown.going(ctx, account)),
      ...outcome,
    });
    view.send(ctx, html);
  }

  /** Shows one account. */
  const one: ConsoleHandler = async (ctx, visitor) => drawOne(ctx, visitor, await find(ctx));

  /** What was refused, in the visitor's language. */
  function problemsOf(ctx: Context, error: AccountError | ApprovalError | DeviceError): Problem[] {
    if (error.code === 'account_changed') return [{ path: '', message: common(ctx).stale }];
    const ofFields: Readonly<Record<string, string>> = words(ctx).wrong;
    const fields = error instanceof AccountError ? error.problems : [];
    if (fields.length > 0) return fields.map(({ path, message }) => ({ path: '', message: ofFields[path] ?? message }));
    const { title, message } = messagesOf[view.localeOf(ctx)].refusals[error.code];
    return [{ path: '', message: `${title}. ${message}` }];
  }

  /** Runs a change. What is wrong with it is shown on the page that it came from. @returns null then */
  async function attempt<Result>(
    [ctx, visitor, account]: readonly [Context, ConsoleVisitor, Account],
    work: () => Promise<Result>,
    kept: Outcome = {},
  ): Promise<Result | null> {
    try {
      return await work();
    } catch (error) {
      const isOurs = error instanceof AccountError || error instanceof ApprovalError || error instanceof DeviceError;
      if (!isOurs || error.code === 'account_not_found') throw error;
      ctx.status = statusOf[error.code];
      const present = (await accounts.find(account.id)) ?? account;
      await drawOne(ctx, visitor, present, {
        // What somebody else has changed has to be seen before it is overwritten.
        ...(error.code !== 'account_changed' && kept),
        problems: problemsOf(ctx, error),
        wrongFields: error instanceof AccountError ? error.problems.map(({ path }) => path) : [],
      });
      return null;
    }
  }

  /** Saves the profile. */
  const save: ConsoleHandler = async (ctx, visitor) => {
    const account = await find(ctx);
    const fields = await readForm(ctx);
    const form = typedForm(fields);
    const patch = { displayName: form.displayName, email: form.email || null, locale: form.locale || null };
    const how = { by: byAccount(visitor.account), expected: revisionOf(fields) };
    const work = () => accountChanges.change(account.id, patch, how);
    const changed = await attempt([ctx, visitor, account], work, { form });
    if (!changed) return;
    await drawOne(ctx, visitor, changed, { notice: common(ctx).saved });
  };

  /** Gives and takes roles. The last administrator keeps theirs. */
  const setRoles: ConsoleHandler = async (ctx, visitor) => {
    const account = await find(ctx);
    const fields = await readForm(ctx);
    const names = [...fields.keys()].filter((name) => name.startsWith(roleField));
    const chosenRoles = names.map((name) => name.slice(roleField.length));
    const work = () => accounts.update(account.id, { roles: chosenRoles }, revisionOf(fields));
    const changed = await attempt([ctx, visitor, account], work, { chosenRoles });
    if (!changed) return;
    await audit.rolesChanged(account, changed, byAccount(visitor.account));
    await drawOne(ctx, visitor, changed, { notice: common(ctx).saved });
  };

  /** Marks the address as verified or not. A form of its own, so that no new address is marked by mistake. */
  const vouch: ConsoleHandler = async (ctx, visitor) => {
    const account = await find(ctx);
    const fields = await readForm(ctx);
    const patch = { emailVerified: fields.get('to') === 'verified' };
    const how = { by: byAccount(visitor.account), expected: revisionOf(fields) };
    const work = () => accountChanges.change(account.id, patch, how);
    if (await attempt([ctx, visitor, account], work)) seeOther(ctx, pathOf(account));
  };

  /** Disables or enables the account. */
  const turn: ConsoleHandler = async (ctx, visitor) => {
    const account = await find(ctx);
    const isOff = (await readForm(ctx)).get('to') === 'off';
    const how = { by: byAccount(visitor.account), expected: null, isDisabled: isOff };
    if (await attempt([ctx, visitor, account], () => accountChanges.change(account.id, {}, how)))
      seeOther(ctx, pathOf(account));
  };

  /** A form that ends something of the account. @param region of the page that the visitor comes back to */
  const ending =
    (region: string, end: (account: Account, ctx: Context, by: Administrator) => Promise<unknown>): ConsoleHandler =>
    async (ctx, visitor) => {
      const account = await find(ctx);
      const by = { by: byAccount(visitor.account), address: ctx.state.address };
      const isDone = await attempt([ctx, visitor, account], async () => {
        await end(account, ctx, by);
        return true;
      });
      if (isDone) seeOther(ctx, `${pathOf(account)}${region}`);
    };

  // A page is read, a change is a form. The console checks the role, and the origin of a form, before both.
  const { page, change } = console;
  page('accounts', '/accounts', list);
  page('accounts', '/accounts/:id', one);
  change('accounts', '/accounts/:id', save);
  change('accounts', '/accounts/:id/roles', setRoles);
  change('accounts', '/accounts/:id/email', vouch);
  change('accounts', '/accounts/:id/switch', turn);
  change(
    'accounts',
    '/accounts/:id/devices/:part/end',
    ending('#devices', (account, ctx, by) => endingsByAdministrator.device(account, partOf(ctx), by)),
  );
  change(
    'accounts',
    '/accounts/:id/approvals/:part/end',
    ending('#browsers', (account, ctx, by) => endingsByAdministrator.approval(account, partOf(ctx), by)),
  );
  change(
    'accounts',
    '/accounts/:id/grants/:part/end',
    ending('#grants', (account, ctx, by) => endingsByAdministrator.grant(account, partOf(ctx), by)),
  );
  change(
    'accounts',
    '/accounts/:id/sign-out',
    ending('', (account, _ctx, by) => endingsByAdministrator.everything(account, by)),
  );
}

/** A form as it was sent: every field once. */
type Fields = ReadonlyMap<string, string>;

/** The id of the device, approval or grant in the path. */
const partOf = (ctx: Context): string => String(ctx.params.part);
/** The page of an account. */
const pathOf = ({ id }: Account): string => `${listPath}/${encodeURIComponent(id)}`;

/**
 * The revision that the form was made from. Without one it is never right, so that nothing unseen is
 * overwritten.
 */
const revisionOf = (fields: Fields): number => decimalOf(fields.get('revision')) || 0;

/** The form as it shows the account. */
const formOf = ({ displayName, email, locale }: Account): AccountForm => ({
  displayName,
  email: email ?? '',
  locale: locale ?? '',
});

/** The form as it was sent. */
const typedForm = (fields: Fields): AccountForm => ({
  displayName: fields.get('display_name') ?? '',
  email: fields.get('email')?.trim() ?? '',
  locale: fields.get('locale')?.trim() ?? '',
});
