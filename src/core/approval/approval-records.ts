// The record of an approval that was just used up: made once, and only while everything it stands on still holds.

import type { Clock } from '../../clock.ts';
import type { Account } from '../account/account.ts';
import type { Client } from '../client/client.ts';
import type { Browsers } from '../device/browsers.ts';
import type { PlaceOf } from '../place/place.ts';
import { type Decision, type Scan, type Ticket, TicketError } from '../ticket/ticket.ts';
import type { ApprovalId } from './approval.ts';
import { beginningOf } from './approval-beginning.ts';
import type { EndedBy } from './approval-endings.ts';
import type { ApprovalStore } from './approval-store.ts';

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
  /** How long an approval's session or tokens can live at most; null for a client that is gone. */
  readonly recordSeconds: (
    client: Client | null,
    approved: { readonly isScreen: boolean; readonly scopes: readonly string[] },
  ) => number;
};

/** Makes the grant that tokens will be of. @returns its id */
export type MakeGrant = (consumed: Ticket) => Promise<string>;

type Decided = Ticket & { readonly scan: Scan; readonly decision: Decision };

/** Only the one caller that consumed comes here, so the record is written once. @throws TicketError `ticket_already_decided` when it no longer holds */
export const createApprovalRecord =
  (deps: ApprovalRecordsDeps & { endOne: (id: ApprovalId, by: EndedBy) => Promise<boolean> }) =>
  async (consumed: Ticket, makeGrant: MakeGrant | null): Promise<void> => {
    const { store, browsers, clock } = deps;
    const { scan, decision, browser, request } = consumed;
    if (!scan || !decision) throw noLongerValid();
    const ticket: Decided = { ...consumed, scan, decision };
    if (!(await holds(ticket, deps))) throw noLongerValid();
    const { accountId } = scan;
    const client = await deps.findClient(request.clientId);
    const used = await browsers.recordUse(accountId, browser.browserHash, decision.trustBrowser);
    if (used.blockedAt !== null) throw noLongerValid();
    const expiresAt =
      clock() + deps.recordSeconds(client, { isScreen: consumed.screen !== undefined, scopes: decision.scopes });
    const places = { browser: deps.placeOf(browser.address), phone: deps.placeOf(scan.address) };
    // Before the record, which names it: whoever ends the one ends the other.
    const grantIds = makeGrant ? [await makeGrant(ticket)] : [];
    const beginning = beginningOf(ticket, client, { places, expiresAt, grantIds });
    await store.create(beginning);
    // Disowned or ended between the two: whoever did it looked for the record before it was there.
    const isBlocked = (await browsers.find(accountId, browser.browserHash))?.blockedAt != null;
    if (!isBlocked && (await holds(ticket, deps))) return;
    await deps.endOne(beginning.id, isBlocked ? 'report' : 'owner');
    throw noLongerValid();
  };

/** Ending everything, or the phone, ends what was approved a moment before as well. */
async function holds({ scan, decision }: Decided, deps: ApprovalRecordsDeps): Promise<boolean> {
  const account = await deps.findAccount(scan.accountId);
  if (!account || (account.browserEndings ?? 0) > (decision.browserEndings ?? 0)) return false;
  if (account.signedOutAt !== undefined && decision.at <= account.signedOutAt) return false;
  return deps.isDeviceSignedIn(scan.deviceId);
}

const noLongerValid = () => new TicketError('ticket_already_decided', 'This approval is no longer valid.');
