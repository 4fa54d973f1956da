// Use-cases of a screen without a browser (RFC 8628): it begins, asks until the phone has decided, and uses the approval up, once. The ticket
// is the single truth; how often it asks is kept beside it. Its words in the protocol are oidc/device-codes.ts's business.

import type { Clock } from '../../clock.ts';
import { digest } from '../../crypto.ts';
import type { Audit } from '../audit/audit.ts';
import { handleLetters } from '../ticket/frame.ts';
import type { RequestFacts, Ticket } from '../ticket/ticket.ts';
import type { PollPace } from '../ticket/ticket-store.ts';
import { interactionIdOf, type Tickets } from '../ticket/tickets.ts';
import { formatUserCode } from '../ticket/user-code.ts';
import type { MakeGrant } from './approval-records.ts';
import type { Approvals } from './approvals.ts';

/** RFC 8628 §3.2 */
export const pollIntervalSeconds = 5;
/** A screen waits as it was told and knows nothing of the jitter on the way. */
const toleranceSeconds = 1;
/** RFC 8628 §3.5: five more for whoever does not wait. */
const pace: PollPace = { firstSeconds: pollIntervalSeconds - toleranceSeconds, addedSeconds: 5 };
/** Security.md E2: whoever is given administration has proved themselves a moment ago. */
const freshSeconds = 300;

export type ScreenSignInsDeps = {
  readonly tickets: Tickets;
  readonly approvals: Pick<Approvals, 'consume'>;
  readonly audit: Pick<Audit, 'ticketIssued'>;
  readonly clock: Clock;
  /** @throws AppError `rate_limited` */
  readonly limitBeginning: (address: string, clientId: string) => Promise<void>;
  readonly isHighValue: (clientId: string) => boolean;
};

export type ScreenBeginning = Pick<RequestFacts, 'clientId' | 'scopes' | 'maxAgeSeconds' | 'correlationId'> & {
  readonly deviceCode: string;
  readonly requestedAcr: readonly string[];
  readonly resources: readonly string[];
  /** However fresh the last proof of the person is. */
  readonly isPersonAskedAnew: boolean;
  /** Whose sign-in it has to be; absent: whoever approves. */
  readonly expectedSubject?: string;
  readonly lifeSeconds: number;
  /** As it says of itself, and where it asks from. */
  readonly name: string;
  readonly system: string;
  readonly address: string;
};

export type BegunScreen = { readonly handle: string; readonly userCode: string };
export type PollState = 'unknown' | 'pending' | 'too_fast' | 'denied' | 'expired' | 'approved';
export type ScreenSignIns = ReturnType<typeof createScreenSignIns>;

export function createScreenSignIns(deps: ScreenSignInsDeps) {
  const { tickets, clock } = deps;

  return {
    /** @returns what the screen shows. @throws AppError `rate_limited` */
    async begin(beginning: ScreenBeginning): Promise<BegunScreen> {
      const { deviceCode, clientId, scopes, resources, requestedAcr, correlationId, lifeSeconds } = beginning;
      const { name, system, address, isPersonAskedAnew, expectedSubject } = beginning;
      await deps.limitBeginning(address, clientId);
      const isHighValue = deps.isHighValue(clientId);
      const wanted = beginning.maxAgeSeconds;
      const maxAgeSeconds = isHighValue ? Math.min(wanted ?? freshSeconds, freshSeconds) : wanted;
      const { ticket, handle, userCode } = await tickets.issue({
        interactionId: interactionIdOf(deviceCode),
        request: {
          clientId,
          redirectUri: '',
          scopes,
          authenticatedSince: isPersonAskedAnew ? clock() : null,
          maxAgeSeconds,
          requestedAcr,
          correlationId,
        },
        // Nothing tells it from another of its kind at the same place: one that was reported brings the others down with it.
        browser: { browserHash: digest(`device ${clientId} ${address}`), name, system, address },
        screen: { resources, ...(expectedSubject !== undefined && { expectedSubject }) },
        handle: handleOf(deviceCode, clientId),
        endsAt: clock() + lifeSeconds + tickets.finishSeconds,
      });
      await deps.audit.ticketIssued(ticket);
      return { handle, userCode: formatUserCode(userCode) };
    },

    /** What the screen is to be told. Only one that has to wait can ask too fast. `ticket`: of an approved one. */
    async poll(deviceCode: string, clientId: string): Promise<{ state: PollState; ticket: Ticket | null }> {
      const polled = await tickets.poll(handleOf(deviceCode, clientId), pace);
      // A code of another client, one that was used, and none at all look alike.
      if (!polled || !isRedeemable(polled.ticket, clientId)) return { state: 'unknown', ticket: null };
      const { ticket, isEarly } = polled;
      const state = tickets.state(ticket);
      if (state === 'pending' || state === 'scanned') return { state: isEarly ? 'too_fast' : 'pending', ticket: null };
      if (state === 'expired') return { state, ticket: null };
      return state === 'approved' ? { state, ticket } : { state: 'denied', ticket: null };
    },

    /** Uses the approval up: once. @throws TicketError to everybody but one, and when the approval is no longer valid */
    consume: (ticket: Ticket, makeGrant: MakeGrant): Promise<Ticket> =>
      deps.approvals.consume(ticket, ticket.interactionId, null, makeGrant),
  };
}

/** The screen knows its code and never the handle, which yet follows from it: what it asks for is found in one step. */
const handleOf = (deviceCode: string, clientId: string): string =>
  digest(JSON.stringify(['device handle', clientId, deviceCode])).slice(0, handleLetters);

const isRedeemable = ({ screen, request, state }: Ticket, clientId: string): boolean =>
  screen !== undefined && request.clientId === clientId && state !== 'consumed';
