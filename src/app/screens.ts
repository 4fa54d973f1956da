// Screens without a browser (RFC 8628), plugged together: their tickets, their pace, and what their approval has to be worth.
import type { IncomingMessage } from 'node:http';
import type { Passkeys } from '../core/account/passkeys.ts';
import { createScreenSignIns, type ScreenSignInsDeps } from '../core/approval/screen-sign-ins.ts';
import { addressOf } from '../http/kit/context.ts';
import type { RequestLimits } from '../http/kit/request-limits.ts';
import { describeDevice, headerText } from '../http/kit/user-agent.ts';
import type { ScreenCaller } from '../oidc/device-codes.ts';
import { cliClientId, isOwnClient } from '../oidc/own-client.ts';

export type ScreensDeps = Pick<ScreenSignInsDeps, 'tickets' | 'audit' | 'clock'> & {
  readonly consume: ScreenSignInsDeps['approvals']['consume'];
  readonly requestLimits: RequestLimits;
};

/** What the provider needs of it (oidc/device-codes.ts). */
export const openScreenSignIns = ({ requestLimits, consume, ...deps }: ScreensDeps) => ({
  callerOf: screenCallerOf,
  screens: createScreenSignIns({
    ...deps,
    approvals: { consume },
    limitBeginning: requestLimits.ticketCreation,
    isHighValue: isOwnClient,
  }),
});

/** Who asks, as far as a request says. */
const screenCallerOf = (req: IncomingMessage): ScreenCaller => ({
  ...describeDevice(headerText(req.headers['user-agent'] ?? '')),
  address: addressOf(req),
});

/** Administration is approved in no app; and as at the console, whoever has a passkey uses it. */
export const approvalRulesOfOwnClients = (passkeys: Passkeys) => ({
  isHighValue: isOwnClient,
  isPasskeyNeeded: async (clientId: string, accountId: string): Promise<boolean> =>
    clientId === cliClientId && (await passkeys.list(accountId)).length > 0,
});
