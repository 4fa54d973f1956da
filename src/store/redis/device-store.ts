// DeviceStore over Redis: one JSON string per device, pointers by the digest of its cookie and by its key,
// and an index per account. Devices have no TTL; the use-cases delete them.
import type { Device } from '../../core/device/device.ts';
import type { DeviceStore } from '../../core/device/device-store.ts';
import type { Connection } from './connection.ts';
import { changeDocument, keyCell, parseDocument } from './documents.ts';
import type { Keys } from './keys.ts';
import { listNewest } from './sorted-index.ts';

/** More devices than an account can have, so a list is always complete. */
const listLimit = 10_000;

export function createDeviceStore({ connection, keys }: { connection: Connection; keys: Keys }): DeviceStore {
  const find = async (id: string): Promise<Device | null> =>
    parseDocument<Device>(await connection.run((redis) => redis.get(keys.device(id))));

  /** Follows a pointer. It may be stale, so `isSought` verifies the device. */
  async function findBy(pointer: string, isSought: (device: Device) => boolean): Promise<Device | null> {
    const id = await connection.run((redis) => redis.get(pointer));
    const device = id === null ? null : await find(id);
    return device && isSought(device) ? device : null;
  }

  const pointersOf = ({ accountId, secretHash, keyThumbprint }: Device): string[] => [
    ...(secretHash === null ? [] : [keys.deviceBySecret(secretHash)]),
    ...(keyThumbprint === null ? [] : [keys.deviceByKey(accountId, keyThumbprint)]),
  ];

  const setPointers = (device: Device, pointers: readonly string[]): Promise<unknown> =>
    connection.run((redis) => Promise.all(pointers.map((pointer) => redis.set(pointer, device.id))));

  /** Deletes pointers that still name this device; another device may have taken one over. */
  const dropPointers = (device: Device, pointers: readonly string[]): Promise<unknown> =>
    connection.run((redis) => Promise.all(pointers.map((pointer) => redis.deleteIf(pointer, device.id))));

  return {
    async create(device) {
      // The record is written first: readers remove index entries without a record.
      await connection.run((redis) => redis.set(keys.device(device.id), JSON.stringify(device)));
      await Promise.all([
        setPointers(device, pointersOf(device)),
        connection.run((redis) =>
          redis.addMember(keys.devicesOfAccount(device.accountId), device.createdAt, device.id, 0),
        ),
      ]);
    },
    find,
    findBySecret: (secretHash) => findBy(keys.deviceBySecret(secretHash), (device) => device.secretHash === secretHash),
    findByKey: (accountId, keyThumbprint) =>
      findBy(
        keys.deviceByKey(accountId, keyThumbprint),
        (device) => device.accountId === accountId && device.keyThumbprint === keyThumbprint,
      ),
    listByAccount: (accountId) => listNewest(connection, keys.devicesOfAccount(accountId), listLimit, find),

    async update(id, change) {
      const cell = keyCell(connection, keys.device(id));
      const { before, after } = await changeDocument<Device>(cell, (current) => current && change(current));
      if (!before || !after) return null;
      const [old, wanted] = [pointersOf(before), pointersOf(after)];
      const added = wanted.filter((pointer) => !old.includes(pointer));
      const dropped = old.filter((pointer) => !wanted.includes(pointer));
      await Promise.all([setPointers(after, added), dropPointers(before, dropped)]);
      return after;
    },

    // GETDEL: of two callers one gets the record and true.
    async delete(id) {
      const device = parseDocument<Device>(await connection.run((redis) => redis.getdel(keys.device(id))));
      if (!device) return false;
      await Promise.all([
        dropPointers(device, pointersOf(device)),
        connection.run((redis) => redis.zrem(keys.devicesOfAccount(device.accountId), id)),
      ]);
      return true;
    },
  };
}
