// Makes text from outside safe to show: one line of visible characters. Pure.

/**
 * Members of a character class: control characters, and those that reorder text (Bidi_Control of Unicode).
 * The last ones stand for themselves, because no escape of them is common to ECMA-262, RE2, Java and Python.
 */
export const hidingCharacters = '\\x00-\\x1f\\x7f-\\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069';

/** Length in characters, as JSON Schema counts it. `length` counts a character beyond U+FFFF twice. */
export const charactersIn = (text: string): number => [...text].length;

/** Whether anything of a text can be seen. Spaces, marks without a letter's width and fillers cannot. */
export const isVisible = (text: string): boolean => /[^\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);

/** Scripts whose words need the joiners U+200C and U+200D (Unicode UAX #31, table of join controls). */
const joiningScripts =
  'Arabic Syriac Mongolian Nko Mandaic Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Khmer Myanmar Tibetan'
    .split(' ')
    .map((script) => `\\p{Script_Extensions=${script}}`)
    .join('');
/**
 * Invisible characters that belong to what can be seen: one joiner between two letters of such a script, the
 * joiner of an emoji that consists of several, and the tags of a flag.
 */
const belonging = [
  `(?<=[${joiningScripts}])[\\u200c\\u200d](?=[${joiningScripts}])`,
  '(?<=\\p{Extended_Pictographic}[\\ufe0f\\u{1f3fb}-\\u{1f3ff}]?)\\u200d(?=\\p{Extended_Pictographic})',
  '(?<=\\u{1f3f4}[\\u{e0020}-\\u{e007e}]{0,6})[\\u{e0020}-\\u{e007f}]',
].join('|');
const hiding = new RegExp(`(${belonging})|[\\p{C}\\p{Zl}\\p{Zp}\\p{Bidi_Control}]`, 'gu');

/** One line without control, format (bidi) and private-use characters, of any length (security.md B10). */
export const oneLine = (text: string): string =>
  text
    .replace(hiding, (_, kept?: string) => kept ?? ' ')
    .replace(/\s+/g, ' ')
    .trim();

/**
 * The same, and nothing where nothing can be seen.
 * @param length in characters; a longer text is cut and ends in an ellipsis
 */
export function plainText(text: string | undefined, length: number): string {
  const clean = oneLine(text ?? '');
  if (!isVisible(clean)) return '';
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
