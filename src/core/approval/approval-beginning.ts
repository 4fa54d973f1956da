// What is kept of a ticket that its browser has used up: the approval, from what the ticket knows. Pure.
import type { Client } from '../client/client.ts';
import type { Sides } from '../risk/place.ts';
import type { Ticket } from '../ticket/ticket.ts';
import type { Approval, ApprovalId } from './approval.ts';

type Consumed = Ticket & {
  readonly scan: NonNullable<Ticket['scan']>;
  readonly decision: NonNullable<Ticket['decision']>;
};

/** One ticket leads to at most one approval, so they share their id. */
export const approvalIdOf = (ticket: Ticket): ApprovalId => ticket.id as string as ApprovalId;

/** @param client null when it is gone; its id stands for its name then. @param grantIds made already, for a screen; a browser's come with its session. @param expiresAt epoch seconds */
export const beginningOf = (
  ticket: Consumed,
  client: Client | null,
  { places, expiresAt, grantIds }: { places: Sides; expiresAt: number; grantIds: readonly string[] },
): Approval => {
  const { scan, decision, browser, request } = ticket;
  return {
    id: approvalIdOf(ticket),
    accountId: scan.accountId,
    deviceId: scan.deviceId,
    clientId: request.clientId,
    clientName: client?.metadata.client_name ?? request.clientId,
    browserHash: browser.browserHash,
    browserName: browser.name,
    browserSystem: browser.system,
    browserAddress: browser.address,
    browserPlace: places.browser,
    phonePlace: places.phone,
    trusted: decision.trustBrowser,
    ...(ticket.screen && { kind: 'screen' as const }),
    approvedAt: decision.at,
    sessionUid: null,
    grantIds,
    endedAt: null,
    expiresAt,
  };
};
