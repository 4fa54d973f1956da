// Makes text from outside safe to show: one line of visible characters. Pure.

/**
 * Members of a character class: control characters, and those that reorder text (Bidi_Control of Unicode).
 * The last ones stand for themselves, because no escape of them is common to ECMA-262, RE2, Java and Python.
 */
export const hidingCharacters = '\\x00-\\x1f\\x7f-\\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069';

/** Length in characters, as JSON Schema counts it. `length` counts a character beyond U+FFFF twice. */
export const charactersIn = (text: string): number => [...text].length;

/**
 * One line without control, format (bidi) and private-use characters (security.md B10).
 * @param length in characters; a longer text is cut and ends in an ellipsis
 */
export function plainText(text: string | undefined, length: number): string {
  const clean = (text ?? '')
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const letters = [...clean];
  return letters.length > length ? `${letters.slice(0, length - 1).join('')}…` : clean;
}
