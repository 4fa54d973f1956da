// Port: which browsers an account has used, trusts or blocked. Records have no expiry.
import type { KnownBrowser } from './browser.ts';

export type BrowserStore = {
  find(accountId: string, browserHash: string): Promise<KnownBrowser | null>;
  /**
   * Creates (from null) or changes a record, as one atomic step. `change` is pure and may run more than once.
   */
  upsert(
    accountId: string,
    browserHash: string,
    change: (browser: KnownBrowser | null) => KnownBrowser,
  ): Promise<KnownBrowser>;
  /** What all accounts know of one browser. */
  listByBrowser(browserHash: string): Promise<KnownBrowser[]>;
  listByAccount(accountId: string): Promise<KnownBrowser[]>;
  /** Deletes all of an account that is being deleted. */
  deleteByAccount(accountId: string): Promise<void>;
};
