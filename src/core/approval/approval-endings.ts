// How an approval ends: its session, grants and tokens are dead, relying parties are told, and the record says since when. Who may end which
// is the business of approval/approvals.ts and of those who call it.

import type { Clock } from '../../clock.ts';
import type { Audit } from '../audit/audit.ts';
import type { Browsers } from '../device/browsers.ts';
import type { Approval, ApprovalId } from './approval.ts';
import type { ApprovalStore } from './approval-store.ts';

export type EndedBy = 'owner' | 'report' | 'administrator';

export type ApprovalEndingsDeps = {
  readonly store: ApprovalStore;
  readonly audit: Pick<Audit, 'approvalEnded'>;
  readonly clock: Clock;
  readonly browsers: Pick<Browsers, 'distrust'>;
  /** Ends the provider's session and everything granted in it. */
  readonly endSession: (sessionUid: string) => Promise<void>;
  readonly revokeGrant: (grantId: string) => Promise<void>;
};

export function createApprovalEndings(deps: ApprovalEndingsDeps) {
  const { store, audit, clock, browsers, endSession, revokeGrant } = deps;

  async function kill(approval: Approval): Promise<void> {
    // The session first: it cannot make further grants then.
    if (approval.sessionUid) await endSession(approval.sessionUid);
    await Promise.all(approval.grantIds.map(revokeGrant));
  }

  /** @returns false when it is gone */
  async function endOne(id: ApprovalId, by: EndedBy): Promise<boolean> {
    const approval = await store.update(id, (current) => ({ ...current, endedAt: current.endedAt ?? clock() }));
    if (!approval) return false;
    await kill(approval);
    const { accountId, deviceId, clientId, browserHash, kind } = approval;
    await browsers.distrust(accountId, browserHash);
    await audit.approvalEnded({ ticketId: approval.id, accountId, deviceId, clientId }, by, kind === 'screen');
    return true;
  }

  return {
    kill,
    endOne,

    /** Ends every one of the account's that is meant; also those whose browser has not finished yet. @returns how many */
    async endEach(accountId: string, by: EndedBy, isMeant: (approval: Approval) => boolean): Promise<number> {
      const seen = new Set<ApprovalId>();
      let ended = 0;
      for (let size = 50; ; size *= 4) {
        const approvals = await store.listByAccount(accountId, size);
        for (const approval of approvals.filter((each) => !seen.has(each.id) && isMeant(each))) {
          seen.add(approval.id);
          // An ending may have been cut short by a crash.
          if (approval.endedAt !== null) await kill(approval);
          else if (await endOne(approval.id, by)) ended++;
        }
        if (approvals.length < size) return ended;
      }
    },
  };
}
