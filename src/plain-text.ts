// Makes text from outside safe to show: one line of visible characters. Pure.

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
