// Builds what the approver must see of a ticket, from ticket, client, browser, places and risk. All of it is
// known to the server itself; the rules are in approval-rules.ts and core/risk.

import type { Clock } from '../../clock.ts';
import type { Passkeys } from '../account/passkeys.ts';
import type { Client } from '../client/client.ts';
import { isBlocked } from '../device/browser.ts';
import type { Browsers } from '../device/browsers.ts';
import type { Device } from '../device/device.ts';
import type { PlaceOf } from '../place/place.ts';
import { compareAddresses } from '../risk/address.ts';
import { comparePlaces, type LastApproval, type Sides } from '../risk/place.ts';
import { requirementsFor } from '../risk/requirements.ts';
import { assessRisk, oneLevelStricter } from '../risk/risk.ts';
import { type Ticket, TicketError } from '../ticket/ticket.ts';
import { type Approval, ApprovalError, acrOfVerifiedTap } from './approval.ts';
import { isProofTooOld, type ReviewContext, verificationAsked } from './approval-rules.ts';

export type ReviewsDeps = {
  readonly passkeys: Pick<Passkeys, 'isPossible' | 'list'>;
  readonly browsers: Browsers;
  readonly clock: Clock;
  readonly findClient: (id: string) => Promise<Client | null>;
  /** How many tickets were shown to an address in the last ten minutes. */
  readonly countRecentTickets: (address: string) => Promise<number>;
  readonly placeOf: PlaceOf;
  /** Whether this account needs a passkey at this client, whatever the client's own policy says. */
  readonly isPasskeyNeeded: (clientId: string, accountId: string) => Promise<boolean>;
  readonly userCodeOf: (ticket: Ticket) => string;
  readonly findLastApproval: (accountId: string) => Promise<Approval | null>;
  /** Development only: two addresses of this machine count as near. */
  readonly isLoopbackNear: boolean;
};

export function createReviews(deps: ReviewsDeps) {
  const { browsers, clock, findClient, countRecentTickets, placeOf, isLoopbackNear } = deps;

  /** Skipped when neither place is known, because there is nothing to compare then. */
  async function lastApproval(accountId: string, sides: Sides): Promise<LastApproval | null> {
    if (!sides.browser && !sides.phone) return null;
    const last = await deps.findLastApproval(accountId);
    return last && { browser: last.browserPlace ?? null, phone: last.phonePlace ?? null, at: last.approvedAt };
  }

  /** A request that accepts less is not held up by a passkey that the person does not have. */
  async function canVerify(requestedAcr: readonly string[], accountId: string): Promise<boolean> {
    if (!requestedAcr.includes(acrOfVerifiedTap) || !deps.passkeys.isPossible) return false;
    return (await deps.passkeys.list(accountId)).length > 0;
  }

  return {
    /**
     * Builds the review of a claimed ticket.
     * @throws TicketError `ticket_not_found`; ApprovalError `qr_sign_in_off`, `client_switched_off`
     */
    async of(ticket: Ticket, device: Device): Promise<ReviewContext> {
      const { browser, request, scan } = ticket;
      const { requestedAcr = [] } = request;
      if (!scan) throw new TicketError('ticket_not_found', 'There is no such ticket.');
      const places = { browser: placeOf(browser.address), phone: placeOf(scan.address) };
      const [client, known, recentTickets, last, isPasskeyNeeded, isVerifiable] = await Promise.all([
        findClient(request.clientId),
        browsers.find(device.accountId, browser.browserHash),
        countRecentTickets(browser.address),
        lastApproval(device.accountId, places),
        ticket.screen ? deps.isPasskeyNeeded(request.clientId, device.accountId) : false,
        canVerify(requestedAcr, device.accountId),
      ]);
      if (!client || (ticket.screen && client.metadata.device_grant !== true))
        throw new ApprovalError('client_switched_off', 'Nobody can sign in to this site now.');
      if (client.qr.qr_sign_in === 'off' || client.qr.sign_in === 'passkey')
        throw new ApprovalError('qr_sign_in_off', 'This site does not allow signing in by QR code.');
      const comparison = compareAddresses(browser.address, scan.address, isLoopbackNear);
      const isReported = known !== null && isBlocked(known, clock());
      // A screen has no cookie, so it can never be recognised.
      const isBrowserKnown = !ticket.screen && known?.lastUsedAt != null && !isReported;
      const byPlace = comparePlaces(places, last, scan.at);
      const assessed = assessRisk({
        ...scan,
        ...byPlace,
        comparison,
        recentTickets,
        isBrowserKnown,
        isBrowserReported: isReported,
        secondScans: ticket.secondScans,
      });
      const risk = ticket.screen ? oneLevelStricter(assessed) : assessed;
      const verification = isPasskeyNeeded ? 'demanded' : verificationAsked(requestedAcr, isVerifiable);
      const facts = { risk, isBrowserKnown, comparison, channel: scan.channel, verification };
      const wanted = requirementsFor(client.qr, facts);
      // A screen has no input, so a confirmation code cannot be entered. Its user code is compared instead.
      const requirements = ticket.screen ? { ...wanted, confirmationCode: false } : wanted;
      const needsReauthentication = isProofTooOld(ticket, device, clock());
      const { distanceKm } = byPlace;
      return {
        ticket,
        userCode: ticket.screen ? deps.userCodeOf(ticket) : null,
        client,
        isBrowserKnown,
        comparison,
        places,
        distanceKm,
        risk,
        requirements,
        needsReauthentication,
      };
    },
  };
}
