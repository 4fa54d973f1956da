// Writes the record of an approval that was just consumed, if the account, the browser and the phone are
// still valid.
import type { Clock } from '../../clock.ts';
import type { Account } from '../account/account.ts';
import type { Client } from '../client/client.ts';
import type { Browsers } from '../device/browsers.ts';
import type { PlaceOf } from '../place/place.ts';
import { type Decision, type Scan, type Ticket, TicketError } from '../ticket/ticket.ts';
import type { ApprovalId } from './approval.ts';
import type { EndedBy } from './approval-revocation.ts';
import type { ApprovalStore } from './approval-store.ts';
import { buildApproval } from './build-approval.ts';

export type ApprovalRecordsDeps = {
  readonly store: ApprovalStore;
  readonly browsers: Browsers;
  readonly clock: Clock;
  readonly placeOf: PlaceOf;
  readonly findClient: (id: string) => Promise<Client | null>;
  /** Null for an unknown or disabled account. */
  readonly findAccount: (id: string) => Promise<Account | null>;
  /** False once the phone was signed out. */
  readonly isDeviceSignedIn: (id: string) => Promise<boolean>;
  /** Seconds that the approval's session or tokens can live at most. `client` is null when it was deleted. */
  readonly recordSeconds: (
    client: Client | null,
    approved: { readonly isScreen: boolean; readonly scopes: readonly string[] },
  ) => number;
};

/** Creates the grant that a screen's tokens belong to. @returns its id */
export type MakeGrant = (consumed: Ticket) => Promise<string>;

type Decided = Ticket & { readonly scan: Scan; readonly decision: Decision };

/**
 * Only the one caller that consumed the ticket calls this, so the record is written once.
 * @throws TicketError `ticket_already_decided` when the approval is no longer valid
 */
export const createApprovalRecord =
  (deps: ApprovalRecordsDeps & { end: (id: ApprovalId, by: EndedBy) => Promise<boolean> }) =>
  async (consumed: Ticket, makeGrant: MakeGrant | null): Promise<void> => {
    const { store, browsers, clock } = deps;
    const { scan, decision, browser, request } = consumed;
    if (!scan || !decision) throw noLongerValid();
    const ticket: Decided = { ...consumed, scan, decision };
    if (!(await isStillValid(ticket, deps))) throw noLongerValid();
    const { accountId } = scan;
    const client = await deps.findClient(request.clientId);
    const used = await browsers.recordUse(accountId, browser.browserHash, decision.trustBrowser);
    if (used.blockedAt !== null) throw noLongerValid();
    const isScreen = consumed.screen !== undefined;
    const expiresAt = clock() + deps.recordSeconds(client, { isScreen, scopes: decision.scopes });
    const places = { browser: deps.placeOf(browser.address), phone: deps.placeOf(scan.address) };
    // The grant first, because the record names it: whoever ends the approval then revokes the grant too.
    const grantIds = makeGrant ? [await makeGrant(ticket)] : [];
    const approval = buildApproval(ticket, client, { places, expiresAt, grantIds });
    await store.create(approval);
    // Checked again, because whoever blocked or ended it meanwhile looked for the record before it was
    // written.
    const isBlocked = (await browsers.find(accountId, browser.browserHash))?.blockedAt != null;
    if (!isBlocked && (await isStillValid(ticket, deps))) return;
    await deps.end(approval.id, isBlocked ? 'report' : 'owner');
    throw noLongerValid();
  };

/** False when the account, all its approvals, or the phone were signed out after the approval. */
async function isStillValid({ scan, decision }: Decided, deps: ApprovalRecordsDeps): Promise<boolean> {
  const account = await deps.findAccount(scan.accountId);
  if (!account || (account.browserEndings ?? 0) > (decision.browserEndings ?? 0)) return false;
  if (account.signedOutAt !== undefined && decision.at <= account.signedOutAt) return false;
  return deps.isDeviceSignedIn(scan.deviceId);
}

const noLongerValid = () => new TicketError('ticket_already_decided', 'This approval is no longer valid.');
