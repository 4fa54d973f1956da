// Use-cases of notices: tell an account, by mail and on its devices, and show a device what it was told. Telling never stands in anybody's
// way: what cannot be kept is a line in the log. What a link in a notice ends is notice/disowning.ts's business, its words are http's.

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

/** Told of every new notice on the node where it was made. Returns at once; what it throws is logged. */
export type NoticeListener = (accountId: string, notice: Notice) => void;

export type NoticesDeps = {
  readonly issuer: string;
  readonly store: NoticeStore;
  readonly vault: Pick<Vault, 'mac'>;
  readonly mailer: Mailer;
  readonly clock: Clock;
  /** Null for an unknown or disabled account. */
  readonly findAccount: (id: string) => Promise<Account | null>;
  /** How much of an address is kept. */
  readonly recordedAddress: (address: string) => string;
  /** City and country of an address, in the account's language; null where nobody knows. */
  readonly placeOf: (address: string, locale: string | null) => string | null;
  /** The mail that says it, in the account's language. `link`: its "This was not me", where it has one. */
  readonly write: (notice: MailedNotice, account: Account, link: string | null) => Mail;
  readonly onError: (error: unknown) => void;
};

/** `link`: what it leads to, shown to the account's own devices alone. */
export type ShownNotice = { readonly notice: Notice; readonly link: string | null };

export type Notices = ReturnType<typeof createNotices>;

const looked = 100;

export function createNotices(deps: NoticesDeps) {
  const { issuer, store, vault, mailer, clock, onError } = deps;
  const listeners = new Set<NoticeListener>();

  /** Made anew from the key each time it is shown: at rest there is its digest only. */
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
    /** Subscribes. @returns ends it */
    onNotice(listener: NoticeListener): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** A phone approved for a browser that the account had never used (security.md B16). Never throws; waits for no mail server. */
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
     * Something that signs the account in was changed (security.md D6, D7). Never throws.
     * @param account as it was before: mail goes to the address it had. @param deviceId the one that did it, if one did
     */
    credentialChanged: (account: Account, change: CredentialChange, deviceId: string | null = null): Promise<void> =>
      tell(account, { kind: 'credential_changed', change }, deviceId).catch(onError),

    /** Somebody disowned a sign-in, so every device is asked to look at the others. Never throws. */
    checkDevices: (account: Account): Promise<void> => tell(account, { kind: 'check_devices' }, null).catch(onError),

    /** What this device of the account is to show, newest first. */
    async list(accountId: string, deviceId: string, limit = 20): Promise<ShownNotice[]> {
      const notices = await store.listByAccount(accountId, looked);
      const shown = notices.filter((notice) => isShownOn(notice, deviceId)).slice(0, limit);
      return shown.map((notice) => ({ notice, link: linkOf(notice) }));
    },

    /** Puts it away on this device; the others go on showing it. @throws NoticeError `notice_not_found` */
    async dismiss(accountId: string, id: string, deviceId: string): Promise<void> {
      const found = await store.find(id as NoticeId);
      if (found?.accountId !== accountId || found.exceptDeviceId === deviceId) throw noticeNotFound();
      await store.update(found.id, (notice) => dismissOn(notice, deviceId));
    },
  };
}
