// What a command reads from its line, from files and from standard input.
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parse as parseYaml } from 'yaml';
import { InterruptedError } from './confirm.ts';
import { UsageError } from './usage-error.ts';

/** @throws UsageError when the value is absent or empty */
export function required(value: string | undefined, name: string): string {
  if (!value) throw new UsageError(`${name} is missing.`);
  return value;
}

/**
 * Parses a number of things, from 1. It consists of decimal digits: JavaScript would also take `1e3`, `0x10`
 * and spaces. An upper bound is that of the use-case.
 * @throws UsageError
 */
export function countOf(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw new UsageError(`${name} must be a whole number from 1.`);
  return Number(text);
}

/**
 * Reads YAML or JSON.
 * @param path `-` for standard input.
 * @throws UsageError when it is not a map of settings
 */
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

/**
 * Parses words of the form `key=value`. A value is YAML: `true`, `3600`, `[a, b]`, `null`.
 * @throws UsageError
 */
export function settingsOfLine(words: readonly string[]): Record<string, unknown> {
  if (words.length === 0) throw new UsageError('KEY=VALUE is missing.');
  const entries = words.map((word): [string, unknown] => {
    const [, key = '', value = ''] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (key === '') throw new UsageError(`${word} is not KEY=VALUE.`);
    try {
      return [key, parseYaml(value)];
    } catch (cause) {
      throw new UsageError(`${key} has a value that cannot be read.`, { cause });
    }
  });
  return Object.fromEntries(entries);
}

/** Media types by the ending of a file. */
const types: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
};

/** Reads a picture. Its media type follows the file's ending. @throws UsageError when it cannot be read */
export async function readPicture(path: string): Promise<{ body: Buffer; type: string }> {
  const body = await readFile(path).catch(() => null);
  if (body === null) throw new UsageError(`${path} cannot be read.`);
  return { body, type: types[extname(path).toLowerCase()] ?? '' };
}

/**
 * Reads a password as one line from standard input, so that it stands in no shell history or process list.
 * What is typed at a terminal is not shown. @throws UsageError without a line; InterruptedError after Ctrl-C
 */
export async function readPassword(): Promise<string> {
  const isTyped = process.stdin.isTTY;
  if (isTyped) process.stderr.write('Password: ');
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, ...(isTyped && { output: nowhere, terminal: true }) });
  let isInterrupted = false;
  lines.once('SIGINT', () => {
    isInterrupted = true;
    lines.close();
  });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
    if (isTyped) process.stderr.write('\n');
  }
  if (isInterrupted) throw new InterruptedError();
  throw new UsageError('The password is read from standard input, as one line.');
}
