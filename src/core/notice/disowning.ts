// "This was not me": the link of a notice ends what was approved (security.md B16). The link is the
// credential, and it can only end things. Opening it changes nothing; confirming works once.

import type { Clock } from '../../clock.ts';
import { digest } from '../../crypto.ts';
import type { Account } from '../account/account.ts';
import type { Approvals } from '../approval/approvals.ts';
import type { Audit } from '../audit/audit.ts';
import { type Device, DeviceError, type DeviceId } from '../device/device.ts';
import type { Devices } from '../device/devices.ts';
import { type BrowserApproved, type Notice, noticeNotFound } from './notice.ts';
import type { NoticeStore } from './notice-store.ts';
import type { Notices } from './notices.ts';

export type DisowningDeps = {
  readonly store: NoticeStore;
  readonly approvals: Pick<Approvals, 'disown'>;
  readonly devices: Pick<Devices, 'list' | 'remove'>;
  readonly notices: Pick<Notices, 'checkDevices'>;
  readonly audit: Pick<Audit, 'approvalDisowned' | 'deviceRemoved'>;
  readonly clock: Clock;
  /** Null for an unknown or disabled account. */
  readonly findAccount: (id: string) => Promise<Account | null>;
};

/** What a link is about. `device` is the phone that approved, or null when it is signed out. */
export type Opened = { readonly notice: Notice; readonly about: BrowserApproved; readonly device: Device | null };

export type Disowning = ReturnType<typeof createDisowning>;

export function createDisowning({ store, approvals, devices, notices, audit, clock, findAccount }: DisowningDeps) {
  /** @throws NoticeError `notice_not_found`, alike for unknown and expired links */
  async function open(secret: string): Promise<Opened> {
    const notice = await store.findBySecret(digest(secret));
    if (notice?.about.kind !== 'browser_approved') throw noticeNotFound();
    const { about, accountId } = notice;
    const device = (await devices.list(accountId)).find(({ id }) => id === about.deviceId) ?? null;
    return { notice, about, device };
  }

  async function removeDevice(accountId: string, deviceId: string, address: string): Promise<void> {
    try {
      await devices.remove(accountId, deviceId as DeviceId);
      await audit.deviceRemoved({ accountId, deviceId, address }, 'disowned');
    } catch (error) {
      // The device was signed out meanwhile.
      if (!(error instanceof DeviceError)) throw error;
    }
  }

  return {
    open,

    /**
     * Ends the browser's sessions, grants and tokens, cancels its ticket and blocks the browser for the
     * account. Relying parties are notified, and every device is asked to check the others. All of it is done
     * when it resolves.
     * @param options `removesDevice` also signs out the phone that approved
     * @returns `isFirst` false when it was done before; then only what a crash interrupted is completed
     * @throws NoticeError `notice_not_found`
     */
    async disown(secret: string, { removesDevice, address }: { removesDevice: boolean; address: string }) {
      const { notice, about, device } = await open(secret);
      let isFirst = false;
      const marked = await store.update(notice.id, (current) => {
        isFirst = current.disownedAt === null;
        return isFirst ? { ...current, disownedAt: clock() } : current;
      });
      if (!marked) throw noticeNotFound();
      if (marked.endedAt !== null) return { isFirst: false };
      const { accountId } = notice;
      await approvals.disown(accountId, about);
      const isRemoved = removesDevice && device !== null;
      if (isRemoved) await removeDevice(accountId, about.deviceId, address);
      await store.update(notice.id, (current) => ({ ...current, endedAt: current.endedAt ?? clock() }));
      if (isFirst) await record(accountId, about, { address, isRemoved });
      return { isFirst };
    },
  };

  async function record(accountId: string, about: BrowserApproved, how: { address: string; isRemoved: boolean }) {
    const { ticketId, clientId, deviceId, browserName: browser, browserSystem: system } = about;
    const who = { ticketId, accountId, clientId, deviceId, address: how.address };
    await audit.approvalDisowned(who, { browser, system, device_removed: how.isRemoved }, about.isScreen);
    const account = await findAccount(accountId);
    if (account) await notices.checkDevices(account);
  }
}
