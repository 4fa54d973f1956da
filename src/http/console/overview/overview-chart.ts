// A chart of outcomes as numbers for a template: stacked bars in a box with its own units, which the style
// sheet stretches.
// Text stands beside the drawing, so that it stays readable at every width.
import type { OutcomesAt } from '../../../core/statistics/statistic.ts';

/** The parts of a bar, from the bottom to the top. */
const layers = ['approved', 'open', 'denied', 'cancelled', 'expired'] as const;
export type Layer = (typeof layers)[number];

export type Bar = { readonly layer: Layer; readonly x: number; readonly y: number; readonly height: number };
export type Chart = {
  readonly width: number;
  readonly height: number;
  readonly barWidth: number;
  readonly bars: readonly Bar[];
  /** The value at the top of the box. */
  readonly top: number;
};

const height = 100;
const step = 10;
const barWidth = 7;

/** One bar per bucket, its height in proportion to the highest. */
export function chartOf(buckets: readonly OutcomesAt[]): Chart {
  const top = roundUp(Math.max(1, ...buckets.map(({ shown }) => shown)));
  const bars = buckets.flatMap((bucket, index) => {
    let y = height;
    return layers
      .filter((layer) => bucket[layer] > 0)
      .map((layer) => {
        const tall = (bucket[layer] / top) * height;
        y -= tall;
        return { layer, x: index * step + (step - barWidth) / 2, y: round(Math.max(0, y)), height: round(tall) };
      });
  });
  return { width: buckets.length * step, height, barWidth, bars, top };
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** The next round number: 1, 2, 3, … 10, 15, 20, 25, 30, 40, … */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const isRound = (step: number) => step * power >= value && Number.isInteger(step * power);
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find(isRound) ?? 10) * power;
}
