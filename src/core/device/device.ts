// A signed-in phone or other browser of an account. It holds a key that never leaves it and may decide about
// tickets.
import { AppError } from '../../errors.ts';
import { isVisible, oneLine } from '../../plain-text.ts';

export type DeviceId = string & { readonly brand: 'DeviceId' };

/** Instants are in epoch seconds. */
export type Device = {
  readonly id: DeviceId;
  readonly accountId: string;
  /** The name that the server gave it, such as "Safari on iPhone". */
  readonly name: string;
  /** The name that its owner gave it. Absent: `name` is shown. */
  readonly label?: string;
  /** Digest of the device cookie. Null for a native app, which authenticates by access token. */
  readonly secretHash: string | null;
  /**
   * SHA-256 thumbprint of the device key (RFC 7638). Null until a key is registered; nothing can be approved
   * before.
   */
  readonly keyThumbprint: string | null;
  /** When the person last authenticated on it (password, passkey, link). */
  readonly authenticatedAt: number;
  /** True when that authentication was by passkey. */
  readonly isByPasskey?: boolean;
  /**
   * The account's count of "sign out everywhere" when that authentication began. When the account's count is
   * higher, this device is signed out. Absent: 0.
   */
  readonly signOuts?: number;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  /** Network address of the last request. */
  readonly address: string;
  /** Push subscription, sealed by core/push. Absent: it wants no push messages. */
  readonly sealedPush?: string;
  /**
   * When it was signed out. The record of a native app stays, because its tokens may try to enrol it again.
   */
  readonly removedAt?: number;
};

/** True when the account was signed out everywhere after, or during, the device's authentication. */
export const isOutlived = (device: { readonly signOuts?: number }, account: { readonly signOuts?: number }): boolean =>
  (device.signOuts ?? 0) < (account.signOuts ?? 0);

export type DeviceErrorCode =
  | 'device_name_invalid'
  | 'device_not_found'
  | 'device_proof_required'
  | 'device_proof_invalid'
  | 'device_clock_wrong'
  | 'not_signed_in'
  | 'reauthentication_required';

const maxLabelLength = 60;

/** Normalises a label to one plain line. @returns null when nothing in it is visible */
export function parseDeviceLabel(typed: string): string | null {
  const label = oneLine(typed.normalize('NFC'));
  return isVisible(label) ? [...label].slice(0, maxLabelLength).join('') : null;
}

export class DeviceError extends AppError<DeviceErrorCode> {}
