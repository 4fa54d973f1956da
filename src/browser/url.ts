// Parses addresses that people or cameras supplied. `URL.canParse` is missing in the oldest supported
// browsers (Safari before 17, Chrome before 120).

/** Returns the parsed address, or null when the text is no absolute URL. */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
