// What an account's email proves, and how another one comes to be it: asked for, taken back, confirmed. Part of accounts.ts. Of all wishes for
// another address only the last counts, and none once the address was set otherwise (security.md D10).
import { type Account, AccountError, type AccountId } from './account.ts';
import type { AccountStore } from './account-store.ts';

export type ProvedEmailsDeps = {
  readonly store: Pick<AccountStore, 'findByEmail' | 'update'>;
  /** One revision, atomic. @throws AccountError `account_not_found` */
  readonly change: (id: string, expected: null, edit: (account: Account) => Account) => Promise<Account>;
};

/** Of the account, when somebody was asked to confirm an address; absent counts as 0. */
export type EmailWish = { readonly signOuts?: number | undefined; readonly emailWishes?: number | undefined };

export const nextEmailWish = ({ emailWishes = 0 }: Account): number => emailWishes + 1;

export function createProvedEmails({ store, change }: ProvedEmailsDeps) {
  return {
    /** Those whose email this is, proved and in whatever case; no disabled ones. */
    async findByProvedEmail(email: string): Promise<Account[]> {
      const found = await store.findByEmail(email);
      return found.filter(({ emailVerified, disabledAt }) => emailVerified && disabledAt === null);
    },

    /**
     * From here on no address that was asked for before is confirmed; the account's own stays. Atomic, and no revision: no editor sees it.
     * @returns the account as it is then, or null for an unknown one
     */
    withdrawEmailWish: (id: string): Promise<Account | null> =>
      store.update(id as AccountId, (current) => ({ ...current, emailWishes: nextEmailWish(current) })),

    /**
     * The address is its owner's: they answered what was sent there. Nothing asked for before signing out everywhere counts after, nor what
     * was asked for before the last wish. Atomic. @throws AccountError `account_not_found`, `account_changed`
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

/** Whether the wish is the last one, and nobody signed the account out everywhere since. */
export const isOfNow = (wish: EmailWish, account: Account): boolean =>
  (wish.signOuts ?? 0) === (account.signOuts ?? 0) && (wish.emailWishes ?? 0) === (account.emailWishes ?? 0);

const changed = () => new AccountError('account_changed', 'Something else was asked for meanwhile.');
