// Notices when the QR code on the page is older than the server accepts for sure. It happens when news stop
// arriving, and when a device wakes up: its timers stood still, and the wall clock did not.
import { every, listen } from './handlers.ts';

/** Frames come every 5 seconds, and the server accepts one for 30 seconds (protocol.md 1). */
const maxAgeMs = 20_000;

/**
 * Starts with the code that the server has drawn into the page.
 *
 * @param onChange is told when the code becomes too old, and when a new one has arrived
 */
export function createCodeAge(onChange: (isOld: boolean) => void) {
  let drawnAtMs: number | null = Date.now();
  let wasOld = false;

  function check(): void {
    const isOld = drawnAtMs !== null && Date.now() - drawnAtMs > maxAgeMs;
    if (isOld !== wasOld) onChange(isOld);
    wasOld = isOld;
  }

  every(1000, check);
  listen(document, 'visibilitychange', check);
  return {
    /** A new code was drawn. */
    restart(): void {
      drawnAtMs = Date.now();
      check();
    },
    /** No code is on display. */
    stop(): void {
      drawnAtMs = null;
      check();
    },
  };
}
