// Use-cases of the audit trail: one function per event, so that callers cannot misspell an event or forget a
// fact. audit-record.ts defines the records; audit-lines.ts and audit-story.ts read them.
import type { Clock } from '../../clock.ts';
import type { Ticket } from '../ticket/ticket.ts';
import type { Actor } from './actor.ts';
import { auditLines } from './audit-lines.ts';
import type { AskedEvent, AuditEvent, AuditRecord, ClientChange, LinkChange, RefusalEvent } from './audit-record.ts';
import type { AuditPage, AuditQuery, AuditStore } from './audit-store.ts';
import { storyOf } from './audit-story.ts';

export type Audit = ReturnType<typeof createAudit>;

type Facts = AuditRecord['facts'];
type Who = Partial<Pick<AuditRecord, 'ticketId' | 'correlationId' | 'accountId' | 'clientId' | 'deviceId' | 'address'>>;

type KeyFacts = { kid: string; alg: string; rotation: string };

/** The part of an account that role changes need. */
type WithRoles = { readonly roles: readonly string[] };
const named = ({ roles }: WithRoles): string => roles.join(' ');

const nobody = { ticketId: null, correlationId: null, accountId: null, clientId: null, deviceId: null, address: null };

export type AuditDeps = {
  readonly store: AuditStore;
  readonly clock: Clock;
  /**
   * Shortens a network address before it is recorded; '' records none. Null: addresses are recorded in full.
   */
  readonly recordedAddress: ((address: string) => string) | null;
  /** Called after each record is stored, with the ticket it is about. Must return at once and never throw. */
  readonly onRecord: ((record: AuditRecord, ticket: Ticket | null) => void) | null;
};

/** The published fact of a screen's records; records of browsers have none. */
const kindIf = (isScreen: boolean): Facts => (isScreen ? { kind: 'device' } : {});

/** Callers await every record: an approval that cannot be recorded is not given. */
export function createAudit(deps: AuditDeps) {
  const { store, clock, onRecord, recordedAddress } = deps;

  async function record(event: AuditEvent, who: Who, facts: Facts = {}, ticket: Ticket | null = null): Promise<void> {
    const full = who.address ?? null;
    const address = (full && recordedAddress ? recordedAddress(full) : full) || null;
    const kept = { at: clock(), event, ...nobody, ...who, address, facts };
    await store.append(kept);
    onRecord?.(kept, ticket);
  }
  /** The fact that tells records of screens from records of browsers. */
  const kindOf = ({ screen }: Ticket): Facts => kindIf(screen !== undefined);
  const recordOf = (event: AuditEvent, ticket: Ticket, who: Who, facts: Facts = {}) =>
    record(event, who, { ...kindOf(ticket), ...facts }, ticket);

  const ofTicket = (ticket: Ticket): Who => ({
    ticketId: ticket.id,
    correlationId: ticket.request.correlationId,
    clientId: ticket.request.clientId,
    accountId: ticket.scan?.accountId ?? null,
    deviceId: ticket.scan?.deviceId ?? null,
  });
  const byBrowser = (ticket: Ticket): Who => ({ ...ofTicket(ticket), address: ticket.browser.address });
  const byPhone = (ticket: Ticket): Who => ({ ...ofTicket(ticket), address: ticket.scan?.address ?? null });
  const browserFacts = ({ browser }: Ticket): Facts => ({ browser: browser.name, system: browser.system });

  return {
    /** Returns a page of records, newest first. A page before the last may be short or empty. */
    query: (query: AuditQuery): Promise<AuditPage> => store.query(query),
    /** Returns all records that match the filters as JSON Lines, newest first, read page by page. */
    lines: (query: Omit<AuditQuery, 'limit' | 'after'>): AsyncGenerator<string> => auditLines(store, query),
    /** Returns the records of one sign-in, oldest first; empty when the ticket is unknown. */
    story: (ticketId: string): Promise<AuditRecord[]> => storyOf(store, ticketId),

    ticketIssued: (ticket: Ticket) =>
      recordOf('ticket.issued', ticket, byBrowser(ticket), {
        ...browserFacts(ticket),
        // A screen shows one code for all this time; a browser's page renews its code.
        ...(ticket.screen && { seconds: ticket.deadlineAt - ticket.issuedAt }),
      }),
    /** Statistics count only the first claim, not the claims of a phone that reloads its page. */
    /** The first claim. A repetition by the same device is no further one. */
    ticketScanned: (ticket: Ticket, facts: Facts) =>
      record('ticket.scanned', byPhone(ticket), { ...kindOf(ticket), ...facts }, ticket),
    secondScan: (ticket: Ticket, second: { accountId: string; deviceId: string; address: string }) =>
      record('ticket.second_scan', { ...ofTicket(ticket), ...second }, kindOf(ticket)),
    /** A browser asked for the account's phones; `outcome` tells whether they rang. */
    ticketAsked: (ticket: Ticket, accountId: string, outcome: string) =>
      record('ticket.asked', { ...byBrowser(ticket), accountId }, { ...browserFacts(ticket), outcome }),
    ticketDenied: (ticket: Ticket, facts: Facts = {}) => recordOf('ticket.denied', ticket, byPhone(ticket), facts),
    ticketApproved: (ticket: Ticket, facts: Facts) =>
      recordOf('ticket.approved', ticket, byPhone(ticket), { ...browserFacts(ticket), ...facts }),
    ticketReported: (ticket: Ticket) =>
      record('ticket.reported', byPhone(ticket), { ...kindOf(ticket), ...browserFacts(ticket) }),
    ticketCancelled: (ticket: Ticket) => recordOf('ticket.cancelled', ticket, byBrowser(ticket)),
    ticketConsumed: (ticket: Ticket) => record('ticket.consumed', byBrowser(ticket), kindOf(ticket)),
    confirmationWrong: (ticket: Ticket) =>
      recordOf('ticket.confirmation_wrong', ticket, byBrowser(ticket), { triesLeft: ticket.decision?.triesLeft ?? 0 }),
    /** Policy, risk or state refused what a phone wanted. */
    ticketRefused: (ticket: Ticket, reason: string, by: Partial<Who> = {}) =>
      record('ticket.refused', { ...byPhone(ticket), ...by }, { ...kindOf(ticket), reason }),
    signInSucceeded: (who: Who, method: string) => record('sign_in.succeeded', who, { method }),
    /** `accountId` stays null, because people sometimes type a password instead of their name. */
    signInFailed: (who: Who, reason: string) => record('sign_in.failed', who, { reason }),
    deviceCreated: (who: Who, name: string) => record('device.created', who, { name }),
    /** `by` is present when an administrator did it. */
    deviceRemoved: (who: Who, reason: string, by?: Actor) => record('device.removed', who, { reason, ...by }),
    /** The new name is not recorded, because it is personal. */
    deviceRenamed: (who: Who) => record('device.renamed', who),
    passkeyChanged: (
      event: Extract<AuditEvent, `passkey.${string}`>,
      who: Who,
      { name, synced }: { name: string; synced: boolean },
    ) => record(event, who, { name, synced }),
    /** `who.deviceId` is where they were made; earlier codes are invalid from then on. */
    recoveryCodesMade: (who: Who) => record('recovery_codes.made', who),
    /** The code allowed a new password; `left` is the number of remaining codes. */
    recoveryCodeUsed: (who: Who, left: number) => record('recovery_code.used', who, { left }),
    /** `method` is how the browser was signed in; a phone goes without saying. */
    approvalEnded: (
      who: Who,
      by: 'owner' | 'report' | 'administrator',
      { isScreen, method }: { isScreen: boolean; method: string },
    ) => record('approval.ended', who, { by, ...kindIf(isScreen), ...(method !== 'phone' && { method }) }),
    /** "This was not me", by whoever held the link that the owner was sent. */
    approvalDisowned: (
      who: Who,
      facts: { browser: string; system: string; device_removed: boolean },
      isScreen = false,
    ) => record('approval.disowned', who, { ...facts, ...kindIf(isScreen) }),
    codeIssued: (who: Who) => record('code.issued', who),
    codeRedeemed: (who: Who, isScreen = false) => record('code.redeemed', who, kindIf(isScreen)),
    /** A client presented a refresh token twice in a few seconds and received the same successor. */
    refreshRepeated: (who: Who) => record('refresh_token.repeated', who),
    sessionEnded: (who: Who, reason: string) => record('session.ended', who, { reason }),
    /**
     * An event that concerns no person. `who` is the machine or account that did it; otherwise `facts.by`
     * names it.
     */
    asked: (event: AskedEvent, who: Pick<Who, 'accountId' | 'clientId'>, facts: Facts) => record(event, who, facts),
    /** `facts.fields` has names of fields only; their values are personal. */
    accountChanged: (accountId: string, by: Actor, facts: Facts) =>
      record('account.changed', { accountId }, { ...facts, ...by }),
    /** The last record of an account. No record contains the person's name. */
    accountDeleted: (accountId: string, by: Actor) => record('account.deleted', { accountId }, { ...by }),
    rolesChanged: (before: WithRoles, after: WithRoles & { readonly id: string }, by: Actor) =>
      record(
        'account.changed',
        { accountId: after.id },
        { ...by, fields: 'roles', from: named(before), to: named(after) },
      ),
    /**
     * A single-use link. `accountId` is the account that it concerns or created; `facts.by` is who issued it.
     * The link's secret is never recorded.
     */
    linkChanged: (event: LinkChange, who: Who, facts: Facts) => record(event, who, facts),
    /** `subject` is the client that was changed. */
    clientChanged: (event: ClientChange, { by, subject }: { by: Actor; subject: string }, facts: Facts) =>
      record(event, { clientId: subject }, { ...facts, ...by }),
    /** A relying party acknowledged a back-channel logout; `logoutGivenUp` follows when it never did. */
    logoutDelivered: (who: Who, attempts: number) => record('logout.delivered', who, { attempts }),
    logoutGivenUp: (who: Who, attempts: number, reason: string) => record('logout.given_up', who, { attempts, reason }),
    /** The mail server refused a message, or was unreachable for a day. The recipient is not recorded. */
    mailGivenUp: (facts: { domain: string; attempts: number; reason: string }) => record('mail.given_up', {}, facts),
    /** A protocol endpoint refused a request (core/refusal). `clientId` is null for an unknown client. */
    refused: (event: RefusalEvent, who: Pick<Who, 'clientId' | 'address'>, facts: Facts) => record(event, who, facts),
    /**
     * Nobody answered before the interaction ended, which is no refusal by the person. `ticket` is the last
     * one that was shown; null where the app shows no QR code.
     */
    signInTimedOut: (who: Who, ticket: Ticket | null) =>
      record('sign_in.timed_out', { ...who, ticketId: ticket?.id ?? null }, {}, ticket),
    rateLimited: (who: Who, limit: string) => record('rate_limited', who, { limit }),
    /**
     * A signing key was published, or will sign earlier than announced; `rotation` is the request that caused
     * it.
     */
    keyRotated: ({ signsFrom, ...key }: KeyFacts & { signsFrom: number }) =>
      record('key.rotated', {}, { ...key, signs_from: signsFrom }),
    /** A signing key was removed from JWKS and deleted. */
    keyRemoved: (key: KeyFacts) => record('key.removed', {}, key),
  };
}
