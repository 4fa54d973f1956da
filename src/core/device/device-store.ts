// Port: where devices are kept, durably.
import type { Device, DeviceId } from './device.ts';

export type DeviceStore = {
  create(device: Device): Promise<void>;
  find(id: DeviceId): Promise<Device | null>;
  /** By digest of the device cookie. */
  findBySecret(secretHash: string): Promise<Device | null>;
  /** By account and thumbprint of the device key. */
  findByKey(accountId: string, keyThumbprint: string): Promise<Device | null>;
  /** Newest first. */
  listByAccount(accountId: string): Promise<Device[]>;
  /** Atomic, as TicketStore.update. Look-ups by a replaced `secretHash` or `keyThumbprint` find nothing from then on. */
  update(id: DeviceId, change: (device: Device) => Device): Promise<Device | null>;
  /** @returns false when there was none. */
  delete(id: DeviceId): Promise<boolean>;
};
