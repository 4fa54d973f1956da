// Use-cases of the phone's decision: claim a ticket, see what it is about, approve or deny it, list and end what was approved.
// Brings ticket, device, browser, client, risk and audit together; HTTP words are http/phone/phone-api.ts's business.
import { PasskeyError } from '../account/passkey.ts';
import type { AuthenticationResponseJSON, Passkeys } from '../account/passkeys.ts';
import type { Client } from '../client/client.ts';
import type { Device } from '../device/device.ts';
import { assertDecidable, type ScanChannel, type Ticket, TicketError, type TicketId } from '../ticket/ticket.ts';
import { type LocatedTicket, type Tickets, ticketIdOf } from '../ticket/tickets.ts';
import { type AppRuleDeps, createAppRule } from './app-rule.ts';
import { type Approval, ApprovalError, type ApprovalErrorCode, type ApprovalId } from './approval.ts';
import { createApprovalEndings, type EndedBy } from './approval-endings.ts';
import { type ApprovalRecordsDeps, createApprovalRecord, type MakeGrant } from './approval-records.ts';
import {
  blockedAs,
  grantedScopes,
  newConfirmationCode,
  type ReviewContext,
  refusalOf,
  worthOf,
} from './approval-rules.ts';
import { createNumberRule, type NumberRuleDeps } from './number-rule.ts';
import { createReviews, type ReviewsDeps } from './reviews.ts';
import { shownFacts } from './shown-facts.ts';
import { createStepUp, type PasskeyOptions } from './step-up.ts';

export type ApprovalsDeps = Omit<ReviewsDeps, 'findLastApproval' | 'userCodeOf'> &
  AppRuleDeps &
  ApprovalRecordsDeps &
  NumberRuleDeps & {
    readonly tickets: Tickets;
    readonly passkeys: Passkeys;
    /** What was approved so far and is not finished is refused from here on. */
    readonly endBrowsers: (accountId: string) => Promise<void>;
    /** Ends the provider's session and everything granted in it. */
    readonly endSession: (sessionUid: string) => Promise<void>;
    readonly revokeGrant: (grantId: string) => Promise<void>;
    readonly isGrantAlive: (grantId: string) => Promise<boolean>;
    /** Told of an approval for a browser that the account had never used. Never throws. */
    readonly onNewBrowser: (ticket: Ticket, client: Client, device: Device) => Promise<void>;
  };

/** `passkeyOptions`: for approving by passkey, where a tap is not enough and the account has one. */
export type Review = { readonly context: ReviewContext; readonly passkeyOptions: PasskeyOptions | null };
export type Claim = Review & { readonly handle: string; readonly approvalToken: string };
/** Of a notice. */
type Disowned = { ticketId: string; browserHash: string; browserName: string; browserSystem: string; isScreen?: true };
export type Approvals = ReturnType<typeof createApprovals>;
/** Refusals of a site, not of this phone or this moment. */
const neverDecided: readonly ApprovalErrorCode[] = ['qr_sign_in_off', 'client_switched_off'];

export function createApprovals(deps: ApprovalsDeps) {
  const { tickets, browsers, audit, clock, store } = deps;
  const findLastApproval = async (accountId: string) => (await store.listByAccount(accountId, 1))[0] ?? null;
  const reviews = createReviews({ ...deps, findLastApproval, userCodeOf: tickets.userCodeOf });
  const stepUp = createStepUp(deps);
  const checkApp = createAppRule(deps);
  const settleNumber = createNumberRule(deps);
  const { kill, endOne, endEach } = createApprovalEndings(deps);
  const createRecord = createApprovalRecord({ ...deps, endOne });

  async function review(ticket: Ticket, device: Device): Promise<Review> {
    const context = await reviews.of(ticket, device);
    return { context, passkeyOptions: await stepUp.ask(context, device) };
  }

  /** Refuses what policy or risk forbids; each refusal is audited. */
  async function checkAllowed(context: ReviewContext, given: Parameters<typeof refusalOf>[1]): Promise<void> {
    const refusal = refusalOf(context, given);
    if (!refusal) return;
    await audit.ticketRefused(context.ticket, refusal.code);
    throw refusal;
  }

  /** @returns whether a passkey proved the person; false when none was given. @throws PasskeyError `passkey_invalid` */
  async function verifyPerson(answer: AuthenticationResponseJSON | null, context: ReviewContext, device: Device) {
    if (!answer) return false;
    await stepUp.verify(answer, context, device).catch(async (error: unknown) => {
      if (error instanceof PasskeyError) await audit.ticketRefused(context.ticket, error.code);
      throw error;
    });
    return true;
  }

  /** A ticket the device may decide about now. @throws TicketError */
  async function findDecidable(input: { handle: string; approvalToken: string }, device: Device): Promise<Ticket> {
    const ticket = await findTicket(input.handle);
    const by = { deviceId: device.id, approvalTokenHash: tickets.tokenHash(input.approvalToken) };
    assertDecidable(ticket, by, clock());
    return ticket;
  }

  /** A screen has no session: it is signed in as long as its grant is there, which it may give back itself (RFC 7009). */
  async function isSignedIn({ kind, sessionUid, endedAt, grantIds }: Approval): Promise<boolean> {
    if (endedAt !== null) return false;
    if (kind !== 'screen') return sessionUid !== null;
    return (await Promise.all(grantIds.map(deps.isGrantAlive))).includes(true);
  }

  async function findTicket(handle: string): Promise<Ticket> {
    const ticket = await tickets.find(handle);
    if (!ticket) throw notFound();
    return ticket;
  }

  return {
    /**
     * Claims a located ticket for the device.
     * @throws TicketError; ApprovalError `qr_sign_in_off` or `client_switched_off`, the ticket is over then, and `scope_insufficient` to an app
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
        await audit.ticketScanned(ticket, { channel: how.channel, ...shownFacts(context) }, isFirst);
        return { handle: located.handle, approvalToken, context, passkeyOptions };
      } catch (error) {
        if (error instanceof TicketError && error.code === 'ticket_already_scanned')
          await audit.secondScan(located.ticket, by);
        // No phone will ever decide it, so the other screen need not wait for one.
        if (error instanceof ApprovalError && neverDecided.includes(error.code))
          await audit.ticketRefused(await tickets.cancel(located.ticket.id), error.code);
        throw error;
      }
    },

    /** Whether policy wants this ticket's code read by the scanner in our own page or app. */
    async takesOnlyScans(ticket: Ticket): Promise<boolean> {
      return (await deps.findClient(ticket.request.clientId))?.qr.qr_scanner === 'in_app';
    },

    /** The ticket as its claimer may see it; a stranger meets the same answer as for an unknown one. @throws TicketError `ticket_not_found` */
    async find(handle: string, device: Device): Promise<Ticket> {
      const ticket = await findTicket(handle);
      if (ticket.scan?.deviceId !== device.id) throw notFound();
      return ticket;
    },

    /** A claimed ticket looked at anew, with a fresh question for the passkey. @throws TicketError, ApprovalError */
    reviewAgain: async (input: { handle: string; approvalToken: string }, device: Device): Promise<Review> =>
      review(await findDecidable(input, device), device),

    /**
     * Approves for the waiting browser. Scopes not asked for are refused, those left out are not granted.
     * `passkey`: the answer to the claim's question; it proves the person, here and now.
     * @returns the confirmation code the person must type there, or null.
     * @throws TicketError, DeviceError `reauthentication_required`, ApprovalError, PasskeyError `passkey_invalid`
     */
    async approve(
      input: {
        handle: string;
        approvalToken: string;
        scopes: readonly string[] | null;
        trustBrowser: boolean;
        passkey: AuthenticationResponseJSON | null;
        /** As chosen by who was asked; null elsewhere. */
        number: string | null;
        isUserCodeConfirmed: boolean;
        isApp: boolean;
      },
      device: Device,
    ): Promise<{ ticket: Ticket; confirmationCode: string | null }> {
      const current = await findDecidable(input, device);
      await checkApp(current, { isApp: input.isApp, deviceId: device.id, accountId: device.accountId });
      const context = await reviews.of(current, device);
      await checkAllowed(context, {
        hasPasskey: input.passkey !== null,
        isUserCodeConfirmed: input.isUserCodeConfirmed,
      });
      const scopes = grantedScopes(current, input.scopes);
      const isVerified = await verifyPerson(input.passkey, context, device);
      const confirmationCode = context.requirements.confirmationCode ? newConfirmationCode() : null;
      const trustBrowser = input.trustBrowser && !current.screen && context.client.qr.qr_trust_browser === 'allowed';
      const authenticatedAt = isVerified ? clock() : device.authenticatedAt;
      const { approvalToken, number, isUserCodeConfirmed } = input;
      const by = { deviceId: device.id, approvalToken, number, isUserCodeConfirmed };
      const browserEndings = (await deps.findAccount(device.accountId))?.browserEndings ?? 0;
      const decision = { scopes, trustBrowser, ...worthOf(isVerified), authenticatedAt, browserEndings };
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

    /** Refuses; with `report`, also blocks that browser for the account. @throws TicketError */
    async deny(input: { handle: string; approvalToken: string; report: boolean }, device: Device): Promise<Ticket> {
      const ticket = await tickets.deny(ticketIdOf(input.handle), {
        deviceId: device.id,
        approvalToken: input.approvalToken,
      });
      await audit.ticketDenied(ticket);
      await deps.noteDecision(ticket, 'denied');
      if (input.report) {
        await browsers.block(device.accountId, ticket.browser.browserHash, blockedAs(ticket));
        await audit.ticketReported(ticket);
      }
      return ticket;
    },

    /**
     * The waiting browser uses the approval up: once, with the confirmation code where one is asked.
     * `makeGrant`: where there is no session that the grant would come with; asked once, of the one caller that consumed.
     * @returns the consumed ticket; the account was active at this moment.
     * @throws TicketError; AppError codes of tickets.consume
     */
    async consume(
      ticket: Ticket,
      interactionId: string,
      confirmationCode: string | null,
      makeGrant: MakeGrant | null = null,
    ): Promise<Ticket> {
      const consumed = await tickets
        .consume(ticket.id, interactionId, confirmationCode)
        .catch(async (error: unknown) => {
          const isWrong =
            error instanceof TicketError && error.code === 'confirmation_code_wrong' && confirmationCode !== null;
          if (isWrong) await audit.confirmationWrong(ticket);
          throw error;
        });
      await audit.ticketConsumed(consumed);
      await createRecord(consumed, makeGrant);
      return consumed;
    },

    /**
     * Notes a grant that was made in a session: of the approval that has just led to it, or of the one it began with (single sign-on).
     * If that was ended meanwhile, the grant and the session end too.
     */
    async attachGrant(id: ApprovalId | null, led: { sessionUid: string; grantId: string }): Promise<void> {
      const { sessionUid, grantId } = led;
      const owner = id ?? (await store.findBySession(sessionUid))?.id;
      if (!owner) return;
      const approval = await store.update(owner, (current) => ({
        ...current,
        sessionUid,
        grantIds: [...new Set([...current.grantIds, grantId])],
      }));
      if (approval && approval.endedAt !== null) await kill(approval);
    },

    /** The one that a session of the provider's began with. */
    ofSession: (sessionUid: string): Promise<Approval | null> => store.findBySession(sessionUid),

    /** What the account approved and what may still be alive, newest first, at most `limit`. */
    async list(accountId: string, limit = 50): Promise<Approval[]> {
      // Those that are over do not count, however many there are.
      for (let size = limit; ; size *= 4) {
        const approvals = await store.listByAccount(accountId, size);
        const states = await Promise.all(approvals.map(isSignedIn));
        const living = approvals.filter((_approval, i) => states[i]);
        if (living.length >= limit || approvals.length < size) return living.slice(0, limit);
      }
    },

    /** Ends one: the browser's session, its grants and tokens; relying parties are told. @throws ApprovalError `approval_not_found` */
    async end(accountId: string, id: ApprovalId, by: EndedBy = 'owner'): Promise<void> {
      const found = await store.find(id);
      if (found?.accountId !== accountId) throw noApproval();
      if (!(await endOne(id, by))) throw noApproval();
    },

    /**
     * Ends every one of the account's, as `end` does each; also those whose browser has not finished yet, and no browser is trusted any more.
     * `deviceId`: only what was approved on it. @returns how many
     */
    async endAll(accountId: string, by: EndedBy, deviceId: string | null = null): Promise<number> {
      if (deviceId !== null) return endEach(accountId, by, (approval) => approval.deviceId === deviceId);
      // First: what is about to finish is refused from here on.
      await deps.endBrowsers(accountId);
      return endEach(accountId, by, () => true).finally(() => browsers.distrustAll(accountId));
    },

    /** Of an account that goes, after `endAll`. */
    forget: (accountId: string): Promise<void> => store.deleteByAccount(accountId),

    /**
     * "This was not me": the browser is blocked for the account, what was approved for it and is not finished yet never will be, and
     * everything it got from the account is ended.
     */
    async disown(accountId: string, { ticketId, browserHash, ...of }: Disowned): Promise<void> {
      // First: from here on whatever it is about to finish is refused, or found by the ending below.
      const { browserName: name, browserSystem: system, isScreen = false } = of;
      await browsers.block(accountId, browserHash, { name, system, isScreen });
      await tickets.cancel(ticketId as TicketId).catch((error: unknown) => {
        // It was used up, or its time is over.
        if (!(error instanceof TicketError)) throw error;
      });
      await endEach(accountId, 'report', (approval) => approval.browserHash === browserHash);
    },
  };
}

const notFound = () => new TicketError('ticket_not_found', 'There is no such ticket.');
const noApproval = () => new ApprovalError('approval_not_found', 'There is no such approval.');
