import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type ConfiguredClient, createClients, toClient } from '../../src/client/clients.ts';
import { digest } from '../../src/crypto.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';

const now = 1_000_000;
const entry: ConfiguredClient = { client_id: 'configured', redirect_uris: ['https://rp.example/cb'] };
const fresh = { name: 'Web shop', redirectUris: ['https://rp.example/cb'], isPublic: false };

let store: Store;
const open = (configured: readonly ConfiguredClient[] = []) =>
  createClients({ store: store.clients, configured: configured.map((each) => toClient(each, now)), clock: () => now });
beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:', clock: () => now });
});
afterEach(() => store.close());

describe('a configured client', () => {
  it('takes what it does not say from protocol.md 5', () => {
    const { qr, firstParty, secretHashes } = toClient({ ...entry, qr_confirmation: 'always' }, now);
    expect(qr).toEqual({
      qr_sign_in: 'on',
      qr_confirmation: 'always',
      qr_user_verification: 'auto',
      qr_scanner: 'any',
      qr_trust_browser: 'allowed',
      other_sign_in: 'allowed',
    });
    expect({ firstParty, secretHashes }).toEqual({ firstParty: false, secretHashes: [] });
  });

  it('keeps our own keys out of its OpenID metadata', () => {
    const { metadata } = toClient(
      { ...entry, first_party: true, qr_sign_in: 'off', client_secret_sha256: [], scope: 'openid' },
      now,
    );
    expect(metadata).toEqual({ redirect_uris: entry.redirect_uris, scope: 'openid' });
  });

  it.each(['hex', 'base64url'] as const)('E6 takes the digest of a secret in %s', (encoding) => {
    const sha256 = createHash('sha256').update('a secret').digest(encoding);
    expect(toClient({ ...entry, client_secret_sha256: [sha256] }, now).secretHashes).toEqual([digest('a secret')]);
  });

  it('dev-web has the secret that stands beside its digest', () => {
    const text = readFileSync(new URL('../../config/development.yaml', import.meta.url), 'utf8');
    const written = /SHA-256 of: (\S+)/.exec(text)?.[1] ?? '';
    const clients: ConfiguredClient[] = parseYaml(text).clients;
    const web = clients.find(({ client_id }) => client_id === 'dev-web');
    expect(web && toClient(web, now).secretHashes).toEqual([digest(written)]);
  });

  it('E4 is refused with a redirect or sign-out URI that is none', () => {
    for (const change of [{ redirect_uris: ['data:,x'] }, { post_logout_redirect_uris: ['http://rp.example/'] }]) {
      expect(() => toClient({ ...entry, ...change }, now)).toThrow(
        expect.objectContaining({ code: 'redirect_uri_invalid' }),
      );
    }
  });
});

describe('clients', () => {
  it('E6 makes a secret of 256 bits, shows it once and keeps its digest', async () => {
    const clients = open();
    const { client, secret } = await clients.add(fresh);
    expect(Buffer.from(secret ?? '', 'base64url')).toHaveLength(32);
    expect(client.secretHashes).toEqual([digest(secret ?? '')]);
    expect(JSON.stringify(await clients.find(client.id))).not.toContain(secret);
    const another = await clients.add(fresh);
    expect(another.client.id).not.toBe(client.id);
    expect(another.secret).not.toBe(secret);
  });

  it('gives a public client no secret', async () => {
    const { client, secret } = await open().add({ ...fresh, isPublic: true });
    expect(secret).toBeNull();
    expect(client.secretHashes).toEqual([]);
    expect(client.metadata.token_endpoint_auth_method).toBe('none');
  });

  it('E4 checks redirect URIs, by the kind of application', async () => {
    const clients = open();
    const own = { ...fresh, redirectUris: ['com.example.app:/cb'] };
    await expect(clients.add(own)).rejects.toMatchObject({ code: 'redirect_uri_invalid' });
    await clients.add({ ...own, isNative: true });
  });

  it.each([
    ['no redirect URI', { redirectUris: [] }],
    ['a name that reorders text', { name: 'Bank\u202eknaB' }],
    ['an empty name', { name: ' ' }],
    ['a name without end', { name: 'x'.repeat(201) }],
    ['a space in its id', { id: 'a b' }],
  ])('refuses %s', async (_what, change) => {
    await expect(open().add({ ...fresh, ...change })).rejects.toMatchObject({ code: 'client_metadata_invalid' });
  });

  it('knows an id once, the configuration’s first', async () => {
    const { client } = await open().add({ ...fresh, id: 'configured' });
    await expect(open().add({ ...fresh, id: 'configured' })).rejects.toMatchObject({ code: 'client_id_taken' });
    const clients = open([entry]);
    await expect(clients.add({ ...fresh, id: 'configured' })).rejects.toMatchObject({ code: 'client_id_taken' });
    expect((await clients.find('configured'))?.secretHashes).not.toEqual(client.secretHashes);
    expect((await clients.list()).map(({ id }) => id)).toEqual(['configured']);
    expect(await clients.find('nobody')).toBeNull();
  });
});
