// Devices without a browser (RFC 8628), plugged together: their tickets, their pace, and what their approval has to be worth.
import type { IncomingMessage } from 'node:http';
import type { Passkeys } from '../core/account/passkeys.ts';
import { createDeviceGrants, type DeviceGrantsDeps } from '../core/approval/device-grants.ts';
import { addressOf } from '../http/kit/context.ts';
import type { RequestLimits } from '../http/kit/request-limits.ts';
import { describeDevice, headerText } from '../http/kit/user-agent.ts';
import type { DeviceCaller } from '../oidc/device-codes.ts';
import { cliClientId, isOwnClient } from '../oidc/own-client.ts';

export type DevicesDeps = Pick<DeviceGrantsDeps, 'tickets' | 'audit' | 'clock'> & {
  readonly consume: DeviceGrantsDeps['approvals']['consume'];
  readonly requestLimits: RequestLimits;
};

/** What the provider needs of it (oidc/device-codes.ts). */
export const openDeviceGrants = ({ requestLimits, consume, ...deps }: DevicesDeps) => ({
  callerOf: deviceCallerOf,
  devices: createDeviceGrants({
    ...deps,
    approvals: { consume },
    limitBeginning: requestLimits.ticketCreation,
    isHighValue: isOwnClient,
  }),
});

/** Who asks, as far as a request says. */
const deviceCallerOf = (req: IncomingMessage): DeviceCaller => ({
  ...describeDevice(headerText(req.headers['user-agent'] ?? '')),
  address: addressOf(req),
});

/** Administration is approved in no app; and as at the console, whoever has a passkey uses it. */
export const worthOfOwnClients = (passkeys: Passkeys) => ({
  isHighValue: isOwnClient,
  isPasskeyNeeded: async (clientId: string, accountId: string): Promise<boolean> =>
    clientId === cliClientId && (await passkeys.list(accountId)).length > 0,
});
