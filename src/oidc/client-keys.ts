// The keys that a client publishes at its `jwks_uri` (OIDC Core §10.1.1). The library would use a key for as
// long as it verifies, and would fetch again only after the time in the cache headers. Here a copy is at most
// five minutes old, an unknown key causes a fetch at once, and a copy survives an outage of its address.
import type { Client } from 'oidc-provider';
import type { Clock } from '../clock.ts';

/** A copy older than this is fetched again before it is used, whatever the cache headers say. */
const maxAgeSeconds = 300;
/** A signature that no key verifies causes a fetch at most this often. */
const minPauseSeconds = 30;
/** As long a copy is used while its address cannot be reached or has no valid key set. */
const maxOutageSeconds = 3600;
/** Copies that are remembered beyond the library's own clients, which come and go with its cache. */
const maxCopies = 1000;

type Key = Record<string, unknown>;

/** What the library calls the key store of a client; it is not part of its types. */
type KeyStore = Iterable<Key> & {
  jwksUri: string | undefined;
  fresh(): boolean;
  refresh(): Promise<void>;
  selectForVerify(wanted: object): Key[];
  clear(): void;
  add(key: Key): void;
};

/** All instants in epoch seconds. */
type Copy = {
  keys: readonly Key[];
  /** When the keys were fetched; null before the first success. */
  fetchedAt: number | null;
  /** When a fetch last began; null before the first one. */
  triedAt: number | null;
  /** The fetch under way, which all requests share. */
  pending: Promise<void> | null;
};

export type ClientKeys = ReturnType<typeof createClientKeys>;

/** The copies outlive a provider, which is replaced when our own keys change. */
export function createClientKeys({ clock }: { clock: Clock }) {
  const copies = new Map<string, Copy>();

  function copyOf(uri: string): Copy {
    const known = copies.get(uri) ?? { keys: [], fetchedAt: null, triedAt: null, pending: null };
    // The map keeps the order of insertion, so the copy that was used longest ago comes first.
    copies.delete(uri);
    copies.set(uri, known);
    const [oldest] = copies.keys();
    if (copies.size > maxCopies && oldest !== undefined) copies.delete(oldest);
    return known;
  }

  const ageOf = (since: number | null): number => (since === null ? Number.POSITIVE_INFINITY : clock() - since);
  const isPaused = ({ triedAt }: Copy): boolean => ageOf(triedAt) < minPauseSeconds;

  /** Whether the copy may verify a signature now; while fetching fails it may for an hour. */
  const isUsable = (copy: Copy): boolean =>
    ageOf(copy.fetchedAt) < maxAgeSeconds || (isPaused(copy) && ageOf(copy.fetchedAt) < maxOutageSeconds);

  return {
    /**
     * Applies these rules to the keys of a client of the library. Does nothing without `jwks_uri`. May be
     * called for each use of the client.
     */
    rule(client: Client): void {
      const { asymmetricKeyStore: store } = client as unknown as { asymmetricKeyStore: KeyStore };
      const uri = store.jwksUri;
      if (uri === undefined || Object.hasOwn(store, 'selectForVerify')) return;
      const { refresh, selectForVerify } = store;
      /** The keys that this store has. Another client of the same address may have fetched newer ones. */
      let shown: readonly Key[] = [];
      let isFetching = false;

      function show({ keys }: Copy): void {
        if (shown === keys) return;
        store.clear();
        for (const key of keys) store.add(key);
        shown = keys;
      }

      /** The library fetches, checks and keeps the keys; it throws for anything but a valid set. */
      async function fetchKeys(copy: Copy): Promise<void> {
        copy.triedAt = clock();
        isFetching = true;
        try {
          await refresh.call(store);
          copy.keys = [...store];
          copy.fetchedAt = clock();
          shown = copy.keys;
        } catch (error) {
          // The library may have dropped keys before it found the set invalid.
          shown = [];
          show(copy);
          if (!isUsable(copy)) throw error;
        } finally {
          isFetching = false;
          copy.pending = null;
        }
      }

      // The library asks `fresh` after a signature that no key verified, and fetches when it is false.
      store.fresh = () => {
        const copy = copyOf(uri);
        return !isFetching && copy.pending === null && isPaused(copy);
      };
      store.refresh = async () => {
        const copy = copyOf(uri);
        copy.pending ??= fetchKeys(copy);
        await copy.pending;
      };
      store.selectForVerify = (wanted) => {
        const copy = copyOf(uri);
        show(copy);
        // Without a key the library asks `fresh`, fetches, and selects again.
        return isUsable(copy) ? selectForVerify.call(store, wanted) : [];
      };
    },
  };
}
