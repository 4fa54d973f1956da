// Clients in a folder of files, and secrets of clients in variables and files.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config/config.ts';
import { toClient } from '../../src/core/client/client-entry.ts';
import { digest } from '../../src/crypto.ts';

const client = (id: string, more: Record<string, unknown> = {}) => ({
  client_id: id,
  redirect_uris: ['https://rp.example/cb'],
  token_endpoint_auth_method: 'none',
  ...more,
});
const byReference = (more: Record<string, unknown>) =>
  client('web', { token_endpoint_auth_method: undefined, ...more });
const secret = (letter: string) => letter.repeat(32);

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tessera-clients-'));
  folder = join(root, 'clients');
  await mkdir(folder);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const put = (name: string, content: unknown) =>
  writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

async function load(change: Record<string, unknown> = {}, env: Record<string, string> = {}) {
  const path = join(root, 'config.yaml');
  await writeFile(path, JSON.stringify({ issuer: 'https://id.example', clients_folder: folder, ...change }));
  return loadConfig(path, env);
}

async function problems(change: Record<string, unknown> = {}, env: Record<string, string> = {}): Promise<string[]> {
  const failure = await load(change, env).then(
    () => new ConfigError([]),
    (error: unknown) => error,
  );
  if (!(failure instanceof ConfigError)) throw failure;
  return failure.problems.map(({ path, message }) => `${path} ${message}`.replaceAll(`${folder}/`, ''));
}

const hashesOf = async (change: Record<string, unknown>, env: Record<string, string> = {}) => {
  const { clients } = await load(change, env);
  return clients.flatMap((entry) => toClient(entry, 0).secrets.map(({ hash }) => hash));
};

describe('the clients’ folder', () => {
  it('adds one entry or a list per file, in YAML or JSON, to the clients of the configuration', async () => {
    await put('a.yaml', 'client_id: a\nredirect_uris: [https://a.example/cb]\ntoken_endpoint_auth_method: none\n');
    await put('b.yml', [client('b1'), client('b2', { qr_scanner: 'in_app' })]);
    await put('c.json', client('c'));
    await put('d.yaml', []);
    await put('.#a.yaml', 'half: [');
    await put('notes.txt', 'half: [');
    const { clients } = await load({ clients: [client('main')] });
    expect(clients.map(({ client_id }) => client_id)).toEqual(['main', 'a', 'b1', 'b2', 'c']);
    expect(clients[3]).toMatchObject({ qr_scanner: 'in_app' });
  });

  it('can be named by a variable, and is a problem when it does not exist', async () => {
    await put('a.yaml', client('a'));
    const env = { TESSERA_CLIENTS_FOLDER: folder, TESSERA_CLIENTS_PRUNE: 'true' };
    const config = await load({ clients_folder: undefined }, env);
    expect(config.clients.map(({ client_id }) => client_id)).toEqual(['a']);
    expect(config.clients_prune).toBe(true);
    expect(await problems({ clients_folder: '/nowhere' })).toEqual([
      'clients_folder /nowhere is no folder that can be read',
    ]);
    expect(await problems({ clients_folder: 5 })).toEqual([expect.stringMatching(/^clients_folder .*expected string/)]);
  });

  it('E4 is validated like the configuration: all problems at once, with file name and path', async () => {
    await put('bad.yaml', client('bad', { redirect_uris: ['javascript:alert(1)'], qr_scaner: 'any' }));
    await put('list.yaml', [client('fine'), client('fine'), { client_id: 'x y' }, 'text']);
    await put('half.yaml', 'client_id: half\nredirect_uris: [https://rp.exam');
    await put('empty.yaml', '');
    await put('half.json', '{"client_id": "h", "redirect_');
    await mkdir(join(folder, 'folder.yaml'));
    const found = await problems({ log: { level: 'loud' }, clients: [client('main'), client('main')] });
    for (const expected of [
      /^log\.level /,
      /^clients\.1\.client_id is given twice: main$/,
      /^bad\.yaml: redirect_uris\.0 has a scheme/,
      /^bad\.yaml: qr_scaner is not a known key$/,
      /^list\.yaml: 1\.client_id is given twice: fine, also at list\.yaml: 0\.client_id$/,
      /^list\.yaml: 2\.client_id must be/,
      /^list\.yaml: 3 .*expected object/,
      /^half\.yaml .*line 2/,
      /^half\.json .*line 1/,
      /^empty\.yaml is empty/,
      /^folder\.yaml cannot be read/,
    ]) {
      expect(
        found.filter((problem) => expected.test(problem)),
        String(expected),
      ).toHaveLength(1);
    }
    expect(found.filter((problem) => problem.startsWith('bad.yaml'))).toHaveLength(2);
  });

  it('rejects an id that the configuration or another file already has', async () => {
    await put('a.yaml', client('main'));
    await put('b.yaml', client('main'));
    expect(await problems({ clients: [client('main')] })).toEqual([
      'a.yaml: client_id is given twice: main, also at clients.0.client_id',
      'b.yaml: client_id is given twice: main, also at clients.0.client_id',
    ]);
  });
});

describe('a secret that stands elsewhere', () => {
  it('E6 is read from variables and files, several for a rotation, and only its digest is kept', async () => {
    const path = join(root, 'secret');
    await writeFile(path, `${secret('f')}\n`);
    await writeFile(`${path}-crlf`, `${secret('g')} \r\n`);
    const env = { WEB_NEW: secret('n'), WEB_OLD: secret('o') };
    const written = byReference({
      client_secret_sha256: ['a'.repeat(64)],
      client_secret_env: ['WEB_NEW', 'WEB_OLD'],
      client_secret_file: [path, `${path}-crlf`],
    });
    const expected = ['n', 'o', 'f'].map((letter) => digest(secret(letter)));
    const first = Buffer.from('a'.repeat(64), 'hex').toString('base64url');
    const all = [first, ...expected, digest(`${secret('g')} `)];
    expect(await hashesOf({ clients: [written] }, env)).toEqual(all);
    await put('web.yaml', written);
    expect(await hashesOf({}, env)).toEqual(all);
    const config = await load({}, env);
    const [entry] = config.clients;
    expect(JSON.stringify([config, entry && toClient(entry, 0)])).not.toMatch(/n{32}|o{32}|f{32}|g{32}/);
    expect(entry && toClient(entry, 0).metadata).not.toHaveProperty('client_secret_env');
  });

  it('must exist and have 32 characters, and no message repeats its value', async () => {
    const path = join(root, 'secret');
    await writeFile(path, `${'short'.repeat(6)}\n\n`);
    await writeFile(`${path}-empty`, '\n');
    const env = { SHORT: secret('x').slice(1), EMPTY: '' };
    await put('web.yaml', [
      byReference({
        client_secret_env: ['SHORT', 'EMPTY', 'ABSENT', 'pass-word'],
        client_secret_file: [path, `${path}-empty`, '/nowhere'],
      }),
    ]);
    const found = await problems({ clients: [byReference({ client_id: 'main', client_secret_env: ['ABSENT'] })] }, env);
    const short = 'refers to a secret under 32 characters; use a random one';
    const absent = 'names an environment variable that is not set';
    expect(found.sort()).toEqual([
      `clients.0.client_secret_env.0 ${absent}`,
      `web.yaml: 0.client_secret_env.0 ${short}`,
      `web.yaml: 0.client_secret_env.1 ${absent}`,
      `web.yaml: 0.client_secret_env.2 ${absent}`,
      'web.yaml: 0.client_secret_env.3 must be the name of an environment variable',
      `web.yaml: 0.client_secret_env.3 ${absent}`,
      `web.yaml: 0.client_secret_file.0 ${short}`,
      `web.yaml: 0.client_secret_file.1 ${short}`,
      'web.yaml: 0.client_secret_file.2 names a file that cannot be read',
    ]);
    expect(found.join()).not.toMatch(/x{31}|shortshort|pass-word|ABSENT/);
  });

  it('must match the authentication method of the client', async () => {
    const env = { WEB: secret('w') };
    await put('web.yaml', client('web', { client_secret_env: ['WEB'] }));
    expect(await problems({}, env)).toEqual([expect.stringMatching(/^web\.yaml: client_secret_env must be left out/)]);
    await put('web.yaml', byReference({ client_secret_env: [] }));
    expect(await problems({}, env)).toEqual([expect.stringMatching(/^web\.yaml: client_secret_sha256 is missing/)]);
    await put('web.yaml', byReference({ client_secret_env: ['WEB'] }));
    expect(await problems({}, env)).toEqual([]);
  });
});
