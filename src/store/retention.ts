// How long databases keep records that have no expiry of their own. All other records carry `expiresAt`.

/** Audit records are deleted after 400 days, so that a full year can always be reviewed. */
export const auditRetentionSeconds = 400 * 86_400;

/**
 * Network addresses are removed from audit and approval records this many seconds after the record was
 * made.
 */
export type Retention = { readonly addressesKeptSeconds: number };
export const defaultRetention: Retention = { addressesKeptSeconds: 90 * 86_400 };
