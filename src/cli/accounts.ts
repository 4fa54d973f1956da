// `tessera account …`: the same use-cases as the administration API, in an operator's terminal. No command shows a password.
import { type Account, type Role, roles } from '../account/account.ts';
import { describeAccount } from '../account/account-view.ts';
import type { Accounts } from '../account/accounts.ts';
import type { Endings } from '../approval/endings.ts';
import type { Removals } from '../approval/removals.ts';
import { byCommandLine } from '../audit/actor.ts';
import type { Audit } from '../audit/audit.ts';
import { readPassword, required, UsageError } from './input.ts';

type Values = {
  readonly json: boolean;
  readonly username?: string | undefined;
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly search?: string | undefined;
  readonly set?: string | undefined;
};

type UseCases = { readonly accounts: Accounts; readonly audit: Audit };

/** @returns what is printed */
export type AccountCommand = (useCases: UseCases, values: Values) => Promise<string>;

/** Who did it, in the audit trail. */
const by = byCommandLine;

export const accountCommands: Readonly<Record<string, AccountCommand>> = {
  'account add': add,
  'account list': list,
  'account show': show,
  'account role': setRoles,
  'account disable': (useCases, values) => setDisabled(useCases, values, true),
  'account enable': (useCases, values) => setDisabled(useCases, values, false),
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
async function list({ accounts }: UseCases, { json, search }: Values): Promise<string> {
  const found: Account[] = [];
  for (let after: string | undefined; ; ) {
    const { accounts: page, cursor } = await accounts.page({ search, after, limit: 200 });
    found.push(...page);
    if (cursor === null) break;
    after = cursor;
  }
  if (json) return JSON.stringify(found.map(toJson));
  const line = (account: Account) =>
    [
      account.username,
      account.displayName,
      account.email ?? '-',
      account.roles.join(',') || '-',
      stateOf(account),
    ].join('\t');
  return found.map(line).join('\n');
}

async function show({ accounts }: UseCases, values: Values): Promise<string> {
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

async function setDisabled({ accounts, audit }: UseCases, values: Values, isDisabled: boolean): Promise<string> {
  const { id } = await accounts.getByUsername(required(values.username, '--username'));
  const account = await accounts.setDisabled(id, isDisabled, null);
  await audit.accountChanged(id, by, { fields: 'enabled', enabled: !isDisabled });
  return `Account ${account.username} is ${isDisabled ? 'disabled' : 'enabled'}.`;
}

/** Needs a whole provider: relying parties are told. */
export async function signOut(
  { accounts, endings }: { accounts: Accounts; endings: Endings },
  values: Values,
): Promise<string> {
  const account = await accounts.getByUsername(required(values.username, '--username'));
  const { username } = account;
  const { devices, approvals } = await endings.everything(account, { by });
  if (values.json) return JSON.stringify({ username, devices, approvals });
  return `Account ${username} is signed out: ${devices} devices, ${approvals} browsers.`;
}

/** Needs a whole provider as well. The username is typed by whoever runs the command, so it is not asked for again. */
export async function deleteAccount(
  { accounts, removals }: { accounts: Accounts; removals: Removals },
  values: Values,
): Promise<string> {
  const account = await accounts.getByUsername(required(values.username, '--username'));
  await removals.account(account, by);
  const { id, username } = account;
  return values.json ? JSON.stringify({ id, username, deleted: true }) : `Account ${username} (${id}) is deleted.`;
}

const stateOf = ({ disabledAt }: Account): string => (disabledAt === null ? 'enabled' : 'disabled');

const toJson = (account: Account) => ({
  ...describeAccount(account),
  has_password: account.passwordHash !== null,
  revision: account.revision,
});
