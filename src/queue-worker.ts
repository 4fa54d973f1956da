// Works off a queue that several nodes share, in the background: claims what is due as long as there is room, and looks again every second.
// What is claimed and what is done with it is the business of whoever makes one (logout/logouts.ts, mail/mails.ts). Here is also how long what
// failed has to wait.

export type QueueWorkerDeps<Item> = {
  /** Items under way at the same time, at most. */
  readonly atOnce: number;
  /** Takes at most `room` items that are due, each for this caller alone. */
  readonly claim: (room: number) => Promise<readonly Item[]>;
  /** Ends soon after `stopping` fires. What it throws is reported, and the item is claimed again when its lease ends. */
  readonly work: (item: Item, stopping: AbortSignal) => Promise<void>;
  /** What could not be read or written, for the log. */
  readonly onError: (error: unknown) => void;
};

/** How soon is seen what other nodes left, and what is due again. */
const lookEveryMs = 1000;
const closePatienceMs = 1500;

export function createQueueWorker<Item>({ atOnce, claim, work, onError }: QueueWorkerDeps<Item>) {
  const underWay = new Map<Promise<void>, Item>();
  const stopping = new AbortController();
  let looking: Promise<void> | null = null;
  let isLookWanted = false;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let isFailing = false;

  /** Claims as much as there is room for. @returns whether anything was begun */
  async function look(): Promise<boolean> {
    const room = atOnce - underWay.size;
    if (room <= 0 || isStopped) return false;
    const items = await claim(room);
    for (const item of items) begin(item);
    return items.length > 0;
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
    if (!isFailing) onError(error);
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

  function begin(item: Item): void {
    const task = work(item, stopping.signal)
      // Not settled: another node, or this one, claims it again when the lease ends.
      .catch(onError)
      .finally(() => {
        underWay.delete(task);
        wake();
      });
    underWay.set(task, item);
  }

  return {
    /** Those being worked on here at this moment. */
    items: (): Item[] => [...underWay.values()],

    /** Works off what is due, in the background. */
    wake,

    /** Looks every second; the timer does not keep the process alive. */
    start(): void {
      timer ??= setInterval(wake, lookEveryMs).unref();
      wake();
    },

    /** Begins no more. What is under way gets a moment, then it is broken off and kept for the next start. Safe to call twice. */
    async stop(): Promise<void> {
      isStopped = true;
      clearInterval(timer);
      const impatience = setTimeout(() => stopping.abort(), closePatienceMs);
      await looking;
      await Promise.all(underWay.keys());
      clearTimeout(impatience);
    },
  };
}

const growth = 3;
const jitter = 0.2;

export type Backoff = { readonly firstSeconds: number; readonly maxSeconds: number };

/**
 * Seconds from the end of the `attempts`-th try to the next: the first, three times that and so on up to the longest, each a fifth more or less.
 * @param random in [0, 1): spreads what failed together, so that it does not come back together
 */
export function backoffSeconds({ firstSeconds, maxSeconds }: Backoff, attempts: number, random: number): number {
  const delay = Math.min(firstSeconds * growth ** (attempts - 1), maxSeconds);
  return Math.round(delay * (1 - jitter + 2 * jitter * random));
}
