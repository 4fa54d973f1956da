// What an account is told on its devices, and by mail when its address is verified: a new browser was signed
// in, a way to sign in was changed, or its devices should be checked (security.md B16, D7). Pure.
import { AppError } from '../../errors.ts';

export type NoticeId = string & { readonly brand: 'NoticeId' };

/** Published codes: which way to sign in, or address, was changed. */
export const credentialChanges = [
  'password_reset',
  'password_changed',
  'passkey_created',
  'passkey_removed',
  'email_changed',
  'recovery_codes_made',
] as const;
export type CredentialChange = (typeof credentialChanges)[number];

/** A browser or screen that was signed in, as the server saw it. */
export type BrowserApproved = {
  readonly kind: 'browser_approved';
  /** The ticket's id, which is also the approval's id. */
  readonly ticketId: string;
  readonly clientId: string;
  readonly clientName: string;
  readonly browserHash: string;
  readonly browserName: string;
  readonly browserSystem: string;
  readonly browserAddress: string;
  /** City and country, when known. */
  readonly place: string | null;
  readonly deviceId: string;
  readonly deviceName: string;
  /** True for a screen; absent for a browser. */
  readonly isScreen?: true;
};

export type About =
  | BrowserApproved
  | { readonly kind: 'credential_changed'; readonly change: CredentialChange }
  | { readonly kind: 'check_devices' };

/** Instants are in epoch seconds. */
export type Notice = {
  readonly id: NoticeId;
  readonly accountId: string;
  readonly about: About;
  /** The device that made the change and therefore need not be notified. Null: all devices are notified. */
  readonly exceptDeviceId: string | null;
  /** Devices on which the notice was dismissed. */
  readonly dismissedBy: readonly string[];
  /** Digest of the secret in its "This was not me" link. Null: it has no link. */
  readonly secretHash: string | null;
  /**
   * `disownedAt`: when somebody first confirmed "This was not me". `endedAt`: when everything was ended. A
   * crash may lie between the two.
   */
  readonly disownedAt: number | null;
  readonly endedAt: number | null;
  readonly createdAt: number;
  /** The record is dropped at this instant, and its link is invalid. */
  readonly expiresAt: number;
};

/**
 * A notice that is also mailed. `check_devices` is not, because the person who caused it has just read a
 * mail.
 */
export type MailedNotice = Notice & { readonly about: Exclude<About, { kind: 'check_devices' }> };
export const isMailed = (notice: Notice): notice is MailedNotice => notice.about.kind !== 'check_devices';

export type NoticeErrorCode = 'notice_not_found';
export class NoticeError extends AppError<NoticeErrorCode> {}

/** A week: long enough to return from a journey, and short enough that an old mail can end nothing. */
export const noticeSeconds = 7 * 86_400;

/** Whether the notice is shown on a device. */
export const isShownOn = (notice: Notice, deviceId: string): boolean =>
  notice.exceptDeviceId !== deviceId && !notice.dismissedBy.includes(deviceId) && notice.disownedAt === null;

export const dismissOn = (notice: Notice, deviceId: string): Notice =>
  notice.dismissedBy.includes(deviceId) ? notice : { ...notice, dismissedBy: [...notice.dismissedBy, deviceId] };

export const noticeNotFound = () => new NoticeError('notice_not_found', 'There is no such notice, or it is over.');
