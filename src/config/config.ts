// From file and environment to a configuration, or to all problems at once. parse() is pure; the settings are in schema.ts.
// Secrets are not here (secrets.ts), so a configuration can be logged and shown.
import type { z } from 'zod';
import { type Problem, problemsBetweenSettings } from './checks.ts';
import { clientProblems, entriesOf, resolveClients, type Sources } from './client-files.ts';
import { applyEnvironment, type Environment } from './environment.ts';
import { readClientFolder, readSecretFiles, readYaml } from './files.ts';
import { problemsOf } from './problems.ts';
import { schema } from './schema.ts';

export type Config = z.infer<typeof schema>;

/** Everything that is wrong with a configuration, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
    this.problems = problems;
  }
}

/**
 * Default, then file, then environment: `TESSERA_` and the key's path in capitals joined by `_`, such as `TESSERA_HTTP_PORT`; a list
 * of plain texts is separated by commas. Clients and demo accounts come from files only; their secrets may come from the environment.
 * @param found problems that were found in reading. @throws ConfigError
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

/** Reads a YAML file, and those it refers to, and parses them. @throws ConfigError also when a file cannot be read or is not YAML. */
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

function listedClients(merged: unknown): readonly unknown[] {
  const { clients } = (merged ?? {}) as { clients?: unknown };
  return Array.isArray(clients) ? clients : [];
}
