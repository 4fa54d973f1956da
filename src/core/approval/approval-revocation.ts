// How an approval ends: its session, grants and tokens are revoked, relying parties are notified, and its
// record says when. Who may end which approval is left to approvals.ts and its callers.
import type { Clock } from '../../clock.ts';
import type { Audit } from '../audit/audit.ts';
import type { Browsers } from '../device/browsers.ts';
import { type Approval, type ApprovalId, methodOf, ticketIdOf } from './approval.ts';
import type { ApprovalStore } from './approval-store.ts';

/** Who ended it. `report`: somebody answered "This was not me". */
export type EndedBy = 'owner' | 'report' | 'administrator';

export type ApprovalRevocationDeps = {
  readonly store: ApprovalStore;
  readonly audit: Pick<Audit, 'approvalEnded'>;
  readonly clock: Clock;
  readonly browsers: Pick<Browsers, 'distrust'>;
  /** Ends a session of the provider's and everything granted in it. */
  readonly endSession: (sessionUid: string) => Promise<void>;
  readonly revokeGrant: (grantId: string) => Promise<void>;
};

export function createApprovalRevocation(deps: ApprovalRevocationDeps) {
  const { store, audit, clock, browsers, endSession, revokeGrant } = deps;

  /** Revokes the session and grants of an approval. May be repeated. */
  async function revoke(approval: Approval): Promise<void> {
    // The session first, because it can make further grants as long as it lives.
    if (approval.sessionUid) await endSession(approval.sessionUid);
    await Promise.all(approval.grantIds.map(revokeGrant));
  }

  /** Marks the approval as ended, revokes it and records it. @returns false when there is no such approval */
  async function end(id: ApprovalId, by: EndedBy): Promise<boolean> {
    const approval = await store.update(id, (current) => ({ ...current, endedAt: current.endedAt ?? clock() }));
    if (!approval) return false;
    await revoke(approval);
    const { accountId, deviceId, clientId, browserHash, kind } = approval;
    const ticketId = ticketIdOf(approval);
    await browsers.distrust(accountId, browserHash);
    const how = { isScreen: kind === 'screen', method: methodOf(approval) };
    await audit.approvalEnded({ ticketId, accountId, deviceId, clientId }, by, how);
    return true;
  }

  return {
    revoke,
    end,

    /**
     * Ends every approval of the account that matches, including those whose browser has not finished yet.
     * @returns how many were ended; those that had ended before do not count
     */
    async endMatching(accountId: string, by: EndedBy, matches: (approval: Approval) => boolean): Promise<number> {
      const seen = new Set<ApprovalId>();
      let ended = 0;
      for (let size = 50; ; size *= 4) {
        const approvals = await store.listByAccount(accountId, size);
        for (const approval of approvals.filter((each) => !seen.has(each.id) && matches(each))) {
          seen.add(approval.id);
          // A crash may have interrupted the ending before, so an ended approval is revoked once more.
          if (approval.endedAt !== null) await revoke(approval);
          else if (await end(approval.id, by)) ended++;
        }
        if (approvals.length < size) return ended;
      }
    },
  };
}
