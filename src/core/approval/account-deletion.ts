// Deletes an account. It is closed first, so that nothing of it works; then everything that is signed in ends
// and relying parties are notified; then all its data is deleted, its record last. After a crash the account
// stays closed, and deleting it again continues. Audit records stay under the account's id, which names
// nobody any more and is never reused.
import type { Account } from '../account/account.ts';
import type { Accounts } from '../account/accounts.ts';
import type { Passkeys } from '../account/passkeys.ts';
import type { Pictures } from '../account/pictures.ts';
import type { Actor } from '../audit/actor.ts';
import type { Audit } from '../audit/audit.ts';
import type { Browsers } from '../device/browsers.ts';
import type { Devices } from '../device/devices.ts';
import type { Approvals } from './approvals.ts';

export type AccountDeletionDeps = {
  readonly accounts: Accounts;
  readonly passkeys: Pick<Passkeys, 'forget'>;
  readonly pictures: Pick<Pictures, 'forget'>;
  readonly devices: Pick<Devices, 'removeAll' | 'forget'>;
  readonly browsers: Pick<Browsers, 'forget'>;
  readonly approvals: Pick<Approvals, 'endAll' | 'forget'>;
  readonly audit: Audit;
  /** Ends all sessions of the account and tells relying parties. */
  readonly endSessions: (accountId: string) => Promise<void>;
  /** Revokes the account's grants at every client. */
  readonly withdrawGrants: (accountId: string) => Promise<unknown>;
  /** Deletes what other stores keep by the account's id. Each function may be repeated. */
  readonly others: readonly ((accountId: string) => Promise<unknown>)[];
};

export type AccountDeletion = ReturnType<typeof createAccountDeletion>;

export function createAccountDeletion(deps: AccountDeletionDeps) {
  const { accounts, passkeys, pictures, devices, browsers, approvals, audit } = deps;

  return {
    /**
     * Deletes the account and everything kept of it. May be repeated after a crash.
     * @returns false when a concurrent deletion was faster
     * @throws AccountError `account_not_found`, `last_administrator`; nothing is changed then
     */
    async delete(account: Account, by: Actor): Promise<boolean> {
      const { id } = account;
      const closed = await accounts.close(id);
      await devices.removeAll(id);
      await approvals.endAll(id, by.by === id ? 'owner' : 'administrator');
      await deps.endSessions(id);
      await deps.withdrawGrants(id);
      await Promise.all([passkeys.forget(id), pictures.forget(closed), devices.forget(id)]);
      await Promise.all([browsers.forget(id), approvals.forget(id), ...deps.others.map((forget) => forget(id))]);
      const isRemoved = await accounts.remove(closed);
      if (isRemoved) await audit.accountDeleted(id, by);
      return isRemoved;
    },
  };
}
