// Port: passkeys, which are kept durably, and WebAuthn challenges, which are kept for minutes.
import type { Challenge, Passkey, PasskeyId } from './passkey.ts';

export type PasskeyStore = {
  /** @returns false, and nothing is written, when any account has a passkey with this id */
  create(passkey: Passkey): Promise<boolean>;
  find(id: PasskeyId): Promise<Passkey | null>;
  /** The account's passkeys, oldest first. */
  listByAccount(accountId: string): Promise<Passkey[]>;
  /** Atomic, as TicketStore.update. `change` must keep `id` and `accountId`. */
  update(id: PasskeyId, change: (passkey: Passkey) => Passkey): Promise<Passkey | null>;
  /**
   * Deletes a passkey, as one atomic step. With `keepLast`, an account's only passkey is kept (`last`).
   * Exactly one caller gets `deleted`.
   */
  delete(
    passkey: Pick<Passkey, 'id' | 'accountId'>,
    options: { keepLast: boolean },
  ): Promise<'deleted' | 'last' | 'absent'>;

  /** Stores a challenge until its `expiresAt`. */
  createChallenge(challenge: Challenge): Promise<void>;
  /** Deletes and returns a challenge, for exactly one caller. Null when it is unknown, used or expired. */
  takeChallenge(id: string): Promise<Challenge | null>;
};
