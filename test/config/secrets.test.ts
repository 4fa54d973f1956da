import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config.ts';
import { bundledConfigFile } from '../../src/config/files.ts';
import { createSecrets, generateSecretLines, loadSecrets } from '../../src/config/secrets.ts';
import { secretsFileOf, storeNameOf } from '../../src/config/secrets-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tessera-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const cookieKey = 'c'.repeat(32);
const bytes = Buffer.alloc(32, 0xa7);

type Store = { kind: 'sqlite'; path: string } | { kind: 'redis'; url: string; key_prefix: string };

function load(environment: 'development' | 'production', env: Record<string, string>, store: Store) {
  const notices: string[] = [];
  const onNotice = (sentence: string) => void notices.push(sentence);
  const secrets = loadSecrets({ config: { environment, store }, configFile: join(folder, 'b.yaml'), env, onNotice });
  return { secrets, notices };
}

const database = (...path: string[]) => ({ kind: 'sqlite', path: join(folder, ...path, 'tessera.sqlite') }) as const;
const production = (env: Record<string, string>) => load('production', env, database()).secrets;
const development = (store: Store, env: Record<string, string> = {}) => load('development', env, store).secrets;

function problemOf(env: Record<string, string>): string {
  try {
    production(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('secrets', () => {
  it.each(['base64', 'base64url', 'hex'] as const)('accepts the encryption key in %s', (encoding) => {
    const { encryptionKey } = production({
      TESSERA_COOKIE_KEYS: cookieKey,
      TESSERA_ENCRYPTION_KEY: bytes.toString(encoding),
    });
    expect(encryptionKey.equals(bytes)).toBe(true);
  });

  it('reads cookie keys in the order newest first, also from a file', () => {
    const file = join(folder, 'keys');
    writeFileSync(file, `${'n'.repeat(32)}\n${'o'.repeat(32)}\n`);
    const env = { TESSERA_COOKIE_KEYS_FILE: file, TESSERA_ENCRYPTION_KEY: bytes.toString('hex') };
    expect(production(env).cookieKeys).toEqual(['n'.repeat(32), 'o'.repeat(32)]);
  });

  it('reads the password of the mail server, also in development, and never shows it', () => {
    const env = { TESSERA_COOKIE_KEYS: cookieKey, TESSERA_ENCRYPTION_KEY: bytes.toString('hex') };
    expect(production(env).mailPassword).toBeNull();
    const secrets = development(database(), { TESSERA_MAIL_PASSWORD: 'the password' });
    expect(secrets.mailPassword).toBe('the password');
    expect(JSON.stringify({ secrets }) + inspect(secrets)).not.toContain('the password');
  });

  it('H3 rejects a passphrase, and a key that is too short in any encoding', () => {
    const withKey = (TESSERA_ENCRYPTION_KEY: string) =>
      problemOf({ TESSERA_COOKIE_KEYS: cookieKey, TESSERA_ENCRYPTION_KEY });
    expect(withKey('a long sentence that nobody measured the entropy of, honestly')).toMatch(/neither base64/);
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      expect(withKey(bytes.subarray(0, 16).toString(encoding)), encoding).toMatch(/shorter than 32 bytes/);
    }
    expect(problemOf({})).toMatch(
      /COOKIE_KEYS: is missing; make one with[\s\S]*ENCRYPTION_KEY: is missing; make one with/,
    );
  });

  it('generates secrets that production accepts', () => {
    const env = Object.fromEntries(generateSecretLines().map((line) => line.split('=', 2) as [string, string]));
    expect(problemOf(env)).toBe('');
    expect(generateSecretLines()).not.toEqual(generateSecretLines());
  });

  it('keeps the secrets of development over a restart, readable by their owner only', () => {
    const file = join(folder, 'data', 'secrets.json');
    const first = development(database('data'));
    expect(development(database('data')).encryptionKey.equals(first.encryptionKey)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('never replaces a file that cannot be read', () => {
    const file = join(folder, 'secrets.json');
    for (const broken of ['{"cookieKey":', '{}']) {
      writeFileSync(file, broken);
      expect(() => development(database())).toThrow(ConfigError);
      expect(() => development(database())).toThrow(join(folder, 'tessera.sqlite'));
      expect(readFileSync(file, 'utf8')).toBe(broken);
    }
  });

  it('name the folder that cannot be written, and the variables that need none', () => {
    symlinkSync(join(folder, 'absent', 'folder'), join(folder, 'nowhere'));
    expect(() => development(database('nowhere'))).toThrow(ConfigError);
    expect(() => development(database('nowhere'))).toThrow(
      /nowhere\/secrets\.json: cannot be written \(\w+\); .*TESSERA_ENCRYPTION_KEY/,
    );
  });

  it('leave nothing else in their folder', () => {
    development(database('data'));
    expect(readdirSync(join(folder, 'data'))).toEqual(['secrets.json']);
  });

  it('lie beside the SQLite file, or with Redis beside the configuration file', () => {
    const redis = { kind: 'redis', url: 'redis://localhost:6379', key_prefix: 't:' } as const;
    const place = (store: Store, configFile = join(folder, 'b.yaml')) => secretsFileOf({ store, configFile });
    expect(place(database('deep'))).toBe(join(folder, 'deep', 'secrets.json'));
    expect(place(redis)).toBe(join(folder, 'secrets.json'));
    expect(place({ kind: 'sqlite', path: ':memory:' })).toBe(join(folder, 'secrets.json'));
    expect(place({ kind: 'sqlite', path: 'data/tessera.sqlite' })).toBe(join('data', 'secrets.json'));
    // The package's own folder is no place for secrets: a new version replaces it.
    expect(place(redis, bundledConfigFile)).toBe(join('data', 'secrets.json'));
  });

  it('name the store in errors without its password', () => {
    const url = 'rediss://user:hidden@redis.example:6380/1?password=hidden';
    expect(storeNameOf({ kind: 'redis', url, key_prefix: 't:' })).toBe('redis://redis.example:6380');
  });

  it('H4 hides all values in logs and on a console', () => {
    const secrets = createSecrets({ cookieKeys: [cookieKey], encryptionKey: bytes });
    expect(JSON.stringify({ secrets })).toBe('{"secrets":"[secrets]"}');
    expect(inspect({ secrets })).toBe('{ secrets: [secrets] }');
    expect(secrets.cookieKeys).toEqual([cookieKey]);
  });
});
