// Passes the events of the OpenID provider on to the audit trail, the approvals and the log.
import type { IncomingMessage } from 'node:http';
import { type ApprovalId, ticketIdOf } from '../core/approval/approval.ts';
import type { Approvals } from '../core/approval/approvals.ts';
import { byConfiguration } from '../core/audit/actor.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { AppliedChange } from '../core/client/apply.ts';
import type { ClientUses } from '../core/client/client-uses.ts';
import type { Clients } from '../core/client/clients.ts';
import { type Refusal, refusalLine } from '../core/refusal/refusal.ts';
import type { Refusals } from '../core/refusal/refusals.ts';
import type { Log } from '../log.ts';
import type { OidcEvent } from '../oidc/provider.ts';

/** Where events are recorded. */
type Recorders = {
  readonly audit: Audit;
  readonly approvals: Approvals;
  readonly clientUses: ClientUses;
  readonly log: Log;
  /** The network address that a request came from. */
  readonly addressOf: (request: IncomingMessage) => string;
};

/** Records an event in the background. Returns at once and never throws; a failure is logged. */
export function recordOidcEvent(event: OidcEvent, recorders: Recorders): void {
  const isSignIn = event.type === 'code.issued' || event.isScreen;
  if (isSignIn && event.clientId && !event.isTrial)
    recorders.clientUses.noteSignIn(event.clientId, event.protection ?? null);
  record(event, recorders).catch((error: unknown) => recorders.log.error({ err: error }, 'an event was not recorded'));
}

type RefusalRecorders = {
  readonly refusals: Refusals;
  readonly clients: Pick<Clients, 'findAny'>;
  readonly log: Log;
};

/** Where a refused request came from. */
type From = {
  readonly requestId: string;
  readonly address: string;
  /** As ReportedRefusal. */
  readonly swappedId?: string | null;
};

/**
 * Logs a refusal and records it, both in the background. Returns at once and never throws; a failure is
 * logged.
 * @param from the request that was refused
 */
export function recordRefusal(refusal: Refusal, from: From, recorders: RefusalRecorders): void {
  void noteRefusal(refusal, from, recorders).catch((error: unknown) =>
    recorders.log.error({ err: error }, 'a refusal was not recorded'),
  );
}

/** @throws StoreUnavailableError after the line of the log was written */
async function noteRefusal(received: Refusal, from: From, { refusals, clients, log }: RefusalRecorders): Promise<void> {
  // Without the store the line says what was received.
  const refusal = await ofItsClient(received, from.swappedId ?? null, clients).catch(() => received);
  const { event, clientId } = refusal;
  const facts = { ...refusal.facts, ...(from.requestId && { request_id: from.requestId }) };
  log.warn({ requestId: from.requestId, event, clientId, facts: refusal.facts }, refusalLine(refusal));
  await refusals.note({ event, clientId, facts }, from.address);
}

/**
 * A refusal for the client that it names. The library refuses many requests before it looks for the client,
 * and it finds none that is switched off.
 */
async function ofItsClient(
  refusal: Refusal,
  swappedId: string | null,
  clients: RefusalRecorders['clients'],
): Promise<Refusal> {
  const { client_received: received, ...facts } = refusal.facts;
  if (refusal.clientId !== null) return refusal;
  const client = received === undefined ? null : await clients.findAny(String(received));
  if (client) {
    const isOff = client.disabledAt !== null && { detail: 'the client is switched off' };
    return { ...refusal, clientId: client.id, facts: { ...facts, ...isOff } };
  }
  const meant = swappedId === null ? null : await clients.findAny(swappedId);
  if (!meant) return refusal;
  const detail = 'client_id and client_secret are swapped';
  return { ...refusal, clientId: meant.id, facts: { ...facts, detail } };
}

/** Returns the recorder for changes that applying a configuration makes to clients. */
export const recordApplied =
  (audit: Audit) =>
  ({ event, id, difference }: AppliedChange): Promise<void> =>
    audit.clientChanged(event, { by: byConfiguration, subject: id }, difference);

/** Writes one event to the audit trail. @throws StoreUnavailableError */
async function record(event: OidcEvent, { audit, approvals, log, addressOf }: Recorders): Promise<void> {
  const who = {
    ticketId: event.ticketId ?? null,
    correlationId: event.correlationId ?? null,
    accountId: event.accountId ?? null,
    clientId: event.clientId ?? null,
    ...(event.request && { address: addressOf(event.request) }),
  };
  if (event.type === 'server_error') return log.error({ err: event.error }, 'the provider failed');
  if (event.type === 'code.issued') return audit.codeIssued(who);
  if (event.type === 'code.redeemed') return audit.codeRedeemed(who, event.isScreen);
  if (event.type === 'refresh_token.repeated') return audit.refreshRepeated(who);
  // What is left are sessions: one ended, or one that now belongs to an approval.
  const { signInId = null, sessionUid, grantId = null } = event;
  if (event.type === 'session.ended') {
    const approval = sessionUid ? await approvals.ofSession(sessionUid) : null;
    return audit.sessionEnded({ ...who, ticketId: approval && ticketIdOf(approval) }, 'sign_out');
  }
  if (sessionUid) await approvals.attachGrant(signInId as ApprovalId | null, { sessionUid, grantId });
}
