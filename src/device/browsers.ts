// Use-cases of browsers an account has used: recognise, remember, block.
import type { Clock } from '../clock.ts';
import type { KnownBrowser } from './browser.ts';
import type { BrowserStore } from './browser-store.ts';

export type Browsers = ReturnType<typeof createBrowsers>;

export function createBrowsers({ store, clock }: { store: BrowserStore; clock: Clock }) {
  const blank = (accountId: string, browserHash: string): KnownBrowser => ({
    accountId,
    browserHash,
    firstUsedAt: null,
    lastUsedAt: null,
    trusted: false,
    blockedAt: null,
  });

  return {
    find: (accountId: string, browserHash: string): Promise<KnownBrowser | null> => store.find(accountId, browserHash),

    /** The account signed in on this browser. Trust is only ever added here. */
    recordUse(accountId: string, browserHash: string, trusted: boolean): Promise<KnownBrowser> {
      const now = clock();
      return store.upsert(accountId, browserHash, (known) => {
        const browser = known ?? blank(accountId, browserHash);
        return {
          ...browser,
          firstUsedAt: browser.firstUsedAt ?? now,
          lastUsedAt: now,
          trusted: browser.trusted || trusted,
        };
      });
    },

    /** "I did not start this": nothing from this browser can be approved by the account any more. */
    block(accountId: string, browserHash: string): Promise<KnownBrowser> {
      const now = clock();
      return store.upsert(accountId, browserHash, (known) => ({
        ...(known ?? blank(accountId, browserHash)),
        trusted: false,
        blockedAt: now,
      }));
    },
  };
}
