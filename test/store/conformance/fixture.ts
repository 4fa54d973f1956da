// What every conformance suite gets: an open store on a database of its own, a clock that tests move.
import { afterEach, beforeEach } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import type { Store } from '../../../src/store/store.ts';

export type MovableClock = Clock & { now: number };

export type OpenedStore = {
  readonly store: Store;
  readonly clock: MovableClock;
  /** A second store on the same database, as another process would open it. */
  openAnother(): Promise<Store>;
  /** Everything the database holds, keys and values, as text. */
  dump(): Promise<string>;
  /** Ends all stores and drops the database. */
  close(): Promise<void>;
};

export type OpenStore = () => Promise<OpenedStore>;

export function createClock(now = 1_800_000_000): MovableClock {
  const clock: MovableClock = Object.assign(() => clock.now, { now });
  return clock;
}

/** An opened store per test; `both` are two of them on one database, for races between processes. */
export function useStore(open: OpenStore): { readonly opened: OpenedStore; both(): Promise<[Store, Store]> } {
  let current: OpenedStore | null = null;
  beforeEach(async () => {
    current = await open();
  });
  afterEach(() => current?.close());
  const opened = (): OpenedStore => {
    if (!current) throw new Error('the store is open only during a test');
    return current;
  };
  return {
    get opened() {
      return opened();
    },
    async both() {
      return [opened().store, await opened().openAnother()];
    },
  };
}

/** Fifty tries at once, alternating between the stores. */
export function fifty<T>(stores: readonly Store[], attempt: (store: Store, index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(
    Array.from({ length: 50 }, (_, index) => {
      const store = stores[index % stores.length];
      if (!store) throw new Error('at least one store is needed');
      return attempt(store, index);
    }),
  );
}

export const isTrue = (value: boolean): boolean => value;
