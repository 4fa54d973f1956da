// Use-cases of back-channel logout: keep what has to be told, then tell it in the background until it is heard or an hour has passed.
// Any node may do the telling; making and sending the token is oidc/logout-sender.ts's business.
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import { randomSecret } from '../crypto.ts';
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
/** How soon is seen what other nodes left, and what is due again. */
const lookEveryMs = 1000;
const closePatienceMs = 1500;

export function createLogouts(deps: LogoutsDeps) {
  const { store, audit, clock, random = Math.random } = deps;
  const sending = new Map<Promise<void>, string>();
  const stopping = new AbortController();
  let looking: Promise<void> | null = null;
  let isLookWanted = false;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let isFailing = false;

  const roomOf = (clientId: string): number =>
    atOncePerClient - [...sending.values()].filter((busy) => busy === clientId).length;

  /** Claims as much as there is room for. @returns whether anything was begun */
  async function look(): Promise<boolean> {
    const room = atOnce - sending.size;
    if (room <= 0 || isStopped) return false;
    const now = clock();
    const logouts = await store.claimDue(now, now + leaseSeconds, room, roomOf);
    for (const logout of logouts) begin(logout);
    return logouts.length > 0;
  }

  async function lookUntilNothing(): Promise<void> {
    do {
      isLookWanted = false;
      if (await look()) isLookWanted = true;
      isFailing = false;
    } while (isLookWanted);
  }

  /** Told once until it works again: the timer looks every second. */
  function reportFailedLook(error: unknown): void {
    if (!isFailing) deps.onError(error);
    isFailing = true;
  }

  function wake(): void {
    if (isStopped) return;
    isLookWanted = true;
    looking ??= lookUntilNothing()
      .catch(reportFailedLook)
      .finally(() => {
        looking = null;
        // Asked for after the last look and before this line.
        if (isLookWanted) wake();
      });
  }

  function begin(logout: Logout): void {
    const task = tell(logout)
      // Not settled: another node, or this one, claims it again when the lease ends.
      .catch(deps.onError)
      .finally(() => {
        sending.delete(task);
        wake();
      });
    sending.set(task, logout.clientId);
  }

  async function tell(logout: Logout): Promise<void> {
    const after = settled(logout, await attempt(logout), clock(), random());
    if (!(await store.settle(after)) || after.state === 'pending') return;
    const { accountId, clientId, attempts, lastError } = after;
    if (after.state === 'delivered') await audit.logoutDelivered({ accountId, clientId }, attempts);
    else await audit.logoutGivenUp({ accountId, clientId }, attempts, lastError ?? '');
  }

  async function attempt(logout: Logout): Promise<Outcome> {
    if (isOverdue(logout, clock())) return { kind: 'refused', error: logout.lastError ?? 'not tried in time' };
    return deps.send(logout, AbortSignal.any([stopping.signal, AbortSignal.timeout(sendSeconds * 1000)]));
  }

  return {
    /** Keeps it for good, so that it outlives this process; nothing is sent before `wake`, or the next look of any node. */
    async enqueue(notice: LogoutNotice): Promise<void> {
      const { clientId, accountId, sid } = notice;
      await store.create(newLogout(randomSecret(128) as LogoutId, { clientId, accountId, sid }, clock()));
    },

    /** Sends what is due in the background. */
    wake,

    /** What a relying party was and will be told, newest first. Kept for 7 days. */
    listByClient: (clientId: string, limit = 50): Promise<Logout[]> => store.listByClient(clientId, limit),

    /** Looks every second; the timer does not keep the process alive. */
    start(): void {
      timer ??= setInterval(wake, lookEveryMs).unref();
      wake();
    },

    /** Begins no more. Tries under way get a moment, then they are broken off and kept for the next start. Safe to call twice. */
    async stop(): Promise<void> {
      isStopped = true;
      clearInterval(timer);
      const impatience = setTimeout(() => stopping.abort(), closePatienceMs);
      await looking;
      await Promise.all(sending.keys());
      clearTimeout(impatience);
    },
  };
}
