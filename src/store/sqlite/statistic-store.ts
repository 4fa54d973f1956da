// StatisticsStore over SQLite: one row per counter and time span. All additions of a batch are one
// transaction.
import {
  busiestPerDay,
  candidatesOf,
  countsOf,
  keptUntil,
  rankClients,
  type StatisticsStore,
} from '../../core/statistics/statistic-store.ts';
import type { Database } from './database.ts';

const addTotal = `INSERT INTO statistics (span, start, counter, count, expires_at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET count = count + excluded.count`;
const addClient = `INSERT INTO statistics_clients (day, client_id, shown, approved, expires_at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET shown = shown + excluded.shown, approved = approved + excluded.approved`;
const busiestOfDay = 'SELECT client_id, shown FROM statistics_clients WHERE day = ? ORDER BY shown DESC LIMIT ?';

export function createStatisticsStore(database: Database): StatisticsStore {
  /** Sums the counts of one client over the given days (epoch seconds of their beginnings). */
  function clientOver(clientId: string, days: readonly number[]) {
    const counts = days.map((day) =>
      database.get('SELECT shown, approved FROM statistics_clients WHERE day = ? AND client_id = ?', day, clientId),
    );
    const sum = (name: string) => counts.reduce((total, row) => total + Number(row?.[name] ?? 0), 0);
    return { clientId, shown: sum('shown'), approved: sum('approved') };
  }

  return {
    add: async ({ totals, clients }) =>
      database.transaction(() => {
        for (const { span, at, counter, count } of totals)
          database.run(addTotal, span, at, counter, count, keptUntil(span, at));
        for (const { day, clientId, shown, approved } of clients)
          database.run(addClient, day, clientId, shown, approved, keptUntil('day', day));
      }),

    async read(span, starts) {
      const sql = 'SELECT counter, count FROM statistics WHERE span = ? AND start = ?';
      return starts.map((at) => {
        const rows = database.all(sql, span, at);
        return { at, counts: countsOf(rows.map((row) => [String(row.counter), Number(row.count)])) };
      });
    },

    // Only the clients that were busy on at least one day are summed, so the cost does not grow with all
    // clients.
    async busiest(days, limit) {
      const found = days.flatMap((day) => database.all(busiestOfDay, day, busiestPerDay));
      const seen = found.map((row) => ({ clientId: String(row.client_id), shown: Number(row.shown) }));
      return rankClients(
        candidatesOf(seen, limit).map((clientId) => clientOver(clientId, days)),
        limit,
      );
    },
  };
}
