// Port: the provider's signing keys. They are durable, and their private parts are sealed. The set changes as
// a whole.
import type { KeyFacts } from './key-schedule.ts';

export type StoredKey = KeyFacts & {
  /** The private JWK as JSON, sealed. */
  readonly sealedJwk: string;
};

export type KeyStore = {
  /** Returns the keys in the order in which they were stored; empty before the first start. */
  list(): Promise<StoredKey[]>;
  /**
   * Replaces the set `expected` by `next`, which must not be empty, as one atomic step. Of several nodes that
   * read the same set, one succeeds.
   * @returns false, and nothing is changed, when the stored set is not `expected` any more
   */
  replace(expected: readonly StoredKey[], next: readonly StoredKey[]): Promise<boolean>;
};
