// Finds the account that a typed text names: by its username, or by an email address that it has verified.
// Used wherever a person types a name, so that all places agree.
import { isEmailAddress } from '../mail/address.ts';
import { type Account, AccountError, type NewAccount, normaliseUsername } from './account.ts';
import { type AccountStore, searchTerm } from './account-store.ts';

type NamesStore = Pick<AccountStore, 'findByUsername' | 'findByEmail'>;

/** One spelling of a typed name, also of one that no account can have; for counters. */
export const nameKey = (typed: string): string =>
  normaliseUsername(typed) ?? typed.normalize('NFKC').trim().toLowerCase();

/**
 * Refuses a username that is an email address which its account has not verified. A username comes before an
 * address, so a stranger who chose one could keep its owner from signing in by it, and would be known to apps
 * by it (`preferred_username`). Administrators may give such names.
 * @throws AccountError `username_invalid`
 */
export function assertOwnAddress(
  username: string,
  { email = null, emailVerified = false }: Pick<NewAccount, 'email' | 'emailVerified'>,
): void {
  const isOwn = emailVerified && email !== null && searchTerm(email) === searchTerm(username);
  if (isEmailAddress(username) && !isOwn)
    throw new AccountError('username_invalid', 'An email address can be a username only once it is verified.');
}

/**
 * Returns the account with this username, also a disabled one; else the only enabled account that has
 * verified this address. The username comes first, so that nobody takes a name over by verifying an address
 * that looks like it. An address of several accounts names none of them. The reads depend on the text alone,
 * so that their time does not tell what exists (security.md D4).
 */
export async function findByName(store: NamesStore, typed: string): Promise<Account | null> {
  const username = normaliseUsername(typed);
  const email = typed.normalize('NFC').trim();
  const [byUsername, byEmail] = await Promise.all([
    username ? store.findByUsername(username) : null,
    isEmailAddress(email) ? store.findByEmail(email) : [],
  ]);
  const [owner, another] = byEmail.filter(({ emailVerified, disabledAt }) => emailVerified && disabledAt === null);
  return byUsername ?? (another ? null : (owner ?? null));
}
