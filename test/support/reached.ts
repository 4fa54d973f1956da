// Checks that a property is not vacuous: enough of the random cases reached the state that the property is
// about.
import { expect } from 'vitest';

/**
 * Expects at least a tenth of the cases that reach a state on average.
 *
 * Count a random case once, whatever happens in it: independent cases make the chance of a false alarm
 * computable. For independent cases with mean m, Chernoff's bound gives P(count <= m/10) <= exp(-m * (0.9 -
 * 0.1 * ln 10)), which is exp(-0.67 * m). With m >= 100 that is below 1e-29, so no test run will ever see
 * it.
 *
 * @param mean how many cases reach the state on average, measured over many runs; at least 100
 */
export function expectReached(count: number, mean: number, state: string): void {
  expect(mean, 'a smaller mean would fail by chance').toBeGreaterThanOrEqual(100);
  expect(count, `cases that reached: ${state}`).toBeGreaterThanOrEqual(mean / 10);
}
