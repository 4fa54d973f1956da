// Port: the request that waits for an account's phones. An account has at most one (security.md G4).
import type { Ask, AskId } from './ask.ts';

export type AskStore = {
  /**
   * Stores the request unless another one of its account has not expired. One atomic step.
   * @returns whether it was stored
   */
  open(ask: Ask): Promise<boolean>;
  /** Returns the account's request until its `expiresAt`. */
  find(accountId: string): Promise<Ask | null>;
  /** Deletes this request, but not a later one. @returns false when it was not there */
  close(accountId: string, id: AskId): Promise<boolean>;
};
