// From file and environment to a configuration, or to all problems at once. parse() is pure; the settings are in config-schema.ts.
// Secrets are not here (secrets.ts), so a configuration can be logged and shown.
import { readFile } from 'node:fs/promises';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { schema } from './config-schema.ts';

export type Config = z.infer<typeof schema>;
export type Problem = { readonly path: string; readonly message: string };

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
 * Default, then file, then environment: `TESSERA_` and the key's path in capitals joined by `_`, such as `TESSERA_HTTP_PORT`.
 * Lists and clients come from the file only. @throws ConfigError
 */
export function parse(file: unknown, env: Readonly<Record<string, string | undefined>>): Config {
  const merged = applyEnvironment(file ?? {}, env);
  const result = schema.safeParse(merged);
  if (!result.success) throw new ConfigError(result.error.issues.flatMap(problemsOf));
  const problems = [...issuerProblems(result.data), ...productionProblems(result.data)];
  if (problems.length > 0) throw new ConfigError(problems);
  return result.data;
}

/** Reads a YAML file and parses it. @throws ConfigError also when there is no such file or it is not YAML. */
export async function loadConfig(path: string, env: Readonly<Record<string, string | undefined>>): Promise<Config> {
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
  return [{ path, message: issue.message }];
}

/** Where the environment can reach: every scalar of the schema, by its path. */
const environmentPaths: readonly (readonly [string, ...string[]])[] = [
  ['environment'],
  ['issuer'],
  ['http', 'host'],
  ['http', 'port'],
  ['http', 'outbound_private_networks'],
  ['store', 'kind'],
  ['store', 'path'],
  ['store', 'url'],
  ['store', 'key_prefix'],
  ['interaction_seconds'],
  ...keysOf('ticket', ['pending_seconds', 'decision_seconds', 'finish_seconds']),
  ...keysOf('tokens', ['access_token_seconds', 'id_token_seconds', 'refresh_token_seconds', 'session_seconds']),
  ...keysOf('device', ['idle_seconds', 'absolute_seconds']),
  ...keysOf('password', [
    'argon2_memory_kib',
    'argon2_passes',
    'argon2_parallelism',
    'argon2_concurrency',
    'argon2_queue',
  ]),
  ...keysOf('limits', [
    'ticket_creations_per_minute',
    'ticket_creations_per_client_per_minute',
    'claims_per_device_per_minute',
    'claims_per_address_per_minute',
    'authorizations_per_minute',
    'token_requests_per_minute',
  ]),
  ['log', 'level'],
  ['demo', 'relying_party', 'enabled'],
  ['demo', 'relying_party', 'port'],
];

function keysOf(parent: string, keys: readonly string[]): [string, ...string[]][] {
  return keys.map((key) => [parent, key]);
}

export const environmentName = (path: readonly string[]): string => `TESSERA_${path.join('_').toUpperCase()}`;
export const environmentNames = (): string[] => environmentPaths.map(environmentName);

type Tree = Record<string, unknown>;

function applyEnvironment(file: unknown, env: Readonly<Record<string, string | undefined>>): unknown {
  if (typeof file !== 'object' || file === null || Array.isArray(file)) return file;
  const merged = structuredClone(file) as Tree;
  // Another kind of store has other keys: what the file says of the first would only be in the way.
  const kind = env.TESSERA_STORE_KIND;
  if (kind && (merged.store as Tree | undefined)?.kind !== kind) merged.store = {};
  for (const path of environmentPaths) {
    const value = env[environmentName(path)];
    if (value !== undefined && value !== '') setAt(merged, path, scalar(value));
  }
  return merged;
}

function setAt(tree: Tree, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const child = tree[key];
  const next: Tree = typeof child === 'object' && child !== null ? (child as Tree) : {};
  tree[key] = next;
  setAt(next, rest, value);
}

function scalar(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+$/.test(text) ? Number(text) : text;
}

function issuerProblems({ issuer, environment }: Config): Problem[] {
  const { protocol, hostname, origin } = new URL(issuer);
  if (issuer !== origin) return [{ path: 'issuer', message: `must be an origin alone: ${origin}` }];
  const isLocal = hostname === 'localhost' || hostname === '127.0.0.1';
  if (protocol === 'https:' || (protocol === 'http:' && isLocal && environment === 'development')) return [];
  return [{ path: 'issuer', message: 'must begin with https://; http is for localhost in development only' }];
}

function productionProblems({ environment, demo }: Config): Problem[] {
  if (environment === 'development') return [];
  const problems: Problem[] = [];
  if (demo.accounts.length > 0) {
    problems.push({
      path: 'demo.accounts',
      message: 'must be empty in production: everybody knows these passwords; use tessera account add',
    });
  }
  if (demo.relying_party.enabled) {
    problems.push({
      path: 'demo.relying_party.enabled',
      message: 'must be false in production; register your own clients',
    });
  }
  return problems;
}
