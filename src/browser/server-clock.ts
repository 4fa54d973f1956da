// The server's clock, as this page knows it. A phone whose clock is wrong must still count down correctly and
// sign DPoP proofs whose `iat` the server accepts. The server writes its time into the page, and every
// answer carries it in the `Date` header (wire.ts). clock-watch.ts measures it again after a sleep.
import { createMeasuredClock } from './measured-clock.ts';

export const serverClock = createMeasuredClock({
  wallMs: Date.now,
  serverSeconds: Number(document.documentElement.dataset.now) || null,
});

/** Returns epoch seconds with fractions. */
export const serverNow = serverClock.now;
