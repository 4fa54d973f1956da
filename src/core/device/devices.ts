// Use-cases of a device: sign in on it, recognise it again, end it. What it may decide is left to core/approval/decisions.ts.
import type { Clock } from '../../clock.ts';
import { digest, randomSecret } from '../../crypto.ts';
import { type Device, DeviceError, type DeviceId, parseDeviceLabel } from './device.ts';
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
    if (device.removedAt !== undefined) return false;
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

  /** An app whose person proved themselves anew is a device again. */
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
     * The person proved themselves on this browser. Its own device of the same account is renewed: same id, new cookie secret,
     * so that tickets it has claimed stay its own; another account's device on it is removed.
     * `signOuts`: of the account, as it was read before the proof.
     * @returns the secret for the cookie, known to nobody else.
     */
    async signIn(input: {
      accountId: string;
      signOuts: number | undefined;
      name: string;
      address: string;
      keyThumbprint: string | null;
      /** By passkey, rather than by password or link. */
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

    /** The device whose cookie this is; null when unknown or out of time. */
    findBySecret: async (secret: string): Promise<Device | null> => alive(await store.findBySecret(digest(secret))),

    /**
     * A native app's device, by the key its access token is bound to (RFC 9449 §6); enrolled the first time it is seen.
     * `authenticatedAt`: when the person proved themselves for that token. A device that was signed out, or has run out of time, comes
     * back only by a later proof. @throws DeviceError `not_signed_in`
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

    /** Cookie or key of this device still count. */
    async isSignedIn(id: string): Promise<boolean> {
      const device = await store.find(id as DeviceId);
      return device !== null && isAlive(device);
    },

    /** Notes that the device was used; cheap when it was used a moment ago. */
    async touch(device: Device, address: string): Promise<void> {
      if (clock() - device.lastUsedAt < touchSeconds && device.address === address) return;
      await store.update(device.id, (current) => ({ ...current, lastUsedAt: clock(), address }));
    },

    /** Where the device is rung from now on; null: nowhere. `instead`: only while it is still rung there. */
    async setPush(id: DeviceId, sealedPush: string | null, instead?: string): Promise<void> {
      await store.update(id, ({ sealedPush: present, ...current }) => {
        const next = instead === undefined || instead === present ? sealedPush : (present ?? null);
        return next === null ? current : { ...current, sealedPush: next };
      });
    },

    list: async (accountId: string): Promise<Device[]> => (await store.listByAccount(accountId)).filter(isAlive),

    /** Signs the device out: its cookie, key and claims are worth nothing from here on. @throws DeviceError `device_not_found` */
    async remove(accountId: string, id: DeviceId): Promise<void> {
      const device = await store.find(id);
      const isThere = device?.accountId === accountId && device.removedAt === undefined;
      if (!isThere || !(await drop(device))) throw new DeviceError('device_not_found', 'There is no such device.');
    },

    /** @throws DeviceError `device_not_found`, `device_name_invalid` */
    async rename(accountId: string, id: DeviceId, typed: string): Promise<Device> {
      const label = parseDeviceLabel(typed);
      if (label === null) throw new DeviceError('device_name_invalid', 'A device needs a visible name.');
      const found = await store.find(id);
      const isThere = found?.accountId === accountId && isAlive(found);
      const renamed = isThere ? await store.update(id, (current) => ({ ...current, label })) : null;
      if (!renamed) throw new DeviceError('device_not_found', 'There is no such device.');
      return renamed;
    },

    /** Of an account that goes: the records too. */
    async forget(accountId: string): Promise<void> {
      await Promise.all((await store.listByAccount(accountId)).map(({ id }) => store.delete(id)));
    },

    /** Signs all of the account's devices out but `except`, as `remove` does each. @returns those that were signed in */
    async removeAll(accountId: string, except: DeviceId | null = null): Promise<Device[]> {
      const present = (await store.listByAccount(accountId)).filter(({ id }) => id !== except);
      const signedIn = present.filter(({ removedAt }) => removedAt === undefined);
      const removed = await Promise.all(signedIn.map(drop));
      return signedIn.filter((device, i) => removed[i] && isAlive(device));
    },
  };

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
