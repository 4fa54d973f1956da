// What the owner of an account ends: one approval or all of them, a site's access, a device, a lost device
// with everything that it approved, and everything else when the password changes. Each ending is recorded as
// the owner's own.
import type { Account } from '../account/account.ts';
import type { Accounts } from '../account/accounts.ts';
import { byAccount } from '../audit/actor.ts';
import type { Audit } from '../audit/audit.ts';
import type { Device, DeviceId } from '../device/device.ts';
import type { Devices } from '../device/devices.ts';
import { ApprovalError, type ApprovalId } from './approval.ts';
import type { Approvals } from './approvals.ts';

export type EndingsByOwnerDeps = {
  readonly accounts: Accounts;
  readonly devices: Devices;
  readonly approvals: Approvals;
  readonly audit: Audit;
  /** Notifies the owner. Returns before any mail is sent and never throws. */
  readonly notices: {
    readonly credentialChanged: (account: Account, change: 'password_changed', deviceId: string) => Promise<void>;
  };
  /** Revokes the account's grants at one client. @returns how many there were */
  readonly withdrawGrants: (accountId: string, clientId: string) => Promise<number>;
  /** Tells a relying party that the account is signed out (OIDC Back-Channel Logout). */
  readonly tellClient: (accountId: string, clientId: string) => Promise<void>;
  /** Ends all sessions of the account, including those that no phone approved, and tells relying parties. */
  readonly endSessions: (accountId: string) => Promise<void>;
};

export type EndingsByOwner = ReturnType<typeof createEndingsByOwner>;

export function createEndingsByOwner(deps: EndingsByOwnerDeps) {
  const { accounts, devices, approvals, audit, endSessions } = deps;

  return {
    /** Ends one approval. @throws ApprovalError `approval_not_found` */
    browser: ({ id }: Account, approval: string): Promise<void> => approvals.end(id, approval as ApprovalId),

    /** Ends every approval. @returns how many were signed in */
    browsers: ({ id }: Account): Promise<number> => approvals.endAll(id, 'owner'),

    /**
     * Revokes a client's grants with their codes and tokens, and tells it to sign the account out.
     * @throws ApprovalError `grant_not_found`
     */
    async site(account: Account, clientId: string): Promise<void> {
      if ((await deps.withdrawGrants(account.id, clientId)) === 0)
        throw new ApprovalError('grant_not_found', 'There is no such grant.');
      await deps.tellClient(account.id, clientId);
      const facts = { fields: 'grant_withdrawn', client: clientId };
      await audit.accountChanged(account.id, byAccount(account), facts);
    },

    /** Signs a device out. What it approved stays. @throws DeviceError `device_not_found` */
    async device({ id: accountId }: Account, id: string, address: string): Promise<void> {
      await devices.remove(accountId, id as DeviceId);
      await audit.deviceRemoved({ accountId, deviceId: id, address }, 'owner');
    },

    /**
     * Signs a lost device out and ends everything that it approved.
     * @returns how many approvals were ended
     * @throws DeviceError `device_not_found`
     */
    async lostDevice({ id: accountId }: Account, id: string, address: string): Promise<number> {
      // The device first: it can approve nothing more, and approvals not consumed yet become invalid.
      await devices.remove(accountId, id as DeviceId);
      await audit.deviceRemoved({ accountId, deviceId: id, address }, 'lost');
      return approvals.endAll(accountId, 'owner', id);
    },

    /**
     * Sets a new password and ends everything that was signed in with the old one, except the device that
     * changes it. The caller must sign that device in again (Devices.signIn) with the returned account.
     * @throws AccountError `password_…`, `account_not_found`
     */
    async changePassword(account: Account, device: Device, password: string, address: string): Promise<Account> {
      await accounts.checkPassword(account, password);
      const changed = await accounts.setPassword(account.id, password, null);
      const accountId = account.id;
      for (const { id: deviceId } of await devices.removeAll(accountId, device.id))
        await audit.deviceRemoved({ accountId, deviceId, address }, 'password_changed');
      await approvals.endAll(accountId, 'owner');
      await endSessions(accountId);
      await audit.accountChanged(accountId, byAccount(account), { fields: 'password' });
      await deps.notices.credentialChanged(account, 'password_changed', device.id);
      return changed;
    },
  };
}
