// Works off a queue that several nodes share, in the background: claims due items while there is room, and
// looks again every second. What an item is and how it is processed is up to the caller
// (core/logout/logouts.ts, core/mail/mails.ts). The delay between attempts (backoff) is defined here too.

export type QueueWorkerDeps<Item> = {
  /** Maximum number of items that this node processes at the same time. */
  readonly maxConcurrent: number;
  /**
   * Claims at most `room` due items. An item is claimed by one node at a time, for the length of its lease.
   */
  readonly claim: (room: number) => Promise<readonly Item[]>;
  /**
   * Processes one item, and ends soon after `stopping` aborts. When it throws, the item is claimed again
   * after its lease.
   */
  readonly work: (item: Item, stopping: AbortSignal) => Promise<void>;
  /** Receives failures of `claim` and `work`, for the log. */
  readonly onError: (error: unknown) => void;
};

/** Interval at which items of other nodes, and items that are due again, are noticed. */
const lookEveryMs = 1000;
/** How long `stop` waits before it aborts the items under way. */
const closePatienceMs = 1500;

export function createQueueWorker<Item>({ maxConcurrent, claim, work, onError }: QueueWorkerDeps<Item>) {
  const underWay = new Map<Promise<void>, Item>();
  const stopping = new AbortController();
  let looking: Promise<void> | null = null;
  let isLookWanted = false;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let isFailing = false;

  /** Claims as many items as there is room for. Returns true when it got any. */
  async function look(): Promise<boolean> {
    const room = maxConcurrent - underWay.size;
    if (room <= 0 || isStopped) return false;
    const items = await claim(room);
    for (const item of items) begin(item);
    return items.length > 0;
  }

  async function lookUntilNothingIsDue(): Promise<void> {
    do {
      isLookWanted = false;
      if (await look()) isLookWanted = true;
      isFailing = false;
    } while (isLookWanted);
  }

  /** Reports the first of several failed looks only, since the timer looks every second. */
  function reportFailedLook(error: unknown): void {
    if (!isFailing) onError(error);
    isFailing = true;
  }

  function wake(): void {
    if (isStopped) return;
    isLookWanted = true;
    looking ??= lookUntilNothingIsDue()
      .catch(reportFailedLook)
      .finally(() => {
        looking = null;
        // `wake` was called between the last look and this line.
        if (isLookWanted) wake();
      });
  }

  function begin(item: Item): void {
    const task = work(item, stopping.signal)
      // The item is not settled, so some node claims it again when the lease ends.
      .catch(onError)
      .finally(() => {
        underWay.delete(task);
        wake();
      });
    underWay.set(task, item);
  }

  return {
    /** Returns the items that this node is processing now. */
    items: (): Item[] => [...underWay.values()],

    /** Processes due items in the background. Returns at once. */
    wake,

    /** Starts looking every second. The timer does not keep the process alive. */
    start(): void {
      timer ??= setInterval(wake, lookEveryMs).unref();
      wake();
    },

    /**
     * Claims nothing more and waits briefly for the items under way. Then it aborts them, and they stay in
     * the queue for the next start. Safe to call twice.
     */
    async stop(): Promise<void> {
      isStopped = true;
      clearInterval(timer);
      const abortTimer = setTimeout(() => stopping.abort(), closePatienceMs);
      await looking;
      await Promise.all(underWay.keys());
      clearTimeout(abortTimer);
    },
  };
}

/** Each delay is three times the one before, varied by a fifth. */
const growth = 3;
const jitter = 0.2;

/** Delay after the first attempt, and the maximum delay. */
export type Backoff = { readonly firstSeconds: number; readonly maxSeconds: number };

/**
 * Returns the seconds from the end of attempt number `attempts` to the next one: exponential up to
 * `maxSeconds`, plus or minus a fifth.
 * @param random in [0, 1); spreads items that failed together, so that they do not all return at once
 */
export function backoffSeconds({ firstSeconds, maxSeconds }: Backoff, attempts: number, random: number): number {
  const delay = Math.min(firstSeconds * growth ** (attempts - 1), maxSeconds);
  return Math.round(delay * (1 - jitter + 2 * jitter * random));
}
