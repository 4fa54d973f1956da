// What an account is told on its devices, and by mail where its address is verified: a browser it had never used was signed in, something
// that signs it in was changed, its devices want looking at. Pure; security.md B16, D7.
import { AppError } from '../../errors.ts';

export type NoticeId = string & { readonly brand: 'NoticeId' };

/** What was changed about how somebody signs in, or is reached. */
export const credentialChanges = [
  'password_reset',
  'password_changed',
  'passkey_created',
  'passkey_removed',
  'email_changed',
  'recovery_codes_made',
] as const;
export type CredentialChange = (typeof credentialChanges)[number];

/** A browser that was signed in; all of it is the server's own knowledge. */
export type BrowserApproved = {
  readonly kind: 'browser_approved';
  /** Also the approval's id. */
  readonly ticketId: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly browserHash: string;
  readonly browserName: string;
  readonly browserSystem: string;
  readonly browserAddress: string;
  /** City and country where known. */
  readonly place: string | null;
  readonly deviceId: string;
  readonly deviceName: string;
  /** It was a screen without a browser; absent: a browser. */
  readonly isScreen?: true;
};

export type About =
  | BrowserApproved
  | { readonly kind: 'credential_changed'; readonly change: CredentialChange }
  | { readonly kind: 'check_devices' };

export type Notice = {
  readonly id: NoticeId;
  readonly accountId: string;
  readonly about: About;
  /** The one that did it, and so need not be told; null: all are. */
  readonly exceptDeviceId: string | null;
  /** Devices on which it was put away; the others go on showing it. */
  readonly dismissedBy: readonly string[];
  /** Digest of the secret in its "This was not me" link; null: there is none. */
  readonly secretHash: string | null;
  /** When somebody first said "This was not me", and when all was ended; between the two a crash may have been. */
  readonly disownedAt: number | null;
  readonly endedAt: number | null;
  readonly createdAt: number;
  /** The record is dropped then, and its link leads nowhere. */
  readonly expiresAt: number;
};

/** One that is also said by mail; whoever is asked to check their devices has just held a mail in their hands. */
export type MailedNotice = Notice & { readonly about: Exclude<About, { kind: 'check_devices' }> };
export const isMailed = (notice: Notice): notice is MailedNotice => notice.about.kind !== 'check_devices';

export type NoticeErrorCode = 'notice_not_found';
export class NoticeError extends AppError<NoticeErrorCode> {}

/** A week: long enough to come back from a journey, and an old mail in somebody else's hands ends nothing. */
export const noticeSeconds = 7 * 86_400;

export const isShownOn = (notice: Notice, deviceId: string): boolean =>
  notice.exceptDeviceId !== deviceId && !notice.dismissedBy.includes(deviceId) && notice.disownedAt === null;

export const dismissOn = (notice: Notice, deviceId: string): Notice =>
  notice.dismissedBy.includes(deviceId) ? notice : { ...notice, dismissedBy: [...notice.dismissedBy, deviceId] };

export const noticeNotFound = () => new NoticeError('notice_not_found', 'There is no such notice, or it is over.');
