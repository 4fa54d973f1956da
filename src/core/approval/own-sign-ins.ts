// Records a browser that a person signed in without a phone: with a password or a passkey there, or because
// the browser is a device of the account. The record is listed and ended like that of an approval.
import type { Clock } from '../../clock.ts';
import { randomSecret } from '../../crypto.ts';
import { type Account, AccountError } from '../account/account.ts';
import type { PlaceOf } from '../place/place.ts';
import type { Ticket } from '../ticket/ticket.ts';
import type { Approval, ApprovalId, OwnMethod } from './approval.ts';
import type { ApprovalRecordsDeps } from './approval-records.ts';
import type { EndedBy } from './approval-revocation.ts';
import type { ApprovalStore } from './approval-store.ts';

export type OwnSignIn = {
  readonly method: OwnMethod;
  /** As it was read before the person proved themselves. */
  readonly account: Account;
  /** The device that the browser is, for the method `device`. */
  readonly deviceId: string | null;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly browser: Ticket['browser'];
};

export type OwnSignInsDeps = Pick<ApprovalRecordsDeps, 'findClient' | 'findAccount' | 'recordSeconds'> & {
  readonly store: ApprovalStore;
  readonly clock: Clock;
  readonly placeOf: PlaceOf;
  readonly end: (id: ApprovalId, by: EndedBy) => Promise<boolean>;
};

/**
 * Writes the record, before the sign-in goes on.
 * @returns its id, which names no ticket
 * @throws AccountError `credentials_wrong` when the account was disabled or signed out meanwhile
 */
export const createOwnSignIns =
  (deps: OwnSignInsDeps) =>
  async ({ method, account, deviceId, clientId, scopes, browser }: OwnSignIn): Promise<ApprovalId> => {
    const client = await deps.findClient(clientId);
    const now = deps.clock();
    const approval: Approval = {
      id: randomSecret(128) as ApprovalId,
      accountId: account.id,
      method,
      deviceId,
      clientId,
      clientName: client?.metadata.client_name ?? clientId,
      browserHash: browser.browserHash,
      browserName: browser.name,
      browserSystem: browser.system,
      browserAddress: browser.address,
      browserPlace: deps.placeOf(browser.address),
      trusted: false,
      approvedAt: now,
      sessionUid: null,
      grantIds: [],
      endedAt: null,
      expiresAt: now + deps.recordSeconds(client, { isScreen: false, scopes }),
    };
    await deps.store.create(approval);
    // Read after the record was written, because whoever ended everything before has not found it.
    const present = await deps.findAccount(account.id);
    if (present && isSame(present, account)) return approval.id;
    await deps.end(approval.id, 'owner');
    throw new AccountError('credentials_wrong', 'This sign-in is no longer valid.');
  };

/** Whether nothing of the account was ended between the two reads. */
const isSame = (present: Account, before: Account): boolean =>
  (present.signOuts ?? 0) === (before.signOuts ?? 0) && (present.browserEndings ?? 0) === (before.browserEndings ?? 0);
