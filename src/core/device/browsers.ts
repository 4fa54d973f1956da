// Use-cases of the browsers that an account has used: recognise, trust, block and allow again.
import type { Clock } from '../../clock.ts';
import { type BrowserName, isBlocked, type KnownBrowser } from './browser.ts';
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

    /** Returns the accounts that trust this browser, the last to use it first. */
    async trustedBy(browserHash: string): Promise<string[]> {
      const known = await store.listByBrowser(browserHash);
      const trusting = known.filter(({ trusted, blockedAt }) => trusted && blockedAt === null);
      return trusting.sort((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0)).map(({ accountId }) => accountId);
    },

    /**
     * Records that the account signed in on this browser. Trust is only added, and never to a blocked
     * browser.
     */
    recordUse(accountId: string, browserHash: string, trusted: boolean): Promise<KnownBrowser> {
      const now = clock();
      return store.upsert(accountId, browserHash, (known) => {
        const browser = known ?? blank(accountId, browserHash);
        const blockedAt = isBlocked(browser, now) ? browser.blockedAt : null;
        return {
          ...browser,
          firstUsedAt: browser.firstUsedAt ?? now,
          lastUsedAt: now,
          trusted: blockedAt === null && (browser.trusted || trusted),
          blockedAt,
        };
      });
    },

    /** Removes trust from one browser. It stays known. */
    async distrust(accountId: string, browserHash: string): Promise<void> {
      if (await store.find(accountId, browserHash))
        await store.upsert(accountId, browserHash, (known) => ({
          ...(known ?? blank(accountId, browserHash)),
          trusted: false,
        }));
    },

    /** Removes trust from every browser and forgets their use, because an intruder may have used them. */
    async distrustAll(accountId: string): Promise<void> {
      for (const { browserHash } of await store.listByAccount(accountId))
        await store.upsert(accountId, browserHash, (known) => ({
          ...(known ?? blank(accountId, browserHash)),
          trusted: false,
          lastUsedAt: null,
        }));
    },

    list: (accountId: string): Promise<KnownBrowser[]> => store.listByAccount(accountId),

    /** Deletes all records of an account that is being deleted. */
    forget: (accountId: string): Promise<void> => store.deleteByAccount(accountId),

    /** "I did not start this": the account can approve nothing for this browser any more. */
    block(accountId: string, browserHash: string, blockedAs: BrowserName): Promise<KnownBrowser> {
      const now = clock();
      return store.upsert(accountId, browserHash, (known) => ({
        ...(known ?? blank(accountId, browserHash)),
        trusted: false,
        blockedAt: now,
        blockedAs,
      }));
    },

    /** Returns the browsers that are blocked now, the last first. */
    async listBlocked(accountId: string): Promise<KnownBrowser[]> {
      const known = await store.listByAccount(accountId);
      const blocked = known.filter((browser) => isBlocked(browser, clock()));
      return blocked.sort((a, b) => (b.blockedAt ?? 0) - (a.blockedAt ?? 0));
    },

    /** Allows a browser again, as if it had never been used. @returns false when it was not blocked */
    async unblock(accountId: string, browserHash: string): Promise<boolean> {
      const found = await store.find(accountId, browserHash);
      if (!found || !isBlocked(found, clock())) return false;
      let isMeant = false;
      await store.upsert(accountId, browserHash, (known) => {
        // A newer block, or an unblock by another request, is not overwritten.
        isMeant = known?.blockedAt === found.blockedAt;
        return known && !isMeant ? known : blank(accountId, browserHash);
      });
      return isMeant;
    },
  };
}
