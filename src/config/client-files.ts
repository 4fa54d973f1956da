// Clients beyond the list in the configuration file: those of a folder, validated by the same schema; and
// secrets that are in a variable or a file, of which only the SHA-256 is kept. Pure: files.ts reads the
// files. No message here repeats a value, because it may be a secret.
import { createHash } from 'node:crypto';
import { type ClientEntry, clientSchema } from '../core/client/client-schema.ts';
import type { Problem } from './checks.ts';
import { problemsOf } from './problems.ts';

/** One file of the clients' folder. Its content is an entry or a list of entries. */
export type ClientFile = { readonly path: string; readonly content: unknown };

/** The files that a configuration refers to. */
export type Sources = {
  readonly clientFiles: readonly ClientFile[];
  /** Content by path. A file that could not be read is absent. */
  readonly secretFiles: ReadonlyMap<string, string>;
};

/** An unvalidated entry, with the prefix of the paths in its problems. */
type Written = { readonly place: string; readonly entry: unknown };

type Environment = Readonly<Record<string, string | undefined>>;

/** Characters. A random secret of this length has at least 128 bits. */
const minSecretLength = 32;

/** Returns the entries of all files, unvalidated. */
export const entriesOf = (files: readonly ClientFile[]): unknown[] =>
  files.flatMap(writtenIn).map(({ entry }) => entry);

/**
 * Finds the problems of the folder's entries, ids that are used twice, and references to secrets that lead
 * nowhere.
 * @param listed the unvalidated `clients` of the configuration file; the schema and checks.ts report their
 * other problems
 */
export function clientProblems(listed: readonly unknown[], sources: Sources, env: Environment): Problem[] {
  const inList = listed.map((entry, index) => ({ place: `clients.${index}.`, entry }));
  const inFolder = sources.clientFiles.flatMap(writtenIn);
  const empty = sources.clientFiles.filter(({ content }) => content === null || content === undefined);
  return [
    ...empty.map(({ path }) => ({ path, message: 'is empty; a file without clients says []' })),
    ...inFolder.flatMap(({ place, entry }) =>
      (clientSchema.safeParse(entry).error?.issues ?? []).flatMap((issue) => problemsOf(issue, place)),
    ),
    ...repeatedIds(inList, inFolder),
    ...[...inList, ...inFolder].flatMap((written) => secretProblems(written, sources, env)),
  ];
}

/**
 * Returns all clients; call it only when there are no problems. Secrets from variables and files become
 * digests.
 */
export function resolveClients(listed: readonly ClientEntry[], sources: Sources, env: Environment): ClientEntry[] {
  const inFolder = entriesOf(sources.clientFiles).map((entry) => clientSchema.parse(entry));
  return [...listed, ...inFolder].map((client) => {
    const { client_secret_env: _names, client_secret_file: _paths, ...entry } = client;
    const referred = referencesOf(client, sources, env).flatMap(({ secret }) => (secret ? [sha256(secret)] : []));
    if (referred.length === 0) return entry;
    return { ...entry, client_secret_sha256: [...(entry.client_secret_sha256 ?? []), ...referred] };
  });
}

/** Returns the paths that an entry names for its secrets. The entry may be invalid. */
export const secretFilesOf = (entry: unknown): string[] => textsOf(entry, 'client_secret_file');

function writtenIn({ path, content }: ClientFile): Written[] {
  if (content === null || content === undefined) return [];
  if (!Array.isArray(content)) return [{ place: `${path}: `, entry: content }];
  return content.map((entry, index) => ({ place: `${path}: ${index}.`, entry }));
}

/** Finds ids of the folder that occur twice, also in the list of the configuration file. */
function repeatedIds(inList: readonly Written[], inFolder: readonly Written[]): Problem[] {
  const places = new Map<unknown, string>();
  const idOf = ({ entry }: Written) => (entry as { client_id?: unknown } | null)?.client_id;
  // checks.ts finds repetitions within the list itself.
  for (const written of inList) places.set(idOf(written), written.place);
  return inFolder.flatMap((written) => {
    const id = idOf(written);
    const other = places.get(id);
    if (id === undefined) return [];
    if (other === undefined) {
      places.set(id, written.place);
      return [];
    }
    return [{ path: `${written.place}client_id`, message: `is given twice: ${id}, also at ${other}client_id` }];
  });
}

/** A secret that an entry refers to; undefined when it is missing, and then `missing` says why. */
type Reference = { readonly path: string; readonly secret: string | undefined; readonly missing: string };

function referencesOf(entry: unknown, { secretFiles }: Sources, env: Environment): Reference[] {
  const fromEnvironment = textsOf(entry, 'client_secret_env').map((name, index) => ({
    path: `client_secret_env.${index}`,
    secret: env[name] || undefined,
    missing: 'names an environment variable that is not set',
  }));
  const fromFiles = secretFilesOf(entry).map((path, index) => ({
    path: `client_secret_file.${index}`,
    secret: secretFiles.get(path)?.replace(/\r?\n$/, ''),
    missing: 'names a file that cannot be read',
  }));
  return [...fromEnvironment, ...fromFiles];
}

function secretProblems({ place, entry }: Written, sources: Sources, env: Environment): Problem[] {
  return referencesOf(entry, sources, env).flatMap(({ path, secret, missing }) => {
    if (secret === undefined) return [{ path: place + path, message: missing }];
    if (secret.length >= minSecretLength) return [];
    return [
      { path: place + path, message: `refers to a secret under ${minSecretLength} characters; use a random one` },
    ];
  });
}

function textsOf(entry: unknown, key: string): string[] {
  const list = (entry as Record<string, unknown> | null)?.[key];
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
