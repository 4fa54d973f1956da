// Ports for servers that tests start.
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Of those that no outgoing connection is given (Linux: 32768 and up): else one might be taken before it is
 * listened on.
 */
const first = 20_000;
const lanes = 8;
const laneLength = 1500;
/**
 * Test files that run at the same time have a lane each, so that none takes what another is about to listen
 * on.
 */
const lane = (Number(process.env.VITEST_POOL_ID ?? 0) || 0) % lanes;
const given = new Set<number>();

/** Returns a port on which nobody listens now, and which this process has not handed out recently. */
export async function freePort(): Promise<number> {
  if (given.size > laneLength / 2) given.clear();
  for (;;) {
    const port = first + lane * laneLength + randomInt(laneLength);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
