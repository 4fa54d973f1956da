// Who made a link: what is kept and recorded of them, which is no name, and whether the link still stands by them. Roles are given at the console by an administrator, and only as long as they are one
// (security.md E7). Whoever has the machine's command line needs no account.
import { isEnabledAdministrator } from '../account/account-store.ts';
import type { Accounts } from '../account/accounts.ts';
import { byAccount, byClient, byCommandLine } from '../audit/actor.ts';
import type { Link, LinkMaker } from './link.ts';

export type MakerDeps = Pick<Accounts, 'find' | 'findByUsername'>;

/** @returns a question: has this link ended because its maker is no administrator any more? */
export function createMakerCheck({ find, findByUsername }: MakerDeps) {
  return async ({ roles, by }: Link): Promise<boolean> => {
    if (roles.length === 0 || by.way !== 'console') return false;
    const maker = by.accountId ? await find(by.accountId) : await findByUsername(by.name ?? '');
    return maker === null || !isEnabledAdministrator(maker);
  };
}

/** An account is known by its id alone, so that nothing names it once it is deleted. */
export const kept = (by: LinkMaker): LinkMaker => (by.accountId === undefined ? by : { ...by, name: null });

/** As facts of a record (security.md H5); of what goes by itself the way says all. */
export function makerFacts({ way, name, accountId }: LinkMaker) {
  if (accountId !== undefined) return byAccount({ id: accountId });
  if (way === 'api' && name !== null) return byClient(name);
  return way === 'command_line' ? byCommandLine : { by: name ?? way };
}

/** @returns a question: how whoever made it is called now */
export function createMakerName({ find }: Pick<MakerDeps, 'find'>) {
  return async ({ name, accountId }: LinkMaker): Promise<string | null> =>
    accountId === undefined ? name : ((await find(accountId))?.username ?? null);
}
