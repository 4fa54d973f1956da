// Durations as words, in the language of the page.
import type { AccessLife } from '../core/client/access-life.ts';
import { type Locale, messagesOf } from './locale.ts';
import { fill } from './text.ts';

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** Returns a duration such as "14 days", in the largest unit that divides it. */
export function lengthOfTime(locale: Locale, seconds: number): string {
  const [unit = 'second', length = 1] = units.find(([, each]) => seconds % each === 0) ?? [];
  return formatOf(locale, unit).format(seconds / length);
}

const formats = new Map<string, Intl.NumberFormat>();

/** Formats are cached, because creating one takes longer than rendering a page. */
function formatOf(locale: Locale, unit: string): Intl.NumberFormat {
  const key = `${locale} ${unit}`;
  const format = formats.get(key) ?? new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' });
  formats.set(key, format);
  return format;
}

/** Describes for how long a client has access, such as "Until signed out, 14 days at most". */
export function accessLifeInWords(locale: Locale, { seconds, endsWithSession }: AccessLife): string {
  const { untilSignedOut, atMost } = messagesOf[locale].consent;
  return fill(endsWithSession ? untilSignedOut : atMost, { time: lengthOfTime(locale, seconds) });
}
