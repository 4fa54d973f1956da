// Physical lifetimes of keys. Whether a record has expired is judged by the injected clock; Redis's own expiry only cleans up.

/** Seconds from `now` to `expiresAt`, at least 1: Redis refuses less. */
export const ttlUntil = (expiresAt: number, now: number): number => Math.max(1, Math.ceil(expiresAt - now));
