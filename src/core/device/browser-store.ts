// Port: which browsers an account has used, trusts or blocked.
import type { KnownBrowser } from './browser.ts';

export type BrowserStore = {
  find(accountId: string, browserHash: string): Promise<KnownBrowser | null>;
  /** Atomic: creates from null or changes what is there. `change` is pure and may run more than once. */
  upsert(
    accountId: string,
    browserHash: string,
    change: (browser: KnownBrowser | null) => KnownBrowser,
  ): Promise<KnownBrowser>;
  /** What accounts know of one browser. */
  listByBrowser(browserHash: string): Promise<KnownBrowser[]>;
  listByAccount(accountId: string): Promise<KnownBrowser[]>;
  /** Of an account that goes. */
  deleteByAccount(accountId: string): Promise<void>;
};
