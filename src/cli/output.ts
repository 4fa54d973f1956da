// What commands print. Tables are aligned with headers on a terminal, and lines of tab-separated values
// in a pipe. Names come from strangers' browsers and from providers elsewhere, so control characters are
// replaced.
import { once } from 'node:events';

/**
 * Rows with a header for each column. `piped` changes a line for programs; absent: the cells with tabs
 * between.
 */
export type Table = {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The lines for programs. Their columns never change. */
  readonly piped?: readonly string[];
  /** Printed on a terminal when there are no rows. */
  readonly none: string;
  /** A sentence below the rows. */
  readonly note?: string;
};

/** What a command returns: a text, or a table. */
export type Output = string | Table;

/** Replaces every control character that a terminal would obey by a question mark. */
export function plain(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, '?');
}

/** Writes to standard output. Resolves when there is room for more. */
export async function write(text: string): Promise<void> {
  if (!process.stdout.write(plain(text))) await once(process.stdout, 'drain');
}

/** The text of an output. It ends with a newline, or is empty. */
export function render(output: Output, isTerminal: boolean): string {
  const text = typeof output === 'string' ? output : renderTable(output, isTerminal);
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function renderTable({ headers, rows, piped, none, note }: Table, isTerminal: boolean): string {
  const below = note === undefined ? [] : [note];
  const cells = rows.map((row) => row.map(oneLine));
  if (!isTerminal) return [...(piped ?? cells.map((row) => row.join('\t'))), ...below].join('\n');
  return [...(rows.length === 0 ? [none] : aligned([headers, ...cells])), ...below].join('\n');
}

/** The last column is not padded, so that lines have no spaces at their end. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => widthOf(row[i] ?? ''))));
  const pad = (cell: string, i: number) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(cell)));
  return rows.map((row) => row.map(pad).join('  ').trimEnd());
}

const oneLine = (cell: string): string => plain(cell).replace(/[\n\t]/g, '?');

/** Columns of a terminal. East Asian wide characters and emoji take two. */
export function widthOf(text: string): number {
  const wide =
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
  return [...text.normalize('NFC').replace(/\p{Mn}/gu, '')].reduce((sum, each) => sum + (wide.test(each) ? 2 : 1), 0);
}

/** A number with its noun, such as `1 device` and `2 devices`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** An instant in epoch seconds as commands print it: ISO 8601 in UTC. */
export const isoOf = (seconds: number): string => new Date(seconds * 1000).toISOString();
