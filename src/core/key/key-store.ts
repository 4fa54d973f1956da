// Port: the provider's signing keys, durable, private parts sealed. The whole set changes at once or not at all.
import type { KeyFacts } from './key-schedule.ts';

export type StoredKey = KeyFacts & {
  /** The private JWK as JSON, sealed. */
  readonly sealedJwk: string;
};

export type KeyStore = {
  /** In the order in which they were stored; empty before the first start. */
  list(): Promise<StoredKey[]>;
  /**
   * Puts the set `next`, which is not empty, in the place of `expected`, as one atomic step: of several nodes that read the same set and
   * replace it, one succeeds. @returns false, with nothing changed, when the stored set is not `expected` any more.
   */
  replace(expected: readonly StoredKey[], next: readonly StoredKey[]): Promise<boolean>;
};
