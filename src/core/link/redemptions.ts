// Use-cases of a link's holder: open it, which changes nothing, and use it. A use is counted before its work
// begins, as one atomic step over all nodes, and taken back when the work fails.

import type { Clock } from '../../clock.ts';
import { digest } from '../../crypto.ts';
import type { NewAccount } from '../account/account.ts';
import { type Account, AccountError } from '../account/account.ts';
import { searchTerm } from '../account/account-store.ts';
import type { Accounts } from '../account/accounts.ts';
import { isOfNow } from '../account/proved-emails.ts';
import type { Approvals } from '../approval/approvals.ts';
import type { Audit } from '../audit/audit.ts';
import type { Devices } from '../device/devices.ts';
import {
  countUse,
  giveBack,
  isUsable,
  type Link,
  type LinkPurpose,
  linkNotFound,
  mayReset,
  resetLinkIds,
} from './link.ts';
import type { LinkStore } from './link-store.ts';
import { createMakerCheck } from './maker.ts';

export type Redemptions = ReturnType<typeof createRedemptions>;

export type RedemptionsDeps = {
  readonly store: LinkStore;
  readonly accounts: Accounts;
  readonly devices: Devices;
  readonly approvals: Approvals;
  readonly audit: Audit;
  /** Notifies the owner. Returns before any mail is sent and never throws. */
  readonly notices: {
    readonly credentialChanged: (account: Account, change: 'password_reset' | 'email_changed') => Promise<void>;
  };
  /** Ends all sessions of the account, including those that no phone approved, and tells relying parties. */
  readonly endSessions: (accountId: string) => Promise<void>;
  readonly clock: Clock;
  /**
   * Returns true for purposes that the configuration has switched off; their links are answered
   * `link_not_found`.
   */
  readonly isOff: (purpose: LinkPurpose) => boolean;
};

/** A link that can be used now. `account` is the one that it concerns, or null. */
export type OpenedLink = { readonly link: Link; readonly account: Account | null };

export function createRedemptions(deps: RedemptionsDeps) {
  const { store, accounts, devices, approvals, audit, notices, clock, isOff } = deps;
  const isEnded = createMakerCheck(accounts);

  /**
   * @throws LinkError `link_not_found`, also when the link's purpose is gone: there is an administrator
   *   already, the account was disabled, got a role, was signed out everywhere or asked for another address,
   *   or the maker is no administrator any more
   */
  async function open(secret: string): Promise<OpenedLink> {
    const link = await store.findBySecret(digest(secret));
    if (!link || !isUsable(link, clock()) || isOff(link.purpose)) throw linkNotFound();
    if (link.purpose === 'administrator' && !link.isRecovery && (await accounts.hasRole('administrator')))
      throw linkNotFound();
    const account = link.accountId === null ? null : await accounts.findActive(link.accountId);
    if (link.purpose === 'reset' && (!account || !mayReset(link, account))) throw linkNotFound();
    if (link.purpose === 'email' && (!account || !isOfNow(link, account))) throw linkNotFound();
    if (await isEnded(link)) throw linkNotFound();
    return { link, account };
  }

  /**
   * Runs `work` as one use.
   * @throws LinkError `link_not_found` when no use is left; whatever `work` throws, after the use was taken
   *   back
   */
  async function once<Result>({ id, secretHash }: Link, work: () => Promise<Result>): Promise<Result> {
    const counted = await store.update(id, (current) => countUse(current, secretHash, clock()));
    if (!counted) throw linkNotFound();
    try {
      return await work();
    } catch (error) {
      await store.update(id, (current) => giveBack(current, secretHash));
      throw error;
    }
  }

  return {
    /** Opens a link without using it. */
    open,

    /**
     * Creates an account. A rejected input uses nothing up.
     * @throws LinkError `link_not_found`; AccountError as Accounts.create
     */
    async createAccount(secret: string, input: Omit<NewAccount, 'roles'>, address: string): Promise<Account> {
      const { link } = await open(secret);
      if (link.accountId !== null) throw linkNotFound();
      const ofLink = { roles: link.roles, ...(link.email !== undefined && { email: link.email, emailVerified: true }) };
      await accounts.checkNew({ ...input, ...ofLink });
      const account = await once(link, () => accounts.create({ ...input, ...ofLink }));
      await audit.linkChanged('link.used', { accountId: account.id, address }, factsOf(link));
      return account;
    },

    /**
     * Sets the password, and ends every device, approval and session of the account (security.md D6). A
     * rejected password uses nothing up.
     * @throws LinkError `link_not_found`; AccountError `password_…`
     */
    async resetPassword(secret: string, password: string, address: string): Promise<Account> {
      const { link, account } = await open(secret);
      if (link.purpose !== 'reset' || !account) throw linkNotFound();
      await accounts.checkPassword(account, password);
      const changed = await once(link, async () => {
        // The password first, so that nothing that is signed in with the old one meanwhile survives.
        await orGone(() => accounts.setPassword(account.id, password, (current) => mayReset(link, current)));
        await endDevices(account, address);
        await approvals.endAll(account.id, 'owner');
        const signedOut = await accounts.signOut(account.id);
        await deps.endSessions(account.id);
        return signedOut;
      });
      // Reset links of every way are invalid now.
      await Promise.all(resetLinkIds(account.id).map((id) => store.delete(id)));
      await audit.linkChanged('link.used', { accountId: account.id, address }, factsOf(link));
      await notices.credentialChanged(changed, 'password_reset');
      return changed;
    },

    /** Sets the account's address to the link's, as verified. @throws LinkError `link_not_found` */
    async confirmEmail(secret: string, address: string): Promise<Account> {
      const { link, account } = await open(secret);
      const { email } = link;
      if (link.purpose !== 'email' || !account || email === undefined) throw linkNotFound();
      const { before, after } = await once(link, () => orGone(() => accounts.confirmEmail(account.id, email, link)));
      await audit.linkChanged('link.used', { accountId: account.id, address }, factsOf(link));
      if (before.email !== null && searchTerm(before.email) !== searchTerm(email))
        await notices.credentialChanged(before, 'email_changed');
      return after;
    },
  };

  async function endDevices({ id: accountId }: Account, address: string): Promise<void> {
    for (const { id: deviceId } of await devices.removeAll(accountId))
      await audit.deviceRemoved({ accountId, deviceId, address }, 'password_reset');
  }
}

/** A link that became invalid a moment ago gets the same answer as one that was invalid before. */
async function orGone<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof AccountError && error.code === 'account_changed' ? linkNotFound() : error;
  }
}

const factsOf = ({ id, purpose, roles }: Link) => ({
  link: id,
  purpose,
  ...(roles.length > 0 && { roles: roles.join(' ') }),
});
