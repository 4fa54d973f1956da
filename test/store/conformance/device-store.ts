// DeviceStore, held to the words of its port.
import { describe, expect, it } from 'vitest';
import type { DeviceId } from '../../../src/core/device/device.ts';
import { buildDevice, hashOf, randomId } from '../records.ts';
import { fifty, isTrue, type OpenStore, useStore } from './fixture.ts';

export function deviceStoreConformance(name: string, open: OpenStore): void {
  describe(`${name}: devices`, () => {
    const fixture = useStore(open);
    const devices = () => fixture.opened.store.devices;

    it('finds by id, cookie digest and key', async () => {
      const device = buildDevice();
      await devices().create(device);
      expect(await devices().find(device.id)).toEqual(device);
      expect(await devices().findBySecret(device.secretHash ?? '')).toEqual(device);
      expect(await devices().findByKey('account', device.keyThumbprint ?? '')).toEqual(device);
      expect(await devices().findByKey('other-account', device.keyThumbprint ?? '')).toBeNull();
      expect(await devices().findBySecret(randomId())).toBeNull();
      expect(await devices().find(randomId() as DeviceId)).toBeNull();
    });

    it('C3 finds no device by a replaced secret or key', async () => {
      const device = buildDevice();
      await devices().create(device);
      const [secretHash, keyThumbprint] = [hashOf(randomId()), hashOf(randomId())];
      const renewed = await devices().update(device.id, (current) => ({ ...current, secretHash, keyThumbprint }));
      expect(renewed).toEqual({ ...device, secretHash, keyThumbprint });
      expect(await devices().findBySecret(device.secretHash ?? '')).toBeNull();
      expect(await devices().findByKey('account', device.keyThumbprint ?? '')).toBeNull();
      expect(await devices().findBySecret(secretHash)).toEqual(renewed);
      expect(await devices().findByKey('account', keyThumbprint)).toEqual(renewed);
    });

    it('keeps devices without secret or key apart', async () => {
      const native = buildDevice({ secretHash: null });
      const fresh = buildDevice({ keyThumbprint: null });
      await devices().create(native);
      await devices().create(fresh);
      await devices().create(buildDevice({ secretHash: null, keyThumbprint: null }));
      expect(await devices().findByKey('account', native.keyThumbprint ?? '')).toEqual(native);
      expect(await devices().findBySecret(fresh.secretHash ?? '')).toEqual(fresh);
      expect(await devices().listByAccount('account')).toHaveLength(3);
    });

    it('lists the devices of an account, newest first', async () => {
      const createdAts = [5, 9, 1, 7];
      for (const createdAt of createdAts) await devices().create(buildDevice({ createdAt }));
      await devices().create(buildDevice({ accountId: 'other-account' }));
      const listed = await devices().listByAccount('account');
      expect(listed.map((device) => device.createdAt)).toEqual([9, 7, 5, 1]);
      expect(await devices().listByAccount('nobody')).toEqual([]);
    });

    it('C5 deletes a device once of 50 parallel requests', async () => {
      const device = buildDevice();
      const spared = buildDevice();
      await devices().create(device);
      await devices().create(spared);
      const deleted = await fifty(await fixture.both(), (store) => store.devices.delete(device.id));
      expect(deleted.filter(isTrue)).toHaveLength(1);
      expect(await devices().find(device.id)).toBeNull();
      expect(await devices().findBySecret(device.secretHash ?? '')).toBeNull();
      expect(await devices().findByKey('account', device.keyThumbprint ?? '')).toBeNull();
      expect(await devices().listByAccount('account')).toEqual([spared]);
      expect(await devices().update(device.id, (current) => current)).toBeNull();
    });

    it('applies all of 50 parallel updates and none whose change throws', async () => {
      const device = buildDevice();
      await devices().create(device);
      await fifty(await fixture.both(), (store) =>
        store.devices.update(device.id, (current) => ({ ...current, lastUsedAt: current.lastUsedAt + 1 })),
      );
      const refusal = new Error('no');
      const refused = devices().update(device.id, () => {
        throw refusal;
      });
      await expect(refused).rejects.toBe(refusal);
      expect((await devices().find(device.id))?.lastUsedAt).toBe(50);
    });
  });
}
