// Ending what an account has going, by its owner: one browser or all of them, a site's access, a device, a device that was lost with everything
// it approved, and everything else when the password changes. Each is recorded as the owner's own doing; by an administrator: endings.ts.
import type { Account } from '../account/account.ts';
import type { Accounts } from '../account/accounts.ts';
import { byAccount } from '../audit/actor.ts';
import type { Audit } from '../audit/audit.ts';
import type { Device, DeviceId } from '../device/device.ts';
import type { Devices } from '../device/devices.ts';
import { ApprovalError, type ApprovalId } from './approval.ts';
import type { Approvals } from './approvals.ts';

export type OwnerEndingsDeps = {
  readonly accounts: Accounts;
  readonly devices: Devices;
  readonly approvals: Approvals;
  readonly audit: Audit;
  /** Tells the owner; waits for no mail server, and never throws. */
  readonly notices: {
    readonly credentialChanged: (account: Account, change: 'password_changed', deviceId: string) => Promise<void>;
  };
  /** Of one relying party. @returns how many there were */
  readonly withdrawGrants: (accountId: string, clientId: string) => Promise<number>;
  /** Tells a relying party that the account is signed out there. */
  readonly tellClient: (accountId: string, clientId: string) => Promise<void>;
  /** Every session of the provider's, also those that no phone approved; relying parties are told. */
  readonly endSessions: (accountId: string) => Promise<void>;
};

export type OwnerEndings = ReturnType<typeof createOwnerEndings>;

export function createOwnerEndings(deps: OwnerEndingsDeps) {
  const { accounts, devices, approvals, audit, endSessions } = deps;

  return {
    /** @throws ApprovalError `approval_not_found` */
    browser: ({ id }: Account, approval: string): Promise<void> => approvals.end(id, approval as ApprovalId),

    /** @returns how many were signed in */
    browsers: ({ id }: Account): Promise<number> => approvals.endAll(id, 'owner'),

    /** Its codes and tokens are dead, and it is told to sign the account out. @throws ApprovalError `grant_not_found` */
    async site(account: Account, clientId: string): Promise<void> {
      if ((await deps.withdrawGrants(account.id, clientId)) === 0)
        throw new ApprovalError('grant_not_found', 'There is no such grant.');
      await deps.tellClient(account.id, clientId);
      const facts = { fields: 'grant_withdrawn', client: clientId };
      await audit.accountChanged(account.id, byAccount(account), facts);
    },

    /** What it approved goes on. @throws DeviceError `device_not_found` */
    async device({ id: accountId }: Account, id: string, address: string): Promise<void> {
      await devices.remove(accountId, id as DeviceId);
      await audit.deviceRemoved({ accountId, deviceId: id, address }, 'owner');
    },

    /**
     * Whoever has it now has nothing: the device and every browser it signed in are over, with their grants and tokens.
     * @returns how many browsers. @throws DeviceError `device_not_found`
     */
    async lostDevice({ id: accountId }: Account, id: string, address: string): Promise<number> {
      // First: it approves nothing anew meanwhile, and what it approved a moment ago is worth nothing.
      await devices.remove(accountId, id as DeviceId);
      await audit.deviceRemoved({ accountId, deviceId: id, address }, 'lost');
      return approvals.endAll(accountId, 'owner', id);
    },

    /**
     * A new password, and an end of everything that was signed in with the old one, but for the device it is changed on; that one has to be
     * signed in anew (devices.signIn) with the account as it is returned. @throws AccountError `password_…`, `account_not_found`
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
