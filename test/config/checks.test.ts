import { describe, expect, it } from 'vitest';
import { ConfigError, parse } from '../../src/config/config.ts';

const production = { issuer: 'https://id.example' };
const client = {
  client_id: 'web',
  redirect_uris: ['https://rp.example/cb'],
  client_secret_sha256: ['a'.repeat(64)],
};

function problemsOf(file: unknown, env: Record<string, string> = {}): string[] {
  try {
    parse(file, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path, message }) => `${path} ${message}`);
    throw error;
  }
  return [];
}

const withClient = (change: Record<string, unknown>) => ({ ...production, clients: [{ ...client, ...change }] });

describe('rules between settings', () => {
  it('reports every problem, also when several settings are wrong', () => {
    const problems = problemsOf({
      issuer: 'http://id.example',
      log: { level: 'loud' },
      demo: { accounts: [{ username: 'a', password: 'b' }], relying_party: { enabled: true } },
      clients: [{ ...client, redirect_uris: ['javascript:alert(1)'] }],
    });
    expect(problems.map((each) => each.split(' ')[0]).sort()).toEqual([
      'clients.0.redirect_uris.0',
      'demo.accounts',
      'demo.relying_party.enabled',
      'issuer',
      'log.level',
    ]);
  });

  it.each([
    'http://id.example',
    'https://id.example/',
    'https://id.example/op',
    'https://id.example?x=1',
    'https://id.example#x',
    'https://user@id.example',
    'ftp://id.example',
  ])('refuses the issuer %s in production', (issuer) => {
    expect(problemsOf({ issuer })).toEqual([expect.stringMatching(/^issuer must/)]);
  });

  it('allows http only on localhost and only in development', () => {
    expect(problemsOf({ issuer: 'http://127.0.0.1:3000', environment: 'development' })).toEqual([]);
    expect(problemsOf({ issuer: 'http://192.0.2.1', environment: 'development' })).toHaveLength(1);
    expect(problemsOf({ issuer: 'http://localhost:3000' })).toHaveLength(1);
  });

  it('rejects a misspelt policy instead of ignoring it', () => {
    expect(problemsOf(withClient({ qr_confirmaton: 'always' }))).toEqual([
      'clients.0.qr_confirmaton is not a known key',
    ]);
  });

  it('rejects a client id that is used twice', () => {
    expect(problemsOf({ ...production, clients: [client, client] })).toEqual([
      'clients.1.client_id is given twice: web',
    ]);
  });

  it('requires that client authentication and secrets match', () => {
    expect(problemsOf(withClient({ client_secret_sha256: [] }))).toEqual([expect.stringMatching(/public client says/)]);
    expect(problemsOf(withClient({ token_endpoint_auth_method: 'none' }))).toEqual([
      expect.stringMatching(/must be left out/),
    ]);
    const byKey = { token_endpoint_auth_method: 'private_key_jwt', client_secret_sha256: [] };
    expect(problemsOf(withClient(byKey))).toEqual([expect.stringMatching(/jwks/)]);
    expect(problemsOf(withClient({ ...byKey, jwks_uri: 'https://rp.example/jwks' }))).toEqual([]);
  });

  it.each(['logo_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri', 'jwks_uri', 'backchannel_logout_uri'])(
    'E4 refuses what is no web address as %s',
    (key) => {
      for (const uri of [
        'javascript:alert(1)',
        'data:image/png,x',
        'http://rp.example/x',
        '/x',
        'com.example.app:/x',
      ]) {
        expect(problemsOf(withClient({ [key]: uri })), uri).toEqual([expect.stringContaining(`clients.0.${key} `)]);
      }
      expect(problemsOf(withClient({ [key]: 'https://rp.example/x' }))).toEqual([]);
    },
  );

  it('E4 allows private URI schemes for native clients only, also for sign-out', () => {
    const uris = { redirect_uris: ['com.example.app:/cb'], post_logout_redirect_uris: ['com.example.app:/out'] };
    expect(problemsOf(withClient(uris))).toHaveLength(2);
    expect(problemsOf(withClient({ ...uris, application_type: 'native' }))).toEqual([]);
  });

  it.each(['999', '10.0.0.0/33', '10.0.0.0/', '::1/129', '10.0.0.0/8/8', 'proxy.example'])(
    'F8 refuses the trusted proxy %s',
    (proxy) => {
      expect(problemsOf({ ...production, http: { trusted_proxies: [proxy] } })).toEqual([
        expect.stringMatching(/^http\.trusted_proxies\.0 must be an IP address/),
      ]);
    },
  );
});

describe('the environment', () => {
  const read = (env: Record<string, string>, file: Record<string, unknown> = production) => parse(file, env);

  it('sets lists of plain texts', () => {
    const env = { TESSERA_HTTP_TRUSTED_PROXIES: '10.0.0.0/8, fd00::/8' };
    expect(read(env).http.trusted_proxies).toEqual(['10.0.0.0/8', 'fd00::/8']);
  });

  it('keeps text settings as text when they look like numbers', () => {
    const env = { TESSERA_STORE_URL: 'redis://127.0.0.1', TESSERA_STORE_KEY_PREFIX: '7' };
    expect(read(env).store).toEqual({ kind: 'redis', url: 'redis://127.0.0.1', key_prefix: '7' });
  });

  it('sets the path of the default store when the file names no kind', () => {
    for (const store of [undefined, null, {}, { kind: 'sqlite' }]) {
      const { store: opened } = read(
        { TESSERA_STORE_PATH: 'x' },
        { ...production, ...(store !== undefined && { store }) },
      );
      expect(opened).toEqual({ kind: 'sqlite', path: 'x' });
    }
  });

  it('ignores an empty variable and names the setting when a value is wrong', () => {
    expect(read({ TESSERA_HTTP_PORT: '' }).http.port).toBe(3000);
    expect(problemsOf(production, { TESSERA_HTTP_PORT: '3x', TESSERA_DEMO_RELYING_PARTY_ENABLED: 'yes' })).toEqual([
      expect.stringMatching(/^http\.port .*expected number/),
      expect.stringMatching(/^demo\.relying_party\.enabled .*expected boolean/),
    ]);
  });

  it('does not change the object that was read from the file', () => {
    const file = { ...production, http: { port: 1 } };
    read({ TESSERA_HTTP_PORT: '2' }, file);
    expect(file.http.port).toBe(1);
  });
});
