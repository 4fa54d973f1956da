// Port: oidc-provider's records (sessions, grants, codes, tokens). Ids arrive as digests and payloads sealed: the store sees no secret.

export type Artifact = {
  /** The library's model name, such as `AuthorizationCode`. */
  readonly model: string;
  /** Digest of the id; for bearer artifacts the id is the credential itself. */
  readonly id: string;
  /** Sealed payload, opaque here. */
  readonly payload: string;
  /** Digests of what it can be found by; null where not applicable. */
  readonly grantId: string | null;
  readonly uid: string | null;
  readonly userCode: string | null;
  /** Digest of the account under which it is listed; absent: under none. */
  readonly owner?: string;
  /** Epoch seconds; null: durable. */
  readonly expiresAt: number | null;
  readonly consumedAt: number | null;
};

export type ArtifactPage = {
  readonly after?: { readonly expiresAt: number; readonly id: string } | undefined;
  readonly limit: number;
};

export type ArtifactStore = {
  /** Inserts or replaces by model and id. A replacement keeps an earlier `consumedAt`. The uid and user-code look-ups point to the last write. */
  upsert(artifact: Artifact): Promise<void>;
  /** Inserts unless a live record with that model and id is there. @returns whether it was inserted. Atomic. */
  insert(artifact: Artifact): Promise<boolean>;
  /** Null when unknown or past `expiresAt`. */
  find(model: string, id: string): Promise<Artifact | null>;
  findByUid(model: string, uid: string): Promise<Artifact | null>;
  findByUserCode(model: string, userCode: string): Promise<Artifact | null>;
  /** Marks as consumed. @returns true for exactly one caller; false when consumed before or unknown. Never revives an expired record. Atomic. */
  consume(model: string, id: string, now: number): Promise<boolean>;
  /** @returns whether this caller removed it. Atomic. */
  destroy(model: string, id: string): Promise<boolean>;
  /** Those alive, the one that ends last first, at most `limit`. */
  listByOwner(model: string, owner: string, limit: number): Promise<Artifact[]>;
  /** Those of a grant that are alive, the one that ends last first, at most `limit`. */
  listByGrant(model: string, grantId: string, limit: number): Promise<Artifact[]>;
  /**
   * Those of the model that belong to the grant and have an end, soonest first, each once over all pages; reads no more than a page.
   * `after`: the last one of the page before.
   */
  pageByGrant(model: string, grantId: string, page: ArtifactPage): Promise<Artifact[]>;
  /** Removes every artifact of the model that belongs to the grant. */
  revokeByGrant(model: string, grantId: string): Promise<void>;
};
