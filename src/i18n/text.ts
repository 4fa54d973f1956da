// Small text work for pages: filling in words, and everything that leaves as raw markup and so must be escaped here.
import { unknownDevice } from '../http/kit/user-agent.ts';

/** Puts values for `{name}`. The result is plain text: escape it. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** As fill, but the values stand out. @returns trusted markup: text and values are escaped. */
export const strong = (text: string, values: Readonly<Record<string, string>>): string =>
  escapeHtml(text).replace(/\{(\w+)\}/g, (whole, name: string) =>
    values[name] === undefined ? whole : `<strong>${escapeHtml(values[name])}</strong>`,
  );

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

/** "Firefox on Linux"; a device without a browser says its name alone. @param text with `{name}` and `{system}` @param unknown for a device without a name */
export function agentInWords(text: string, agent: { name: string; system: string }, unknown: string): string {
  const name = nameInWords(agent.name, unknown);
  return agent.system === '' ? name : fill(text, { name, system: agent.system });
}

/** @param unknown what is said instead, in the reader's language, where a device has no name */
export const nameInWords = (name: string, unknown: string): string => (name === unknownDevice ? unknown : name);
