// Port: the recovery codes of an account, as digests, durably. Each goes with its use.

export type RecoveryCodeStore = {
  /** All at once: those of before count no more. None: the account has none left. */
  replace(accountId: string, codeHashes: readonly string[]): Promise<void>;
  /** Atomic. @returns true to one caller for each code; false when there is none such, or it was used. */
  use(accountId: string, codeHash: string): Promise<boolean>;
  /** How many are left. */
  count(accountId: string): Promise<number>;
};
