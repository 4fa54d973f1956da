// What no app decides about, whoever's key it has: sign-ins so much worth that an app's word is not enough. Our own page on the phone does.
import type { Audit } from '../audit/audit.ts';
import type { Ticket } from '../ticket/ticket.ts';
import { ApprovalError } from './approval.ts';

export type AppRuleDeps = {
  readonly audit: Audit;
  /** Whether sign-ins to this client are of that kind. */
  readonly isHighValue: (clientId: string) => boolean;
};

/** `isApp`: by an access token, rather than by one of our pages in a browser. */
export type Decider = {
  readonly isApp: boolean;
  readonly deviceId: string;
  readonly accountId: string;
  readonly address?: string;
};

/** @returns a check that records what it refuses, and throws ApprovalError `scope_insufficient` */
export const createAppRule =
  ({ audit, isHighValue }: AppRuleDeps) =>
  async (ticket: Ticket, { isApp, ...who }: Decider): Promise<void> => {
    if (!isApp || !isHighValue(ticket.request.clientId)) return;
    await audit.ticketRefused(ticket, 'scope_insufficient', who);
    throw new ApprovalError(
      'scope_insufficient',
      'No app may approve this sign-in: scan it with the phone’s own browser.',
    );
  };
