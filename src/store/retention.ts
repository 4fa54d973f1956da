// How long the databases keep what has no end of its own. What ends by itself says so in its record.

/** Audit records are dropped after 400 days: a year can be looked back at in full. */
export const auditRetentionSeconds = 400 * 86_400;

/** Of network addresses in audit and approval records: removed this long after the record's own instant. */
export type Retention = { readonly addressesKeptSeconds: number };
export const defaultRetention: Retention = { addressesKeptSeconds: 90 * 86_400 };
