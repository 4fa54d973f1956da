// What an account knows of a browser that waited at its sign-in pages: used before, trusted, or blocked by a report.
// A browser is recognised by a long-lived random cookie, of which only the digest is kept.

export type KnownBrowser = {
  readonly accountId: string;
  /** Digest of the browser cookie. */
  readonly browserHash: string;
  readonly firstUsedAt: number | null;
  readonly lastUsedAt: number | null;
  /** The owner said: this is my own browser. */
  readonly trusted: boolean;
  /** Set by "I did not start this": approvals from this browser are refused. */
  readonly blockedAt: number | null;
};
