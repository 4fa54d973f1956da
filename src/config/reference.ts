// config/reference.yaml and config/schema.json, written from the schema itself, so that they cannot say anything else than the code.

import { z } from 'zod';
import { spellCommand } from '../command-name.ts';
import { environmentName, isEnvironmentName } from './environment.ts';
import { schema } from './schema.ts';

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

/** For editors: completion and checks while one types. */
export const schemaJson = (): string => `${JSON.stringify(jsonSchema(), null, 2)}\n`;

/** Every key with default, unit and meaning, as YAML that could be used. */
export function referenceYaml(): string {
  const head = [
    '# Every setting of Tessera with its default. Generated from the schema: npm run generate',
    '# Precedence: default, file, environment. A variable is named beside the keys that have one.',
    '# Secrets stand in no file: TESSERA_COOKIE_KEYS, TESSERA_ENCRYPTION_KEY, TESSERA_MAIL_PASSWORD, or each with _FILE for a path.',
    '# Nor does the first administrator of a scripted install: TESSERA_ADMIN_USERNAME and TESSERA_ADMIN_PASSWORD_HASH',
    `# (${spellCommand('account hash-password')} prints one),`,
    '# or each with _FILE. Made at the start when there is no account of that name; one that is there stays as it is.',
  ];
  return `${[...head, '', ...lines(jsonSchema() as Node, [])].join('\n')}\n`;
}

function lines(node: Node, path: readonly string[]): string[] {
  if (node.oneOf) return node.oneOf.flatMap((variant, index) => variantLines(variant, path, index));
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => keyLines(child, [...path, key]));
}

/** The first variant is the default; the others stand as comments, or the file would say two things. */
function variantLines(variant: Node, path: readonly string[], index: number): string[] {
  const own = lines(variant, path);
  return index === 0 ? own : [`${indent(path)}# or:`, ...own.map((line) => commentOut(line))];
}

function keyLines(node: Node, path: readonly string[]): string[] {
  const pad = indent(path.slice(1));
  const key = path.at(-1);
  const name = environmentName(path);
  const variable = isEnvironmentName(name) ? `  [${name}]` : '';
  const comment = `${pad}# ${node.description ?? ''}${allowed(node)}${variable}`;
  if (node.properties ?? node.oneOf) {
    const inner = lines(node, path);
    // A section all of whose keys are comments would say null.
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
