// A signed-in phone (or another browser) of an account: it holds a key that never leaves it, and may decide about tickets.
import { AppError } from '../../errors.ts';

export type DeviceId = string & { readonly brand: 'DeviceId' };

export type Device = {
  readonly id: DeviceId;
  readonly accountId: string;
  /** What the owner sees: "Safari on iPhone". */
  readonly name: string;
  /** What its owner calls it; absent: by its name. */
  readonly label?: string;
  /** Digest of the device cookie; null for a native app, which authenticates by access token. */
  readonly secretHash: string | null;
  /** SHA-256 thumbprint of the device key (RFC 7638); null until one is registered, and then nothing can be approved. */
  readonly keyThumbprint: string | null;
  /** When the person last proved themselves on it (password, passkey). */
  readonly authenticatedAt: number;
  /** That proof was a passkey's; absent: a password's, or a link's. */
  readonly isByPasskey?: boolean;
  /** How often its account had been signed out everywhere when that proof began; absent: never. Fewer than by now: the device is over. */
  readonly signOuts?: number;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  /** Last seen network address. */
  readonly address: string;
  /** Where it is rung, sealed by whoever rings; absent: it does not want to be. */
  readonly sealedPush?: string;
  /** Signed out by its owner; the record stays for a native app, whose tokens may try to enrol it again. */
  readonly removedAt?: number;
};

/** Signed in before its account was signed out everywhere, or with a password that was being checked then. */
export const isOutlived = (device: { readonly signOuts?: number }, account: { readonly signOuts?: number }): boolean =>
  (device.signOuts ?? 0) < (account.signOuts ?? 0);

export type DeviceErrorCode =
  | 'device_name_invalid'
  | 'device_not_found'
  | 'device_proof_required'
  | 'device_proof_invalid'
  | 'not_signed_in'
  | 'reauthentication_required';

const maxLabelLength = 60;

/** As it is kept and shown: one plain line. Null: nothing visible in it. */
export function parseDeviceLabel(typed: string): string | null {
  const label = typed
    .normalize('NFC')
    .replace(/[\p{C}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const isVisible = /[^\p{Z}\p{Default_Ignorable_Code_Point}]/u.test(label);
  return isVisible ? [...label].slice(0, maxLabelLength).join('') : null;
}

export class DeviceError extends AppError<DeviceErrorCode> {}
