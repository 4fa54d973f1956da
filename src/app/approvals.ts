// Wires the phone's decisions and the approvals that follow from them: who approves needs the rules of
// clients, the places of addresses and the notices; what was approved needs the provider's sessions and
// grants.
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { Accounts } from '../core/account/accounts.ts';
import type { Passkeys } from '../core/account/passkeys.ts';
import { type ApprovalsDeps, createApprovals } from '../core/approval/approvals.ts';
import { createDecisions, type DecisionsDeps } from '../core/approval/decisions.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { Clients } from '../core/client/clients.ts';
import type { Consents } from '../core/consent/consents.ts';
import type { Browsers } from '../core/device/browsers.ts';
import type { Devices } from '../core/device/devices.ts';
import type { Notices } from '../core/notice/notices.ts';
import type { PlaceOf } from '../core/place/place.ts';
import type { Tickets } from '../core/ticket/tickets.ts';
import type { Store } from '../store/store.ts';
import { tellOfNewBrowser } from './notices.ts';
import { approvalRulesOfOwnClients } from './screens.ts';
import { recordSecondsOf } from './settings.ts';

/** What both use-cases need; the provider supplies the ends of sessions and grants. */
export type OpenApprovalsDeps = Pick<ApprovalsDeps, 'endSession' | 'revokeGrant' | 'isSessionAlive' | 'isGrantAlive'> &
  Pick<DecisionsDeps, 'noteDecision' | 'countRecentTickets'> & {
    readonly config: Config;
    readonly store: Store;
    readonly accounts: Accounts;
    readonly passkeys: Passkeys;
    readonly clients: Clients;
    readonly browsers: Browsers;
    readonly consents: Consents;
    readonly devices: Devices;
    readonly tickets: Tickets;
    readonly notices: Notices;
    readonly audit: Audit;
    readonly clock: Clock;
    readonly placeOf: PlaceOf;
  };

/** Makes `decisions` (claim, review, approve, deny) and `approvals` (consume, list, end). */
export function openApprovals(parts: OpenApprovalsDeps) {
  const { config, store, accounts, clients, consents, devices, notices, ...deps } = parts;
  const found = { findClient: clients.find, findAccount: accounts.findActive };
  const approvals = createApprovals({
    ...deps,
    ...found,
    store: store.approvals,
    isDeviceSignedIn: devices.isSignedIn,
    endBrowsers: accounts.endBrowsers,
    withdrawConsent: consents.withdraw,
    recordSeconds: (client, approved) => recordSecondsOf(config, client, approved),
  });
  const decisions = createDecisions({
    ...deps,
    ...found,
    ...approvalRulesOfOwnClients(deps.passkeys),
    findLastApproval: approvals.findLatest,
    onNewBrowser: tellOfNewBrowser(notices),
    isLoopbackNear: config.environment === 'development',
  });
  return { approvals, decisions };
}
