// Ending what an account has going, by whoever administers: console, API and command line alike. Each ending is recorded with who did it;
// what ending means is the business of devices, approvals and the provider's grants.
import type { Account } from '../account/account.ts';
import type { Accounts } from '../account/accounts.ts';
import type { Actor } from '../audit/actor.ts';
import type { Audit } from '../audit/audit.ts';
import type { DeviceId } from '../device/device.ts';
import type { Devices } from '../device/devices.ts';
import { ApprovalError, type ApprovalId } from './approval.ts';
import type { Approvals } from './approvals.ts';

/** Who ends it, for the record. */
export type Administrator = {
  readonly by: Actor;
  /** Of a machine. */
  readonly clientId?: string;
  readonly address?: string;
};

export type EndingsDeps = {
  readonly accounts: Accounts;
  readonly devices: Devices;
  readonly approvals: Approvals;
  readonly audit: Audit;
  /** @returns the relying party it was given to; null when the account has no such grant */
  readonly withdrawGrant: (accountId: string, grantId: string) => Promise<string | null>;
  /** Every session of the provider's, also those that no phone approved; relying parties are told. */
  readonly endSessions: (accountId: string) => Promise<void>;
};

export type Endings = ReturnType<typeof createEndings>;

export function createEndings(deps: EndingsDeps) {
  const { accounts, devices, approvals, audit, withdrawGrant } = deps;
  const recordDevice = (accountId: string, deviceId: string, { by, ...who }: Administrator) =>
    audit.deviceRemoved({ accountId, deviceId, ...who }, 'administrator', by);

  return {
    /** @throws DeviceError `device_not_found` */
    async device(account: Account, id: string, administrator: Administrator): Promise<void> {
      await devices.remove(account.id, id as DeviceId);
      await recordDevice(account.id, id, administrator);
    },

    /** The browser's session, grants and tokens are dead, relying parties are told. @throws ApprovalError `approval_not_found` */
    async approval(account: Account, id: string, { by }: Administrator): Promise<void> {
      await approvals.end(account.id, id as ApprovalId, 'administrator');
      await audit.accountChanged(account.id, by, { fields: 'approval_ended', approval: id });
    },

    /** Codes and tokens of the grant are dead. @throws ApprovalError `grant_not_found` */
    async grant(account: Account, id: string, { by }: Administrator): Promise<void> {
      const client = await withdrawGrant(account.id, id);
      if (client === null) throw new ApprovalError('grant_not_found', 'There is no such grant.');
      await audit.accountChanged(account.id, by, { fields: 'grant_withdrawn', grant: id, client });
    },

    /** Every device and browser, and whatever no phone approved. @returns how many of each were signed in */
    async everything({ id }: Account, administrator: Administrator): Promise<{ devices: number; approvals: number }> {
      // Devices first: none of them approves anything anew meanwhile.
      const removed = await devices.removeAll(id);
      for (const device of removed) await recordDevice(id, device.id, administrator);
      const ended = await approvals.endAll(id, 'administrator');
      // And whatever no phone approved: passwords, this very device.
      await deps.endSessions(id);
      await accounts.signOut(id);
      await audit.accountChanged(id, administrator.by, { fields: 'signed_out' });
      return { devices: removed.length, approvals: ended };
    },
  };
}
