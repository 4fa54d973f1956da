// Use-cases of back-channel logout: store each logout, and send it in the background until the relying party
// acknowledges it or an hour has passed. Any node may send. oidc/logout-sender.ts makes and sends the token.

import type { Clock } from '../../clock.ts';
import { randomSecret } from '../../crypto.ts';
import { createQueueWorker } from '../../queue-worker.ts';
import type { Audit } from '../audit/audit.ts';
import {
  isOverdue,
  type Logout,
  type LogoutId,
  type LogoutNotice,
  newLogout,
  type Outcome,
  settled,
} from './logout.ts';
import type { LogoutStore } from './logout-store.ts';

export type LogoutsDeps = {
  readonly store: LogoutStore;
  readonly audit: Pick<Audit, 'logoutDelivered' | 'logoutGivenUp'>;
  readonly clock: Clock;
  /** Makes one attempt. Ends within `sendSeconds` or soon after `signal` aborts, and never throws. */
  readonly send: (notice: LogoutNotice, signal: AbortSignal) => Promise<Outcome>;
  /** Called with errors of the store, for the log. */
  readonly onError: (error: unknown) => void;
  readonly random?: () => number;
};

export type Logouts = ReturnType<typeof createLogouts>;

/** Attempts that one node makes at the same time, in total and per client. */
const maxConcurrent = 8;
const maxConcurrentPerClient = 2;
/** Time limit of one attempt. */
const sendSeconds = 2.5;
/** Longer than any attempt, so an expired lease means that its node is gone. */
const leaseSeconds = 30;

export function createLogouts(deps: LogoutsDeps) {
  const { store, audit, clock, random = Math.random } = deps;
  const worker = createQueueWorker<Logout>({
    maxConcurrent,
    claim(room) {
      const now = clock();
      return store.claimDue(now, now + leaseSeconds, room, roomOf);
    },
    work: tell,
    onError: deps.onError,
  });

  const roomOf = (clientId: string): number =>
    maxConcurrentPerClient - worker.items().filter((busy) => busy.clientId === clientId).length;

  async function tell(logout: Logout, stopping: AbortSignal): Promise<void> {
    const after = settled(logout, await attempt(logout, stopping), clock(), random());
    if (!(await store.settle(after)) || after.state === 'pending') return;
    const { accountId, clientId, attempts, lastError } = after;
    if (after.state === 'delivered') await audit.logoutDelivered({ accountId, clientId }, attempts);
    else await audit.logoutGivenUp({ accountId, clientId }, attempts, lastError ?? '');
  }

  async function attempt(logout: Logout, stopping: AbortSignal): Promise<Outcome> {
    if (isOverdue(logout, clock())) return { kind: 'refused', error: logout.lastError ?? 'not tried in time' };
    return deps.send(logout, AbortSignal.any([stopping, AbortSignal.timeout(sendSeconds * 1000)]));
  }

  return {
    /** Stores a logout durably. It is sent after `wake`, or when any node looks at the queue. */
    async enqueue(notice: LogoutNotice): Promise<void> {
      const { clientId, accountId, sid } = notice;
      await store.create(newLogout(randomSecret(128) as LogoutId, { clientId, accountId, sid }, clock()));
    },

    /** Sends due logouts in the background. */
    wake: worker.wake,

    /** A client's logouts of the last 7 days, newest first. */
    listByClient: (clientId: string, limit = 50): Promise<Logout[]> => store.listByClient(clientId, limit),

    /** Looks at the queue every second. The timer does not keep the process alive. */
    start: worker.start,

    /**
     * Begins no more attempts. Running attempts get a moment, are then aborted, and are repeated after the
     * next start. May be called twice.
     */
    stop: worker.stop,
  };
}
