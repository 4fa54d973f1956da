// The sign-in of the command line: its access token is renewed in time, by one command at a time, and is
// revoked at the provider.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAdminApi } from '../../src/cli/remote/admin-api.ts';
import { newKey, openSession, revoke } from '../../src/cli/remote/session.ts';
import { type KeptSession, type SessionFile, sessionFile } from '../../src/cli/remote/session-file.ts';
import { digest } from '../../src/crypto.ts';
import { type Reply, type Request, type SmallProvider, startSmallProvider } from '../support/small-provider.ts';

const clock = () => Math.floor(Date.now() / 1000);
let home: string;
let provider: SmallProvider;
let file: SessionFile;
/** What refresh tokens work, each once. */
let alive: Set<string>;
let valid: Set<string>;
let replies: ((request: Request) => Reply | null)[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tessera-config-'));
  alive = new Set(['r0']);
  valid = new Set(['a0']);
  replies = [];
  let turn = 0;
  provider = await startSmallProvider((request) => {
    const special = replies.map((reply) => reply(request)).find((reply) => reply !== null);
    if (special) return special;
    if (request.path === '/token') {
      if (!alive.delete(request.form.refresh_token ?? '')) return { status: 400, body: { error: 'invalid_grant' } };
      turn++;
      alive.add(`r${turn}`);
      valid.add(`a${turn}`);
      const body = { access_token: `a${turn}`, refresh_token: `r${turn}`, token_type: 'DPoP', expires_in: 600 };
      return { body };
    }
    if (request.path === '/token/revocation') return {};
    const token = request.authorization?.replace('DPoP ', '') ?? '';
    if (!valid.has(token) || request.proof?.ath !== digest(token))
      return { status: 401, body: { code: 'token_invalid' } };
    return { body: { token }, headers: { etag: '"7"' } };
  });
  file = sessionFile(provider.issuer, { XDG_CONFIG_HOME: home });
});
afterEach(async () => {
  await provider.stop();
  await rm(home, { recursive: true, force: true });
});

async function keep(change: Partial<KeptSession> = {}): Promise<KeptSession> {
  const { issuer } = provider;
  const kept = { version: 1, issuer, key: await newKey(), accessToken: 'a0', refreshToken: 'r0', scope: '' } as const;
  const session = { ...kept, accessExpiresAt: clock() + 600, ...change };
  await file.write(session);
  return session;
}
const open = () => openSession({ issuer: provider.issuer, file, clock });
const api = async () => createAdminApi(provider.issuer, await open());

describe('a session', () => {
  it('does not exist before the sign-in', async () => {
    await expect(open()).rejects.toMatchObject({
      code: 'not_signed_in',
      message: expect.stringContaining('npm run tessera -- login'),
    });
  });

  it('uses its token with a proof of the key until the token expires', async () => {
    await keep();
    expect(await (await api()).get('/clients', { search: 'a b', cursor: undefined })).toEqual({
      body: { token: 'a0' },
      revision: 7,
    });
    expect(provider.requests.map(({ path }) => path)).toEqual(['/admin/v1/clients?search=a+b']);
    expect(provider.requests[0]?.proof).toMatchObject({ htm: 'GET', htu: `${provider.issuer}/admin/v1/clients` });
  });

  it('renews an expired token and saves the new tokens', async () => {
    await keep({ accessExpiresAt: clock() + 5 });
    expect((await (await api()).get('/clients')).body).toEqual({ token: 'a1' });
    expect(await file.read()).toMatchObject({ accessToken: 'a1', refreshToken: 'r1' });
    expect(provider.to('/token')[0]?.form).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'r0',
      client_id: 'tessera-cli',
      resource: `${provider.issuer}/admin`,
    });
  });

  it('renews its token once for ten parallel commands, because a second use of a refresh token would revoke all', async () => {
    await keep({ accessExpiresAt: clock() - 5 });
    const answers = await Promise.all(Array.from({ length: 10 }, async () => (await api()).get('/clients')));
    expect(answers.map(({ body }) => body)).toEqual(Array(10).fill({ token: 'a1' }));
    expect(provider.to('/token')).toHaveLength(1);
  });

  it('renews once a token that the provider revoked early, and reports a sign-in that is over', async () => {
    await keep();
    valid.clear();
    expect((await (await api()).get('/clients')).body).toEqual({ token: 'a1' });
    alive.clear();
    valid.clear();
    await expect((await api()).get('/clients')).rejects.toMatchObject({ code: 'session_ended' });
  });

  it('keeps its refresh token while the provider is unreachable', async () => {
    await keep({ accessExpiresAt: clock() - 5 });
    replies.push(({ path }) => (path === '/token' ? { status: 503, body: {} } : null));
    await expect((await api()).get('/clients')).rejects.toMatchObject({ code: 'provider_unreachable' });
    replies.length = 0;
    expect((await (await api()).get('/clients')).body).toEqual({ token: 'a1' });
  });

  it('answers a resource that requires a nonce', async () => {
    await keep();
    const challenge = { 'dpop-nonce': 'n1', 'www-authenticate': 'DPoP error="use_dpop_nonce"' };
    replies.push(({ proof }) => (proof?.nonce === undefined ? { status: 401, body: {}, headers: challenge } : null));
    expect((await (await api()).get('/clients')).body).toEqual({ token: 'a0' });
    expect(provider.requests.map(({ proof }) => proof?.nonce)).toEqual([undefined, 'n1']);
  });

  it('repeats once, with the provider’s time, what was refused because of the clock', async () => {
    await keep();
    const serverTime = clock() + 3600;
    replies.push(({ proof }) =>
      Math.abs(Number(proof?.iat) - serverTime) > 60
        ? { status: 401, body: { code: 'device_clock_wrong', server_time: serverTime } }
        : null,
    );
    const opened = await api();
    expect((await opened.get('/clients')).body).toEqual({ token: 'a0' });
    expect(provider.requests).toHaveLength(2);
    expect((await opened.get('/clients')).body).toEqual({ token: 'a0' });
    expect(provider.requests).toHaveLength(3);
    expect(provider.to('/token')).toEqual([]);
  });

  it('reports a refusal because of the clock that its repetition meets too', async () => {
    await keep();
    replies.push(() => ({ status: 401, body: { code: 'device_clock_wrong', server_time: 1 } }));
    await expect((await api()).get('/clients')).rejects.toMatchObject({ code: 'device_clock_wrong' });
    expect(provider.requests).toHaveLength(2);
  });

  it('reports a refusal with the provider’s code', async () => {
    await keep();
    replies.push(() => ({
      status: 403,
      body: { code: 'role_insufficient', detail: 'Your role does not cover this.' },
    }));
    await expect((await api()).get('/keys')).rejects.toMatchObject({
      code: 'role_insufficient',
      message: 'Your role does not cover this.',
    });
  });

  it('revokes both tokens at the provider, and reports when it could not', async () => {
    const kept = await keep();
    await revoke({ issuer: provider.issuer, clock }, kept);
    expect(provider.to('/token/revocation').map(({ form }) => form)).toEqual([
      { token: 'r0', client_id: 'tessera-cli' },
      { token: 'a0', client_id: 'tessera-cli' },
    ]);
    replies.push(() => ({ status: 500 }));
    await expect(revoke({ issuer: provider.issuer, clock }, kept)).rejects.toMatchObject({
      code: 'provider_unexpected',
    });
  });
});
