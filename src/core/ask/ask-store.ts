// Port: the request that waits for an account's phones. There is at most one (security.md G4).
import type { Ask, AskId } from './ask.ts';

export type AskStore = {
  /** Keeps it, unless another of its account has not expired: then nothing changes. One atomic step. @returns whether it is kept */
  open(ask: Ask): Promise<boolean>;
  /** The account's, until its `expiresAt`. */
  find(accountId: string): Promise<Ask | null>;
  /** Ends this one, and none that came after it. @returns false when it was not there */
  close(accountId: string, id: AskId): Promise<boolean>;
};
