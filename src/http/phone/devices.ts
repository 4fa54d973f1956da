// The devices of this account at the phone API: listed, and signed out one by one.
import { z } from 'zod';
import type { Audit } from '../../core/audit/audit.ts';
import type { Device, DeviceId } from '../../core/device/device.ts';
import type { Devices } from '../../core/device/devices.ts';
import { type PhoneOperation, phoneOperation } from './operation.ts';
import { instant } from './schemas.ts';

/** `audit` records who signed a device out. */
export type PhoneDevicesDeps = { readonly devices: Devices; readonly audit: Audit };

/** A device of this account. */
const device = z.object({
  id: z.string(),
  name: z.string(),
  network: z.string(),
  signed_in_at: instant,
  last_used_at: instant,
  current: z.boolean().describe('Whether this is the device of the request.'),
});

/**
 * `GET /devices` and `DELETE /devices/{id}`. A removed device can neither claim nor decide from then on.
 */
export const deviceOperations = ({ devices, audit }: PhoneDevicesDeps): PhoneOperation[] => [
  phoneOperation({
    method: 'get',
    path: '/devices',
    summary: 'List the phones and browsers on which this account is signed in',
    operationId: 'listDevices',
    answer: { status: 200, description: 'Newest first.', schema: z.object({ devices: z.array(device) }) },
    async run({ caller }) {
      const all = await devices.list(caller.account.id);
      return { devices: all.map((each) => deviceJson(each, caller.device.id)) };
    },
  }),
  phoneOperation({
    method: 'delete',
    path: '/devices/{id}',
    summary: 'Sign out a device, which can then neither claim nor decide',
    operationId: 'removeDevice',
    refuses: ['device_not_found'],
    answer: { status: 204, description: 'Signed out.' },
    async run({ ctx, caller: { account } }) {
      const id = String(ctx.params.id) as DeviceId;
      await devices.remove(account.id, id);
      await audit.deviceRemoved({ accountId: account.id, deviceId: id, address: ctx.state.address }, 'owner');
    },
  }),
];

/** @param currentId the device that asks */
const deviceJson = (device: Device, currentId: DeviceId) => ({
  id: device.id,
  name: device.label ?? device.name,
  network: device.address,
  signed_in_at: device.authenticatedAt,
  last_used_at: device.lastUsedAt,
  current: device.id === currentId,
});
