// Wires the device grant (RFC 8628), by which screens without a keyboard sign in: their tickets, how often
// they may poll, and which approvals of our own clients need more.
import type { IncomingMessage } from 'node:http';
import type { Passkeys } from '../core/account/passkeys.ts';
import { createScreenSignIns, type ScreenSignInsDeps } from '../core/approval/screen-sign-ins.ts';
import { addressOf } from '../http/kit/context.ts';
import type { RequestLimits } from '../http/kit/request-limits.ts';
import { describeDevice, headerText } from '../http/kit/user-agent.ts';
import type { ScreenCaller } from '../oidc/device-codes.ts';
import { cliClientId, isOwnClient } from '../oidc/own-client.ts';

/** `consume` ends the ticket of an approved screen; it exists only after the provider. */
export type ScreensDeps = Pick<ScreenSignInsDeps, 'tickets' | 'audit' | 'clock'> & {
  readonly consume: ScreenSignInsDeps['approvals']['consume'];
  readonly requestLimits: RequestLimits;
};

/** Returns what oidc/device-codes.ts needs. */
export const openScreenSignIns = ({ requestLimits, consume, ...deps }: ScreensDeps) => ({
  callerOf: screenCallerOf,
  screens: createScreenSignIns({
    ...deps,
    approvals: { consume },
    limitBeginning: requestLimits.ticketCreation,
    isHighValue: isOwnClient,
  }),
});

/** Describes the screen that sends a request: what its User-Agent says, and its network address. */
const screenCallerOf = (req: IncomingMessage): ScreenCaller => ({
  ...describeDevice(headerText(req.headers['user-agent'] ?? '')),
  address: addressOf(req),
});

/** Administration is approved in no app; and as at the console, an account with a passkey must use it. */
export const approvalRulesOfOwnClients = (passkeys: Passkeys) => ({
  isHighValue: isOwnClient,
  isPasskeyNeeded: async (clientId: string, accountId: string): Promise<boolean> =>
    clientId === cliClientId && (await passkeys.list(accountId)).length > 0,
});
