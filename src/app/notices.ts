// Notices and "This was not me", plugged together: what is told goes to the mail queue, what is disowned to the approvals.
import type { Accounts } from '../account/accounts.ts';
import type { ApprovalsDeps } from '../approval/approvals.ts';
import type { Clock } from '../clock.ts';
import type { Vault } from '../crypto.ts';
import { chooseLocale } from '../http/locale.ts';
import { createNoticeMails } from '../http/notice-mails.ts';
import { placeName } from '../http/place-words.ts';
import type { Log } from '../log.ts';
import type { Mailer } from '../mail/mail.ts';
import type { NoticeStore } from '../notice/notice-store.ts';
import { createNotices, type Notices } from '../notice/notices.ts';
import type { PlaceOf } from '../place/place.ts';

export type NoticeDeps = {
  readonly issuer: string;
  readonly store: NoticeStore;
  readonly vault: Vault;
  readonly mailer: Mailer;
  readonly accounts: Pick<Accounts, 'findActive'>;
  readonly placeOf: PlaceOf;
  readonly clock: Clock;
  readonly log: Log;
};

export const openNotices = ({ accounts, placeOf, log, ...deps }: NoticeDeps): Notices =>
  createNotices({
    ...deps,
    findAccount: accounts.findActive,
    placeOf: (address, locale) => placeName(placeOf(address), chooseLocale(locale ?? '')),
    write: createNoticeMails(deps),
    onError: (error) => log.error({ err: error }, 'an account could not be told of something'),
  });

/** An approval, as its account is told of it. */
export const tellOfNewBrowser =
  (notices: Notices): ApprovalsDeps['onNewBrowser'] =>
  ({ id, browser, request }, client, device) =>
    notices.browserApproved(device.accountId, {
      ticketId: id,
      clientId: request.clientId,
      clientName: client.metadata.client_name ?? request.clientId,
      browserHash: browser.browserHash,
      browserName: browser.name,
      browserSystem: browser.system,
      browserAddress: browser.address,
      deviceId: device.id,
      deviceName: device.name,
    });
