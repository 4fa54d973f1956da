// Port: oidc-provider's records (sessions, grants, codes, tokens). Ids arrive as digests and payloads are
// sealed, so the store sees no secret.

export type Artifact = {
  /** The library's name of the model, such as `AuthorizationCode`. */
  readonly model: string;
  /** Digest of the id. The id of a code or token is the credential itself. */
  readonly id: string;
  /** Sealed payload, opaque to the store. */
  readonly payload: string;
  /** Digests by which the record can be found; null where the model has none. */
  readonly grantId: string | null;
  readonly uid: string | null;
  readonly userCode: string | null;
  /** Digest of the account that lists the record; absent where no account does. */
  readonly owner?: string;
  /** Epoch seconds; null for a record without an end. */
  readonly expiresAt: number | null;
  readonly consumedAt: number | null;
};

export type ArtifactPage = {
  readonly after?: { readonly expiresAt: number; readonly id: string } | undefined;
  readonly limit: number;
};

export type ArtifactStore = {
  /**
   * Inserts the record, or replaces the one with this model and id. A replacement keeps an earlier
   * `consumedAt`. Look-ups by uid and user code lead to the last write.
   */
  upsert(artifact: Artifact): Promise<void>;
  /**
   * Inserts the record unless a live one has this model and id. Atomic.
   * @returns whether it was inserted
   */
  insert(artifact: Artifact): Promise<boolean>;
  /** Finds a record; null when it is unknown or past `expiresAt`. */
  find(model: string, id: string): Promise<Artifact | null>;
  findByUid(model: string, uid: string): Promise<Artifact | null>;
  findByUserCode(model: string, userCode: string): Promise<Artifact | null>;
  /**
   * Marks the record as consumed. An expired record is never revived. Atomic.
   * @returns true for exactly one caller; false when it was consumed before or is unknown
   */
  consume(model: string, id: string, now: number): Promise<boolean>;
  /**
   * Removes the record. Atomic.
   * @returns whether this caller removed it
   */
  destroy(model: string, id: string): Promise<boolean>;
  /** Live records of an account, the latest `expiresAt` first, at most `limit`. */
  listByOwner(model: string, owner: string, limit: number): Promise<Artifact[]>;
  /** Live records of a grant, the latest `expiresAt` first, at most `limit`. */
  listByGrant(model: string, grantId: string, limit: number): Promise<Artifact[]>;
  /**
   * One page of the grant's records that have an end, the earliest `expiresAt` first. Every record comes
   * once over all pages. `after` is the last record of the page before. Reads no more than one page.
   */
  pageByGrant(model: string, grantId: string, page: ArtifactPage): Promise<Artifact[]>;
  /** Removes every record of the model that belongs to the grant. */
  revokeByGrant(model: string, grantId: string): Promise<void>;
};
