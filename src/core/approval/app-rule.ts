// Sign-ins that no app may approve, because an app's access token is not enough proof for them: those to
// clients of high value, such as the console. Our own page on the phone may approve them.
import type { Audit } from '../audit/audit.ts';
import type { Ticket } from '../ticket/ticket.ts';
import { ApprovalError } from './approval.ts';

export type AppRuleDeps = {
  readonly audit: Audit;
  /** Whether sign-ins to this client are of high value. */
  readonly isHighValue: (clientId: string) => boolean;
};

/** Who decides. `isApp`: the request carries an access token instead of a device cookie. */
export type Decider = {
  readonly isApp: boolean;
  readonly deviceId: string;
  readonly accountId: string;
  readonly address?: string;
};

/** Returns a check that records a refusal. @throws ApprovalError `scope_insufficient` */
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
