// What a command takes from its line and from files.
import { readFile } from 'node:fs/promises';
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
