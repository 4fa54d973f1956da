// Port: the recovery codes of accounts, as keyed digests. They are durable; a used code is deleted.

export type RecoveryCodeStore = {
  /** Replaces all codes of the account, as one atomic step. An empty list removes them. */
  replace(accountId: string, codeHashes: readonly string[]): Promise<void>;
  /**
   * Uses a code, atomically.
   * @returns true to exactly one caller; false when the code is unknown or was used
   */
  use(accountId: string, codeHash: string): Promise<boolean>;
  /** How many codes are left. */
  count(accountId: string): Promise<number>;
};
