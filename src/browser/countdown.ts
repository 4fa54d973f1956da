// The ring around the code: how much of its time is left.
import { serverNow } from './server-clock.ts';

/** @returns a function that takes the instant at which the code ends, or null to stand still. */
export function createCountdown(ring: SVGElement, totalSeconds: number): (endsAt: number | null) => void {
  let timer: number | undefined;
  return (endsAt) => {
    clearInterval(timer);
    if (endsAt === null) return;
    const draw = () => {
      const left = Math.min(Math.max((endsAt - serverNow()) / totalSeconds, 0), 1);
      ring.setAttribute('stroke-dashoffset', String(Math.round((1 - left) * 1000) / 10));
    };
    draw();
    timer = window.setInterval(draw, 1000);
  };
}
