// Lengths of time in a person's words.
import type { AccessLife } from '../core/client/access-life.ts';
import { type Locale, messagesOf } from './locale.ts';
import { fill } from './text.ts';

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** "14 days": in the largest unit that says it exactly. */
export function lengthOfTime(locale: Locale, seconds: number): string {
  const [unit = 'second', length = 1] = units.find(([, each]) => seconds % each === 0) ?? [];
  return formatOf(locale, unit).format(seconds / length);
}

const formats = new Map<string, Intl.NumberFormat>();

/** Each is made once: making one takes longer than many a page. */
function formatOf(locale: Locale, unit: string): Intl.NumberFormat {
  const key = `${locale} ${unit}`;
  const format = formats.get(key) ?? new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' });
  formats.set(key, format);
  return format;
}

/** "Until signed out, 14 days at most". */
export function accessLifeInWords(locale: Locale, { seconds, endsWithSession }: AccessLife): string {
  const { untilSignedOut, atMost } = messagesOf[locale].consent;
  return fill(endsWithSession ? untilSignedOut : atMost, { time: lengthOfTime(locale, seconds) });
}
