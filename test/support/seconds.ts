// Instants have a resolution of one second, and the library reads the real clock: some tests have to see it
// move on.

/** Resolves when the clock shows `count` seconds more than now. */
export async function secondsLater(count: number): Promise<void> {
  const until = Math.floor(Date.now() / 1000) + count;
  while (Math.floor(Date.now() / 1000) < until) await new Promise((resolve) => setTimeout(resolve, 20));
}
