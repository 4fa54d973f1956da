// Where this command keeps that somebody is signed in at a provider: one file for each in the user's config folder (XDG Base Directory),
// readable by nobody else, replaced as a whole.

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

export type KeptSession = Tokens & {
  readonly version: 1;
  readonly issuer: string;
  /** The private DPoP key. */
  readonly key: JWK;
};

export type SessionFile = {
  readonly path: string;
  /** Null: nobody is signed in. @throws RemoteError `session_file_unsafe`, `session_file_broken` */
  read(): Promise<KeptSession | null>;
  /** As read, of a file that others can read too: what they may have seen is to be revoked. Null also when it is damaged. */
  readToRevoke(): Promise<KeptSession | null>;
  write(session: KeptSession): Promise<void>;
  remove(): Promise<void>;
  /** One command at a time: a refresh token works once. @throws RemoteError `session_busy` */
  withLock<Result>(work: () => Promise<Result>): Promise<Result>;
};

/** Longer than any request waits: whoever held the lock so long is gone. */
const staleLockMs = 60_000;

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

/** XDG: a path that is not absolute counts as none. */
function folderOf({ XDG_CONFIG_HOME: configHome, HOME: home }: NodeJS.ProcessEnv): string {
  const base = configHome && isAbsolute(configHome) ? configHome : join(home || homedir(), '.config');
  return join(base, 'tessera');
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new RemoteError('session_file_unwritable', `${folder} cannot be written (${code}).`, { cause });
  }
}

/** As long as others can read it, it is not used: who knows who has. */
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

/** Where somebody is signed in, as far as the files say so. */
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
