// Settings from the environment: every scalar of the schema, and every list of plain texts, has a variable
// that is named after its path. The variables are derived from the schema, so a new setting has one without
// being listed.
import { z } from 'zod';
import { schema } from './schema.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The parts of JSON Schema that settings use. A node without `properties` and `oneOf` is a setting. */
type Node = {
  readonly type?: string;
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly oneOf?: readonly Node[];
};
type Path = readonly string[];
type Tree = Record<string, unknown>;
type Setting = { readonly path: Path; readonly read: (text: string) => unknown };

const settings = new Map(
  settingsOf(z.toJSONSchema(schema, { io: 'input' }) as Node, []).map((setting) => [
    environmentName(setting.path),
    setting,
  ]),
);

/** Returns `TESSERA_` and the path in capitals, such as `TESSERA_HTTP_PORT` for `http.port`. */
export function environmentName(path: Path): string {
  return `TESSERA_${path.join('_').toUpperCase()}`;
}

/** Returns true for the names of variables that are read. */
export const isEnvironmentName = (name: string): boolean => settings.has(name);

/**
 * Returns a copy of the file's content in which variables override settings. Empty variables count as
 * absent. What is no object is returned as it is, for the schema to reject.
 */
export function applyEnvironment(file: unknown, env: Environment): unknown {
  if (typeof file !== 'object' || file === null || Array.isArray(file)) return file;
  const merged = structuredClone(file) as Tree;
  chooseStore(merged, env);
  for (const [name, { path, read }] of settings) {
    const text = env[name];
    if (text) setAt(merged, path, read(text));
  }
  return merged;
}

/**
 * Decides the kind of store before its other keys are set. A variable that changes the kind discards the
 * store section of the file, whose keys belong to the other kind. TESSERA_STORE_URL alone means Redis.
 */
function chooseStore(merged: Tree, env: Environment): void {
  const fileStore = merged.store as Tree | null | undefined;
  const kind = env.TESSERA_STORE_KIND || (env.TESSERA_STORE_URL ? 'redis' : (fileStore?.kind ?? 'sqlite'));
  const isSameKind = (fileStore?.kind ?? 'sqlite') === kind;
  merged.store = isSameKind ? { ...fileStore, kind } : { kind };
}

/** Collects every setting that a variable can express, over all variants. */
function settingsOf(node: Node, path: Path): Setting[] {
  if (node.oneOf) return node.oneOf.flatMap((variant) => settingsOf(variant, path));
  if (node.properties) {
    return Object.entries(node.properties).flatMap(([key, child]) => settingsOf(child, [...path, key]));
  }
  const read = readerOf(node);
  return read ? [{ path, read }] : [];
}

/**
 * Returns how a variable is read. Text that does not fit the type stays text, so that the schema reports
 * it.
 */
function readerOf({ type, items }: Node): Setting['read'] | null {
  if (type === 'array') return items?.type === 'string' ? (text) => text.split(/[,\s]+/).filter(Boolean) : null;
  if (type === 'boolean') return (text) => (text === 'true' || text === 'false' ? text === 'true' : text);
  if (type === 'integer' || type === 'number') return (text) => (/^-?\d+$/.test(text) ? Number(text) : text);
  return (text) => text;
}

/** Sets a value at a path and makes the objects in between. Changes `tree`. */
function setAt(tree: Tree, [key = '', ...rest]: Path, value: unknown): void {
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const child = tree[key];
  const next: Tree = typeof child === 'object' && child !== null ? (child as Tree) : {};
  tree[key] = next;
  setAt(next, rest, value);
}
