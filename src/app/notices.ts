// Wires notices: they are stored for the account's devices and sent through the mail queue.
import type { Accounts } from '../core/account/accounts.ts';
import type { DecisionsDeps } from '../core/approval/decisions.ts';
import { createNotices, type Notices } from '../core/notice/notices.ts';
import type { PlaceOf } from '../core/place/place.ts';
import { chooseLocale } from '../i18n/locale.ts';
import { createNoticeMails } from '../i18n/mail/notice-mails.ts';
import { placeName } from '../i18n/places.ts';
import type { Store } from '../store/store.ts';
import { openMails } from './mail.ts';
import { recordedAddressOf } from './places.ts';

export type MessagesDeps = Omit<Parameters<typeof openMails>[0], 'store'> & {
  readonly store: Store;
  readonly accounts: Pick<Accounts, 'findActive'>;
  readonly placeOf: PlaceOf;
};

/** Makes the mail queue, and the notices that use it. */
export function openMessages({ store, accounts, placeOf, ...deps }: MessagesDeps) {
  const { issuer } = deps.config;
  const mails = openMails({ ...deps, store: store.mails });
  const notices: Notices = createNotices({
    ...deps,
    issuer,
    store: store.notices,
    mailer: mails,
    findAccount: accounts.findActive,
    recordedAddress: recordedAddressOf(deps.config),
    placeOf: (address, locale) => placeName(placeOf(address), chooseLocale(locale ?? '')),
    write: createNoticeMails({ issuer }),
    onError: (error) => deps.log.error({ err: error }, 'an account could not be told of something'),
  });
  return { mails, notices };
}

/** Returns the listener of new approvals: it sends the account a notice about the browser or screen. */
export const tellOfNewBrowser =
  (notices: Notices): DecisionsDeps['onNewBrowser'] =>
  ({ id, browser, request, screen }, client, device) =>
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
      ...(screen && { isScreen: true }),
    });
