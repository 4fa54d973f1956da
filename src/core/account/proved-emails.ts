// Verified email addresses: who owns one, and how an account gets another one (requested, withdrawn,
// confirmed). Part of accounts.ts. Only the last request of an account can be confirmed, and none after its
// address was set otherwise (security.md D10).
import { type Account, AccountError, type AccountId } from './account.ts';
import type { CheckedPatch } from './account-patch.ts';
import type { AccountStore } from './account-store.ts';

export type ProvedEmailsDeps = {
  readonly store: Pick<AccountStore, 'findByEmail' | 'update'>;
  /** Changes an account as one revision, atomically. @throws AccountError `account_not_found` */
  readonly change: (id: string, expected: null, edit: (account: Account) => Account) => Promise<Account>;
};

/** The account's counts when an address was requested. Absent: 0. */
export type EmailWish = { readonly signOuts?: number | undefined; readonly emailWishes?: number | undefined };

const nextEmailWish = ({ emailWishes = 0 }: Account): number => emailWishes + 1;

export function createProvedEmails({ store, change }: ProvedEmailsDeps) {
  return {
    /** Returns the enabled accounts that have verified this address, in any case. */
    async findByProvedEmail(email: string): Promise<Account[]> {
      const found = await store.findByEmail(email);
      return found.filter(({ emailVerified, disabledAt }) => emailVerified && disabledAt === null);
    },

    /**
     * Makes earlier requests impossible to confirm; the present address stays. Atomic. The revision stays,
     * because editors do not see it.
     * @returns the account afterwards, or null for an unknown one
     */
    withdrawEmailWish: (id: string): Promise<Account | null> =>
      store.update(id as AccountId, (current) => ({ ...current, emailWishes: nextEmailWish(current) })),

    /**
     * Sets the address as verified, after its owner answered the mail sent to it. Requests from before the
     * last "sign out everywhere", and all but the last request, are refused. Atomic.
     * @throws AccountError `account_not_found`, `account_changed`
     */
    async confirmEmail(id: string, email: string, wish: EmailWish): Promise<{ before: Account; after: Account }> {
      let before: Account | null = null;
      const after = await change(id, null, (current) => {
        if (!isOfNow(wish, current) || current.disabledAt !== null) throw changed();
        before = current;
        return { ...current, email, emailVerified: true, emailWishes: nextEmailWish(current) };
      });
      return { before: before ?? after, after };
    },
  };
}

/**
 * What a patch makes of the verification: a changed address is unverified unless the patch says otherwise,
 * and earlier links to verify one become invalid.
 * @throws AccountError `account_invalid` when there is no address to be verified
 */
export function emailState(current: Account, { email = current.email, emailVerified }: CheckedPatch): Partial<Account> {
  const isVerified = emailVerified ?? (email === current.email && current.emailVerified);
  if (emailVerified && email === null) throw noEmail();
  const isSame = email === current.email && isVerified === current.emailVerified;
  return isSame ? {} : { emailVerified: isVerified, emailWishes: nextEmailWish(current) };
}

const noEmail = () =>
  new AccountError('account_invalid', 'emailVerified must not be true: there is no email address', {
    problems: [{ path: 'emailVerified', message: 'must not be true: there is no email address' }],
  });

/** Whether the request is the account's last one, and the account was not signed out everywhere since. */
export const isOfNow = (wish: EmailWish, account: Account): boolean =>
  (wish.signOuts ?? 0) === (account.signOuts ?? 0) && (wish.emailWishes ?? 0) === (account.emailWishes ?? 0);

const changed = () => new AccountError('account_changed', 'Something else was asked for meanwhile.');
