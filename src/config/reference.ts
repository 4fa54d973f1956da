// Generates config/reference.yaml and config/schema.json from the schema (`npm run generate`), so that they
// always agree with the code. A test fails when the files in the repository are older than the schema.

import { z } from 'zod';
import { spellCommand } from '../command-name.ts';
import { environmentName, isEnvironmentName } from './environment.ts';
import { schema } from './schema.ts';

/** The parts of JSON Schema that zod writes for our settings. */
type Node = {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly oneOf?: readonly Node[];
  readonly const?: unknown;
};

const jsonSchema = () => z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' });

/** Returns the JSON Schema, which gives editors completion and checks. */
export const schemaJson = (): string => `${JSON.stringify(jsonSchema(), null, 2)}\n`;

/** Returns every key with default, unit and meaning, as a YAML file that is itself a valid configuration. */
export function referenceYaml(): string {
  const head = [
    '# Every setting of Tessera with its default. Generated from the schema: npm run generate',
    '# Precedence: default, file, environment. A variable is named beside the keys that have one.',
    '# Secrets are not in this file but in variables: TESSERA_COOKIE_KEYS, TESSERA_ENCRYPTION_KEY and TESSERA_MAIL_PASSWORD,',
    '# or each with _FILE for the path of a file. In development the first two are made at the first start and kept in',
    '# secrets.json beside the SQLite file, or with Redis beside the configuration file.',
    '# TESSERA_ADMIN_USERNAME and TESSERA_ADMIN_PASSWORD_HASH (or each with _FILE) describe the first administrator of a',
    `# scripted installation; ${spellCommand('account hash-password')} prints a hash. An account that exists already`,
    '# is not changed.',
  ];
  return `${[...head, '', ...lines(jsonSchema() as Node, [])].join('\n')}\n`;
}

function lines(node: Node, path: readonly string[]): string[] {
  if (node.oneOf) return node.oneOf.flatMap((variant, index) => variantLines(variant, path, index));
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => keyLines(child, [...path, key]));
}

/** The first variant is the default. The others become comments, since a file can contain one only. */
function variantLines(variant: Node, path: readonly string[], index: number): string[] {
  const own = lines(variant, path);
  return index === 0 ? own : [`${indent(path)}# or:`, ...own.map((line) => commentOut(line))];
}

/** Writes a key: its description, allowed values and variable as a comment, then its default. */
function keyLines(node: Node, path: readonly string[]): string[] {
  const pad = indent(path.slice(1));
  const key = path.at(-1);
  const name = environmentName(path);
  const variable = isEnvironmentName(name) ? `  [${name}]` : '';
  const comment = `${pad}# ${node.description ?? ''}${allowed(node)}${variable}`;
  if (node.properties ?? node.oneOf) {
    const inner = lines(node, path);
    // A section whose keys are all comments would be null in YAML, so its own line becomes a comment too.
    const isEmpty = inner.every((line) => /^\s*(#|$)/.test(line));
    return [comment, `${pad}${isEmpty ? '# ' : ''}${key}:`, ...inner, ''];
  }
  const list = node.items?.properties ? lines(node.items, [...path, '']).map((line) => commentOut(line)) : [];
  return [comment, `${pad}${value(key, node)}`, ...list];
}

const commentOut = (line: string): string => line.replace(/^(\s*)([^#\s])/, '$1# $2');

const allowed = (node: Node): string => (node.enum ? ` One of: ${node.enum.join(', ')}.` : '');

function value(key: string | undefined, node: Node): string {
  if (node.const !== undefined) return `${key}: ${node.const}`;
  return node.default === undefined ? `# ${key}:` : `${key}: ${JSON.stringify(node.default)}`;
}

const indent = (path: readonly string[]): string => '  '.repeat(path.length);
