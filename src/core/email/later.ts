// Work that nobody waits for, done a moment of chance after it was asked for: neither an answer's time nor that of the next one tells what
// there was to do (security.md D4).

export type Later = ReturnType<typeof createLater>;

/** `onError` is told what failed; there is nobody else to tell. */
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
    run(work: () => Promise<void>): void {
      const timer: NodeJS.Timeout = setTimeout(() => begin(timer), Math.random() * withinMs);
      waiting.set(timer, work);
    },

    /** What waits is done now. Resolves when nothing is left. */
    async finish(): Promise<void> {
      for (const timer of [...waiting.keys()]) {
        clearTimeout(timer);
        begin(timer);
      }
      await Promise.all(running);
    },
  };
}
