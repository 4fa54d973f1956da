// Who made a link: what is stored and recorded about them, and whether the link is still valid because of
// them. At the console only an administrator can give roles, and only while they are one (security.md E7).
// The machine's command line needs no account.
import { isEnabledAdministrator } from '../account/account-store.ts';
import type { Accounts } from '../account/accounts.ts';
import { byAccount, byClient, byCommandLine } from '../audit/actor.ts';
import type { Link, LinkMaker } from './link.ts';

export type MakerDeps = Pick<Accounts, 'find' | 'findByUsername'>;

/** Returns a predicate: is this link invalid because its maker is no administrator any more? */
export function createMakerCheck({ find, findByUsername }: MakerDeps) {
  return async ({ roles, by }: Link): Promise<boolean> => {
    if (roles.length === 0 || by.way !== 'console') return false;
    const maker = by.accountId ? await find(by.accountId) : await findByUsername(by.name ?? '');
    return maker === null || !isEnabledAdministrator(maker);
  };
}

/**
 * Removes the name of a maker with an account. The account is known by its id, so nothing names it after it
 * is deleted.
 */
export const withoutName = (by: LinkMaker): LinkMaker => (by.accountId === undefined ? by : { ...by, name: null });

/** The maker as facts of an audit record (security.md H5). For automatic links the way is the actor. */
export function makerFacts({ way, name, accountId }: LinkMaker) {
  if (accountId !== undefined) return byAccount({ id: accountId });
  if (way === 'api' && name !== null) return byClient(name);
  return way === 'command_line' ? byCommandLine : { by: name ?? way };
}

/** Returns a function that finds the present name of a link's maker. */
export function createMakerName({ find }: Pick<MakerDeps, 'find'>) {
  return async ({ name, accountId }: LinkMaker): Promise<string | null> =>
    accountId === undefined ? name : ((await find(accountId))?.username ?? null);
}
