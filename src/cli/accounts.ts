// `tessera account …`: the same use-cases as the administration API, in an operator's terminal. No command shows a password.
import { type Account, type Role, roles } from '../core/account/account.ts';
import { describeAccount } from '../core/account/account-view.ts';
import type { Accounts } from '../core/account/accounts.ts';
import type { AccountDeletion } from '../core/approval/account-deletion.ts';
import { type Actor, byCommandLine } from '../core/audit/actor.ts';
import type { Audit } from '../core/audit/audit.ts';
import { readPassword, required, UsageError } from './input.ts';

type Values = {
  readonly json: boolean;
  readonly username?: string | undefined;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly search?: string | undefined;
  readonly set?: string | undefined;
};

/** As a terminal shows it; a provider elsewhere says nothing of passwords. */
export type ListedAccount = Omit<Account, 'passwordHash' | 'phoneNumber'> & Partial<Pick<Account, 'passwordHash'>>;

/** What is asked of this machine's store or of a provider elsewhere alike (remote/accounts.ts). */
export type AccountDesk = {
  page(page: Parameters<Accounts['page']>[0]): Promise<{ accounts: ListedAccount[]; cursor: string | null }>;
  getByUsername(username: string): Promise<ListedAccount>;
  setDisabled(id: string, isDisabled: boolean, expected: number | null): Promise<ListedAccount>;
};
export type EndingsDesk = {
  everything(account: ListedAccount, by: { by: Actor }): Promise<{ devices: number; approvals: number }>;
};

type UseCases = { readonly accounts: Accounts; readonly audit: Audit };
type Desk = { readonly accounts: AccountDesk; readonly audit: Pick<Audit, 'accountChanged'> };

/** @returns what is printed */
export type AccountCommand = (useCases: UseCases, values: Values) => Promise<string>;
export type DeskCommand = (desk: Desk, values: Values) => Promise<string>;

/** Who did it, in the audit trail. */
const by = byCommandLine;

export const accountDeskCommands: Readonly<Record<string, DeskCommand>> = {
  'account list': list,
  'account show': show,
  'account disable': (desk, values) => setDisabled(desk, values, true),
  'account enable': (desk, values) => setDisabled(desk, values, false),
};

export const accountCommands: Readonly<Record<string, AccountCommand>> = {
  'account add': add,
  'account role': setRoles,
  ...accountDeskCommands,
};

async function add({ accounts, audit }: UseCases, values: Values): Promise<string> {
  const username = required(values.username, '--username');
  const password = await readPassword();
  const account = await accounts.create({ username, password, displayName: values.name, email: values.email ?? null });
  await audit.accountChanged(account.id, by, { fields: 'created' });
  return values.json
    ? JSON.stringify({ id: account.id, username: account.username })
    : `Account ${account.username} (${account.id})`;
}

/** Every page, written as one list. */
async function list({ accounts }: Desk, { json, search }: Values): Promise<string> {
  const found: ListedAccount[] = [];
  for (let after: string | undefined; ; ) {
    const { accounts: page, cursor } = await accounts.page({ search, after, limit: 200 });
    found.push(...page);
    if (cursor === null) break;
    after = cursor;
  }
  if (json) return JSON.stringify(found.map(toJson));
  const line = (account: ListedAccount) =>
    [
      account.username,
      account.displayName,
      account.email ?? '-',
      account.roles.join(',') || '-',
      stateOf(account),
    ].join('\t');
  return found.map(line).join('\n');
}

async function show({ accounts }: Desk, values: Values): Promise<string> {
  const account = await accounts.getByUsername(required(values.username, '--username'));
  return JSON.stringify(toJson(account), null, values.json ? 0 : 2);
}

async function setRoles({ accounts, audit }: UseCases, values: Values): Promise<string> {
  const before = await accounts.getByUsername(required(values.username, '--username'));
  const account = await accounts.update(before.id, { roles: rolesOf(values.set) }, null);
  await audit.rolesChanged(before, account, by);
  if (values.json) return JSON.stringify(toJson(account));
  return account.roles.length === 0
    ? `Account ${account.username} has no role.`
    : `Account ${account.username} is ${account.roles.join(', ')}.`;
}

function rolesOf(set: string | undefined): Role[] {
  if (set === undefined) throw new UsageError(`--set is missing: ${roles.join(', ')}, or nothing between quotes.`);
  const names = set.split(',').map((name) => name.trim());
  const wrong = names.find((name) => name !== '' && !roles.some((role) => role === name));
  if (wrong !== undefined) throw new UsageError(`There is no role “${wrong}”; there are ${roles.join(', ')}.`);
  return roles.filter((role) => names.includes(role));
}

async function setDisabled({ accounts, audit }: Desk, values: Values, isDisabled: boolean): Promise<string> {
  const { id } = await accounts.getByUsername(required(values.username, '--username'));
  const account = await accounts.setDisabled(id, isDisabled, null);
  await audit.accountChanged(id, by, { fields: 'enabled', enabled: !isDisabled });
  return `Account ${account.username} is ${isDisabled ? 'disabled' : 'enabled'}.`;
}

/** Needs a whole provider: relying parties are told. */
export async function signOut(
  {
    accounts,
    endingsByAdministrator,
  }: { accounts: Pick<AccountDesk, 'getByUsername'>; endingsByAdministrator: EndingsDesk },
  values: Values,
): Promise<string> {
  const account = await accounts.getByUsername(required(values.username, '--username'));
  const { username } = account;
  const { devices, approvals } = await endingsByAdministrator.everything(account, { by });
  if (values.json) return JSON.stringify({ username, devices, approvals });
  return `Account ${username} is signed out: ${devices} devices, ${approvals} browsers.`;
}

/** Needs a whole provider as well. The username is typed by whoever runs the command, so it is not asked for again. */
export async function deleteAccount(
  { accounts, accountDeletion }: { accounts: Accounts; accountDeletion: AccountDeletion },
  values: Values,
): Promise<string> {
  const account = await accounts.getByUsername(required(values.username, '--username'));
  await accountDeletion.delete(account, by);
  const { id, username } = account;
  return values.json ? JSON.stringify({ id, username, deleted: true }) : `Account ${username} (${id}) is deleted.`;
}

const stateOf = ({ disabledAt }: ListedAccount): string => (disabledAt === null ? 'enabled' : 'disabled');

const toJson = (account: ListedAccount) => ({
  ...describeAccount(account),
  ...(account.passwordHash !== undefined && { has_password: account.passwordHash !== null }),
  revision: account.revision,
});
