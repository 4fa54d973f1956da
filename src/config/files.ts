// Reads the files that make up a configuration, without judging them: the configuration file, the files of
// the clients' folder, and the files that hold secrets of clients.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import type { Problem } from './checks.ts';
import { type ClientFile, secretFilesOf } from './client-files.ts';

/** Name of the configuration that `config init` writes into the current folder. */
export const ownConfigFile = 'tessera.yaml';

/** Absolute path of the development configuration that the package contains. */
export const bundledConfigFile = fileURLToPath(new URL('../../config/development.yaml', import.meta.url));

/**
 * Returns the path of the configuration file: `--config`, else TESSERA_CONFIG, else `tessera.yaml` of the
 * current folder, else the bundled one.
 */
export function configPath(named: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const chosen = named ?? env.TESSERA_CONFIG;
  if (chosen !== undefined) return chosen;
  return existsSync(ownConfigFile) ? ownConfigFile : bundledConfigFile;
}

/**
 * Reads a YAML file; JSON is a part of YAML. Never rejects: a file that cannot be read or parsed is a
 * problem.
 * @param unreadable the message for a file that cannot be read
 */
export async function readYaml(path: string, unreadable: string): Promise<{ content: unknown } | { problem: Problem }> {
  const text = await readText(path);
  if (text === null) return { problem: { path, message: unreadable } };
  try {
    return { content: parseYaml(text) };
  } catch (error) {
    const [sentence = 'is not YAML'] = error instanceof Error ? error.message.split('\n') : [];
    return { problem: { path, message: sentence } };
  }
}

/**
 * Reads every *.yaml, *.yml and *.json of a folder, by name. Hidden files, such as those of editors, are
 * skipped.
 */
export async function readClientFolder(folder: string): Promise<{ files: ClientFile[]; problems: Problem[] }> {
  const names = await readdir(folder).catch(() => null);
  if (names === null) {
    return { files: [], problems: [{ path: 'clients_folder', message: `${folder} is no folder that can be read` }] };
  }
  const files: ClientFile[] = [];
  const problems: Problem[] = [];
  for (const name of names.filter((each) => /^[^.].*\.(ya?ml|json)$/i.test(each)).sort()) {
    const path = join(folder, name);
    const read = await readYaml(path, 'cannot be read; check its permissions');
    if ('problem' in read) problems.push(read.problem);
    else files.push({ path, content: read.content });
  }
  return { files, problems };
}

/**
 * Reads the files that entries name for their secrets. Entries may be invalid; unreadable files are left
 * out.
 */
export async function readSecretFiles(entries: readonly unknown[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const path of new Set(entries.flatMap(secretFilesOf))) {
    const text = await readText(path);
    if (text !== null) texts.set(path, text);
  }
  return texts;
}

const readText = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);
