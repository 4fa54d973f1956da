// What a command takes from its line and from files.
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parse as parseYaml } from 'yaml';

/** A mistake in the command itself: exit code 2. */
export class UsageError extends Error {}

export function required(value: string | undefined, name: string): string {
  if (!value) throw new UsageError(`${name} is missing.`);
  return value;
}

/** YAML, of which JSON is a part. @param path `-` for standard input. @throws UsageError when it is no map of settings */
export async function readSettings(path: string): Promise<Record<string, unknown>> {
  const written = path === '-' ? await text(process.stdin) : await readFile(path, 'utf8').catch(() => null);
  if (written === null) throw new UsageError(`${path} cannot be read.`);
  let settings: unknown;
  try {
    settings = parseYaml(written);
  } catch (cause) {
    throw new UsageError(`${path} is neither YAML nor JSON.`, { cause });
  }
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new UsageError(`${path} must be a map of settings.`);
  }
  return settings as Record<string, unknown>;
}

/** The command itself, and the `key=value` of `client set`; to any other command such a word is one that it does not know. */
export function splitWords(positionals: readonly string[]): { words: string[]; settings: string[] } {
  const isSet = positionals[0] === 'client' && positionals[1] === 'set';
  const isSetting = (word: string) => isSet && word.includes('=');
  return { words: positionals.filter((word) => !isSetting(word)), settings: positionals.filter(isSetting) };
}

/** `key=value` each; a value is YAML, so `true`, `3600`, `[a, b]` and `null` are what they look like. @throws UsageError */
export function settingsOfLine(words: readonly string[]): Record<string, unknown> {
  if (words.length === 0) throw new UsageError('KEY=VALUE is missing.');
  const entries = words.map((word): [string, unknown] => {
    const [, key = '', value = ''] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (key === '') throw new UsageError(`${word} is no KEY=VALUE.`);
    try {
      return [key, parseYaml(value)];
    } catch (cause) {
      throw new UsageError(`${key} has a value that cannot be read.`, { cause });
    }
  });
  return Object.fromEntries(entries);
}

const types: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
};

/** A picture of a file, its type by its ending. @throws UsageError when there is none */
export async function readPicture(path: string): Promise<{ body: Buffer; type: string }> {
  const body = await readFile(path).catch(() => null);
  if (body === null) throw new UsageError(`${path} cannot be read.`);
  return { body, type: types[extname(path).toLowerCase()] ?? '' };
}

/** From standard input, so that it stands in no shell history or process list; what is typed at a terminal is not shown. */
export async function readPassword(): Promise<string> {
  const isTyped = process.stdin.isTTY;
  if (isTyped) process.stderr.write('Password: ');
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, ...(isTyped && { output: nowhere, terminal: true }) });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
    if (isTyped) process.stderr.write('\n');
  }
  throw new UsageError('The password comes by standard input, as one line.');
}
