// What pages do with text: formatting messages, and everything that leaves as raw markup and so must be escaped here.
import type { Piece, Text } from './messages.ts';

/**
 * Formats a message. The result is plain text: escape it.
 * @param message a text without arguments is returned as it is
 * @throws Error when a value is missing
 */
export const fill = <Values>(message: Text<Values>, values: NoInfer<Values>): string =>
  typeof message === 'string' ? message : message.format(values);

/** As `fill`, but string values stand out. @returns trusted markup: text and values are escaped */
export const strong = <Values>(message: Text<Values>, values: NoInfer<Values>): string =>
  typeof message === 'string' ? escapeHtml(message) : message.pieces(values).map(markupOf).join('');

const markupOf = ({ text, isValue }: Piece): string =>
  isValue ? `<strong>${escapeHtml(text)}</strong>` : escapeHtml(text);

/** JSON that may stand inside a `<script>` element. */
export const safeJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** "2 minutes ago": needs no time zone, which the server does not know. */
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
