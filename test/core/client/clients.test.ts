import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type Client, validSecretHashes } from '../../../src/core/client/client.ts';
import { toClient } from '../../../src/core/client/client-entry.ts';
import type { ClientEntry } from '../../../src/core/client/client-schema.ts';
import { createClients } from '../../../src/core/client/clients.ts';
import { digest } from '../../../src/crypto.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';

const now = 1_000_000;
const entry: ClientEntry = { client_id: 'configured', redirect_uris: ['https://rp.example/cb'] };
const fresh = { client_name: 'Web shop', redirect_uris: ['https://rp.example/cb'] };
const hashes = (client: Client | null) => client?.secrets.map(({ hash }) => hash);

let store: Store;
const open = (configured: readonly ClientEntry[] = []) =>
  createClients({
    store: store.clients,
    configured: configured.map((each) => toClient(each, now)),
    clock: () => now,
    judge: async () => null,
    forgetConsents: store.consents.deleteByClient,
  });
beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:', clock: () => now });
});
afterEach(() => store.close());

describe('a configured client', () => {
  it('has the defaults of protocol.md 5', () => {
    const { qr, firstParty, secrets } = toClient({ ...entry, qr_confirmation: 'always' }, now);
    expect(qr).toEqual({
      sign_in: 'any',
      qr_sign_in: 'on',
      qr_confirmation: 'always',
      qr_user_verification: 'auto',
      qr_scanner: 'any',
      qr_trust_browser: 'allowed',
      other_sign_in: 'allowed',
    });
    expect({ firstParty, secrets }).toEqual({ firstParty: false, secrets: [] });
  });

  it('keeps Tessera’s own keys out of its OpenID metadata', () => {
    const { metadata } = toClient(
      { ...entry, first_party: true, qr_sign_in: 'off', client_secret_sha256: [], scope: 'openid' },
      now,
    );
    expect(metadata).toEqual({ redirect_uris: entry.redirect_uris, scope: 'openid' });
  });

  it.each(['hex', 'base64url'] as const)('E6 accepts the digest of a secret in %s', (encoding) => {
    const sha256 = createHash('sha256').update('a secret').digest(encoding);
    expect(hashes(toClient({ ...entry, client_secret_sha256: [sha256] }, now))).toEqual([digest('a secret')]);
  });

  it('has, for dev-web, the secret that is documented beside its digest', () => {
    const text = readFileSync(new URL('../../../config/development.yaml', import.meta.url), 'utf8');
    const written = /SHA-256 of: (\S+)/.exec(text)?.[1] ?? '';
    const clients: ClientEntry[] = parseYaml(text).clients;
    const web = clients.find(({ client_id }) => client_id === 'dev-web');
    expect(web && hashes(toClient(web, now))).toEqual([digest(written)]);
  });
});

describe('clients', () => {
  it('E6 generates a secret of 256 bits, returns it once and stores its digest', async () => {
    const clients = open();
    const { client, secret } = await clients.create(fresh);
    expect(Buffer.from(secret ?? '', 'base64url')).toHaveLength(32);
    expect(hashes(client)).toEqual([digest(secret ?? '')]);
    expect(JSON.stringify(await clients.find(client.id))).not.toContain(secret);
    const another = await clients.create(fresh);
    expect(another.client.id).not.toBe(client.id);
    expect(another.secret).not.toBe(secret);
  });

  it('gives no secret to a public client or to a client with a key', async () => {
    const clients = open();
    for (const change of [
      { token_endpoint_auth_method: 'none' },
      { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://rp.example/jwks' },
    ]) {
      const { client, secret } = await clients.create({ ...fresh, ...change });
      expect([secret, client.secrets]).toEqual([null, []]);
      const more = clients.addSecret(client.id, { name: 'x', expiresAt: null });
      await expect(more).rejects.toMatchObject({ code: 'client_metadata_invalid' });
    }
  });

  it.each([
    ['redirect_uris.0', { redirect_uris: ['data:,x'] }],
    ['redirect_uris.1', { redirect_uris: ['https://rp.example/cb', 'com.example.app:/cb'] }],
    ['post_logout_redirect_uris.0', { post_logout_redirect_uris: ['http://rp.example/'] }],
    ['logo_uri', { logo_uri: 'javascript:alert(1)' }],
    ['backchannel_logout_uri', { backchannel_logout_uri: 'https://rp.example/#x' }],
    ['redirect_uris', { redirect_uris: [] }],
    ['client_name', { client_name: 'Bank\u202eknaB' }],
    ['client_name', { client_name: 'x'.repeat(201) }],
    ['scope', { scope: '' }],
    ['scope', { scope: 'approve' }],
    ['scope', { scope: 'profile' }],
    ['scope', { redirect_uris: [], grant_types: ['client_credentials'], scope: 'approve' }],
    ['client_id', { client_id: 'cli' }],
    ['client_id', { client_id: 'new' }],
    ['client_id', { client_id: '..' }],
    ['client_id', { client_id: 'a b' }],
    ['qr_confirmation', { qr_confirmation: 'sometimes' }],
    ['jwks', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['grant_types', { token_endpoint_auth_method: 'none', grant_types: ['client_credentials'] }],
    ['qr_confirmtion', { qr_confirmtion: 'always' }],
  ])('E4 rejects a client and names the field: %s', async (path, change) => {
    const refused = open().create({ ...fresh, ...change });
    await expect(refused).rejects.toMatchObject({ code: 'client_metadata_invalid', problems: [{ path }] });
  });

  it('accepts a custom URI scheme for native apps only', async () => {
    await open().create({ ...fresh, redirect_uris: ['com.example.app:/cb'], application_type: 'native' });
  });

  it('rejects an id that is in use, prefers the configuration, and changes a configured client nowhere else', async () => {
    const { client } = await open().create({ ...fresh, client_id: 'configured' });
    await expect(open().create({ ...fresh, client_id: 'configured' })).rejects.toMatchObject({
      code: 'client_id_taken',
    });
    const clients = open([entry]);
    await expect(clients.create({ ...fresh, client_id: 'configured' })).rejects.toMatchObject({
      code: 'client_id_taken',
    });
    expect(hashes(await clients.find('configured'))).not.toEqual(hashes(client));
    await expect(clients.delete('configured', null)).rejects.toMatchObject({ code: 'client_read_only' });
    await expect(clients.update('configured', {}, null)).rejects.toMatchObject({ code: 'client_read_only' });
    expect(await clients.find('nobody')).toBeNull();
  });

  it('changes the given fields, resets those that are null, and keeps the others', async () => {
    const clients = open();
    const { client } = await clients.create({
      ...fresh,
      qr_confirmation: 'always',
      policy_uri: 'https://rp.example/p',
    });
    const changed = await clients.update(
      client.id,
      { patch: { client_name: 'New', policy_uri: null, qr_confirmation: null } },
      null,
    );
    expect(changed).toMatchObject({
      metadata: { client_name: 'New', redirect_uris: fresh.redirect_uris },
      revision: 2,
    });
    expect(changed.metadata).not.toHaveProperty('policy_uri');
    expect(changed.qr.qr_confirmation).toBe('auto');
    expect(changed.secrets).toEqual(client.secrets);
    const bad = clients.update(client.id, { patch: { redirect_uris: ['/relative'] } }, null);
    await expect(bad).rejects.toMatchObject({ code: 'client_metadata_invalid' });
    await expect(clients.update(client.id, { patch: { client_id: 'other' } }, null)).rejects.toMatchObject({
      code: 'client_metadata_invalid',
    });
    expect(await clients.find(client.id)).toEqual(changed);
  });

  it('lets only the first of two editors of the same revision win', async () => {
    const clients = open();
    const { client } = await clients.create(fresh);
    const edits = Array.from({ length: 50 }, (_, i) =>
      clients.update(client.id, { patch: { client_name: `Edit ${i}` } }, 1),
    );
    const results = await Promise.allSettled(edits);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'client_changed' });
    }
    await expect(clients.delete(client.id, 1)).rejects.toMatchObject({ code: 'client_changed' });
    await clients.delete(client.id, 2);
    expect(await clients.findAny(client.id)).toBeNull();
  });

  it('does not find a disabled client', async () => {
    const clients = open();
    const { client } = await clients.create(fresh);
    await clients.setDisabled(client.id, true, null);
    expect(await clients.find(client.id)).toBeNull();
    expect((await clients.findAny(client.id))?.disabledAt).toBe(now);
    await clients.setDisabled(client.id, false, null);
    expect((await clients.find(client.id))?.id).toBe(client.id);
  });

  it('E6 rotates a secret: both are valid until the old one is revoked, with at most five secrets', async () => {
    const clients = open();
    const { client, secret } = await clients.create(fresh);
    const added = await clients.addSecret(client.id, { name: 'next', expiresAt: now + 10 });
    expect(validSecretHashes(added.client, now)).toEqual([digest(secret ?? ''), digest(added.secret)]);
    expect(validSecretHashes(added.client, now + 10)).toEqual([digest(secret ?? '')]);
    const left = await clients.revokeSecret(client.id, client.secrets[0]?.id ?? '');
    expect(hashes(left)).toEqual([digest(added.secret)]);
    await expect(clients.revokeSecret(client.id, 'x')).rejects.toMatchObject({ code: 'client_secret_not_found' });
    for (let i = 0; i < 4; i++) await clients.addSecret(client.id, { name: `${i}`, expiresAt: null });
    const sixth = clients.addSecret(client.id, { name: '6', expiresAt: null });
    await expect(sixth).rejects.toMatchObject({ code: 'client_metadata_invalid' });
  });
});
