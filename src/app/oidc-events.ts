// What the provider reports, passed on to those who keep it: the audit trail, the approvals that sessions began with, the log.
import type { ApprovalId } from '../core/approval/approval.ts';
import type { Approvals } from '../core/approval/approvals.ts';
import { byConfiguration } from '../core/audit/actor.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { AppliedChange } from '../core/client/apply.ts';
import type { ClientUses } from '../core/client/client-uses.ts';
import type { Log } from '../log.ts';
import type { OidcEvent } from '../oidc/provider.ts';

type Keepers = {
  readonly audit: Audit;
  readonly approvals: Approvals;
  readonly clientUses: ClientUses;
  readonly log: Log;
};

/** Returns at once: the library's request goes on meanwhile. */
export function recordOidcEvent(event: OidcEvent, keepers: Keepers): void {
  const isSignIn = event.type === 'code.issued' || event.isScreen;
  if (isSignIn && event.clientId && !event.isTrial) keepers.clientUses.noteSignIn(event.clientId);
  record(event, keepers).catch((error: unknown) => keepers.log.error({ err: error }, 'an event was not recorded'));
}

/** What a configuration did to the clients in the store. */
export const recordApplied =
  (audit: Audit) =>
  ({ event, id, difference }: AppliedChange): Promise<void> =>
    audit.clientChanged(event, { by: byConfiguration, subject: id }, difference);

async function record(event: OidcEvent, { audit, approvals, log }: Keepers): Promise<void> {
  const who = {
    ticketId: event.ticketId ?? null,
    correlationId: event.correlationId ?? null,
    accountId: event.accountId ?? null,
    clientId: event.clientId ?? null,
  };
  if (event.type === 'server_error') return log.error({ err: event.error }, 'the provider failed');
  if (event.type === 'code.issued') return audit.codeIssued(who);
  if (event.type === 'code.redeemed') return audit.codeRedeemed(who, event.isScreen);
  const { approvalId = null, sessionUid, grantId } = event;
  if (event.type === 'session.ended') {
    const approval = sessionUid ? await approvals.ofSession(sessionUid) : null;
    return audit.sessionEnded({ ...who, ticketId: approval?.id ?? null }, 'sign_out');
  }
  if (sessionUid && grantId) await approvals.attachGrant(approvalId as ApprovalId | null, { sessionUid, grantId });
}
