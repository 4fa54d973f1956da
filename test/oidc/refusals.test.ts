// A refused request says why: one line of the log and one audit record that name the mistake, and no secret.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../src/core/audit/audit-record.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { signIn } from '../support/signed-in.ts';
import { authorizationParams, redirectUri } from '../support/waiting-browser.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ registration: { enabled: true } });
});
afterAll(() => app.stop());

const secret = 'dev-web-secret-for-local-use-only';
const basic = (id: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
});
const post = (path: string, body: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${app.issuer}${path}`, { method: 'POST', headers, body: new URLSearchParams(body) });
const authorize = (change: Record<string, string | undefined>) =>
  fetch(`${app.issuer}/auth?${authorizationParams(change).params}`, {
    redirect: 'manual',
    headers: { accept: 'text/html' },
  });

/**
 * The records and log lines that `work` causes. Both are written in the background, so it looks up to
 * `maxLooks` times for the first record.
 */
async function refusalsOf(
  work: () => Promise<unknown>,
  maxLooks = 100,
): Promise<{ records: AuditRecord[]; lines: string[] }> {
  const read = async () => (await app.store.audit.query({ isRefusal: true, limit: 500 })).records;
  const linesNow = () =>
    app
      .logText()
      .trimEnd()
      .split('\n')
      .filter((line) => line.includes('"facts"'));
  const [before, linesBefore] = [(await read()).length, linesNow().length];
  await work();
  for (let i = 0; i < maxLooks && (await read()).length === before; i++)
    await new Promise((done) => setTimeout(done, 10));
  const records = await read();
  return { records: records.slice(0, records.length - before), lines: linesNow().slice(linesBefore) };
}

/** Does the work, expects one line and one record, and returns the record. */
async function refusal(work: () => Promise<unknown>) {
  const { records, lines } = await refusalsOf(work, 1500);
  expect(lines).toHaveLength(1);
  expect(records).toHaveLength(1);
  const [record] = records;
  if (!record) throw new Error('it was just counted');
  const line = JSON.parse(lines[0] ?? '');
  expect(line.requestId).toBe(record.facts.request_id);
  expect(line).toMatchObject({ event: record.event, clientId: record.clientId });
  const { request_id: _id, ...facts } = record.facts;
  expect(line.facts).toEqual(facts);
  return { ...record, facts, msg: String(line.msg) };
}

describe('a refused request leaves one line and one record', () => {
  it('names the redirect URI received and the nearest registered one, without their queries', async () => {
    const { event, clientId, facts, msg } = await refusal(() =>
      authorize({ redirect_uri: 'http://127.0.0.1:8765/calback?session=5f1c#x' }),
    );
    expect({ event, clientId }).toEqual({ event: 'authorization.refused', clientId: 'dev-public' });
    expect(facts).toMatchObject({
      error: 'invalid_redirect_uri',
      redirect_uri: 'http://127.0.0.1:8765/calback',
      nearest_redirect_uri: redirectUri,
    });
    expect(msg).toContain(
      'redirect_uri=http://127.0.0.1:8765/calback; nearest_redirect_uri=http://127.0.0.1:8765/callback',
    );
  });

  it('names a client that does not exist', async () => {
    const { clientId, facts } = await refusal(() => authorize({ client_id: 'dev-pubic' }));
    expect(clientId).toBeNull();
    expect(facts).toMatchObject({ error: 'invalid_client', client_received: 'dev-pubic' });
  });

  it('belongs to the client that it names, also where the request failed before the client was looked for', async () => {
    const grant = { grant_type: 'authorization_code', code: 'x', redirect_uri: redirectUri };
    const empty = await refusal(() => post('/token', grant, basic('dev-web', '')));
    expect(empty.clientId).toBe('dev-web');
    expect(empty.facts).not.toHaveProperty('client_received');
    const two = await refusal(() => post('/token', { ...grant, client_id: 'dev-public' }, basic('dev-web', secret)));
    expect(two.clientId).toBe('dev-public');
    const { client } = await app.clients.create({ redirect_uris: ['https://off.example/cb'] });
    await app.clients.setDisabled(client.id, true, null);
    const off = await refusal(() => authorize({ client_id: client.id }));
    expect(off).toMatchObject({ clientId: client.id, facts: { detail: 'the client is switched off' } });
  });

  it('keeps no secret that stands in the place of the client id', async () => {
    const grant = { grant_type: 'client_credentials' };
    const [id, swapped] = [secret, 'dev-web'];
    for (const one of [
      () => post('/token', { ...grant, client_id: id, client_secret: swapped }),
      () => post('/token', grant, basic(id, swapped)),
    ]) {
      const found = await refusal(one);
      expect(found).toMatchObject({
        clientId: 'dev-web',
        facts: { detail: 'client_id and client_secret are swapped' },
      });
      expect(JSON.stringify(found)).not.toContain('secret-for-local-use');
    }
    const alone = await refusal(() => post('/token', { ...grant, client_id: 'S'.repeat(43) }));
    expect(alone.facts.client_received).toBe('[removed]');
  });

  it('shows what was received where the library names what was missing', async () => {
    expect((await refusal(() => authorize({ scope: 'profile email' }))).facts.scope).toBe('profile email');
    const grant = await refusal(() => post('/token', { grant_type: 'client_credentials', client_id: 'dev-public' }));
    expect(grant.facts.grant_type).toBe('client_credentials');
    const bearer = await refusal(() =>
      post('/token', { grant_type: 'authorization_code' }, { authorization: 'Bearer abcdefgh' }),
    );
    expect(bearer.facts.auth_method).toBe('bearer');
  });

  it('says why the keys of a client could not be fetched', async () => {
    const { client } = await app.clients.create({
      redirect_uris: ['https://keys.example/cb'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'http://127.0.0.1:1/jwks',
    });
    const assertion = [
      '{"alg":"ES256"}',
      JSON.stringify({ iss: client.id, sub: client.id, aud: app.issuer, exp: 9e9, jti: '1' }),
      'x',
    ]
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    const found = await refusal(() =>
      post('/token', {
        grant_type: 'authorization_code',
        client_assertion: assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      }),
    );
    expect(found.facts.detail).toMatch(/client JSON Web Key Set failed to be refreshed: ./);
    expect(JSON.stringify(found)).not.toContain(assertion);
  });

  it('names the app that registered itself and its wrong redirect URI', async () => {
    const send = (token: string, method: string, path: string, uri: string) =>
      fetch(`${app.issuer}/registration${path}`, {
        method,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ redirect_uris: ['https://self.example/cb', uri] }),
      });
    const token = await app.registrations.createInitialToken({ name: 't', uses: 2, days: 1 });
    const wrong = 'http://self.example/cb?key=k3y';
    const first = await refusal(() => send(token, 'POST', '', wrong));
    expect(first).toMatchObject({ clientId: null, facts: { redirect_uri: 'http://self.example/cb' } });
    const made = (await (await send(token, 'POST', '', 'https://self.example/b')).json()) as Record<string, string>;
    const put = await refusal(() => send(String(made.registration_access_token), 'PUT', `/${made.client_id}`, wrong));
    expect(put).toMatchObject({ clientId: made.client_id, facts: { redirect_uri: 'http://self.example/cb' } });
    const stranger = await refusal(() => send('z'.repeat(43), 'PUT', `/${made.client_id}`, wrong));
    expect(stranger.clientId).toBeNull();
    expect(JSON.stringify([first, put])).not.toContain('k3y');
  });

  it('names the way of client authentication and the registered one', async () => {
    const grant = { grant_type: 'authorization_code', code: 'x', redirect_uri: redirectUri };
    const mismatch = await refusal(() => post('/token', { ...grant, client_id: 'dev-web' }));
    expect(mismatch).toMatchObject({
      event: 'token.refused',
      clientId: 'dev-web',
      facts: { error: 'invalid_client', auth_method: 'none', registered_auth_method: 'client_secret_basic' },
    });
    const wrong = await refusal(() => post('/token', grant, basic('dev-web', 'a-wrong-secret')));
    expect(wrong.facts).toMatchObject({ auth_method: 'client_secret_basic', detail: 'invalid secret provided' });
    expect(JSON.stringify(wrong)).not.toContain('a-wrong-secret');
  });

  it('names the reason of an invalid_grant', async () => {
    const alice = await app.phone('alice');
    const { browser, code } = await signIn(app, alice, { prompt: 'consent' });
    const used = await refusal(() => browser.redeem(code));
    expect(used).toMatchObject({ event: 'token.refused', clientId: 'dev-public', facts: { reason: 'used' } });
    expect(JSON.stringify(used)).not.toContain(code);
    expect(JSON.stringify(used)).not.toContain(browser.verifier);
    const unknown = await refusal(() => browser.redeem('x'.repeat(43)));
    expect(unknown.facts.reason).toBe('unknown');
  });

  it('names a grant type, a scope and a response type', async () => {
    const grant = await refusal(() => post('/token', { grant_type: 'password' }, basic('dev-web', secret)));
    expect(grant.facts).toMatchObject({ error: 'unsupported_grant_type', grant_type: 'password' });
    const type = await refusal(() => authorize({ response_type: 'token' }));
    expect(type.facts).toMatchObject({ error: 'unsupported_response_type', response_type: 'token' });
  });

  it('covers the other endpoints', async () => {
    const introspect = await refusal(() => post('/token/introspection', { token: 'abcdefgh' }, basic('dev-web', 'no')));
    expect(introspect.event).toBe('introspection.refused');
    const revoke = await refusal(() => post('/token/revocation', { token: 'abcdefgh' }, basic('dev-web', 'no')));
    expect(revoke.event).toBe('revocation.refused');
    expect(JSON.stringify([introspect, revoke])).not.toContain('abcdefgh');
    const par = await refusal(() => post('/request', { client_id: 'dev-public', response_type: 'code' }));
    expect(par.event).toBe('pushed_request.refused');
    const screen = await refusal(() => post('/device/auth', { client_id: 'dev-public' }));
    expect(screen.event).toBe('device_authorization.refused');
    const me = await refusal(() => fetch(`${app.issuer}/me`, { headers: { authorization: 'Bearer nothing-at-all' } }));
    expect(me.event).toBe('userinfo.refused');
    expect(JSON.stringify(me)).not.toContain('nothing-at-all');
    const register = await refusal(() =>
      fetch(`${app.issuer}/registration`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${'z'.repeat(43)}` },
        body: '{}',
      }),
    );
    expect(register.event).toBe('registration.refused');
  });

  it('is none where the protocol works: a silent request', async () => {
    const { lines } = await refusalsOf(() => authorize({ prompt: 'none' }));
    expect(lines).toEqual([]);
  });

  it('cuts values to 300 characters and removes secrets that stand in other parameters', async () => {
    const long = await refusal(() => authorize({ redirect_uri: `http://127.0.0.1:8765/${'a'.repeat(2000)}` }));
    expect(String(long.facts.redirect_uri)).toHaveLength(300);
    const mixed = await refusal(() =>
      post(
        '/token',
        { grant_type: 'refresh_token', refresh_token: 'r3fr3sh-t0ken', scope: 'r3fr3sh-t0ken"' },
        basic('dev-web', secret),
      ),
    );
    expect(JSON.stringify(mixed)).not.toContain('r3fr3sh-t0ken');
  });

  it('is only counted beyond 100 an hour, and unknown clients share one budget', async () => {
    const many = Array.from({ length: 130 }, (_, i) => () => authorize({ client_id: `nobody-${i}` }));
    const ofUnknown = async () => {
      const { records } = await app.store.audit.query({ isRefusal: true, limit: 500 });
      return records.filter(({ clientId }) => clientId === null).length;
    };
    for (const one of many) await one();
    await expect.poll(ofUnknown).toBe(100);
    const other = await refusal(() => authorize({ response_type: 'token' }));
    expect(other.clientId).toBe('dev-public');
    expect(await ofUnknown()).toBe(100);
  });
});
