// Measures the server's time again whenever the page becomes visible: the device may have slept, or somebody
// may have set its clock. Imported by scripts that count down or sign.
import { listen } from './handlers.ts';
import { serverClock } from './server-clock.ts';
import { exchange } from './wire.ts';

/** A form is signed by a measurement that is not older than this. */
const freshMs = 30_000;
/** Nobody waits longer for the time. The estimate of before is used then. */
const patienceMs = 3000;

/** Any answer carries the time, even a refusal, so a proxy that blocks this path does no harm. */
async function measure(): Promise<void> {
  await exchange('HEAD', '/healthz', { patienceMs, keepsStream: true });
}

/**
 * Measures unless the last measurement is fresh. For proofs inside forms, which a browser sends by itself, so
 * that the page cannot repeat them after a refusal.
 */
export async function measureIfOld(): Promise<void> {
  if (serverClock.ageMs() > freshMs) await measure();
}

listen(document, 'visibilitychange', () => (document.hidden ? null : measure()));
listen(window, 'pageshow', ({ persisted }) => (persisted ? measure() : null));
