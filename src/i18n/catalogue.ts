// Reads the catalogue of one language. Each `locales/<language>/<page>.json` becomes a key in camel case, and
// a folder becomes a key that contains its pages. Values are in ICU MessageFormat.
import { readdirSync, readFileSync } from 'node:fs';
import { createMessage } from './message.ts';
import type { Messages } from './messages.ts';

/** The content of a catalogue file: texts, or groups of texts. */
export type Entries = { readonly [key: string]: string | Entries };

/**
 * Reads the files synchronously on each call. Callers keep the result.
 * @param language the name of the folder, a BCP 47 tag
 * @throws SyntaxError when a file is not JSON
 */
export const readMessages = (language: string): Messages => messagesIn(language, readEntries(language)) as Messages;

/** Returns the unparsed texts, for tests and for the generator of arguments.ts. */
export function readEntries(language: string, folder = new URL(`./locales/${language}/`, import.meta.url)): Entries {
  const pages = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const key = camelCase(entry.name.replace(/\.json$/, ''));
    if (entry.isDirectory()) return [key, readEntries(language, new URL(`${entry.name}/`, folder))] as const;
    return [key, JSON.parse(readFileSync(new URL(entry.name, folder), 'utf8')) as Entries] as const;
  });
  return Object.fromEntries(pages);
}

const camelCase = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

type Tree = { [key: string]: ReturnType<typeof createMessage> | Tree };

const messagesIn = (language: string, entries: Entries): Tree =>
  Object.fromEntries(
    Object.entries(entries).map(([key, value]) => [
      key,
      typeof value === 'string' ? createMessage(language, value) : messagesIn(language, value),
    ]),
  );
