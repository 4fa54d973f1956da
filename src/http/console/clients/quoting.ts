// Writes a value as a whole literal of a language, quotes included, so that no name or address can end the
// literal and begin code.
// Values have no control characters and no lone surrogates (core/client/client-schema.ts), so JSON's strings
// are right in most languages.
const json = (text: string): string => JSON.stringify(text);
/** For Apache and nginx: a backslash before what would end the argument. */
const directive = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;

/** By the ending of the file's name. */
const quoters: Readonly<Record<string, (text: string) => string>> = {
  js: json,
  mjs: json,
  py: json,
  java: json,
  cs: json,
  go: json,
  cfg: json,
  // Spring replaces `${…}` inside the string, unless a backslash stands before it.
  yaml: (text) => json(text.replaceAll('${', '\\${')),
  php: (text) => `'${text.replace(/[\\']/g, '\\$&')}'`,
  conf: directive,
  sh: (text) => `'${text.replaceAll("'", "'\\''")}'`,
};

/**
 * @returns the function that quotes a value for this file
 * @throws Error for a language that has no function yet
 */
export function quoterFor(file: string): (value: unknown) => string {
  const quote = quoters[file.slice(file.lastIndexOf('.') + 1)];
  if (!quote) throw new Error(`No way to quote a value in ${file} is known.`);
  return (value) => quote(String(value));
}
