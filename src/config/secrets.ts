// Cookie keys and the encryption key: from the environment or from files named there, never from the configuration. In development
// they are made once and kept under data/, so that a restart keeps everybody signed in.

import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { inspect } from 'node:util';
import { spellCommand } from '../command-name.ts';
import type { Problem } from './checks.ts';
import { ConfigError } from './config.ts';

export type Secrets = {
  /** Newest first: the first signs, all verify. */
  readonly cookieKeys: readonly string[];
  /** At least 32 bytes; sealed records need it for good. */
  readonly encryptionKey: Buffer;
  /** Of the mail server's username; null: none is given. */
  readonly mailPassword: string | null;
  /** Shows nothing. */
  toJSON(): string;
};

type Environment = Readonly<Record<string, string | undefined>>;

const minBytes = 32;

type Values = Pick<Secrets, 'cookieKeys' | 'encryptionKey'> & Partial<Pick<Secrets, 'mailPassword'>>;

export const createSecrets = (values: Values): Secrets => {
  const hide = () => '[secrets]';
  return Object.defineProperties(
    { mailPassword: null, ...values, toJSON: hide },
    { [inspect.custom]: { value: hide } },
  );
};

/** @throws ConfigError with one sentence per missing or short secret, saying how to fix it. */
export function loadSecrets(
  environment: 'development' | 'production',
  env: Environment,
  developmentFile = 'data/secrets.json',
): Secrets {
  const given = {
    cookieKeys: (readSecret('TESSERA_COOKIE_KEYS', env) ?? '').split(/[,\s]+/).filter(Boolean),
    encryptionKey: readSecret('TESSERA_ENCRYPTION_KEY', env),
  };
  const mailPassword = readSecret('TESSERA_MAIL_PASSWORD', env) || null;
  if (environment === 'development' && given.cookieKeys.length === 0 && !given.encryptionKey)
    return developmentSecrets(developmentFile, mailPassword);
  const encryptionKey = decodeKey(given.encryptionKey ?? '');
  const problems = problemsOf(given.cookieKeys, encryptionKey);
  if (!encryptionKey || problems.length > 0) throw new ConfigError(problems);
  return createSecrets({ cookieKeys: given.cookieKeys, encryptionKey, mailPassword });
}

/** Fresh secrets as lines for the environment. */
export function generateSecretLines(): string[] {
  return [`TESSERA_COOKIE_KEYS=${randomKey()}`, `TESSERA_ENCRYPTION_KEY=${randomKey()}`];
}

/** The variable, or the file that its `_FILE` names. @throws ConfigError when that cannot be read */
export function readSecret(name: string, env: Environment): string | undefined {
  const file = env[`${name}_FILE`];
  if (!file) return env[name];
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new ConfigError([
      { path: `${name}_FILE`, message: `${file} cannot be read; check the path and its permissions` },
    ]);
  }
}

/** Base64, base64url or hex; null: none of them, such as a passphrase, whose entropy nobody knows. */
function decodeKey(text: string): Buffer | null {
  if (/^([0-9a-f]{2})+$/i.test(text) && text.length >= 2 * minBytes) return Buffer.from(text, 'hex');
  return /^[\w+/-]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null;
}

function problemsOf(cookieKeys: readonly string[], encryptionKey: Buffer | null): Problem[] {
  const fix = `make one with: ${spellCommand('key generate')}`;
  const problems: Problem[] = [];
  if (cookieKeys.length === 0) problems.push({ path: 'TESSERA_COOKIE_KEYS', message: `is missing; ${fix}` });
  if (cookieKeys.some((key) => Buffer.byteLength(key) < minBytes)) {
    problems.push({ path: 'TESSERA_COOKIE_KEYS', message: `has a key under ${minBytes} characters; ${fix}` });
  }
  if (encryptionKey === null) {
    problems.push({ path: 'TESSERA_ENCRYPTION_KEY', message: `is neither base64, base64url nor hex; ${fix}` });
  } else if (encryptionKey.length === 0)
    problems.push({ path: 'TESSERA_ENCRYPTION_KEY', message: `is missing; ${fix}` });
  else if (encryptionKey.length < minBytes) {
    problems.push({ path: 'TESSERA_ENCRYPTION_KEY', message: `is shorter than ${minBytes} bytes; ${fix}` });
  }
  return problems;
}

function developmentSecrets(file: string, mailPassword: string | null): Secrets {
  const kept = readKept(file) ?? keep(file);
  const encryptionKey = Buffer.from(kept.encryptionKey, 'base64url');
  return createSecrets({ cookieKeys: [kept.cookieKey], encryptionKey, mailPassword });
}

type Kept = { readonly cookieKey: string; readonly encryptionKey: string };

/** Null when there is no such file yet. What cannot be read is never replaced: everything sealed with its key would be lost. */
function readKept(file: string): Kept | null {
  try {
    const { cookieKey, encryptionKey } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Kept>;
    if (cookieKey && encryptionKey) return { cookieKey, encryptionKey };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  }
  throw new ConfigError([
    { path: file, message: 'cannot be read; delete it, and the database sealed with it, to begin anew' },
  ]);
}

function keep(file: string): Kept {
  const kept = { cookieKey: randomKey(), encryptionKey: randomKey() };
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(kept), { mode: 0o600 });
  try {
    // Two processes may start at once: linking fails for the second, which then takes what the first made.
    linkSync(draft, file);
    return kept;
  } catch (error) {
    const other = readKept(file);
    if (!other) throw error;
    return other;
  } finally {
    rmSync(draft);
  }
}

const randomKey = (): string => randomBytes(minBytes).toString('base64url');
