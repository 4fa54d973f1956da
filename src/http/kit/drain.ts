// The orderly end of an HTTP server: nothing new is taken, what is under way is finished, and patience has an end.
import type { Server } from 'node:http';

/** How long a shutdown waits for requests under way. */
const drainMs = 8_000;

/** Resolves when the last connection is gone. */
export function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const impatience = setTimeout(() => server.closeAllConnections(), drainMs);
    server.close(() => {
      clearTimeout(impatience);
      resolve();
    });
    server.closeIdleConnections();
  });
}
