// Wires what is counted beside the actual work: statistics of tickets, and when clients were last used.

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

/**
 * Counts in memory and writes in batches. A failed write is logged and loses the figures of a moment; it
 * never fails a request.
 */
export function createFigures({ store, config, clock, log }: FiguresDeps) {
  const onError = (error: unknown) => log.warn({ err: error }, 'statistics of a moment were not written');
  const statistics = createStatistics({
    store: store.statistics,
    clock,
    lifetimes: { pendingSeconds: config.ticket.pending_seconds, decisionSeconds: config.ticket.decision_seconds },
    // The console, the command line and "Try it" are not sign-ins of users, so they are not counted.
    isOwnRequest: ({ clientId, redirectUri }) =>
      isOwnClient(clientId) || redirectUri === trialCallbackOf(config.issuer),
    onError,
  });
  const clientUses = createClientUses({ store: store.clientUses, clock, onError });
  return {
    statistics,
    clientUses,
    /** Starts writing in the background. */
    start(): void {
      statistics.start();
      clientUses.start();
    },
    /** Writes what was counted since the last write. Called before the store closes. */
    async stop(): Promise<void> {
      await Promise.all([statistics.stop(), clientUses.stop()]);
    },
  };
}
