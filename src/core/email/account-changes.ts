// Changes that an administrator or machine makes to an account, in the console and by API. They are recorded;
// when the email address changes, the old address is notified and the new one must be verified (security.md
// D7, D10). What owners change themselves is left to http/account.
import type { Account } from '../account/account.ts';
import type { AccountPatch } from '../account/account-patch.ts';
import type { Accounts } from '../account/accounts.ts';
import type { Actor } from '../audit/actor.ts';
import type { Audit } from '../audit/audit.ts';
import type { Emails } from './emails.ts';

export type AccountChangesDeps = {
  readonly accounts: Pick<Accounts, 'amend'>;
  readonly emails: Pick<Emails, 'offerVerification'>;
  /** Notifies the owner. Returns before any mail is sent and never throws. */
  readonly notices: { readonly credentialChanged: (before: Account, change: 'email_changed') => Promise<void> };
  readonly audit: Pick<Audit, 'accountChanged'>;
  /** Ends everything of an account that was just disabled, and tells relying parties. May be repeated. */
  readonly endDisabled: (account: Account, administrator: { readonly by: Actor }) => Promise<unknown>;
};

export type AccountChange = {
  readonly by: Actor;
  /** The revision that the editor saw. Null: any. */
  readonly expected: number | null;
  /** Absent or null: unchanged. */
  readonly isDisabled?: boolean | null;
};

export type AccountChanges = ReturnType<typeof createAccountChanges>;

export function createAccountChanges({ accounts, emails, notices, audit, endDisabled }: AccountChangesDeps) {
  return {
    /**
     * Applies the patch as one revision, or nothing. An account that is disabled, also one that was before,
     * ends with all its devices, sessions and grants. Enabling does not bring them back.
     * @throws AccountError `account_invalid` with `problems`, `account_not_found`, `account_changed`,
     *   `last_administrator`
     */
    async change(
      id: string,
      patch: AccountPatch,
      { by, expected, isDisabled = null }: AccountChange,
    ): Promise<Account> {
      const { before, after } = await accounts.amend(id, patch, expected, isDisabled);
      const fields = changeable.filter((name) => isChanged(name, before, after)).join(' ');
      const names = isDisabled === null ? fields : `${fields} enabled`.trim();
      await audit.accountChanged(id, by, { fields: names, ...(isDisabled !== null && { enabled: !isDisabled }) });
      if (isDisabled) await endDisabled(after, { by });
      if (after.email === before.email) return after;
      await notices.credentialChanged(before, 'email_changed');
      // An administrator who vouches for the address needs no proof of it.
      if (!after.emailVerified) await emails.offerVerification(after);
      return after;
    },
  };
}

/** That a changed address is unverified goes without saying. */
function isChanged(name: (typeof changeable)[number], before: Account, after: Account): boolean {
  const isImplied = name === 'emailVerified' && after.email !== before.email && !after.emailVerified;
  return after[name] !== before[name] && !isImplied;
}

const changeable = ['displayName', 'email', 'emailVerified', 'locale'] as const;
