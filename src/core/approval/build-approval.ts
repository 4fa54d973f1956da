// Builds the Approval record from a consumed ticket. Pure.
import type { Client } from '../client/client.ts';
import type { Sides } from '../risk/place.ts';
import type { Ticket } from '../ticket/ticket.ts';
import type { Approval, ApprovalId } from './approval.ts';

type Consumed = Ticket & {
  readonly scan: NonNullable<Ticket['scan']>;
  readonly decision: NonNullable<Ticket['decision']>;
};

/** The approval's id is the ticket's id, because one ticket leads to at most one approval. */
export const approvalIdOf = (ticket: Ticket): ApprovalId => ticket.id as string as ApprovalId;

/**
 * @param client null when it was deleted meanwhile; its id then stands for its name
 * @param expiresAt epoch seconds; the store drops the record then
 * @param grantIds the grant of a screen, which exists already; empty for a browser, whose grants come with
 *   its session
 */
export const buildApproval = (
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
