// The ring around the QR code, which shows how much time the ticket has left.
import { every } from './handlers.ts';
import { serverNow } from './server-clock.ts';

/**
 * Controls the ring, which is redrawn once a second.
 *
 * @param totalSeconds the duration that a full ring stands for
 * @returns a function that takes the deadline in epoch seconds; null stops the countdown
 */
export function createCountdown(ring: SVGElement, totalSeconds: number): (endsAt: number | null) => void {
  let timer: number | undefined;
  return (endsAt) => {
    clearInterval(timer);
    if (endsAt === null) return;
    const draw = () => {
      const left = Math.min(Math.max((endsAt - serverNow()) / totalSeconds, 0), 1);
      // The ring has `pathLength` 100, so the offset is the elapsed share in percent.
      ring.setAttribute('stroke-dashoffset', String(Math.round((1 - left) * 1000) / 10));
    };
    draw();
    timer = every(1000, draw);
  };
}
