// Settings from the environment: every scalar of the schema, and every list of plain texts, has a variable named after its path.
// Read off the schema, so that a new setting has its variable without being listed anywhere.
import { z } from 'zod';
import { schema } from './schema.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting without settings of its own, as JSON Schema describes it. */
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

/** `TESSERA_` and the path in capitals: `TESSERA_HTTP_PORT` for `http.port`. */
export function environmentName(path: Path): string {
  return `TESSERA_${path.join('_').toUpperCase()}`;
}

export const isEnvironmentName = (name: string): boolean => settings.has(name);

/** The file with what the environment says put over it; a new value. Empty variables count as absent. */
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

/** Another kind of store has other keys: what the file says of the first would only be in the way. A URL is Redis, without saying so. */
function chooseStore(merged: Tree, env: Environment): void {
  const said = merged.store as Tree | null | undefined;
  const kind = env.TESSERA_STORE_KIND || (env.TESSERA_STORE_URL ? 'redis' : (said?.kind ?? 'sqlite'));
  const isSameKind = (said?.kind ?? 'sqlite') === kind;
  merged.store = isSameKind ? { ...said, kind } : { kind };
}

function settingsOf(node: Node, path: Path): Setting[] {
  if (node.oneOf) return node.oneOf.flatMap((variant) => settingsOf(variant, path));
  if (node.properties) {
    return Object.entries(node.properties).flatMap(([key, child]) => settingsOf(child, [...path, key]));
  }
  const read = readerOf(node);
  return read ? [{ path, read }] : [];
}

/** Text that does not fit stays text: the schema says what is wrong with it. */
function readerOf({ type, items }: Node): Setting['read'] | null {
  if (type === 'array') return items?.type === 'string' ? (text) => text.split(/[,\s]+/).filter(Boolean) : null;
  if (type === 'boolean') return (text) => (text === 'true' || text === 'false' ? text === 'true' : text);
  if (type === 'integer' || type === 'number') return (text) => (/^-?\d+$/.test(text) ? Number(text) : text);
  return (text) => text;
}

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
