// StatisticsStore over Redis: one hash of counters per span and start, and per day two sorted sets of
// clients (shown, approved). All have a TTL.
import type { Clock } from '../../clock.ts';
import {
  busiestPerDay,
  type ClientCount,
  type CountsToAdd,
  candidatesOf,
  countsOf,
  keptUntil,
  rankClients,
  type StatisticsStore,
} from '../../core/statistics/statistic-store.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { ttlUntil } from './time-to-live.ts';

/** Pairs per script call: few enough that no call blocks Redis and that Lua can unpack its arguments. */
const pairsAtOnce = 500;
type Batch = { readonly key: string; readonly ttl: number; readonly pairs: (readonly [string, number])[] };

export function createStatisticsStore(deps: { connection: Connection; keys: Keys; clock: Clock }): StatisticsStore {
  const { connection, keys, clock } = deps;
  const { run } = connection;

  function totalsOf({ totals }: CountsToAdd): Batch[] {
    const groups = Map.groupBy(totals, ({ span, at }) => keys.statistics(span, at));
    return [...groups].flatMap(([key, group]) => {
      const ends = Math.max(...group.map(({ span, at }) => keptUntil(span, at)));
      const pairs = group.map(({ counter, count }) => [counter, count] as const);
      return inBatches({ key, ttl: ttlUntil(ends, clock()), pairs });
    });
  }

  const clientsOf = ({ clients }: CountsToAdd, what: 'shown' | 'approved'): Batch[] =>
    [...Map.groupBy(clients, ({ day }) => day)].flatMap(([day, group]) => {
      const pairs = group.map((each) => [each.clientId, each[what]] as const).filter(([, count]) => count > 0);
      return inBatches({
        key: keys.statisticsOfClients(day, what),
        ttl: ttlUntil(keptUntil('day', day), clock()),
        pairs,
      });
    });

  /** Sums the counts of clients over days. */
  async function clientsOver(clientIds: readonly string[], days: readonly number[]): Promise<ClientCount[]> {
    const sums = async (what: 'shown' | 'approved') => {
      const scores = await run((redis) =>
        Promise.all(days.map((day) => redis.zmscore(keys.statisticsOfClients(day, what), ...clientIds))),
      );
      return clientIds.map((_, index) => scores.reduce((sum, ofDay) => sum + Number(ofDay[index] ?? 0), 0));
    };
    const [shown, approved] = await Promise.all([sums('shown'), sums('approved')]);
    return clientIds.map((clientId, i) => ({ clientId, shown: shown[i] ?? 0, approved: approved[i] ?? 0 }));
  }

  return {
    async add(counts) {
      const scores = [...clientsOf(counts, 'shown'), ...clientsOf(counts, 'approved')];
      await run((redis) =>
        Promise.all([
          ...totalsOf(counts).map(({ key, ttl, pairs }) => redis.addCounts(key, ttl, ...pairs.flat())),
          ...scores.map(({ key, ttl, pairs }) => redis.addScores(key, ttl, ...pairs.flat())),
        ]),
      );
    },

    async read(span, starts) {
      const found = await run((redis) => Promise.all(starts.map((at) => redis.hgetall(keys.statistics(span, at)))));
      return starts.map((at, i) => ({
        at,
        counts: countsOf(Object.entries(found[i] ?? {}).map(([counter, count]) => [counter, Number(count)])),
      }));
    },

    async busiest(days, limit) {
      const top = await run((redis) =>
        Promise.all(
          days.map((day) =>
            redis.zrevrange(keys.statisticsOfClients(day, 'shown'), 0, busiestPerDay - 1, 'WITHSCORES'),
          ),
        ),
      );
      const ids = candidatesOf(top.flatMap(pairsOf), limit);
      return ids.length === 0 ? [] : rankClients(await clientsOver(ids, days), limit);
    },
  };
}

/** Splits the pairs of one key into calls of at most `pairsAtOnce`. */
function inBatches({ pairs, ...batch }: Batch): Batch[] {
  const batches: Batch[] = [];
  for (let i = 0; i < pairs.length; i += pairsAtOnce)
    batches.push({ ...batch, pairs: pairs.slice(i, i + pairsAtOnce) });
  return batches;
}

/** Parses the reply of ZREVRANGE … WITHSCORES. */
const pairsOf = (flat: readonly string[]): { clientId: string; shown: number }[] =>
  Array.from({ length: flat.length / 2 }, (_, i) => ({ clientId: flat[2 * i] ?? '', shown: Number(flat[2 * i + 1]) }));
