// A passkey of an account (WebAuthn Level 3): its record and the rules about it. Pure. passkeys.ts runs the
// ceremonies.
import { AppError } from '../../errors.ts';
import { isVisible, oneLine } from '../../plain-text.ts';

/** The authenticator's credential id, base64url, unique over all accounts. */
export type PasskeyId = string & { readonly brand: 'PasskeyId' };

/** Instants are in epoch seconds. */
export type Passkey = {
  readonly id: PasskeyId;
  readonly accountId: string;
  /** The name that its owner gave it. */
  readonly name: string;
  /** The public key as COSE, base64url. */
  readonly publicKey: string;
  /** The authenticator's signature counter; 0 when it has none. It never decreases. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** True when a password manager copies it to several devices; false when it is bound to one device. */
  readonly synced: boolean;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
};

/**
 * A challenge that waits for its answer. It can be answered once, within minutes, and only for its binding.
 */
export type Challenge = {
  /** Digest of the challenge. */
  readonly id: string;
  /** Digest of the Binding: everything that the answer may be used for. */
  readonly bindingHash: string;
  readonly expiresAt: number;
};

export type PasskeyErrorCode =
  | 'passkey_invalid'
  | 'passkey_unknown'
  | 'passkey_unverified'
  | 'passkey_counter'
  | 'passkey_not_found'
  | 'passkey_last'
  | 'passkey_taken'
  | 'passkey_limit'
  | 'passkey_name_invalid';

export class PasskeyError extends AppError<PasskeyErrorCode> {}

export const challengeSeconds = 300;
/** Bounds the storage that one account can use. */
export const maxPasskeys = 20;
const maxNameLength = 60;

/** Normalises a name to one plain line. @returns null when nothing in it is visible */
export function parsePasskeyName(typed: string): string | null {
  const name = oneLine(typed.normalize('NFC'));
  return isVisible(name) ? [...name].slice(0, maxNameLength).join('') : null;
}

/** RFC 8176: the kind of key, that the person was verified, and that both are two factors. */
export const amrOfPasskey = ({ synced }: Passkey): string[] => [synced ? 'swk' : 'hwk', 'user', 'mfa'];

/**
 * Returns the passkey after one more use.
 * @throws PasskeyError `passkey_counter` when the counter did not increase, which means that a copy is in use
 *   (WebAuthn §6.1.1)
 */
export function usedPasskey(
  passkey: Passkey,
  use: { readonly counter: number; readonly synced: boolean; readonly at: number },
): Passkey {
  const counts = use.counter > 0 || passkey.counter > 0;
  if (counts && use.counter <= passkey.counter) {
    throw new PasskeyError('passkey_counter', 'The passkey was used with a counter of the past.');
  }
  return { ...passkey, counter: use.counter, synced: use.synced, lastUsedAt: use.at };
}
