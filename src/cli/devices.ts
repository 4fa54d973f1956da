// `tessera device …`: where an account is signed in, and signing one of them out.
import type { Accounts } from '../account/accounts.ts';
import { byCommandLine } from '../audit/actor.ts';
import type { Audit } from '../audit/audit.ts';
import type { DeviceId } from '../device/device.ts';
import type { Devices } from '../device/devices.ts';
import { required } from './input.ts';

type Values = { readonly json: boolean; readonly username?: string | undefined; readonly id?: string | undefined };

/** @returns what is printed */
export type DeviceCommand = (useCases: UseCases, values: Values) => Promise<string>;

type UseCases = { readonly accounts: Accounts; readonly devices: Devices; readonly audit: Audit };

export const deviceCommands: Readonly<Record<string, DeviceCommand>> = { 'device list': list, 'device remove': remove };

async function list({ accounts, devices }: UseCases, values: Values): Promise<string> {
  const account = await accounts.getByUsername(required(values.username, '--username'));
  const found = await devices.list(account.id);
  const shown = found.map(({ id, name, address, lastUsedAt }) => ({ id, name, address, last_used_at: lastUsedAt }));
  const line = (device: (typeof shown)[number]) =>
    `${device.id}\t${device.name}\t${device.address}\t${new Date(device.last_used_at * 1000).toISOString()}`;
  return values.json ? JSON.stringify(shown) : shown.map(line).join('\n');
}

async function remove({ accounts, devices, audit }: UseCases, values: Values): Promise<string> {
  const [username, id] = [required(values.username, '--username'), required(values.id, '--id')];
  const account = await accounts.getByUsername(username);
  await devices.remove(account.id, id as DeviceId);
  await audit.deviceRemoved({ accountId: account.id, deviceId: id }, 'administrator', byCommandLine);
  return 'The device is signed out.';
}
