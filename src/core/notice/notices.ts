// Use-cases of notices: tell an account by mail and on its devices, and list what a device must show. Errors
// are logged and never delay the caller. What a notice's link ends is left to disowning.ts; its words are in
// i18n.

import type { Clock } from '../../clock.ts';
import { digest, randomSecret, type Vault } from '../../crypto.ts';
import type { Account } from '../account/account.ts';
import type { Mail, Mailer } from '../mail/mail.ts';
import {
  type About,
  type BrowserApproved,
  type CredentialChange,
  dismissOn,
  isMailed,
  isShownOn,
  type MailedNotice,
  type Notice,
  type NoticeId,
  noticeNotFound,
  noticeSeconds,
} from './notice.ts';
import type { NoticeStore } from './notice-store.ts';

/** Called with every new notice on the node that made it. Must return at once; its errors are logged. */
export type NoticeListener = (accountId: string, notice: Notice) => void;

export type NoticesDeps = {
  readonly issuer: string;
  readonly store: NoticeStore;
  readonly vault: Pick<Vault, 'mac'>;
  readonly mailer: Mailer;
  readonly clock: Clock;
  /** Null for an unknown or disabled account. */
  readonly findAccount: (id: string) => Promise<Account | null>;
  /** Shortens a network address before it is stored. */
  readonly recordedAddress: (address: string) => string;
  /** City and country of an address in the account's language. Null when unknown. */
  readonly placeOf: (address: string, locale: string | null) => string | null;
  /** Writes the mail in the account's language. `link` is its "This was not me" link, or null. */
  readonly write: (notice: MailedNotice, account: Account, link: string | null) => Mail;
  readonly onError: (error: unknown) => void;
};

/** `link` is shown only on the account's own devices. */
export type ShownNotice = { readonly notice: Notice; readonly link: string | null };

export type Notices = ReturnType<typeof createNotices>;

/** How many notices are read to find those of one device. */
const maxRead = 100;

export function createNotices(deps: NoticesDeps) {
  const { issuer, store, vault, mailer, clock, onError } = deps;
  const listeners = new Set<NoticeListener>();

  /** The secret is derived from the key each time it is shown; only its digest is stored. */
  const secretOf = (id: NoticeId): string => vault.mac(id, 'not me link');
  const linkOf = ({ id, secretHash }: Notice): string | null =>
    secretHash === null ? null : `${issuer}/not-me/${secretOf(id)}`;

  async function tell(account: Account, about: About, exceptDeviceId: string | null): Promise<void> {
    const id = randomSecret(128) as NoticeId;
    const now = clock();
    const notice: Notice = {
      id,
      accountId: account.id,
      about,
      exceptDeviceId,
      dismissedBy: [],
      secretHash: about.kind === 'browser_approved' ? digest(secretOf(id)) : null,
      disownedAt: null,
      endedAt: null,
      createdAt: now,
      expiresAt: now + noticeSeconds,
    };
    await store.create(notice);
    for (const listener of listeners) hear(listener, notice);
    const { email, emailVerified } = account;
    if (isMailed(notice) && mailer.isOn && email !== null && emailVerified)
      await mailer.enqueue(deps.write(notice, account, linkOf(notice)));
  }

  function hear(listener: NoticeListener, notice: Notice): void {
    try {
      listener(notice.accountId, notice);
    } catch (error) {
      onError(error);
    }
  }

  return {
    /** Subscribes a listener. @returns a function that unsubscribes it */
    onNotice(listener: NoticeListener): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /**
     * A phone approved for a browser that the account had never used (security.md B16). Never throws; does
     * not wait for the mail server.
     */
    async browserApproved(accountId: string, approved: Omit<BrowserApproved, 'kind' | 'place'>): Promise<void> {
      try {
        const account = await deps.findAccount(accountId);
        if (!account) return;
        const place = deps.placeOf(approved.browserAddress, account.locale);
        const browserAddress = deps.recordedAddress(approved.browserAddress);
        await tell(account, { kind: 'browser_approved', ...approved, browserAddress, place }, approved.deviceId);
      } catch (error) {
        onError(error);
      }
    },

    /**
     * A way to sign in was changed (security.md D6, D7). Never throws.
     * @param account as it was before the change, since mail goes to its old address
     * @param deviceId the device that made the change, or null
     */
    credentialChanged: (account: Account, change: CredentialChange, deviceId: string | null = null): Promise<void> =>
      tell(account, { kind: 'credential_changed', change }, deviceId).catch(onError),

    /** Asks every device to check the others after somebody disowned a sign-in. Never throws. */
    checkDevices: (account: Account): Promise<void> => tell(account, { kind: 'check_devices' }, null).catch(onError),

    /** The notices that this device must show, newest first. */
    async list(accountId: string, deviceId: string, limit = 20): Promise<ShownNotice[]> {
      const notices = await store.listByAccount(accountId, maxRead);
      const shown = notices.filter((notice) => isShownOn(notice, deviceId)).slice(0, limit);
      return shown.map((notice) => ({ notice, link: linkOf(notice) }));
    },

    /**
     * Dismisses a notice on this device; other devices still show it.
     * @throws NoticeError `notice_not_found`
     */
    async dismiss(accountId: string, id: string, deviceId: string): Promise<void> {
      const found = await store.find(id as NoticeId);
      if (found?.accountId !== accountId || found.exceptDeviceId === deviceId) throw noticeNotFound();
      await store.update(found.id, (notice) => dismissOn(notice, deviceId));
    },
  };
}
