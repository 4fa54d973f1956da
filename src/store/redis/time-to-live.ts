// Lifetimes of keys. The injected clock decides whether a record has expired; the expiry of Redis only
// cleans up.

/** Returns the seconds from `now` to `expiresAt`, at least 1, since Redis rejects 0. */
export const ttlUntil = (expiresAt: number, now: number): number => Math.max(1, Math.ceil(expiresAt - now));
