// What the approver must see of a ticket, put together from ticket, client, browser and risk; all of it is the server's own knowledge.
import type { Client } from '../client/client.ts';
import type { Clock } from '../clock.ts';
import type { Browsers } from '../device/browsers.ts';
import type { Device } from '../device/device.ts';
import { compareAddresses } from '../risk/address.ts';
import { requirementsFor } from '../risk/requirements.ts';
import { assessRisk } from '../risk/risk.ts';
import { type Ticket, TicketError } from '../ticket/ticket.ts';
import { ApprovalError } from './approval.ts';
import { isProofTooOld, type ReviewContext, verificationAsked } from './approval-rules.ts';

export type ReviewsDeps = {
  readonly browsers: Browsers;
  readonly clock: Clock;
  readonly findClient: (id: string) => Promise<Client | null>;
  /** Tickets shown to an address in the last ten minutes. */
  readonly countRecentTickets: (address: string) => Promise<number>;
  /** Development only: both sides on this machine count as near. */
  readonly isLoopbackNear: boolean;
};

export function createReviews({ browsers, clock, findClient, countRecentTickets, isLoopbackNear }: ReviewsDeps) {
  return {
    /** @throws TicketError `ticket_not_found`, ApprovalError `qr_sign_in_off`, `client_switched_off` */
    async of(ticket: Ticket, device: Device): Promise<ReviewContext> {
      const { browser, request, scan } = ticket;
      const [client, known, recentTickets] = await Promise.all([
        findClient(request.clientId),
        browsers.find(device.accountId, browser.browserHash),
        countRecentTickets(browser.address),
      ]);
      if (!scan) throw new TicketError('ticket_not_found', 'There is no such ticket.');
      if (!client) throw new ApprovalError('client_switched_off', 'Nobody can sign in to this site now.');
      if (client.qr.qr_sign_in === 'off' || client.qr.sign_in === 'passkey')
        throw new ApprovalError('qr_sign_in_off', 'This site does not allow signing in by QR code.');
      const comparison = compareAddresses(browser.address, scan.address, isLoopbackNear);
      const isBrowserKnown = known?.lastUsedAt != null && known.blockedAt === null;
      const risk = assessRisk({
        ...scan,
        comparison,
        recentTickets,
        isBrowserKnown,
        isBrowserReported: known?.blockedAt != null,
        secondScans: ticket.secondScans,
      });
      const verification = verificationAsked(request.requestedAcr ?? []);
      const facts = { risk, isBrowserKnown, comparison, channel: scan.channel, verification };
      const requirements = requirementsFor(client.qr, facts);
      const needsReauthentication = isProofTooOld(ticket, device, clock());
      return { ticket, client, isBrowserKnown, comparison, risk, requirements, needsReauthentication };
    },
  };
}
