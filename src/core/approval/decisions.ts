// Use-cases of the phone's decision: claim a ticket, review what it is about, approve or deny it.
// Brings ticket, device, browser, client, risk and audit together. What happens after the decision is left to
// approvals.ts, the words of HTTP to http/phone/tickets.ts. Source: protocol.md 4.
import type { Clock } from '../../clock.ts';
import type { Account } from '../account/account.ts';
import { PasskeyError } from '../account/passkey.ts';
import type { AuthenticationResponseJSON, Passkeys } from '../account/passkeys.ts';
import type { Audit } from '../audit/audit.ts';
import type { Client } from '../client/client.ts';
import type { Browsers } from '../device/browsers.ts';
import type { Device } from '../device/device.ts';
import { type ScanChannel, type Ticket, TicketError } from '../ticket/ticket.ts';
import { type LocatedTicket, type Tickets, ticketIdOf } from '../ticket/tickets.ts';
import { assertDecidable } from '../ticket/transition.ts';
import { type AppRuleDeps, createAppRule } from './app-rule.ts';
import { ApprovalError, type ApprovalErrorCode } from './approval.ts';
import {
  acrAndAmrOf,
  blockedAs,
  grantedScopes,
  newConfirmationCode,
  type ReviewContext,
  refusalOf,
} from './approval-rules.ts';
import { createNumberRule, type NumberRuleDeps } from './number-rule.ts';
import { createReviews, type ReviewsDeps } from './reviews.ts';
import { shownFacts } from './shown-facts.ts';
import { createStepUp, type PasskeyOptions } from './step-up.ts';

export type DecisionsDeps = Omit<ReviewsDeps, 'userCodeOf'> &
  AppRuleDeps &
  NumberRuleDeps & {
    readonly tickets: Tickets;
    readonly passkeys: Passkeys;
    readonly browsers: Browsers;
    readonly audit: Audit;
    readonly clock: Clock;
    /** Null for an unknown or disabled account. */
    readonly findAccount: (id: string) => Promise<Account | null>;
    /** Called after an approval for a browser that the account had never used. Never throws. */
    readonly onNewBrowser: (ticket: Ticket, client: Client, device: Device) => Promise<void>;
  };

/** `passkeyOptions`: for WebAuthn on the phone; null when a tap is enough or the account has no passkey. */
export type Review = { readonly context: ReviewContext; readonly passkeyOptions: PasskeyOptions | null };

/** A claimed ticket. `approvalToken` must come with every later request about it; nobody else knows it. */
export type Claim = Review & { readonly handle: string; readonly approvalToken: string };

/** Names one claim: the ticket's handle, and the token that the claim returned. */
type ClaimProof = { readonly handle: string; readonly approvalToken: string };

export type ApproveInput = ClaimProof & {
  /** Null grants everything that was asked for. */
  readonly scopes: readonly string[] | null;
  readonly trustBrowser: boolean;
  /** The answer to the claim's passkey question; null when the person only tapped. */
  readonly passkey: AuthenticationResponseJSON | null;
  /** The number chosen on a phone that was asked; null elsewhere. */
  readonly number: string | null;
  /** The person confirmed that the screen shows this ticket's user code. */
  readonly isUserCodeConfirmed: boolean;
  /** The request carries an app's access token, not a device cookie. */
  readonly isApp: boolean;
};

export type Decisions = ReturnType<typeof createDecisions>;

/** No phone can ever approve a ticket that the site refuses for these reasons, so the ticket is cancelled. */
const finalRefusals: readonly ApprovalErrorCode[] = ['qr_sign_in_off', 'client_switched_off'];

export function createDecisions(deps: DecisionsDeps) {
  const { tickets, browsers, audit, clock } = deps;
  const reviews = createReviews({ ...deps, userCodeOf: tickets.userCodeOf });
  const stepUp = createStepUp(deps);
  const checkApp = createAppRule(deps);
  const settleNumber = createNumberRule(deps);

  async function review(ticket: Ticket, device: Device): Promise<Review> {
    const context = await reviews.of(ticket, device);
    return { context, passkeyOptions: await stepUp.ask(context, device) };
  }

  /** Throws what policy or risk forbids, and records it. */
  async function checkAllowed(context: ReviewContext, given: Parameters<typeof refusalOf>[1]): Promise<void> {
    const refusal = refusalOf(context, given);
    if (!refusal) return;
    await audit.ticketRefused(context.ticket, refusal.code);
    throw refusal;
  }

  /**
   * @returns true when a passkey verified the person, false when none was given.
   * @throws PasskeyError `passkey_invalid`
   */
  async function verifyPerson(answer: AuthenticationResponseJSON | null, context: ReviewContext, device: Device) {
    if (!answer) return false;
    await stepUp.verify(answer, context, device).catch(async (error: unknown) => {
      if (error instanceof PasskeyError) await audit.ticketRefused(context.ticket, error.code);
      throw error;
    });
    return true;
  }

  async function findTicket(handle: string): Promise<Ticket> {
    const ticket = await tickets.find(handle);
    if (!ticket) throw notFound();
    return ticket;
  }

  /** Returns a ticket that the device may decide now. @throws TicketError */
  async function findDecidable(claim: ClaimProof, device: Device): Promise<Ticket> {
    const ticket = await findTicket(claim.handle);
    const by = { deviceId: device.id, approvalTokenHash: tickets.tokenHash(claim.approvalToken) };
    assertDecidable(ticket, by, clock());
    return ticket;
  }

  return {
    /**
     * Claims a located ticket for the device. The first claim wins; the same device may claim again.
     * @throws TicketError
     * @throws ApprovalError `qr_sign_in_off` or `client_switched_off`, which also cancel the ticket;
     *   `scope_insufficient` to an app
     */
    async claim(
      located: LocatedTicket,
      device: Device,
      how: { channel: ScanChannel; address: string; isApp: boolean },
    ): Promise<Claim> {
      const by = { deviceId: device.id, accountId: device.accountId, address: how.address };
      await checkApp(located.ticket, { ...by, isApp: how.isApp });
      try {
        const scan = { ...by, channel: how.channel, frameAgeSeconds: located.frameAgeSeconds };
        const { ticket, approvalToken, isFirst } = await tickets.scan(located.ticket.id, scan);
        const { context, passkeyOptions } = await review(ticket, device);
        if (isFirst) await audit.ticketScanned(ticket, { channel: how.channel, ...shownFacts(context) });
        return { handle: located.handle, approvalToken, context, passkeyOptions };
      } catch (error) {
        if (error instanceof TicketError && error.code === 'ticket_already_scanned')
          await audit.secondScan(located.ticket, by);
        // The waiting side learns it at once instead of waiting for the deadline.
        if (error instanceof ApprovalError && finalRefusals.includes(error.code))
          await audit.ticketRefused(await tickets.cancel(located.ticket.id), error.code);
        throw error;
      }
    },

    /** Whether the client's policy accepts only codes that our own page or app scanned. */
    async takesOnlyScans(ticket: Ticket): Promise<boolean> {
      return (await deps.findClient(ticket.request.clientId))?.qr.qr_scanner === 'in_app';
    },

    /**
     * Returns a ticket to the device that claimed it.
     * @throws TicketError `ticket_not_found`, alike for unknown tickets and for other devices
     */
    async find(handle: string, device: Device): Promise<Ticket> {
      const ticket = await findTicket(handle);
      if (ticket.scan?.deviceId !== device.id) throw notFound();
      return ticket;
    },

    /** Reviews a claimed ticket again, with new passkey options. @throws TicketError, ApprovalError */
    reviewAgain: async (claim: ClaimProof, device: Device): Promise<Review> =>
      review(await findDecidable(claim, device), device),

    /**
     * Approves for the waiting side. Scopes that were not asked for are refused; scopes left out are not
     * granted.
     * @returns the approved ticket, and the confirmation code that the waiting browser must enter, or null
     * @throws TicketError, DeviceError `reauthentication_required`, ApprovalError, PasskeyError
     *   `passkey_invalid`
     */
    async approve(input: ApproveInput, device: Device): Promise<{ ticket: Ticket; confirmationCode: string | null }> {
      const { approvalToken, number, isUserCodeConfirmed } = input;
      const current = await findDecidable(input, device);
      await checkApp(current, { isApp: input.isApp, deviceId: device.id, accountId: device.accountId });
      const context = await reviews.of(current, device);
      await checkAllowed(context, { hasPasskey: input.passkey !== null, isUserCodeConfirmed });
      const scopes = grantedScopes(current, input.scopes);
      const isVerified = await verifyPerson(input.passkey, context, device);
      const confirmationCode = context.requirements.confirmationCode ? newConfirmationCode() : null;
      const trustBrowser = input.trustBrowser && !current.screen && context.client.qr.qr_trust_browser === 'allowed';
      const authenticatedAt = isVerified ? clock() : device.authenticatedAt;
      const by = { deviceId: device.id, approvalToken, number, isUserCodeConfirmed };
      const browserEndings = (await deps.findAccount(device.accountId))?.browserEndings ?? 0;
      const decision = {
        scopes,
        trustBrowser,
        ...acrAndAmrOf(isVerified, current.request.requestedAcr),
        authenticatedAt,
        browserEndings,
      };
      const ticket = await tickets.approve(ticketIdOf(input.handle), by, decision, confirmationCode);
      await settleNumber(ticket);
      await audit.ticketApproved(ticket, {
        ...shownFacts(context),
        confirmation: confirmationCode !== null,
        trusted: trustBrowser,
        passkey: isVerified,
      });
      if (!context.isBrowserKnown) await deps.onNewBrowser(ticket, context.client, device);
      return { ticket, confirmationCode };
    },

    /** Denies. `report` also blocks the waiting browser or screen for the account. @throws TicketError */
    async deny(input: ClaimProof & { readonly report: boolean }, device: Device): Promise<Ticket> {
      const by = { deviceId: device.id, approvalToken: input.approvalToken };
      const ticket = await tickets.deny(ticketIdOf(input.handle), by);
      await audit.ticketDenied(ticket);
      await deps.noteDecision(ticket, 'denied');
      if (input.report) {
        await browsers.block(device.accountId, ticket.browser.browserHash, blockedAs(ticket));
        await audit.ticketReported(ticket);
      }
      return ticket;
    },
  };
}

const notFound = () => new TicketError('ticket_not_found', 'There is no such ticket.');
