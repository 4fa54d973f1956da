// Use-cases of signing in a screen by the device authorization grant (RFC 8628): it begins, polls until the
// phone has decided, and consumes the approval once. The ticket holds the state. The protocol's words are
// left to oidc/device-codes.ts.

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

/** Seconds between polls (RFC 8628 §3.2). */
export const pollIntervalSeconds = 5;
/** Polls may arrive this many seconds early, because of delays on the network. */
const toleranceSeconds = 1;
/** RFC 8628 §3.5: `slow_down` adds 5 seconds to the interval. */
const pace: PollPace = { firstSeconds: pollIntervalSeconds - toleranceSeconds, addedSeconds: 5 };
/** Administration requires an authentication of the last five minutes (security.md E2). */
const freshSeconds = 300;

export type ScreenSignInsDeps = {
  readonly tickets: Tickets;
  readonly approvals: Pick<Approvals, 'consume'>;
  readonly audit: Pick<Audit, 'ticketIssued'>;
  readonly clock: Clock;
  /** Counts one sign-in that begins. @throws AppError `rate_limited` */
  readonly limitBeginning: (address: string, clientId: string) => Promise<void>;
  readonly isHighValue: (clientId: string) => boolean;
};

/** A device authorization request (RFC 8628 §3.1), after the client was authenticated. */
export type ScreenBeginning = Pick<RequestFacts, 'clientId' | 'scopes' | 'maxAgeSeconds' | 'correlationId'> & {
  readonly deviceCode: string;
  readonly requestedAcr: readonly string[];
  readonly resources: readonly string[];
  /** The person must authenticate for this request, however fresh their last authentication is. */
  readonly isPersonAskedAnew: boolean;
  /** The subject that must approve. Absent: anybody may. */
  readonly expectedSubject?: string;
  /** The scope as the screen sent it. Absent when it sent none. */
  readonly askedScope?: string;
  /** Seconds until the code expires. */
  readonly lifeSeconds: number;
  /** The name and system that the screen claims in its User-Agent, and its network address. */
  readonly name: string;
  readonly system: string;
  readonly address: string;
};

/** What the screen shows: the handle for its QR code, and the formatted user code. */
export type BegunScreen = { readonly handle: string; readonly userCode: string };
/** The answer to a poll. `unknown` covers codes of other clients and codes already used. */
export type PollState = 'unknown' | 'pending' | 'too_fast' | 'denied' | 'expired' | 'approved';
export type ScreenSignIns = ReturnType<typeof createScreenSignIns>;

export function createScreenSignIns(deps: ScreenSignInsDeps) {
  const { tickets, clock } = deps;

  return {
    /** Begins a sign-in. @returns what the screen shows @throws AppError `rate_limited` */
    async begin(beginning: ScreenBeginning): Promise<BegunScreen> {
      const { deviceCode, clientId, scopes, resources, requestedAcr, correlationId, lifeSeconds } = beginning;
      const { name, system, address, isPersonAskedAnew, expectedSubject, askedScope } = beginning;
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
        // Screens of one client at one address cannot be told apart, so a report blocks all of them.
        browser: { browserHash: digest(`device ${clientId} ${address}`), name, system, address },
        screen: {
          resources,
          ...(expectedSubject !== undefined && { expectedSubject }),
          ...(askedScope !== undefined && { askedScope }),
        },
        handle: handleOf(deviceCode, clientId),
        endsAt: clock() + lifeSeconds + tickets.finishSeconds,
      });
      await deps.audit.ticketIssued(ticket);
      return { handle, userCode: formatUserCode(userCode) };
    },

    /**
     * Records a poll and returns its answer. Only a poll that must wait can be `too_fast`. `ticket` is
     * present when the state is `approved`.
     */
    async poll(deviceCode: string, clientId: string): Promise<{ state: PollState; ticket: Ticket | null }> {
      const polled = await tickets.poll(handleOf(deviceCode, clientId), pace);
      // Codes of another client, used codes and unknown codes get the same answer.
      if (!polled || !isRedeemable(polled.ticket, clientId)) return { state: 'unknown', ticket: null };
      const { ticket, isEarly } = polled;
      const state = tickets.state(ticket);
      if (state === 'pending' || state === 'scanned') return { state: isEarly ? 'too_fast' : 'pending', ticket: null };
      if (state === 'expired') return { state, ticket: null };
      return state === 'approved' ? { state, ticket } : { state: 'denied', ticket: null };
    },

    /**
     * Consumes the approval. Exactly one of several concurrent calls succeeds.
     * @throws TicketError to the others, and when the approval is no longer valid
     */
    consume: (ticket: Ticket, makeGrant: MakeGrant): Promise<Ticket> =>
      deps.approvals.consume(ticket, ticket.interactionId, null, makeGrant),
  };
}

/**
 * Derives the handle from the device code, so that a poll finds its ticket with one read. The screen never
 * learns the handle's derivation and cannot claim its own ticket.
 */
const handleOf = (deviceCode: string, clientId: string): string =>
  digest(JSON.stringify(['device handle', clientId, deviceCode])).slice(0, handleLetters);

const isRedeemable = ({ screen, request, state }: Ticket, clientId: string): boolean =>
  screen !== undefined && request.clientId === clientId && state !== 'consumed';
