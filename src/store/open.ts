// Opens the store that the configuration names. Its driver is loaded only when it is used.
import type { Clock } from '../clock.ts';
import type { Retention } from './retention.ts';
import type { Store } from './store.ts';

/** The `store` section of the configuration. */
export type StoreSettings =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'redis'; readonly url: string; readonly key_prefix: string };

/** @throws StoreUnavailableError when the database cannot be opened */
export async function openStore(
  settings: StoreSettings,
  clock: Clock,
  { addressesKeptSeconds }: Retention,
): Promise<Store> {
  if (settings.kind === 'sqlite') {
    const { openSqliteStore } = await import('./sqlite/sqlite-store.ts');
    return openSqliteStore({ path: settings.path, clock, addressesKeptSeconds });
  }
  const { openRedisStore } = await import('./redis/open.ts');
  return openRedisStore({ url: settings.url, keyPrefix: settings.key_prefix, clock, addressesKeptSeconds });
}
