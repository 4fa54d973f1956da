// Use-cases of a device: sign in on it, recognise it again, end it. What it may decide is approval/approvals.ts's business.
import type { Clock } from '../clock.ts';
import { digest, randomSecret } from '../crypto.ts';
import { type Device, DeviceError, type DeviceId } from './device.ts';
import type { DeviceStore } from './device-store.ts';

/** Unused for `idleSeconds`, or `absoluteSeconds` after the last proof of the person: signed out (ASVS 7.3). */
export type DeviceLifetimes = { readonly idleSeconds: number; readonly absoluteSeconds: number };

/** `lastUsedAt` is written at most this often. */
const touchSeconds = 60;

export type Devices = ReturnType<typeof createDevices>;

export function createDevices({
  store,
  clock,
  lifetimes,
}: {
  store: DeviceStore;
  clock: Clock;
  lifetimes: DeviceLifetimes;
}) {
  const isAlive = (device: Device): boolean => {
    const now = clock();
    return now - device.lastUsedAt < lifetimes.idleSeconds && now - device.authenticatedAt < lifetimes.absoluteSeconds;
  };

  async function alive(device: Device | null): Promise<Device | null> {
    if (!device) return null;
    if (isAlive(device)) return device;
    await store.delete(device.id);
    return null;
  }

  function build(input: Omit<Device, 'id' | 'authenticatedAt' | 'createdAt' | 'lastUsedAt'>): Device {
    const now = clock();
    return { ...input, id: randomSecret(128) as DeviceId, authenticatedAt: now, createdAt: now, lastUsedAt: now };
  }

  return {
    /**
     * The person proved themselves on this browser. Its own device of the same account is renewed: same id, new cookie secret,
     * so that tickets it has claimed stay its own; another account's device on it is removed.
     * @returns the secret for the cookie, known to nobody else.
     */
    async signIn(input: {
      accountId: string;
      name: string;
      address: string;
      keyThumbprint: string | null;
      previous: Device | null;
    }): Promise<{ device: Device; secret: string; isNew: boolean }> {
      const secret = randomSecret(256);
      const { previous, ...facts } = input;
      const renewed = previous?.accountId === input.accountId ? await renew(previous, facts, digest(secret)) : null;
      if (renewed) return { device: renewed, secret, isNew: false };
      if (previous) await store.delete(previous.id);
      const device = build({ ...facts, secretHash: digest(secret) });
      await store.create(device);
      return { device, secret, isNew: true };
    },

    /** The device whose cookie this is; null when unknown or out of time. */
    findBySecret: async (secret: string): Promise<Device | null> => alive(await store.findBySecret(digest(secret))),

    /** A native app's device, by the key its access token is bound to; enrolled the first time it is seen (RFC 9449 §6). */
    async findOrEnrol(input: {
      accountId: string;
      keyThumbprint: string;
      name: string;
      address: string;
    }): Promise<Device> {
      const known = await alive(await store.findByKey(input.accountId, input.keyThumbprint));
      if (known) return known;
      const device = build({ ...input, secretHash: null });
      await store.create(device);
      return device;
    },

    /** Notes that the device was used; cheap when it was used a moment ago. */
    async touch(device: Device, address: string): Promise<void> {
      if (clock() - device.lastUsedAt < touchSeconds && device.address === address) return;
      await store.update(device.id, (current) => ({ ...current, lastUsedAt: clock(), address }));
    },

    list: async (accountId: string): Promise<Device[]> => (await store.listByAccount(accountId)).filter(isAlive),

    /** Signs the device out: its cookie, key and claims are worth nothing from here on. @throws DeviceError `device_not_found` */
    async remove(accountId: string, id: DeviceId): Promise<void> {
      const device = await store.find(id);
      if (device?.accountId !== accountId || !(await store.delete(id))) {
        throw new DeviceError('device_not_found', 'There is no such device.');
      }
    },
  };

  function renew(
    previous: Device,
    facts: { name: string; address: string; keyThumbprint: string | null },
    secretHash: string,
  ): Promise<Device | null> {
    const now = clock();
    return store.update(previous.id, (current) => ({
      ...current,
      ...facts,
      secretHash,
      authenticatedAt: now,
      lastUsedAt: now,
    }));
  }
}
