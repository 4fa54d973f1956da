// Cookie keys, the encryption key and the password of the mail server. They come from environment variables
// or from files that such variables name, never from the configuration, so that a configuration can be
// shown and logged. A development installation makes its own keys (secrets-file.ts).
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { spellCommand } from '../command-name.ts';
import type { Problem } from './checks.ts';
import { type Config, ConfigError } from './config.ts';
import { openSecretsFile, randomKey } from './secrets-file.ts';

export type Secrets = {
  /** Newest first: the first one signs, all of them verify. At least 32 characters each. */
  readonly cookieKeys: readonly string[];
  /** At least 32 bytes. Records sealed with it can never be opened with another key. */
  readonly encryptionKey: Buffer;
  /** The password that belongs to the username in `mail.smtp_url`; null when none is sent. */
  readonly mailPassword: string | null;
  /**
   * Where the encryption key comes from, for error messages: the path of a file, or the name of a variable.
   */
  readonly keySource: string;
  /** Returns `[secrets]`, so that no value can reach a log. */
  toJSON(): string;
};

type Environment = Readonly<Record<string, string | undefined>>;

const minBytes = 32;
const keyVariable = 'TESSERA_ENCRYPTION_KEY';

type Values = Pick<Secrets, 'cookieKeys' | 'encryptionKey'> & Partial<Pick<Secrets, 'mailPassword' | 'keySource'>>;

/** Makes a Secrets object whose values neither `JSON.stringify` nor `util.inspect` shows. */
export const createSecrets = (values: Values): Secrets => {
  const hide = () => '[secrets]';
  return Object.defineProperties(
    { mailPassword: null, keySource: keyVariable, ...values, toJSON: hide },
    { [inspect.custom]: { value: hide } },
  );
};

export type SecretsOptions = {
  readonly config: Pick<Config, 'environment' | 'store'>;
  /** The file that `config` was read from: with Redis the secrets file lies beside it. */
  readonly configFile: string;
  readonly env: Environment;
  /** Receives a sentence for the operator when the secrets file is at its former place. */
  readonly onNotice: (sentence: string) => void;
};

/** @throws ConfigError with one sentence per missing or short secret; each says how to make one */
export function loadSecrets({ config, configFile, env, onNotice }: SecretsOptions): Secrets {
  const cookieKeys = (readSecret('TESSERA_COOKIE_KEYS', env) ?? '').split(/[,\s]+/).filter(Boolean);
  const givenKey = readSecret(keyVariable, env);
  const mailPassword = readSecret('TESSERA_MAIL_PASSWORD', env) || null;
  if (config.environment === 'development' && cookieKeys.length === 0 && !givenKey) {
    const kept = openSecretsFile({ store: config.store, configFile }, onNotice);
    const encryptionKey = Buffer.from(kept.encryptionKey, 'base64url');
    return createSecrets({ cookieKeys: [kept.cookieKey], encryptionKey, mailPassword, keySource: kept.file });
  }
  const encryptionKey = decodeKey(givenKey ?? '');
  const problems = problemsOf(cookieKeys, encryptionKey);
  if (!encryptionKey || problems.length > 0) throw new ConfigError(problems);
  const keySource = env[`${keyVariable}_FILE`] || keyVariable;
  return createSecrets({ cookieKeys, encryptionKey, mailPassword, keySource });
}

/** Returns fresh secrets as lines for an environment file. */
export function generateSecretLines(): string[] {
  return [`TESSERA_COOKIE_KEYS=${randomKey()}`, `${keyVariable}=${randomKey()}`];
}

/**
 * Reads a variable, or the file that `<name>_FILE` names; the file wins.
 * @throws ConfigError when that file cannot be read
 */
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

/**
 * Decodes base64, base64url or hex. Null for anything else, such as a passphrase, whose entropy is unknown.
 */
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
