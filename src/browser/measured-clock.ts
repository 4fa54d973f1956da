// Estimates the server's clock from a device's own clock and from answers of the server. Pure.
// `performance.now()` is not used: in most browsers it stands still while a device sleeps, so after ten
// minutes of sleep it would be ten minutes late. The wall clock goes on.

export type MeasuredClock = ReturnType<typeof createMeasuredClock>;

/** A `Date` header has a resolution of one second, so a smaller difference says nothing. */
const resolutionMs = 1000;

/**
 * @param deps.wallMs the device's own clock, in milliseconds; it may be wrong by any amount
 * @param deps.serverSeconds the server's time as the page states it, in epoch seconds; null: unknown
 */
export function createMeasuredClock({ wallMs, serverSeconds }: { wallMs: () => number; serverSeconds: number | null }) {
  let offsetMs = serverSeconds === null ? 0 : serverSeconds * 1000 - wallMs();
  let measuredAtMs = wallMs();

  return {
    /** Returns the server's time in epoch seconds with fractions. */
    now: (): number => (wallMs() + offsetMs) / 1000,

    /**
     * Learns from an answer of the server. A measurement that agrees with the present estimate changes
     * nothing, so the time does not jump with every answer.
     *
     * @param date the `Date` header (RFC 9110 §6.6.1); null or unreadable: nothing is learned
     * @param sentAtMs `wallMs` when the request was sent
     */
    measure(date: string | null, sentAtMs: number): void {
      const serverMs = Date.parse(date ?? '');
      if (Number.isNaN(serverMs)) return;
      const receivedAtMs = wallMs();
      // The header was written at some moment between sending and receiving, and its second was cut off.
      const middleMs = (sentAtMs + receivedAtMs) / 2;
      const measuredMs = serverMs + resolutionMs / 2 - middleMs;
      const toleranceMs = resolutionMs + Math.max(receivedAtMs - sentAtMs, 0) / 2;
      if (Math.abs(measuredMs - offsetMs) > toleranceMs) offsetMs = measuredMs;
      measuredAtMs = receivedAtMs;
    },

    /** Takes the server's time from a refusal because of the clock. @param serverSeconds epoch seconds */
    adopt(serverSeconds: number): void {
      offsetMs = serverSeconds * 1000 - wallMs();
      measuredAtMs = wallMs();
    },

    /** Milliseconds since the last measurement, by the wall clock. */
    ageMs: (): number => Math.abs(wallMs() - measuredAtMs),
  };
}
