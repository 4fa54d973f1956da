// Makes a configuration from a file and the environment, or reports every problem at once. `parse` is pure.
// The settings are defined in schema.ts; secrets are elsewhere (secrets.ts), so a configuration can be
// logged and shown.
import type { z } from 'zod';
import { type Problem, problemsBetweenSettings } from './checks.ts';
import { clientProblems, entriesOf, resolveClients, type Sources } from './client-files.ts';
import { applyEnvironment, type Environment } from './environment.ts';
import { readClientFolder, readSecretFiles, readYaml } from './files.ts';
import { problemsOf } from './problems.ts';
import { schema } from './schema.ts';

/** The validated settings, with defaults filled in. */
export type Config = z.infer<typeof schema>;

/**
 * A configuration that cannot be used. `problems` has one entry per mistake; a path is a key, variable or
 * file.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
    this.problems = problems;
  }
}

/**
 * Validates a configuration. Variables override the file, and the file overrides the defaults
 * (environment.ts). Clients and demo accounts come from files only; secrets of clients may come from
 * variables.
 * @param file the parsed content of the configuration file
 * @param sources what the file refers to: the clients' folder and files with secrets
 * @param found problems that were found while reading these
 * @throws ConfigError with all problems
 */
export function parse(
  file: unknown,
  env: Environment,
  sources: Sources = { clientFiles: [], secretFiles: new Map() },
  found: readonly Problem[] = [],
): Config {
  const merged = applyEnvironment(file ?? {}, env);
  const result = schema.safeParse(merged);
  const problems = [
    ...(result.error?.issues.flatMap((issue) => problemsOf(issue)) ?? []),
    ...problemsBetweenSettings(merged),
    ...found,
    ...clientProblems(listedClients(merged), sources, env),
  ];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return { ...result.data, clients: resolveClients(result.data.clients, sources, env) };
}

/**
 * Reads a YAML file and the files that it refers to, and validates them.
 * @throws ConfigError, also when a file cannot be read or is not YAML
 */
export async function loadConfig(path: string, env: Environment): Promise<Config> {
  const read = await readYaml(path, 'cannot be read; give another file with --config or TESSERA_CONFIG');
  if ('problem' in read) throw new ConfigError([read.problem]);
  const merged = applyEnvironment(read.content ?? {}, env);
  const { clients_folder: folder } = (merged ?? {}) as { clients_folder?: unknown };
  const isNamed = typeof folder === 'string' && folder !== '';
  const { files, problems } = isNamed ? await readClientFolder(folder) : { files: [], problems: [] };
  const secretFiles = await readSecretFiles([...listedClients(merged), ...entriesOf(files)]);
  return parse(read.content, env, { clientFiles: files, secretFiles }, problems);
}

/** Returns the `clients` of an unvalidated configuration; an empty list when there is no list. */
function listedClients(merged: unknown): readonly unknown[] {
  const { clients } = (merged ?? {}) as { clients?: unknown };
  return Array.isArray(clients) ? clients : [];
}
