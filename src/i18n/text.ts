// Formats messages for pages, and escapes everything that a page inserts as raw markup.
import type { Piece, Text } from './messages.ts';

/**
 * Formats a message. The result is plain text: escape it.
 * @param message a text without arguments is returned as it is
 * @throws Error when a value is missing
 */
export const fill = <Values>(message: Text<Values>, values: NoInfer<Values>): string =>
  typeof message === 'string' ? message : message.format(values);

/**
 * Formats a message in which string values are bold.
 *
 * @returns trusted markup: texts and values are escaped
 * @throws Error when a value is missing
 */
export const strong = <Values>(message: Text<Values>, values: NoInfer<Values>): string =>
  typeof message === 'string' ? escapeHtml(message) : message.pieces(values).map(markupOf).join('');

const markupOf = ({ text, isValue }: Piece): string =>
  isValue ? `<strong>${escapeHtml(text)}</strong>` : escapeHtml(text);

/** Returns JSON that is safe inside a `<script>` element: it cannot contain a closing tag or a comment. */
export const safeJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/**
 * Returns a relative time such as "2 minutes ago". The server does not know the time zone of the reader, so
 * pages show no clock times. `at` and `now` are epoch seconds.
 */
export function timeAgo(locale: string, at: number, now: number): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const seconds = at - now;
  for (const [unit, length] of units)
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  return format.format(0, 'second');
}

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);
