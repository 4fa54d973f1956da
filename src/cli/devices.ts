// `tessera device …`: where an account is signed in, and signing one of them out.
import { byCommandLine } from '../core/audit/actor.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { Device, DeviceId } from '../core/device/device.ts';
import { required } from './input.ts';

type Values = { readonly json: boolean; readonly username?: string | undefined; readonly id?: string | undefined };

/** @returns what is printed */
export type DeviceCommand = (desk: Desk, values: Values) => Promise<string>;

/** What is asked of this machine's store or of a provider elsewhere alike (remote/accounts.ts). */
export type DeviceDesk = {
  list(accountId: string): Promise<Pick<Device, 'id' | 'name' | 'address' | 'lastUsedAt'>[]>;
  remove(accountId: string, id: DeviceId): Promise<void>;
};
type Desk = {
  readonly accounts: { getByUsername(username: string): Promise<{ readonly id: string }> };
  readonly devices: DeviceDesk;
  readonly audit: Pick<Audit, 'deviceRemoved'>;
};

export const deviceCommands: Readonly<Record<string, DeviceCommand>> = { 'device list': list, 'device remove': remove };

async function list({ accounts, devices }: Desk, values: Values): Promise<string> {
  const account = await accounts.getByUsername(required(values.username, '--username'));
  const found = await devices.list(account.id);
  const shown = found.map(({ id, name, address, lastUsedAt }) => ({ id, name, address, last_used_at: lastUsedAt }));
  const line = (device: (typeof shown)[number]) =>
    `${device.id}\t${device.name}\t${device.address}\t${new Date(device.last_used_at * 1000).toISOString()}`;
  return values.json ? JSON.stringify(shown) : shown.map(line).join('\n');
}

async function remove({ accounts, devices, audit }: Desk, values: Values): Promise<string> {
  const [username, id] = [required(values.username, '--username'), required(values.id, '--id')];
  const account = await accounts.getByUsername(username);
  await devices.remove(account.id, id as DeviceId);
  await audit.deviceRemoved({ accountId: account.id, deviceId: id }, 'administrator', byCommandLine);
  return 'The device is signed out.';
}
