// Port: counters by span of time, and counters of each client by day. Bounded: buckets go when their span's time is over.
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
  /** Additions of any number of nodes at once all count. When it throws, part of them may have been added (Redis): never add them again. */
  add(counts: CountsToAdd): Promise<void>;
  /** One per start, in that order; empty counts where there are none. */
  read(span: Span, starts: readonly number[]): Promise<Bucket[]>;
  /**
   * The clients with the most tickets shown over these days, most first, at most `limit`. Candidates are the `busiestPerDay` of each day, so
   * that the cost does not grow with the number of clients; a client that is among them on no day is not found.
   */
  busiest(days: readonly number[], limit: number): Promise<ClientCount[]>;
};

/** Epoch seconds after which a bucket may go. */
export const keptUntil = (span: Span, start: number): number => start + spans[span].seconds + spans[span].keptSeconds;

/** From counter and count, as a database keeps them. */
export const countsOf = (entries: Iterable<readonly [counter: string, count: number]>): Counts =>
  Object.fromEntries(entries) as Counts;

export const busiestPerDay = 50;

/** Of each day's busiest, those with the most; what is known of each is a lower bound, so twice as many as wanted are looked at. */
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
