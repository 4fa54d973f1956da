// Port: where devices are kept. Records have no expiry; core/device/devices.ts decides which are still signed
// in.
import type { Device, DeviceId } from './device.ts';

export type DeviceStore = {
  /** Inserts the record. */
  create(device: Device): Promise<void>;
  find(id: DeviceId): Promise<Device | null>;
  /** Finds a device by the digest of its cookie. */
  findBySecret(secretHash: string): Promise<Device | null>;
  /** Finds a device by account and thumbprint of its key. */
  findByKey(accountId: string, keyThumbprint: string): Promise<Device | null>;
  /** The account's devices, newest first. */
  listByAccount(accountId: string): Promise<Device[]>;
  /**
   * Atomic, as TicketStore.update. After a change, look-ups by the old `secretHash` or `keyThumbprint` find
   * nothing.
   */
  update(id: DeviceId, change: (device: Device) => Device): Promise<Device | null>;
  /** @returns false when there was none */
  delete(id: DeviceId): Promise<boolean>;
};
