// How long the databases keep what has no end of its own. What ends by itself says so in its record.

/** Audit records are dropped after 400 days: a year can be looked back at in full. */
export const auditRetentionSeconds = 400 * 86_400;
