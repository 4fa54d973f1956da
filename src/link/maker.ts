// Whether a link still stands by whoever made it: roles are given at the console by an administrator, and only as long as they are one
// (security.md E7). Whoever has the machine's command line needs no account.
import { isEnabledAdministrator } from '../account/account-store.ts';
import type { Accounts } from '../account/accounts.ts';
import type { Link } from './link.ts';

export type MakerDeps = Pick<Accounts, 'find' | 'findByUsername'>;

/** @returns a question: has this link ended because its maker is no administrator any more? */
export function createMakerCheck({ find, findByUsername }: MakerDeps) {
  return async ({ roles, by }: Link): Promise<boolean> => {
    if (roles.length === 0 || by.way !== 'console') return false;
    const maker = by.accountId ? await find(by.accountId) : await findByUsername(by.name ?? '');
    return maker === null || !isEnabledAdministrator(maker);
  };
}
