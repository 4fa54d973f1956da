// What is counted and noted beside the work itself, plugged together: statistics of tickets, and last use of clients.

import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { createClientUses } from '../core/client/client-uses.ts';
import { createStatistics } from '../core/statistics/statistics.ts';
import type { Log } from '../log.ts';
import { isOwnClient } from '../oidc/own-client.ts';
import { trialCallbackOf } from '../oidc/trial.ts';
import type { Store } from '../store/store.ts';

export type FiguresDeps = {
  readonly store: Store;
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
};

/** Nothing here stands in anybody's way: what cannot be written is a line in the log. */
export function createFigures({ store, config, clock, log }: FiguresDeps) {
  const onError = (error: unknown) => log.warn({ err: error }, 'statistics of a moment were not written');
  const statistics = createStatistics({
    store: store.statistics,
    clock,
    lifetimes: { pendingSeconds: config.ticket.pending_seconds, decisionSeconds: config.ticket.decision_seconds },
    isOwnRequest: ({ clientId, redirectUri }) =>
      isOwnClient(clientId) || redirectUri === trialCallbackOf(config.issuer),
    onError,
  });
  const clientUses = createClientUses({ store: store.clientUses, clock, onError });
  return {
    statistics,
    clientUses,
    start(): void {
      statistics.start();
      clientUses.start();
    },
    async stop(): Promise<void> {
      await Promise.all([statistics.stop(), clientUses.stop()]);
    },
  };
}
