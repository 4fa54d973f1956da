// Deleting an account: first it is closed, so that nothing of it works anywhere; then everything it has going ends, and relying parties are told;
// then all that is kept of it goes, its record last. Cut short by a crash it is closed for good, and deleting it again goes on where it stopped.
// The audit trail keeps its records under the account's id, which names nobody any more and never returns.
import type { Account } from '../account/account.ts';
import type { Accounts } from '../account/accounts.ts';
import type { Passkeys } from '../account/passkeys.ts';
import type { Pictures } from '../account/pictures.ts';
import type { Actor } from '../audit/actor.ts';
import type { Audit } from '../audit/audit.ts';
import type { Browsers } from '../device/browsers.ts';
import type { Devices } from '../device/devices.ts';
import type { Approvals } from './approvals.ts';

export type RemovalsDeps = {
  readonly accounts: Accounts;
  readonly passkeys: Pick<Passkeys, 'forget'>;
  readonly pictures: Pick<Pictures, 'forget'>;
  readonly devices: Pick<Devices, 'removeAll' | 'forget'>;
  readonly browsers: Pick<Browsers, 'forget'>;
  readonly approvals: Pick<Approvals, 'endAll' | 'forget'>;
  readonly audit: Audit;
  readonly endSessions: (accountId: string) => Promise<void>;
  /** Of every relying party. */
  readonly withdrawGrants: (accountId: string) => Promise<unknown>;
  /** What else keeps something by an account's id. Each is safe to repeat. */
  readonly others: readonly ((accountId: string) => Promise<unknown>)[];
};

export type Removals = ReturnType<typeof createRemovals>;

export function createRemovals(deps: RemovalsDeps) {
  const { accounts, passkeys, pictures, devices, browsers, approvals, audit } = deps;

  return {
    /** @returns false when another was faster. @throws AccountError `account_not_found`, `last_administrator`; nothing is changed then */
    async account(account: Account, by: Actor): Promise<boolean> {
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
