// Discovery, and the settings of a client that the reference offers, are exactly what exists.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clientInputSchema } from '../../src/core/client/client-schema.ts';
import { signingAlgorithms } from '../../src/core/key/key-schedule.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { redirectUri } from '../support/waiting-browser.ts';

let app: TestApp;
let found: Record<string, unknown>;
beforeAll(async () => {
  app = await startApp({ registration: { enabled: true } });
  found = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as typeof found;
});
afterAll(() => app?.stop());

const clientMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];
const clientSignatures = ['RS256', 'PS256', 'ES256', 'EdDSA'];

describe('discovery', () => {
  it.each<[member: string, values: readonly string[]]>([
    ['scopes_supported', ['openid', 'offline_access', 'profile', 'email']],
    ['response_types_supported', ['code']],
    [
      'response_modes_supported',
      ['form_post', 'fragment', 'query', 'jwt', 'form_post.jwt', 'fragment.jwt', 'query.jwt'],
    ],
    ['request_object_signing_alg_values_supported', clientSignatures],
    ['authorization_signing_alg_values_supported', signingAlgorithms],
    ['ui_locales_supported', ['en', 'zh-CN']],
    ['prompt_values_supported', ['none', 'login', 'consent', 'create', 'select_account']],
    ['id_token_signing_alg_values_supported', signingAlgorithms],
    ['userinfo_signing_alg_values_supported', signingAlgorithms],
    ['token_endpoint_auth_methods_supported', clientMethods],
    ['introspection_endpoint_auth_methods_supported', clientMethods],
    ['revocation_endpoint_auth_methods_supported', clientMethods],
    ['token_endpoint_auth_signing_alg_values_supported', clientSignatures],
    ['introspection_endpoint_auth_signing_alg_values_supported', clientSignatures],
    ['revocation_endpoint_auth_signing_alg_values_supported', clientSignatures],
  ])('lists in %s what exists', (member, values) => {
    expect([...(found[member] as string[])].sort()).toEqual([...values].sort());
  });

  it('lists only claims that accounts have', () => {
    const claims = found.claims_supported as string[];
    expect(claims).toEqual(expect.arrayContaining(['sub', 'name', 'email', 'email_verified', 'acr', 'amr', 'sid']));
    expect(claims.filter((name) => /phone|address/.test(name))).toEqual([]);
  });

  it('publishes a key for every algorithm that it offers', async () => {
    const { keys } = (await (await fetch(String(found.jwks_uri))).json()) as { keys: { alg: string }[] };
    expect(new Set(keys.map(({ alg }) => alg))).toEqual(new Set(signingAlgorithms));
  });

  it('names endpoints that answer', async () => {
    const addresses = Object.entries(found).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name));
    expect(addresses.length).toBeGreaterThan(8);
    for (const [name, address] of addresses) {
      const method = /^(token|intro|revoc|pushed|device|regis)/.test(name) ? 'POST' : 'GET';
      const { status } = await fetch(String(address), { method, redirect: 'manual' });
      expect([name, status === 404 || status >= 500]).toEqual([name, false]);
    }
  });
});

/** Every choice that the schema offers for a setting, one client for each. */
function* choices(): Generator<[key: string, value: unknown]> {
  const schema = z.toJSONSchema(clientInputSchema, { io: 'input' }) as {
    properties: Record<string, { enum?: string[]; items?: { enum?: string[] } }>;
  };
  for (const [key, { enum: values, items }] of Object.entries(schema.properties)) {
    for (const value of values ?? []) yield [key, value];
    for (const value of items?.enum ?? []) yield [key, [value]];
  }
}

/** What a client needs beside the setting, so that nothing else is refused. */
const beside: Readonly<Record<string, Record<string, unknown>>> = {
  private_key_jwt: { jwks_uri: 'https://rp.example/jwks' },
  client_credentials: { redirect_uris: [] },
  refresh_token: { grant_types: ['authorization_code', 'refresh_token'] },
};

describe('the settings of a client', () => {
  it('offer no choice that a client cannot have', async () => {
    const all = [...choices()];
    expect(all.length).toBeGreaterThan(30);
    const refused: unknown[] = [];
    for (const [key, value] of all) {
      const isOfOwnKeys = /^(token_endpoint_auth|request_object)_signing_alg$|^profile$/.test(key);
      const needs = isOfOwnKeys
        ? { token_endpoint_auth_method: 'private_key_jwt', ...beside.private_key_jwt }
        : beside[String(value)];
      const input = { redirect_uris: [redirectUri], application_type: 'native', [key]: value, ...needs };
      await app.clients.create(input).catch((error: Error) => refused.push([key, value, error.message]));
    }
    expect(refused).toEqual([]);
  });

  it('refuse PS256 for what we sign, with a sentence', async () => {
    for (const key of ['id_token_signed_response_alg', 'userinfo_signed_response_alg']) {
      const made = app.clients.create({ redirect_uris: [redirectUri], [key]: 'PS256' });
      await expect(made).rejects.toThrow(key);
    }
  });
});
