// The secrets of a development installation: made at the first start and kept in one JSON file, so that a
// restart keeps everybody signed in. The file lies beside the store that it seals, since one is useless
// without the other. In production secrets come from the environment (secrets.ts) and there is no such file.
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Config, ConfigError } from './config.ts';
import { bundledConfigFile } from './files.ts';

/** Both base64url, 32 bytes each. */
export type KeptSecrets = { readonly cookieKey: string; readonly encryptionKey: string };

/** Where earlier versions kept the file: always below the current folder. */
const formerFile = join('data', 'secrets.json');

type StoreConfig = Config['store'];

export type SecretsPlace = { readonly store: StoreConfig; readonly configFile: string };

/**
 * Returns the path of the secrets file: beside the SQLite file, or with Redis beside the configuration
 * file. The configuration that the package brings along is no place of the operator's, so with it and Redis
 * the file stays in `data/` of the current folder.
 */
export function secretsFileOf({ store, configFile }: SecretsPlace): string {
  if (store.kind === 'sqlite' && store.path !== ':memory:') return join(dirname(store.path), 'secrets.json');
  if (resolve(configFile) === bundledConfigFile) return formerFile;
  return join(dirname(configFile), 'secrets.json');
}

/** Names the store for an error message: the file, or the URL without user, password and parameters. */
export function storeNameOf(store: StoreConfig): string {
  if (store.kind === 'sqlite') return store.path;
  return URL.canParse(store.url) ? `redis://${new URL(store.url).host}` : 'the configured Redis';
}

/** Returns a fresh key of 32 bytes, base64url. */
export const randomKey = (): string => randomBytes(32).toString('base64url');

/**
 * Reads the secrets file, or makes it. A file at the former place is used while none is at the present one
 * and the store already exists: what is in that store was sealed with it.
 * @param onNotice receives a sentence for the operator when the former file is used
 * @returns the secrets and the path of the file that they come from
 * @throws ConfigError when a file is there and cannot be read. It is never replaced: everything that is
 * sealed with its key would be lost
 */
export function openSecretsFile(place: SecretsPlace, onNotice: (sentence: string) => void) {
  const file = secretsFileOf(place);
  const present = readKept(file, place.store);
  if (present) return { ...present, file };
  const former = mayUseFormer(file, place.store) ? readKept(formerFile, place.store) : null;
  if (!former) return { ...keep(file, place.store), file };
  onNotice(`The secrets are read from ${resolve(formerFile)}; move that file to ${resolve(file)}.`);
  return { ...former, file: formerFile };
}

/**
 * A SQLite file that does not exist yet was sealed with no key: an old secrets file then belongs to another
 * installation.
 */
const mayUseFormer = (file: string, store: StoreConfig): boolean =>
  resolve(file) !== resolve(formerFile) && (store.kind === 'redis' || existsSync(store.path));

/** Returns null when there is no such file. @throws ConfigError when there is one that cannot be used */
function readKept(file: string, store: StoreConfig): KeptSecrets | null {
  try {
    const { cookieKey, encryptionKey } = JSON.parse(readFileSync(file, 'utf8')) as Partial<KeptSecrets>;
    if (cookieKey && encryptionKey) return { cookieKey, encryptionKey };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  }
  const message = `cannot be read; to begin anew, delete it and the store that it seals (${storeNameOf(store)})`;
  throw new ConfigError([{ path: file, message }]);
}

/** @throws ConfigError when the folder cannot be written */
function keep(file: string, store: StoreConfig): KeptSecrets {
  const kept = { cookieKey: randomKey(), encryptionKey: randomKey() };
  // The name is random, because processes of two containers can have the same id.
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, JSON.stringify(kept), { mode: 0o600 });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : error;
    const fix = 'make its folder writable, or set TESSERA_COOKIE_KEYS and TESSERA_ENCRYPTION_KEY';
    throw new ConfigError([{ path: file, message: `cannot be written (${reason}); ${fix}` }]);
  }
  try {
    // Two processes may start at once. Creating the link fails for the second one, which then reads the
    // first one's file.
    linkSync(draft, file);
    return kept;
  } catch (error) {
    const other = readKept(file, store);
    if (!other) throw error;
    return other;
  } finally {
    rmSync(draft);
  }
}
