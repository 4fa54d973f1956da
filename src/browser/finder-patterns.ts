// Tells whether a picture without a readable code shows at least a part of one: a finder pattern, which is
// the square in a corner of every QR code (ISO/IEC 18004 §6.3.3). Pure. workers/scanner-worker.ts asks.

/** Black and white pixels, RGBA: the red byte of a dark pixel is below 128. */
export type Plane = { readonly width: number; readonly height: number; readonly data: ArrayLike<number> };

/** Every line through the middle of a finder pattern crosses dark, light, dark, light, dark in this ratio. */
const ratios = [1, 1, 3, 1, 1] as const;
/** Each run may differ from its ratio by this share of a module. */
const tolerance = 0.6;
/** Smaller modules than this, in pixels, are the texture of a picture and not a code. */
const minModule = 1.5;

/** Returns true when the ratio is found along a row and along the column through the same middle. */
export function hasFinderPattern(plane: Plane): boolean {
  for (let y = 0; y < plane.height; y += 2) {
    const middle = middlesOf(lineOf(plane, y, 'row')).find(({ at, module }) => isAlsoVertical(plane, at, y, module));
    if (middle) return true;
  }
  return false;
}

/** `at`: the middle of the five runs; `module`: the width of one module, in pixels. */
type Middle = { readonly at: number; readonly module: number };
type Line = { readonly length: number; isDark(at: number): boolean };

const lineOf = ({ data, width, height }: Plane, at: number, direction: 'row' | 'column'): Line =>
  direction === 'row'
    ? { length: width, isDark: (x) => (data[(at * width + x) * 4] ?? 255) < 128 }
    : { length: height, isDark: (y) => (data[(y * width + at) * 4] ?? 255) < 128 };

/** The column must have the ratio around the same point, with modules of about the same size. */
const isAlsoVertical = (plane: Plane, x: number, y: number, module: number): boolean =>
  middlesOf(lineOf(plane, x, 'column')).some(
    (found) => Math.abs(found.at - y) <= 1.5 * module && Math.abs(found.module - module) <= module / 3,
  );

/** Finds all places of a line where five runs, dark first, have the ratio. */
function middlesOf(line: Line): Middle[] {
  const found: Middle[] = [];
  let runs: number[] = [];
  let start = 0;
  for (let at = 1; at <= line.length; at += 1) {
    if (at < line.length && line.isDark(at) === line.isDark(start)) continue;
    runs = [...runs.slice(-4), at - start];
    const module = line.isDark(start) ? moduleOf(runs) : null;
    if (module !== null) found.push({ at: Math.round(at - module * 3.5), module });
    start = at;
  }
  return found;
}

/** Returns the width of a module, or null when the runs have another ratio. */
function moduleOf(runs: readonly number[]): number | null {
  if (runs.length < ratios.length) return null;
  const module = runs.reduce((sum, run) => sum + run, 0) / 7;
  const fits = ratios.every((ratio, index) => Math.abs((runs[index] ?? 0) - ratio * module) <= module * tolerance);
  return fits && module >= minModule ? module : null;
}
