// Port: where passkeys are kept, durably, and the challenges put to them, for minutes.
import type { Challenge, Passkey, PasskeyId } from './passkey.ts';

export type PasskeyStore = {
  /** @returns false, and writes nothing, when the id is taken, by whichever account. */
  create(passkey: Passkey): Promise<boolean>;
  find(id: PasskeyId): Promise<Passkey | null>;
  /** Oldest first. */
  listByAccount(accountId: string): Promise<Passkey[]>;
  /** Atomic, as TicketStore.update. `change` must keep `id` and `accountId`. */
  update(id: PasskeyId, change: (passkey: Passkey) => Passkey): Promise<Passkey | null>;
  /** Atomic. With `keepLast`, an account's only passkey stays. `absent` to all but one caller. */
  delete(
    passkey: Pick<Passkey, 'id' | 'accountId'>,
    options: { keepLast: boolean },
  ): Promise<'deleted' | 'last' | 'absent'>;

  createChallenge(challenge: Challenge): Promise<void>;
  /** Takes it away and returns it, to exactly one caller; null when unknown, taken before or expired. */
  takeChallenge(id: string): Promise<Challenge | null>;
};
