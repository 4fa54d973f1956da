// Use-cases of the audit trail: one function per event, so that callers cannot misspell an event or forget a fact.
// What a record looks like is defined in audit-record.ts; reading pages and stories is left to audit-lines and audit-story.
import type { Clock } from '../../clock.ts';
import type { Ticket } from '../ticket/ticket.ts';
import type { Actor } from './actor.ts';
import { auditLines } from './audit-lines.ts';
import type { AskedEvent, AuditEvent, AuditRecord, ClientChange, LinkChange } from './audit-record.ts';
import type { AuditPage, AuditQuery, AuditStore } from './audit-store.ts';
import { storyOf } from './audit-story.ts';

export type Audit = ReturnType<typeof createAudit>;

type Facts = AuditRecord['facts'];
type Who = Partial<Pick<AuditRecord, 'ticketId' | 'correlationId' | 'accountId' | 'clientId' | 'deviceId' | 'address'>>;

type KeyFacts = { kid: string; alg: string; rotation: string };

/** An account, as far as it matters here. */
type WithRoles = { readonly roles: readonly string[] };
const named = ({ roles }: WithRoles): string => roles.join(' ');

const nobody = { ticketId: null, correlationId: null, accountId: null, clientId: null, deviceId: null, address: null };

export type AuditDeps = {
  readonly store: AuditStore;
  readonly clock: Clock;
  /** Shortens a network address before it is recorded; '' records none. Null: addresses are recorded in full. */
  readonly recordedAddress: ((address: string) => string) | null;
  /** Called after each record is stored, with the ticket it is about. Must return at once and never throw. */
  readonly onRecord: ((record: AuditRecord, ticket: Ticket | null) => void) | null;
};

/** The published fact of a screen's records; records of browsers have none. */
const kindIf = (isScreen: boolean): Facts => (isScreen ? { kind: 'device' } : {});

/** Appends are awaited by their callers: an approval that cannot be recorded is not given. */
export function createAudit(deps: AuditDeps) {
  const { store, clock, onRecord, recordedAddress } = deps;

  async function record(event: AuditEvent, who: Who, facts: Facts = {}, ticket: Ticket | null = null): Promise<void> {
    const full = who.address ?? null;
    const address = (full && recordedAddress ? recordedAddress(full) : full) || null;
    const kept = { at: clock(), event, ...nobody, ...who, address, facts };
    await store.append(kept);
    onRecord?.(kept, ticket);
  }
  /** Of what no browser waits for. */
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
    /** Newest first, a page at a time; one before the last may be short or empty. */
    query: (query: AuditQuery): Promise<AuditPage> => store.query(query),
    /** Everything that answers to the filters as JSON Lines, newest first, read a page at a time. */
    lines: (query: Omit<AuditQuery, 'limit' | 'after'>): AsyncGenerator<string> => auditLines(store, query),
    /** One sign-in from its QR code to its end, oldest first; empty when unknown. */
    story: (ticketId: string): Promise<AuditRecord[]> => storyOf(store, ticketId),

    ticketIssued: (ticket: Ticket) =>
      recordOf('ticket.issued', ticket, byBrowser(ticket), {
        ...browserFacts(ticket),
        // A screen shows the same code to its end; a browser's page gets new ones.
        ...(ticket.screen && { seconds: ticket.deadlineAt - ticket.issuedAt }),
      }),
    /** Only the first claim is counted: a phone that loads its page again is the same one. */
    ticketScanned: (ticket: Ticket, facts: Facts, isFirst: boolean) =>
      record('ticket.scanned', byPhone(ticket), { ...kindOf(ticket), ...facts }, isFirst ? ticket : null),
    secondScan: (ticket: Ticket, second: { accountId: string; deviceId: string; address: string }) =>
      record('ticket.second_scan', { ...ofTicket(ticket), ...second }, kindOf(ticket)),
    /** A browser asked for the account's phones; `outcome` says whether they rang. */
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
    /** A phone's wish that policy, risk or state refused. */
    ticketRefused: (ticket: Ticket, reason: string, by: Partial<Who> = {}) =>
      record('ticket.refused', { ...byPhone(ticket), ...by }, { ...kindOf(ticket), reason }),
    signInSucceeded: (who: Who, method: string) => record('sign_in.succeeded', who, { method }),
    /** `accountId` stays null: the typed name may be anything, a password included. */
    signInFailed: (who: Who, reason: string) => record('sign_in.failed', who, { reason }),
    deviceCreated: (who: Who, name: string) => record('device.created', who, { name }),
    /** `by`: the administrator, where it was one. */
    deviceRemoved: (who: Who, reason: string, by?: Actor) => record('device.removed', who, { reason, ...by }),
    /** Not what it is called: that is its owner's own. */
    deviceRenamed: (who: Who) => record('device.renamed', who),
    passkeyChanged: (
      event: Extract<AuditEvent, `passkey.${string}`>,
      who: Who,
      { name, synced }: { name: string; synced: boolean },
    ) => record(event, who, { name, synced }),
    /** `deviceId`: where; the codes of before are worth nothing. */
    recoveryCodesMade: (who: Who) => record('recovery_codes.made', who),
    /** It opened the way to a new password; `left`: codes that still can. */
    recoveryCodeUsed: (who: Who, left: number) => record('recovery_code.used', who, { left }),
    approvalEnded: (who: Who, by: 'owner' | 'report' | 'administrator', isScreen = false) =>
      record('approval.ended', who, { by, ...kindIf(isScreen) }),
    /** "This was not me": by whoever held the link that its owner was sent. */
    approvalDisowned: (
      who: Who,
      facts: { browser: string; system: string; device_removed: boolean },
      isScreen = false,
    ) => record('approval.disowned', who, { ...facts, ...kindIf(isScreen) }),
    codeIssued: (who: Who) => record('code.issued', who),
    codeRedeemed: (who: Who, isScreen = false) => record('code.redeemed', who, kindIf(isScreen)),
    sessionEnded: (who: Who, reason: string) => record('session.ended', who, { reason }),
    /** Something that concerns nobody in particular. `who`: the machine or the account that did it; neither: facts say `by` what. */
    asked: (event: AskedEvent, who: Pick<Who, 'accountId' | 'clientId'>, facts: Facts) => record(event, who, facts),
    /** Names of fields, not what is in them: those are about a person. */
    accountChanged: (accountId: string, by: Actor, facts: Facts) =>
      record('account.changed', { accountId }, { ...facts, ...by }),
    /** The last record of an account; who it was is in none of them. */
    accountDeleted: (accountId: string, by: Actor) => record('account.deleted', { accountId }, { ...by }),
    rolesChanged: (before: WithRoles, after: WithRoles & { readonly id: string }, by: Actor) =>
      record(
        'account.changed',
        { accountId: after.id },
        { ...by, fields: 'roles', from: named(before), to: named(after) },
      ),
    /** A single-use link: `accountId` is whom it concerns or whom it made, `facts.by` who gave it out. Never its secret. */
    linkChanged: (event: LinkChange, who: Who, facts: Facts) => record(event, who, facts),
    /** `subject`: the client it was done to. */
    clientChanged: (event: ClientChange, { by, subject }: { by: Actor; subject: string }, facts: Facts) =>
      record(event, { clientId: subject }, { ...facts, ...by }),
    /** A relying party was told that somebody signed out, or never will be. */
    logoutDelivered: (who: Who, attempts: number) => record('logout.delivered', who, { attempts }),
    logoutGivenUp: (who: Who, attempts: number, reason: string) => record('logout.given_up', who, { attempts, reason }),
    /** A message never left: the server refused it, or was away for a day. Whom it was for is not kept. */
    mailGivenUp: (facts: { domain: string; attempts: number; reason: string }) => record('mail.given_up', {}, facts),
    rateLimited: (who: Who, limit: string) => record('rate_limited', who, { limit }),
    /** A signing key was published, or is to sign earlier than announced; `rotation` says what asked for it. */
    keyRotated: ({ signsFrom, ...key }: KeyFacts & { signsFrom: number }) =>
      record('key.rotated', {}, { ...key, signs_from: signsFrom }),
    /** It is in JWKS no more, and deleted. */
    keyRemoved: (key: KeyFacts) => record('key.removed', {}, key),
  };
}
