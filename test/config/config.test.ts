import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { ConfigError, parse } from '../../src/config/config.ts';
import { referenceYaml, schemaJson } from '../../src/config/reference.ts';
import { createSecrets, loadSecrets } from '../../src/config/secrets.ts';

const file = (name: string) => readFileSync(new URL(`../../config/${name}`, import.meta.url), 'utf8');
const production = { issuer: 'https://id.example' };
const secretsOf = (env: Record<string, string>) =>
  loadSecrets({
    config: { environment: 'production', store: { kind: 'sqlite', path: ':memory:' } },
    configFile: 'tessera.yaml',
    env,
    onNotice: () => undefined,
  });

function problemsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe('configuration', () => {
  it('has generated files that match the schema (npm run generate)', () => {
    expect(file('reference.yaml')).toBe(referenceYaml());
    expect(file('schema.json')).toBe(schemaJson());
  });

  it('requires a server and a sender for mail, and rejects a password in the file', () => {
    const problems = (mail: object) => problemsOf(() => parse({ ...production, mail }, {}));
    const from = 'Tessera <no-reply@id.example>';
    expect(problems({ smtp_url: 'smtp://tessera@mail.example:587', from })).toEqual([]);
    expect(problems({ smtp_url: 'smtps://mail.example?tls=required', from: 'no-reply@id.example' })).toEqual([]);
    expect(problems({ smtp_url: 'smtp://mail.example' })).toEqual(['mail.from']);
    for (const smtp_url of ['smtp://me:secret@mail.example', 'smtp://', 'smtp://mail.example?tls=maybe'])
      expect(problems({ smtp_url, from }), smtp_url).toEqual(['mail.smtp_url']);
    for (const wrong of ['no address', 'a@b.example\r\nBcc: c@d.example', 'a@b.example, c@d.example', 'A <a@b.example'])
      expect(problems({ smtp_url: 'smtp://mail.example', from: wrong }), wrong).toEqual(['mail.from']);
    const env = { TESSERA_MAIL_SMTP_URL: 'smtp://mail.example', TESSERA_MAIL_FROM: 'a@b.example' };
    expect(parse(production, env).mail).toEqual({ smtp_url: 'smtp://mail.example', from: 'a@b.example' });
  });

  it('has a reference that is a valid configuration once the issuer is set', () => {
    expect(problemsOf(() => parse(parseYaml(file('reference.yaml')), {}))).toEqual(['issuer']);
    expect(parse(parseYaml(file('reference.yaml')), { TESSERA_ISSUER: 'https://id.example' })).toEqual(
      parse(production, {}),
    );
  });

  it('lets variables override the file, and the file override defaults', () => {
    expect(parse(production, {}).http.port).toBe(3000);
    expect(parse({ ...production, http: { port: 1 } }, {}).http.port).toBe(1);
    expect(parse({ ...production, http: { port: 1 } }, { TESSERA_HTTP_PORT: '2' }).http.port).toBe(2);
    const redis = { TESSERA_STORE_KIND: 'redis', TESSERA_STORE_URL: 'redis://127.0.0.1' };
    expect(parse({ ...production, store: { kind: 'sqlite', path: 'x' } }, redis).store).toMatchObject({
      kind: 'redis',
    });
  });

  it('reports every problem at once with its path and the allowed values', () => {
    const wrong = {
      issuer: 'nonsense',
      bogus: 1,
      http: { port: 'x', bogus: 2 },
      log: { level: 'loud' },
      password: { argon2_passes: 1 },
    };
    const problems = problemsOf(() => parse(wrong, {}));
    expect(problems.sort()).toEqual([
      'bogus',
      'http.bogus',
      'http.port',
      'issuer',
      'log.level',
      'password.argon2_passes',
    ]);
    expect(() => parse(wrong, {})).toThrow(/trace.*debug/);
  });

  it('D1 rejects hashing parameters below the OWASP minimum', () => {
    expect(problemsOf(() => parse({ ...production, password: { argon2_memory_kib: 1024 } }, {}))).toEqual([
      'password.argon2_memory_kib',
    ]);
  });

  it('H3 refuses to start in production with http, demo accounts, or without secrets', () => {
    expect(problemsOf(() => parse({ issuer: 'http://localhost:3000' }, {}))).toEqual(['issuer']);
    const demo = {
      ...production,
      demo: { accounts: [{ username: 'a', password: 'b' }], relying_party: { enabled: true } },
    };
    expect(problemsOf(() => parse(demo, {}))).toEqual(['demo.accounts', 'demo.relying_party.enabled']);
    expect(problemsOf(() => secretsOf({}))).toEqual(['TESSERA_COOKIE_KEYS', 'TESSERA_ENCRYPTION_KEY']);
    const short = { TESSERA_COOKIE_KEYS: 'short', TESSERA_ENCRYPTION_KEY: 'c2hvcnQ' };
    expect(problemsOf(() => secretsOf(short))).toEqual(['TESSERA_COOKIE_KEYS', 'TESSERA_ENCRYPTION_KEY']);
    expect(problemsOf(() => secretsOf({ TESSERA_COOKIE_KEYS_FILE: '/nowhere' }))).toEqual(['TESSERA_COOKIE_KEYS_FILE']);
  });

  it('shows no secret when logged', () => {
    const secrets = createSecrets({
      cookieKeys: ['cookie-key-cookie-key'],
      encryptionKey: Buffer.from('encryption-key'),
    });
    expect(JSON.stringify({ secrets })).toBe('{"secrets":"[secrets]"}');
  });

  it('accepts the development configuration without changes', () => {
    const config = parse(parseYaml(file('development.yaml')), {});
    expect(config.clients.map(({ client_id }) => client_id)).toEqual(
      expect.arrayContaining(['dev-public', 'dev-web', 'tea-house']),
    );
  });
});
