// What `tessera account …` does, over the same use-cases as the administration API. The rows are in
// rows/account.ts. No command shows a password.
import { type Account, type Role, roles } from '../core/account/account.ts';
import { describeAccount } from '../core/account/account-view.ts';
import type { Accounts } from '../core/account/accounts.ts';
import type { AccountDeletion } from '../core/approval/account-deletion.ts';
import { type Actor, byCommandLine } from '../core/audit/actor.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { Context } from './command.ts';
import { readPassword } from './input.ts';
import { counted, type Table } from './output.ts';
import { UsageError } from './usage-error.ts';

type Json = { readonly json: boolean };
type One = Json & { readonly username: string };

/** An account as a terminal shows it. A provider elsewhere answers without the password's hash. */
export type ListedAccount = Omit<Account, 'passwordHash' | 'phoneNumber'> & Partial<Pick<Account, 'passwordHash'>>;

/** The use-cases that the commands need. A provider elsewhere answers them in remote/accounts.ts. */
export type AccountDesk = {
  page(page: Parameters<Accounts['page']>[0]): Promise<{ accounts: ListedAccount[]; cursor: string | null }>;
  getByUsername(username: string): Promise<ListedAccount>;
  update(id: string, patch: { readonly emailVerified: boolean }, expected: number | null): Promise<ListedAccount>;
};
/** Disables or enables an account. Disabling ends everything of it, as a sign-out does. */
export type SwitchDesk = {
  change(
    id: string,
    patch: Record<string, never>,
    how: { readonly by: Actor; readonly expected: null; readonly isDisabled: boolean },
  ): Promise<ListedAccount>;
};
/** Signs an account out. Returns how many devices and approvals ended. */
export type EndingsDesk = {
  everything(account: ListedAccount, by: { by: Actor }): Promise<{ devices: number; approvals: number }>;
};

/** Beside the store: with passwords and roles. */
type UseCases = { readonly accounts: Accounts; readonly audit: Audit };
/** Here or at a provider elsewhere. */
type Desk = { readonly accounts: AccountDesk; readonly audit: Pick<Audit, 'accountChanged'> };

/** The actor in the audit trail. */
const by = byCommandLine;

/** `account add`. Reads the password from standard input. */
export async function addAccount(
  { accounts, audit }: UseCases,
  values: One & { readonly name?: string | undefined; readonly email?: string | undefined },
): Promise<string> {
  const { username } = values;
  const password = await readPassword();
  const account = await accounts.create({ username, password, displayName: values.name, email: values.email ?? null });
  await audit.accountChanged(account.id, by, { fields: 'created' });
  return values.json
    ? JSON.stringify({ id: account.id, username: account.username })
    : `Account ${account.username} (${account.id})`;
}

/** `account list`: reads every page, and prints one list. */
export async function listAccounts(
  { accounts }: Pick<Desk, 'accounts'>,
  { json, search }: Json & { readonly search?: string | undefined },
): Promise<string | Table> {
  const found: ListedAccount[] = [];
  for (let after: string | undefined; ; ) {
    const { accounts: page, cursor } = await accounts.page({ search, after, limit: 200 });
    found.push(...page);
    if (cursor === null) break;
    after = cursor;
  }
  if (json) return JSON.stringify(found.map(toJson));
  const rows = found.map((account) => [
    account.username,
    account.displayName,
    account.email ?? '-',
    account.roles.join(',') || '-',
    stateOf(account),
  ]);
  return { headers: ['USERNAME', 'NAME', 'EMAIL', 'ROLES', 'STATE'], rows, none: 'There are no accounts.' };
}

/** `account show`. */
export async function showAccount({ accounts }: Pick<Desk, 'accounts'>, values: One): Promise<string> {
  const account = await accounts.getByUsername(values.username);
  return JSON.stringify(toJson(account), null, values.json ? 0 : 2);
}

/** `account role`: replaces the roles. */
export async function setAccountRoles(
  { accounts, audit }: UseCases,
  values: One & { readonly set?: string | undefined },
): Promise<string> {
  const before = await accounts.getByUsername(values.username);
  const account = await accounts.update(before.id, { roles: rolesOf(values.set) }, null);
  await audit.rolesChanged(before, account, by);
  if (values.json) return JSON.stringify(toJson(account));
  return account.roles.length === 0
    ? `Account ${account.username} has no role.`
    : `Account ${account.username} is ${account.roles.join(', ')}.`;
}

/** @throws UsageError for a role that does not exist. '' takes all roles away */
function rolesOf(set: string | undefined): Role[] {
  if (set === undefined) throw new UsageError(`--set is missing: ${roles.join(', ')}, or nothing between quotes.`);
  const names = set.split(',').map((name) => name.trim());
  const wrong = names.find((name) => name !== '' && !roles.some((role) => role === name));
  if (wrong !== undefined) throw new UsageError(`There is no role “${wrong}”; there are ${roles.join(', ')}.`);
  return roles.filter((role) => names.includes(role));
}

/** What `account disable` and `account enable` need. */
type SwitchingDesk = {
  readonly accounts: Pick<AccountDesk, 'getByUsername'>;
  readonly accountChanges: SwitchDesk;
};

/** `account disable` and `account enable`. Need a whole provider, because relying parties are notified. */
export async function setAccountDisabled(
  { accounts, accountChanges }: SwitchingDesk,
  values: One,
  isDisabled: boolean,
): Promise<string> {
  const { id } = await accounts.getByUsername(values.username);
  const account = await accountChanges.change(id, {}, { by, expected: null, isDisabled });
  if (values.json) return JSON.stringify(toJson(account));
  return `Account ${account.username} is ${isDisabled ? 'disabled' : 'enabled'}.`;
}

/** `account verify-email`. @throws AccountError `account_invalid` for an account without an address */
export async function setEmailVerified(
  { accounts, audit }: Desk,
  values: One & { readonly undo?: boolean | undefined },
): Promise<string> {
  const { id } = await accounts.getByUsername(values.username);
  const emailVerified = values.undo !== true;
  const account = await accounts.update(id, { emailVerified }, null);
  await audit.accountChanged(id, by, { fields: 'emailVerified' });
  if (values.json) return JSON.stringify(toJson(account));
  return `The email address of ${account.username} is ${emailVerified ? 'verified' : 'not verified'}.`;
}

/** What `account sign-out` needs. */
type SignOutDesk = {
  readonly accounts: Pick<AccountDesk, 'getByUsername'>;
  readonly endingsByAdministrator: EndingsDesk;
};

/** `account sign-out`. Needs a whole provider, because relying parties are notified. */
export async function signOutAccount({ accounts, endingsByAdministrator }: SignOutDesk, values: One): Promise<string> {
  const account = await accounts.getByUsername(values.username);
  const { username } = account;
  const { devices, approvals } = await endingsByAdministrator.everything(account, { by });
  if (values.json) return JSON.stringify({ username, devices, approvals });
  return `Account ${username} is signed out: ${devices} devices, ${approvals} browsers.`;
}

/** `account delete`, after a confirmation. Needs a whole provider, because relying parties are notified. */
export async function deleteAccount(
  desk: DeletionDesk,
  values: One,
  { confirm }: Pick<Context, 'confirm'>,
): Promise<string> {
  const account = await desk.accounts.getByUsername(values.username);
  await confirm(await lossOf(account, desk));
  await desk.accountDeletion.delete(account, by);
  const { id, username } = account;
  return values.json ? JSON.stringify({ id, username, deleted: true }) : `Account ${username} (${id}) is deleted.`;
}

/** What `account delete` needs. */
type DeletionDesk = {
  readonly accounts: Accounts;
  readonly accountDeletion: AccountDeletion;
  readonly devices: { list(accountId: string): Promise<readonly unknown[]> };
  readonly passkeys: { list(accountId: string): Promise<readonly unknown[]> };
  readonly approvals: { list(accountId: string, limit: number): Promise<readonly unknown[]> };
};

/** The question counts approvals up to this. */
const maxCounted = 1000;

/** What is lost when an account is deleted, for the question. */
async function lossOf({ id, username, displayName, roles: held }: Account, desk: DeletionDesk): Promise<string> {
  const [devices, passkeys, approvals] = await Promise.all([
    desk.devices.list(id),
    desk.passkeys.list(id),
    desk.approvals.list(id, maxCounted),
  ]);
  const role = held.length > 0 ? `, ${held.join(', ')},` : '';
  const what = [
    counted(devices.length, 'signed-in device'),
    counted(passkeys.length, 'passkey'),
    counted(approvals.length, 'signed-in browser'),
  ];
  return [
    `Account ${username} (${displayName})${role} will be deleted for good: ${what.join(', ')}.`,
    'It is signed out of every app. Its username becomes free, and its id never returns.',
  ].join('\n');
}

/** As tables show it. */
const stateOf = ({ disabledAt }: ListedAccount): string => (disabledAt === null ? 'enabled' : 'disabled');

/** Published: the members keep their names. */
const toJson = (account: ListedAccount) => ({
  ...describeAccount(account),
  ...(account.passwordHash !== undefined && { has_password: account.passwordHash !== null }),
  revision: account.revision,
});
