// Use-cases of back-channel logout: keep what has to be told, then tell it in the background until it is heard or an hour has passed.
// Any node may do the telling; making and sending the token is oidc/logout-sender.ts's business.

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
  /** One try. Ends within `sendSeconds`, or soon after `signal` fires; never throws. */
  readonly send: (notice: LogoutNotice, signal: AbortSignal) => Promise<Outcome>;
  /** What could not be read or written, for the log. */
  readonly onError: (error: unknown) => void;
  readonly random?: () => number;
};

export type Logouts = ReturnType<typeof createLogouts>;

const atOnce = 8;
const atOncePerClient = 2;
/** How long one relying party may take to answer. */
const sendSeconds = 2.5;
/** Longer than any try: a lease that ends means that its node is gone. */
const leaseSeconds = 30;

export function createLogouts(deps: LogoutsDeps) {
  const { store, audit, clock, random = Math.random } = deps;
  const worker = createQueueWorker<Logout>({
    atOnce,
    claim(room) {
      const now = clock();
      return store.claimDue(now, now + leaseSeconds, room, roomOf);
    },
    work: tell,
    onError: deps.onError,
  });

  const roomOf = (clientId: string): number =>
    atOncePerClient - worker.items().filter((busy) => busy.clientId === clientId).length;

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
    /** Keeps it for good, so that it outlives this process; nothing is sent before `wake`, or the next look of any node. */
    async enqueue(notice: LogoutNotice): Promise<void> {
      const { clientId, accountId, sid } = notice;
      await store.create(newLogout(randomSecret(128) as LogoutId, { clientId, accountId, sid }, clock()));
    },

    /** Sends what is due in the background. */
    wake: worker.wake,

    /** What a relying party was and will be told, newest first. Kept for 7 days. */
    listByClient: (clientId: string, limit = 50): Promise<Logout[]> => store.listByClient(clientId, limit),

    /** Looks every second; the timer does not keep the process alive. */
    start: worker.start,

    /** Begins no more. Tries under way get a moment, then they are broken off and kept for the next start. Safe to call twice. */
    stop: worker.stop,
  };
}
