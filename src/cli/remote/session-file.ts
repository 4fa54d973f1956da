// Stores a session at a provider: one file for each provider in the user's configuration folder (XDG Base
// Directory). Only its owner can read it. A write replaces the whole file, so that a crash leaves the old
// or the new one.

import { constants } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JWK } from 'jose';
import { spellCommand } from '../../command-name.ts';
import { randomSecret } from '../../crypto.ts';
import { RemoteError } from './remote-error.ts';
import type { Tokens } from './tokens.ts';

/** A session as stored. `version` changes when its shape does. */
export type KeptSession = Tokens & {
  readonly version: 1;
  readonly issuer: string;
  /** The private DPoP key (RFC 9449) that the tokens are bound to. */
  readonly key: JWK;
};

/** The file of one provider. */
export type SessionFile = {
  readonly path: string;
  /**
   * Null: nobody is signed in at this provider.
   * @throws RemoteError `session_file_unsafe`, `session_file_broken`
   */
  read(): Promise<KeptSession | null>;
  /**
   * As `read`, but also of a file that others can read, so that its tokens can be revoked. Null when it
   * is damaged.
   */
  readToRevoke(): Promise<KeptSession | null>;
  write(session: KeptSession): Promise<void>;
  remove(): Promise<void>;
  /**
   * Runs one command at a time, so that parallel commands renew the token once.
   * @throws RemoteError `session_busy`
   */
  withLock<Result>(work: () => Promise<Result>): Promise<Result>;
};

/** A lock that is older belongs to a process that is gone: no request waits so long. */
const staleLockMs = 60_000;

/**
 * @param issuer of the provider. The file's name is its host.
 * @param env XDG_CONFIG_HOME and HOME are read
 */
export function sessionFile(issuer: string, env: NodeJS.ProcessEnv): SessionFile {
  const path = join(folderOf(env), `${new URL(issuer).host.replace(/[^\w.-]/g, '_')}.json`);
  const lock = `${path}.lock`;

  async function withLock<Result>(work: () => Promise<Result>): Promise<Result> {
    await makeFolder(dirname(path));
    await takeLock(lock);
    try {
      return await work();
    } finally {
      await rm(lock, { force: true });
    }
  }

  async function read(mayBeSeen: boolean): Promise<KeptSession | null> {
    const text = await readOwn(path, mayBeSeen);
    const session = text === null ? null : parse(text, path);
    return session?.issuer === issuer ? session : null;
  }

  return {
    path,
    withLock,
    read: () => read(false),
    readToRevoke: () => read(true).catch(() => null),
    async write(session) {
      await makeFolder(dirname(path));
      await writeWhole(path, `${JSON.stringify(session, null, 2)}\n`);
    },
    remove: () => rm(path, { force: true }),
  };
}

/** XDG Base Directory: a path that is not absolute is ignored. */
function folderOf({ XDG_CONFIG_HOME: configHome, HOME: home }: NodeJS.ProcessEnv): string {
  const base = configHome && isAbsolute(configHome) ? configHome : join(home || homedir(), '.config');
  return join(base, 'tessera');
}

/** Creates the folder for its owner only. @throws RemoteError `session_file_unwritable` */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new RemoteError('session_file_unwritable', `${folder} cannot be written (${code}).`, { cause });
  }
}

/**
 * @throws RemoteError `session_file_unsafe` for a link, a file of another user, or a file that others can
 * read
 */
async function readOwn(path: string, mayBeSeen: boolean): Promise<string | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw unsafe(`${path} cannot be opened (${cause.code}); a link is not followed.`);
  });
  if (!file) return null;
  try {
    const { mode, uid } = await file.stat();
    if ((mode & 0o077) !== 0 && !mayBeSeen)
      throw unsafe(`Others can read ${path}, so it is not used. “${spellCommand('logout')}” revokes what it holds.`);
    if (process.getuid && uid !== process.getuid()) throw unsafe(`${path} belongs to somebody else.`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Writes a draft beside the file, syncs it, and renames it over the file. */
async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomSecret(64)}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await rename(draft, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}

/** Creates the lock file, waiting for another process that holds it. @throws RemoteError `session_busy` */
async function takeLock(lock: string): Promise<void> {
  const patience = AbortSignal.timeout(staleLockMs);
  for (;;) {
    const file = await open(lock, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return null;
      throw error;
    });
    if (file) return file.close();
    if (patience.aborted) throw new RemoteError('session_busy', `Another command holds ${lock}.`);
    const held = await stat(lock).catch(() => null);
    if (held && Date.now() - held.mtimeMs > staleLockMs) await rm(lock, { force: true });
    else await sleep(50);
  }
}

/** @throws RemoteError `session_file_broken` */
function parse(text: string, path: string): KeptSession {
  const broken = () => new RemoteError('session_file_broken', `${path} is damaged. Remove it and sign in again.`);
  let kept: Partial<KeptSession> | null;
  try {
    kept = JSON.parse(text);
  } catch {
    throw broken();
  }
  if (kept?.version !== 1 || typeof kept.accessToken !== 'string' || typeof kept.key !== 'object') throw broken();
  return kept as KeptSession;
}

const unsafe = (message: string) => new RemoteError('session_file_unsafe', message);

/** The issuers that sessions are stored for. Files that cannot be read are left out. */
export async function keptIssuers(env: NodeJS.ProcessEnv): Promise<string[]> {
  const folder = folderOf(env);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(names.map((name) => readOwn(join(folder, name), true).catch(() => null)));
  return texts.flatMap((text, i) => {
    try {
      return text === null ? [] : [parse(text, names[i] ?? '').issuer];
    } catch {
      return [];
    }
  });
}
