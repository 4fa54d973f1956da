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
  /** What it called itself then, for the owner who may allow it again; records of before have none. */
  readonly blockedAs?: BrowserName;
};

export type BrowserName = {
  readonly name: string;
  readonly system: string;
  /** A screen has no cookie: it is known by its client and its address, which others come to have. */
  readonly isScreen: boolean;
};

const screenBlockSeconds = 86_400;

/** What was reported stays blocked until its owner allows it again; a screen for a day, since nothing tells it from another of its kind there. */
export function isBlocked({ blockedAt, blockedAs }: KnownBrowser, now: number): boolean {
  if (blockedAt === null) return false;
  return !blockedAs?.isScreen || now - blockedAt < screenBlockSeconds;
}
