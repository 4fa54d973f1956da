// Use-cases of an approval after the decision: the waiting side consumes it, the owner lists it, anybody
// entitled ends it. Who may end what is decided by the callers: endings-by-owner, endings-by-administrator,
// account-deletion, and notice/disowning. The decision itself is left to decisions.ts.
import type { Audit } from '../audit/audit.ts';
import { type Ticket, TicketError, type TicketId } from '../ticket/ticket.ts';
import type { Tickets } from '../ticket/tickets.ts';
import { type Approval, ApprovalError, type ApprovalId } from './approval.ts';
import { type ApprovalRecordsDeps, createApprovalRecord, type MakeGrant } from './approval-records.ts';
import { type ApprovalRevocationDeps, createApprovalRevocation, type EndedBy } from './approval-revocation.ts';
import { createOwnSignIns } from './own-sign-ins.ts';

export type ApprovalsDeps = ApprovalRecordsDeps &
  ApprovalRevocationDeps & {
    readonly tickets: Pick<Tickets, 'consume' | 'cancel'>;
    readonly audit: Pick<Audit, 'ticketConsumed' | 'confirmationWrong' | 'approvalEnded'>;
    /** Makes every approval of the account invalid that is not consumed yet. */
    readonly endBrowsers: (accountId: string) => Promise<void>;
    readonly isSessionAlive: (sessionUid: string) => Promise<boolean>;
    readonly isGrantAlive: (grantId: string) => Promise<boolean>;
    /** Withdraws the consent to a client: the next request asks again. */
    readonly withdrawConsent: (accountId: string, clientId: string) => Promise<unknown>;
  };

/** The browser or screen that a notice is about. */
type Disowned = { ticketId: string; browserHash: string; browserName: string; browserSystem: string; isScreen?: true };

export type Approvals = ReturnType<typeof createApprovals>;

export function createApprovals(deps: ApprovalsDeps) {
  const { tickets, browsers, audit, store } = deps;
  const { revoke, end, endMatching } = createApprovalRevocation(deps);
  const createRecord = createApprovalRecord({ ...deps, end });

  /**
   * A browser is signed in while its session exists, or a grant that outlives the session (offline_access). A
   * screen has no session, and may revoke its grant itself (RFC 7009).
   */
  async function isSignedIn({ sessionUid, endedAt, grantIds }: Approval): Promise<boolean> {
    if (endedAt !== null) return false;
    if (sessionUid !== null && (await deps.isSessionAlive(sessionUid))) return true;
    return (await Promise.all(grantIds.map(deps.isGrantAlive))).includes(true);
  }

  return {
    /** Records a browser that was signed in without a phone. @throws as own-sign-ins.ts */
    recordOwn: createOwnSignIns({ ...deps, end }),

    /** Whether the sign-in of this record was ended, or its record deleted. */
    isEnded: async (id: string): Promise<boolean> => (await store.find(id as ApprovalId))?.endedAt !== null,

    /**
     * Consumes an approved ticket for the waiting side. Exactly one of several concurrent calls succeeds.
     * @param confirmationCode what the person entered; null when nothing was entered
     * @param makeGrant for a screen, which has no session that would bring the grant; called once, by the
     *   winner
     * @returns the consumed ticket; the account and the phone were still valid at this moment
     * @throws TicketError as Tickets.consume, and `ticket_already_decided` when the approval is no longer
     *   valid
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
     * Adds a session, and a grant that was made in it, to the session's approval, which is `id`, or, with
     * null, the approval that the session began with (single sign-on). An approval that was ended meanwhile
     * is revoked again, so the new grant dies too. `grantId` is null while nothing is granted yet.
     */
    async attachGrant(id: ApprovalId | null, led: { sessionUid: string; grantId: string | null }): Promise<void> {
      const { sessionUid, grantId } = led;
      const added = grantId === null ? [] : [grantId];
      const owner = id ?? (await store.findBySession(sessionUid))?.id;
      if (!owner) return;
      const approval = await store.update(owner, (current) => ({
        ...current,
        sessionUid,
        grantIds: [...new Set([...current.grantIds, ...added])],
      }));
      if (approval && approval.endedAt !== null) await revoke(approval);
    },

    /** The newest sign-in of a session of the provider's; null when it has no record. */
    ofSession: (sessionUid: string): Promise<Approval | null> => store.findBySession(sessionUid),

    /** The newest approval by a phone of the account, ended or not; null when it has none. */
    async findLatest(accountId: string): Promise<Approval | null> {
      for (let size = 1; ; size *= 8) {
        const approvals = await store.listByAccount(accountId, size);
        const latest = approvals.find(({ method }) => method === undefined);
        if (latest || approvals.length < size) return latest ?? null;
      }
    },

    /**
     * Approvals of the account that may still be signed in, newest first, at most `limit`. Of several in one
     * session (the person proved themselves again) only the newest.
     */
    async list(accountId: string, limit = 50): Promise<Approval[]> {
      // Ended approvals do not count towards the limit, so the read grows until enough living ones are found.
      for (let size = limit; ; size *= 4) {
        const approvals = await store.listByAccount(accountId, size);
        const newest = approvals.filter(isNewestOfSession);
        const states = await Promise.all(newest.map(isSignedIn));
        const living = newest.filter((_approval, i) => states[i]);
        if (living.length >= limit || approvals.length < size) return living.slice(0, limit);
      }
    },

    /**
     * Ends one approval: its session, grants and tokens are revoked, and relying parties are notified.
     * @throws ApprovalError `approval_not_found`, also for another account's approval
     */
    async end(accountId: string, id: ApprovalId, by: EndedBy = 'owner'): Promise<void> {
      const found = await store.find(id);
      if (found?.accountId !== accountId) throw noApproval();
      if (!(await end(id, by))) throw noApproval();
    },

    /**
     * Ends every approval of the account, as `end` does, including those whose browser has not finished yet.
     * No browser is trusted afterwards.
     * @param deviceId ends only what was approved on this device, and leaves trust as it is
     * @returns how many were ended
     */
    async endAll(accountId: string, by: EndedBy, deviceId: string | null = null): Promise<number> {
      if (deviceId !== null) return endMatching(accountId, by, (approval) => approval.deviceId === deviceId);
      // First, so that an approval that is being consumed right now fails its last check.
      await deps.endBrowsers(accountId);
      return endMatching(accountId, by, () => true).finally(() => browsers.distrustAll(accountId));
    },

    /** Deletes the records of an account that is being deleted. Call `endAll` first. */
    forget: (accountId: string): Promise<void> => store.deleteByAccount(accountId),

    /**
     * "This was not me": blocks the browser for the account, cancels its ticket, and ends everything that was
     * approved for it, with the consent to these apps. May be repeated.
     */
    async disown(accountId: string, { ticketId, browserHash, ...of }: Disowned): Promise<void> {
      const { browserName: name, browserSystem: system, isScreen = false } = of;
      // First: whatever the browser is about to finish is refused from here on, or found by the ending below.
      await browsers.block(accountId, browserHash, { name, system, isScreen });
      await tickets.cancel(ticketId as TicketId).catch((error: unknown) => {
        // The ticket was consumed or has expired.
        if (!(error instanceof TicketError)) throw error;
      });
      const clientIds = new Set<string>();
      await endMatching(accountId, 'report', (approval) => {
        const isOfBrowser = approval.browserHash === browserHash;
        if (isOfBrowser) clientIds.add(approval.clientId);
        return isOfBrowser;
      });
      await Promise.all([...clientIds].map((id) => deps.withdrawConsent(accountId, id)));
    },
  };
}

/** For a list that is ordered newest first. */
const isNewestOfSession = ({ sessionUid }: Approval, i: number, all: readonly Approval[]): boolean =>
  sessionUid === null || all.findIndex((each) => each.sessionUid === sessionUid) === i;

const noApproval = () => new ApprovalError('approval_not_found', 'There is no such approval.');
