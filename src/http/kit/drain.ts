// Shuts an HTTP server down in order: it accepts nothing new, finishes what is under way, and closes what
// takes too long.
import type { Server } from 'node:http';

/** How long a shutdown waits for requests under way, in milliseconds. */
const drainMs = 8_000;
/** How often a shutdown closes connections that became idle, in milliseconds. */
const sweepMs = 50;

/** Resolves when the last connection is closed. */
export function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const impatience = setTimeout(() => server.closeAllConnections(), drainMs);
    // A connection whose request has just been finished is idle too, and would stay open for long.
    const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
    server.close(() => {
      clearTimeout(impatience);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
