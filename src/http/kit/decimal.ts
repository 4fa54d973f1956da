// Reads numbers that arrive as text, in queries and forms. A number consists of decimal digits: JavaScript
// would also take an empty text, `0x10`, `1e3` and spaces.
import { z } from 'zod';

/** @returns NaN for anything but 1 to 16 decimal digits, which hold every safe integer */
export const decimalOf = (text: unknown): number =>
  typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;

/** An integer in a query, where everything is text. */
export const queryInteger = (min: number, max: number = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? decimalOf(given) : given),
    z.int({ error: 'must consist of decimal digits' }).min(min).max(max),
  );
