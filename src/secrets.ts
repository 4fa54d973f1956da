// Cookie keys and the encryption key: from the environment or from files named there, never from the configuration. In development
// they are made once and kept under data/, so that a restart keeps everybody signed in.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from './config.ts';
import type { Problem } from './config-checks.ts';

export type Secrets = {
  /** Newest first: the first signs, all verify. */
  readonly cookieKeys: readonly string[];
  /** At least 32 bytes; sealed records need it for good. */
  readonly encryptionKey: Buffer;
  /** Shows nothing. */
  toJSON(): string;
};

type Environment = Readonly<Record<string, string | undefined>>;

const minBytes = 32;

export const createSecrets = (values: { cookieKeys: readonly string[]; encryptionKey: Buffer }): Secrets => ({
  ...values,
  toJSON: () => '[secrets]',
});

/** @throws ConfigError with one sentence per missing or short secret, saying how to fix it. */
export function loadSecrets(
  environment: 'development' | 'production',
  env: Environment,
  developmentFile = 'data/secrets.json',
): Secrets {
  const given = {
    cookieKeys: (read('TESSERA_COOKIE_KEYS', env) ?? '').split(/[,\s]+/).filter(Boolean),
    encryptionKey: read('TESSERA_ENCRYPTION_KEY', env),
  };
  if (environment === 'development' && given.cookieKeys.length === 0 && !given.encryptionKey)
    return developmentSecrets(developmentFile);
  const encryptionKey = decodeKey(given.encryptionKey ?? '');
  const problems = problemsOf(given.cookieKeys, encryptionKey);
  if (problems.length > 0) throw new ConfigError(problems);
  return createSecrets({ cookieKeys: given.cookieKeys, encryptionKey });
}

/** Fresh secrets as lines for the environment. */
export function generateSecretLines(): string[] {
  return [
    `TESSERA_COOKIE_KEYS=${randomBytes(minBytes).toString('base64url')}`,
    `TESSERA_ENCRYPTION_KEY=${randomBytes(minBytes).toString('base64url')}`,
  ];
}

function read(name: string, env: Environment): string | undefined {
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

const decodeKey = (text: string): Buffer =>
  /^[0-9a-f]{64,}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');

function problemsOf(cookieKeys: readonly string[], encryptionKey: Buffer): Problem[] {
  const fix = 'make one with: tessera keys generate';
  const problems: Problem[] = [];
  if (cookieKeys.length === 0) problems.push({ path: 'TESSERA_COOKIE_KEYS', message: `is missing; ${fix}` });
  if (cookieKeys.some((key) => key.length < minBytes)) {
    problems.push({ path: 'TESSERA_COOKIE_KEYS', message: `has a key under ${minBytes} characters; ${fix}` });
  }
  if (encryptionKey.length === 0) problems.push({ path: 'TESSERA_ENCRYPTION_KEY', message: `is missing; ${fix}` });
  else if (encryptionKey.length < minBytes) {
    problems.push({ path: 'TESSERA_ENCRYPTION_KEY', message: `is shorter than ${minBytes} bytes; ${fix}` });
  }
  return problems;
}

function developmentSecrets(file: string): Secrets {
  const kept = readKept(file) ?? keep(file);
  return createSecrets({ cookieKeys: [kept.cookieKey], encryptionKey: Buffer.from(kept.encryptionKey, 'base64url') });
}

type Kept = { cookieKey: string; encryptionKey: string };

function readKept(file: string): Kept | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch {
    return null;
  }
}

function keep(file: string): Kept {
  const made = {
    cookieKey: randomBytes(minBytes).toString('base64url'),
    encryptionKey: randomBytes(minBytes).toString('base64url'),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}
