// Use-cases of a device: sign in on it, recognise it again, rename it, end it. What it may decide is left to
// core/approval/decisions.ts.
import type { Clock } from '../../clock.ts';
import { digest, randomSecret } from '../../crypto.ts';
import { type Device, DeviceError, type DeviceId, parseDeviceLabel } from './device.ts';
import type { DeviceStore } from './device-store.ts';

/**
 * A device is signed out after `idleSeconds` without use, or `absoluteSeconds` after the last authentication
 * (ASVS 7.3).
 */
export type DeviceLifetimes = { readonly idleSeconds: number; readonly absoluteSeconds: number };

/** `lastUsedAt` is written at most once in this many seconds. */
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
    if (device.removedAt !== undefined) return false;
    return now - device.lastUsedAt < lifetimes.idleSeconds && now - device.authenticatedAt < lifetimes.absoluteSeconds;
  };

  /** Deletes a device that is out of time. @returns the device while it is alive */
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

  /** Restores an app's device after its person authenticated again. */
  const revive = (
    device: Device,
    proof: Required<Pick<Device, 'authenticatedAt' | 'signOuts'>>,
  ): Promise<Device | null> =>
    store.update(device.id, ({ removedAt: _removedAt, ...current }) => ({
      ...current,
      ...proof,
      lastUsedAt: clock(),
    }));

  return {
    /**
     * Signs the person in on this browser, after they authenticated. The browser's own device of the same
     * account is renewed: same id, new cookie secret, so that tickets it has claimed stay its own. Another
     * account's device on the browser is removed.
     * @param input `signOuts` is the account's count, read before the authentication began
     * @returns the device and its cookie secret, which is stored nowhere
     */
    async signIn(input: {
      accountId: string;
      signOuts: number | undefined;
      name: string;
      address: string;
      keyThumbprint: string | null;
      /** The person authenticated by passkey, instead of by password or link. */
      isByPasskey?: boolean;
      previous: Device | null;
    }): Promise<{ device: Device; secret: string; isNew: boolean }> {
      const secret = randomSecret(256);
      const { previous, signOuts = 0, ...rest } = input;
      const facts = { ...rest, signOuts };
      const renewed = previous?.accountId === input.accountId ? await renew(previous, facts, digest(secret)) : null;
      if (renewed) return { device: renewed, secret, isNew: false };
      if (previous) await store.delete(previous.id);
      const device = build({ ...facts, secretHash: digest(secret) });
      await store.create(device);
      return { device, secret, isNew: true };
    },

    /** Returns the device of a cookie, or null when it is unknown or out of time. */
    findBySecret: async (secret: string): Promise<Device | null> => alive(await store.findBySecret(digest(secret))),

    /**
     * Finds the device of a native app by the key of its access token (RFC 9449 §6); enrols it the first
     * time. A device that was signed out or is out of time returns only after a later authentication.
     * @param input `authenticatedAt` is when the person authenticated for that token
     * @throws DeviceError `not_signed_in`
     */
    async findOrEnrol(input: {
      accountId: string;
      keyThumbprint: string;
      authenticatedAt: number;
      signOuts: number;
      name: string;
      address: string;
    }): Promise<Device> {
      const { authenticatedAt, signOuts, ...facts } = input;
      const known = await store.findByKey(input.accountId, input.keyThumbprint);
      const isNewProof = authenticatedAt > (known?.removedAt ?? known?.authenticatedAt ?? 0);
      if (known && isAlive(known) && !isNewProof) return known;
      if (!isNewProof || clock() - authenticatedAt >= lifetimes.idleSeconds) {
        throw new DeviceError('not_signed_in', 'This app has to sign in again.');
      }
      const revived = known && (await revive(known, { authenticatedAt, signOuts }));
      if (revived) return revived;
      const device = { ...build({ ...facts, signOuts, secretHash: null }), authenticatedAt };
      await store.create(device);
      return device;
    },

    /** Whether the device's cookie or key is still accepted. */
    async isSignedIn(id: string): Promise<boolean> {
      const device = await store.find(id as DeviceId);
      return device !== null && isAlive(device);
    },

    /**
     * Records that the device was used. Writes nothing when it was used less than a minute ago from the same
     * address.
     */
    async touch(device: Device, address: string): Promise<void> {
      if (clock() - device.lastUsedAt < touchSeconds && device.address === address) return;
      await store.update(device.id, (current) => ({ ...current, lastUsedAt: clock(), address }));
    },

    /** Sets the push subscription; null removes it. With `instead`, only while the stored one equals it. */
    async setPush(id: DeviceId, sealedPush: string | null, instead?: string): Promise<void> {
      await store.update(id, ({ sealedPush: present, ...current }) => {
        const next = instead === undefined || instead === present ? sealedPush : (present ?? null);
        return next === null ? current : { ...current, sealedPush: next };
      });
    },

    /** The account's signed-in devices, newest first. */
    list: async (accountId: string): Promise<Device[]> => (await store.listByAccount(accountId)).filter(isAlive),

    /**
     * Signs the device out. Its cookie, key and claims are not accepted any more.
     * @throws DeviceError `device_not_found`
     */
    async remove(accountId: string, id: DeviceId): Promise<void> {
      const device = await store.find(id);
      const isThere = device?.accountId === accountId && device.removedAt === undefined;
      if (!isThere || !(await drop(device))) throw new DeviceError('device_not_found', 'There is no such device.');
    },

    /** Sets the owner's label. @throws DeviceError `device_not_found`, `device_name_invalid` */
    async rename(accountId: string, id: DeviceId, typed: string): Promise<Device> {
      const label = parseDeviceLabel(typed);
      if (label === null) throw new DeviceError('device_name_invalid', 'A device needs a visible name.');
      const found = await store.find(id);
      const isThere = found?.accountId === accountId && isAlive(found);
      const renamed = isThere ? await store.update(id, (current) => ({ ...current, label })) : null;
      if (!renamed) throw new DeviceError('device_not_found', 'There is no such device.');
      return renamed;
    },

    /** Deletes the records of an account that is being deleted. */
    async forget(accountId: string): Promise<void> {
      await Promise.all((await store.listByAccount(accountId)).map(({ id }) => store.delete(id)));
    },

    /** Signs out all of the account's devices but `except`. @returns those that were signed in */
    async removeAll(accountId: string, except: DeviceId | null = null): Promise<Device[]> {
      const present = (await store.listByAccount(accountId)).filter(({ id }) => id !== except);
      const signedIn = present.filter(({ removedAt }) => removedAt === undefined);
      const removed = await Promise.all(signedIn.map(drop));
      return signedIn.filter((device, i) => removed[i] && isAlive(device));
    },
  };

  /**
   * Deletes a browser's device; marks an app's device as removed, so that its tokens cannot enrol it again.
   */
  async function drop(device: Device): Promise<boolean> {
    if (device.secretHash !== null) return store.delete(device.id);
    return (await store.update(device.id, (current) => ({ ...current, removedAt: clock() }))) !== null;
  }

  function renew(
    previous: Device,
    facts: { name: string; address: string; keyThumbprint: string | null; signOuts: number },
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
