// Runs work after a random delay, so that neither the response time nor that of the next request tells what
// there was to do (security.md D4).

export type Later = ReturnType<typeof createLater>;

/** `onError` receives errors of the work, which has no caller to throw to. */
export function createLater({ onError, withinMs = 1000 }: { onError: (error: unknown) => void; withinMs?: number }) {
  const waiting = new Map<NodeJS.Timeout, () => Promise<void>>();
  const running = new Set<Promise<void>>();

  function begin(timer: NodeJS.Timeout): void {
    const work = waiting.get(timer);
    if (!waiting.delete(timer) || !work) return;
    const done = work()
      .catch(onError)
      .finally(() => running.delete(done));
    running.add(done);
  }

  return {
    /** Runs the work within `withinMs`, and returns at once. */
    run(work: () => Promise<void>): void {
      const timer: NodeJS.Timeout = setTimeout(() => begin(timer), Math.random() * withinMs);
      waiting.set(timer, work);
    },

    /** Runs all waiting work now. Resolves when nothing is left. */
    async finish(): Promise<void> {
      for (const timer of [...waiting.keys()]) {
        clearTimeout(timer);
        begin(timer);
      }
      await Promise.all(running);
    },
  };
}
