// The machine's snippet, run by sh and curl: a token, and a first call of the administration API with it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { writeSnippet } from '../support/snippet.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

it.each(['client_secret_basic', 'client_secret_post'])('curl gets a token by %s and calls with it', async (method) => {
  const machine = await app.clients.create({
    // As awkward as an id may be.
    client_id: `o'ps"$(id):%41-${method}`,
    client_name: 'Ops',
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: method,
    scope: 'clients:read',
  });
  const snippet = await writeSnippet(app.issuer, 'curl', machine, {}, 'clients:read');
  try {
    const { stdout } = await promisify(execFile)('sh', ['token.sh'], { cwd: snippet.folder });
    expect(JSON.parse(stdout)).toHaveProperty('clients');
  } finally {
    await snippet.remove();
  }
});
