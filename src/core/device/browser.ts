// What an account knows of a browser that waited at its sign-in pages: used before, trusted, or blocked by a
// report. A browser is recognised by a long-lived random cookie; only the digest of the cookie is stored.

/** Instants are in epoch seconds. */
export type KnownBrowser = {
  readonly accountId: string;
  /** Digest of the browser cookie. */
  readonly browserHash: string;
  readonly firstUsedAt: number | null;
  readonly lastUsedAt: number | null;
  /** The owner said: this is my own browser. */
  readonly trusted: boolean;
  /** Set by "I did not start this". Approvals for this browser are refused while it is blocked. */
  readonly blockedAt: number | null;
  /** The browser's name when it was blocked, so that the owner can allow it again. Absent in old records. */
  readonly blockedAs?: BrowserName;
};

export type BrowserName = {
  readonly name: string;
  readonly system: string;
  /**
   * A screen has no cookie. It is recognised by its client and address, which other people may have later.
   */
  readonly isScreen: boolean;
};

/** A screen's block ends after a day, because its address may belong to somebody else by then. */
const screenBlockSeconds = 86_400;

/** Whether the browser is blocked at `now`. A browser stays blocked until its owner allows it again. */
export function isBlocked({ blockedAt, blockedAs }: KnownBrowser, now: number): boolean {
  if (blockedAt === null) return false;
  return !blockedAs?.isScreen || now - blockedAt < screenBlockSeconds;
}
