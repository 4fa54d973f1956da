// A passkey of an account (WebAuthn Level 3): what is kept of it, and the pure rules about it. Ceremonies are passkeys.ts's business.
import { AppError } from '../../errors.ts';

/** The credential id as the authenticator made it, base64url; unique over all accounts. */
export type PasskeyId = string & { readonly brand: 'PasskeyId' };

export type Passkey = {
  readonly id: PasskeyId;
  readonly accountId: string;
  /** What its owner calls it. */
  readonly name: string;
  /** COSE key, base64url. Public: worth nothing to whoever reads it. */
  readonly publicKey: string;
  /** Of the authenticator's signatures; 0 where it does not count. Never goes back. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** Kept by a password manager on several devices; false: on this one device only. */
  readonly synced: boolean;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
};

/** A question put to an authenticator, kept here until it is answered: once, within minutes, for what it was asked for alone. */
export type Challenge = {
  /** Digest of the challenge itself. */
  readonly id: string;
  /** Digest of everything the answer may be used for. */
  readonly bindingHash: string;
  readonly expiresAt: number;
};

export type PasskeyErrorCode =
  | 'passkey_invalid'
  | 'passkey_not_found'
  | 'passkey_last'
  | 'passkey_taken'
  | 'passkey_limit'
  | 'passkey_name_invalid';

export class PasskeyError extends AppError<PasskeyErrorCode> {}

export const challengeSeconds = 300;
/** More than any person has; so that an account cannot be filled up. */
export const maxPasskeys = 20;
const maxNameLength = 60;

/** As it is kept and shown: one plain line. Null: nothing visible in it. */
export function parsePasskeyName(typed: string): string | null {
  const name = typed
    .normalize('NFC')
    .replace(/[\p{C}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const isVisible = /[^\p{Z}\p{Default_Ignorable_Code_Point}]/u.test(name);
  return isVisible ? [...name].slice(0, maxNameLength).join('') : null;
}

/** RFC 8176: what kind of key answered, that the person was verified, and that this makes two factors. */
export const amrOfPasskey = ({ synced }: Passkey): string[] => [synced ? 'swk' : 'hwk', 'user', 'mfa'];

/** The passkey after one more use. @throws PasskeyError `passkey_invalid` when its counter went back: a copy is in use (WebAuthn §6.1.1). */
export function usedPasskey(
  passkey: Passkey,
  use: { readonly counter: number; readonly synced: boolean; readonly at: number },
): Passkey {
  const counts = use.counter > 0 || passkey.counter > 0;
  if (counts && use.counter <= passkey.counter) {
    throw new PasskeyError('passkey_invalid', 'The passkey was used with a counter of the past.');
  }
  return { ...passkey, counter: use.counter, synced: use.synced, lastUsedAt: use.at };
}
