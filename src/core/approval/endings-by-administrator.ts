// What an administrator ends of an account: devices, approvals, grants, or all of them. Console,
// administration API and command line use the same functions. Each ending is recorded with who did it.
import type { Account } from '../account/account.ts';
import type { Accounts } from '../account/accounts.ts';
import type { Actor } from '../audit/actor.ts';
import type { Audit } from '../audit/audit.ts';
import type { DeviceId } from '../device/device.ts';
import type { Devices } from '../device/devices.ts';
import { ApprovalError, type ApprovalId } from './approval.ts';
import type { Approvals } from './approvals.ts';

/** Who ends something, for the audit record. */
export type Administrator = {
  readonly by: Actor;
  /** The client, when a machine acts with its own credentials. */
  readonly clientId?: string;
  readonly address?: string;
};

export type EndingsByAdministratorDeps = {
  readonly accounts: Accounts;
  readonly devices: Devices;
  readonly approvals: Approvals;
  readonly audit: Audit;
  /** @returns the client that had the grant; null when the account has no such grant */
  readonly withdrawGrant: (accountId: string, grantId: string) => Promise<string | null>;
  /** Ends all sessions of the account, including those without a record, and tells relying parties. */
  readonly endSessions: (accountId: string) => Promise<void>;
  /** Revokes the account's grants at every client. Its consents stay. */
  readonly revokeGrants: (accountId: string) => Promise<unknown>;
};

export type EndingsByAdministrator = ReturnType<typeof createEndingsByAdministrator>;

export function createEndingsByAdministrator(deps: EndingsByAdministratorDeps) {
  const { accounts, devices, approvals, audit, withdrawGrant } = deps;
  const recordDevice = (accountId: string, deviceId: string, { by, ...who }: Administrator) =>
    audit.deviceRemoved({ accountId, deviceId, ...who }, 'administrator', by);

  /** Ends every device, approval, session and grant. @returns how many of each were signed in */
  async function endAll(id: string, administrator: Administrator): Promise<{ devices: number; approvals: number }> {
    // Devices first, so that none of them can approve anything meanwhile.
    const removed = await devices.removeAll(id);
    for (const device of removed) await recordDevice(id, device.id, administrator);
    const ended = await approvals.endAll(id, 'administrator');
    // Sessions and grants without a record, such as those of an older release.
    await deps.endSessions(id);
    await deps.revokeGrants(id);
    return { devices: removed.length, approvals: ended };
  }

  return {
    /** Signs a device out. What it approved stays. @throws DeviceError `device_not_found` */
    async device(account: Account, id: string, administrator: Administrator): Promise<void> {
      await devices.remove(account.id, id as DeviceId);
      await recordDevice(account.id, id, administrator);
    },

    /** Ends an approval with its session, grants and tokens. @throws ApprovalError `approval_not_found` */
    async approval(account: Account, id: string, { by }: Administrator): Promise<void> {
      await approvals.end(account.id, id as ApprovalId, 'administrator');
      await audit.accountChanged(account.id, by, { fields: 'approval_ended', approval: id });
    },

    /** Revokes a grant with its codes and tokens. @throws ApprovalError `grant_not_found` */
    async grant(account: Account, id: string, { by }: Administrator): Promise<void> {
      const client = await withdrawGrant(account.id, id);
      if (client === null) throw new ApprovalError('grant_not_found', 'There is no such grant.');
      await audit.accountChanged(account.id, by, { fields: 'grant_withdrawn', grant: id, client });
    },

    /** Ends everything of the account, which may sign in again. @returns how many of each were signed in */
    async everything({ id }: Account, administrator: Administrator): Promise<{ devices: number; approvals: number }> {
      const ended = await endAll(id, administrator);
      await accounts.signOut(id);
      await audit.accountChanged(id, administrator.by, { fields: 'signed_out' });
      return ended;
    },

    /**
     * Ends everything of an account that was just disabled. Nothing of it works from the moment of disabling;
     * this tells relying parties and empties the lists. May be repeated after a crash.
     */
    disabled: ({ id }: Account, administrator: Administrator) => endAll(id, administrator),
  };
}
