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

/** Upper bound for what is typed or pasted where a code is asked for, in UTF-16 units. */
export const maxTypedLength = 200;

/**
 * What a person meant who typed or pasted a code: full-width and other forms of letters become plain ones
 * (NFKC), digits of any script become ASCII digits, invisible characters are dropped, and so is a label such
 * as "Code:" in front of it.
 */
export function typedCode(text: string): string {
  const plain = text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Nd}/gu, asciiDigit);
  const [, afterLabel = ''] = /:([^:]*)$/.exec(plain) ?? [];
  return /[\p{L}\p{N}]/u.test(afterLabel) ? afterLabel : plain;
}

/** Unicode keeps the ten digits of a script together. NFKC has removed the only blocks that touch. */
function asciiDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(point - value - 1))) value++;
  return String(value % 10);
}
