// Port: the provider's signing keys, durable, private parts sealed.

export type StoredKey = {
  readonly kid: string;
  readonly alg: string;
  /** The private JWK as JSON, sealed. */
  readonly sealedJwk: string;
  readonly createdAt: number;
};

export type KeyStore = {
  /** Stores the set if there is none yet, as one atomic step, and returns the set that counts: of two nodes starting at once, both get the same. */
  createIfEmpty(keys: readonly StoredKey[]): Promise<StoredKey[]>;
  /** In the order in which they were stored: the first of an algorithm signs. */
  list(): Promise<StoredKey[]>;
};
