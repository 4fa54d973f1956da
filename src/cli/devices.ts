// What `tessera device …` does: shows where an account is signed in, and signs one of its devices out.
import { byCommandLine } from '../core/audit/actor.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { Device, DeviceId } from '../core/device/device.ts';
import { isoOf, type Table } from './output.ts';

type Values = { readonly json: boolean; readonly username: string };

/** The use-cases that the commands need. A provider elsewhere answers them in remote/accounts.ts. */
export type DeviceDesk = {
  list(accountId: string): Promise<Pick<Device, 'id' | 'name' | 'address' | 'lastUsedAt'>[]>;
  remove(accountId: string, id: DeviceId): Promise<void>;
};
/** Here or at a provider elsewhere. */
type Desk = {
  readonly accounts: { getByUsername(username: string): Promise<{ readonly id: string }> };
  readonly devices: DeviceDesk;
  readonly audit: Pick<Audit, 'deviceRemoved'>;
};

/** `device list`. */
export async function listDevices({ accounts, devices }: Omit<Desk, 'audit'>, values: Values): Promise<string | Table> {
  const account = await accounts.getByUsername(values.username);
  const found = await devices.list(account.id);
  const shown = found.map(({ id, name, address, lastUsedAt }) => ({ id, name, address, last_used_at: lastUsedAt }));
  if (values.json) return JSON.stringify(shown);
  const rows = shown.map((device) => [device.id, device.name, device.address, isoOf(device.last_used_at)]);
  return {
    headers: ['DEVICE ID', 'NAME', 'ADDRESS', 'LAST USED'],
    rows,
    none: 'The account has no signed-in devices.',
  };
}

/** `device remove`. */
export async function removeDevice(
  { accounts, devices, audit }: Desk,
  { username, id, json }: Values & { readonly id: string },
): Promise<string> {
  const account = await accounts.getByUsername(username);
  await devices.remove(account.id, id as DeviceId);
  await audit.deviceRemoved({ accountId: account.id, deviceId: id }, 'administrator', byCommandLine);
  return json ? JSON.stringify({ id, signed_out: true }) : 'The device is signed out.';
}
