// Use-cases of browsers an account has used: recognise, remember, block and allow again.
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

    /** The accounts whose own browser this is, the last to use it first. */
    async trustedBy(browserHash: string): Promise<string[]> {
      const known = await store.listByBrowser(browserHash);
      const trusting = known.filter(({ trusted, blockedAt }) => trusted && blockedAt === null);
      return trusting.sort((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0)).map(({ accountId }) => accountId);
    },

    /** The account signed in on this browser. Trust is only ever added here, and never to one that is blocked. */
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

    /** It is not the account's own any more. It stays known. */
    async distrust(accountId: string, browserHash: string): Promise<void> {
      if (await store.find(accountId, browserHash))
        await store.upsert(accountId, browserHash, (known) => ({
          ...(known ?? blank(accountId, browserHash)),
          trusted: false,
        }));
    },

    /** None is the account's own, or known to it, any more: whoever had the account may have used them. */
    async distrustAll(accountId: string): Promise<void> {
      for (const { browserHash } of await store.listByAccount(accountId))
        await store.upsert(accountId, browserHash, (known) => ({
          ...(known ?? blank(accountId, browserHash)),
          trusted: false,
          lastUsedAt: null,
        }));
    },

    list: (accountId: string): Promise<KnownBrowser[]> => store.listByAccount(accountId),

    /** Of an account that goes. */
    forget: (accountId: string): Promise<void> => store.deleteByAccount(accountId),

    /** "I did not start this": nothing from this browser can be approved by the account any more. */
    block(accountId: string, browserHash: string, blockedAs: BrowserName): Promise<KnownBrowser> {
      const now = clock();
      return store.upsert(accountId, browserHash, (known) => ({
        ...(known ?? blank(accountId, browserHash)),
        trusted: false,
        blockedAt: now,
        blockedAs,
      }));
    },

    /** Those that are blocked now, the last first. */
    async listBlocked(accountId: string): Promise<KnownBrowser[]> {
      const known = await store.listByAccount(accountId);
      const blocked = known.filter((browser) => isBlocked(browser, clock()));
      return blocked.sort((a, b) => (b.blockedAt ?? 0) - (a.blockedAt ?? 0));
    },

    /** As if it had never been used: a code is asked of it again. @returns whether it was blocked */
    async unblock(accountId: string, browserHash: string): Promise<boolean> {
      const found = await store.find(accountId, browserHash);
      if (!found || !isBlocked(found, clock())) return false;
      let isMeant = false;
      await store.upsert(accountId, browserHash, (known) => {
        // Reported again, or allowed by another request since: that stays.
        isMeant = known?.blockedAt === found.blockedAt;
        return known && !isMeant ? known : blank(accountId, browserHash);
      });
      return isMeant;
    },
  };
}
