// Port: counters per span of time, and counters per client and day. Buckets are dropped after the time in
// `spans`, so the storage is bounded.
import { type Bucket, type Counter, type Counts, type Span, spans } from './statistic.ts';

export type CountsToAdd = {
  readonly totals: readonly {
    readonly span: Span;
    readonly at: number;
    readonly counter: Counter;
    readonly count: number;
  }[];
  readonly clients: readonly {
    readonly day: number;
    readonly clientId: string;
    readonly shown: number;
    readonly approved: number;
  }[];
};

export type ClientCount = { readonly clientId: string; readonly shown: number; readonly approved: number };

export type StatisticsStore = {
  /**
   * Adds to the counters; concurrent additions of several nodes all count. When it throws, some may have been
   * added (Redis), so callers must not repeat it.
   */
  add(counts: CountsToAdd): Promise<void>;
  /** Returns one bucket per start, in the same order; unknown ones are empty. */
  read(span: Span, starts: readonly number[]): Promise<Bucket[]>;
  /**
   * Returns the clients with the most shown tickets over these days, at most `limit`. Only the
   * `busiestPerDay` clients of each day are candidates, so that the cost does not depend on the number of
   * clients.
   */
  busiest(days: readonly number[], limit: number): Promise<ClientCount[]>;
};

/** Epoch seconds after which a bucket may be dropped. */
export const keptUntil = (span: Span, start: number): number => start + spans[span].seconds + spans[span].keptSeconds;

/** Builds counts from the pairs that a database returns. */
export const countsOf = (entries: Iterable<readonly [counter: string, count: number]>): Counts =>
  Object.fromEntries(entries) as Counts;

export const busiestPerDay = 50;

/**
 * Returns the clients with the highest sums. The sums are lower bounds, so twice as many as wanted are
 * returned.
 */
export function candidatesOf(found: readonly { clientId: string; shown: number }[], limit: number): string[] {
  const sums = new Map<string, number>();
  for (const { clientId, shown } of found) sums.set(clientId, (sums.get(clientId) ?? 0) + shown);
  const ranked = [...sums].sort(([, a], [, b]) => b - a);
  return ranked.slice(0, limit * 2).map(([clientId]) => clientId);
}

export const rankClients = (clients: readonly ClientCount[], limit: number): ClientCount[] =>
  clients
    .toSorted((a, b) => b.shown - a.shown || b.approved - a.approved || (a.clientId < b.clientId ? -1 : 1))
    .slice(0, limit);
