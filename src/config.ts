// From file and environment to a configuration, or to all problems at once. parse() is pure; the settings are in config-schema.ts.
// Secrets are not here (secrets.ts), so a configuration can be logged and shown.
import { readFile } from 'node:fs/promises';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { type Problem, problemsBetweenSettings } from './config-checks.ts';
import { applyEnvironment, type Environment } from './config-environment.ts';
import { schema } from './config-schema.ts';

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
 * of plain texts is separated by commas. Clients and demo accounts come from the file only. @throws ConfigError
 */
export function parse(file: unknown, env: Environment): Config {
  const merged = applyEnvironment(file ?? {}, env);
  const result = schema.safeParse(merged);
  const problems = [...(result.error?.issues.flatMap(problemsOf) ?? []), ...problemsBetweenSettings(merged)];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return result.data;
}

/** Reads a YAML file and parses it. @throws ConfigError also when there is no such file or it is not YAML. */
export async function loadConfig(path: string, env: Environment): Promise<Config> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null)
    throw new ConfigError([{ path, message: 'cannot be read; give another file with --config or TESSERA_CONFIG' }]);
  let file: unknown;
  try {
    file = parseYaml(text);
  } catch (error) {
    throw new ConfigError([
      { path, message: error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'is not YAML' },
    ]);
  }
  return parse(file, env);
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.join('.') || '(top)';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'is not a known key' }));
  }
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return [{ path, message: isMissing ? 'is missing' : issue.message }];
}
