// `allow_insecure_redirects` (protocol.md section 5): what it permits, for whom, and what it costs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostOf, redirectUriProblem } from '../../src/core/client/redirect-uri.ts';
import { openMachine } from '../support/admin-machine.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { authorizationParams, createWaitingBrowser } from '../support/waiting-browser.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const allowed = { allow_insecure_redirects: true };
const native = { application_type: 'native', token_endpoint_auth_method: 'none' };
const create = (input: Record<string, unknown>) => app.clients.create({ client_name: 'Insecure', ...input });
const refusalOf = (input: Record<string, unknown>): Promise<string> =>
  create(input).then(
    () => 'accepted',
    (error: Error) => error.message,
  );

describe('E4 allow_insecure_redirects', () => {
  it.each([
    'http://10.1.2.3/cb',
    'http://172.16.0.1:8080/cb',
    'http://192.168.1.20/cb',
    'http://[fd12::1]/cb',
    'http://nas.local/cb',
    'http://jenkins.lan:8080/cb',
  ])('permits %s for a confidential client alone', (uri) => {
    const owner = { type: 'web', isConfidential: true, allowsInsecure: true } as const;
    expect(redirectUriProblem(uri, owner)).toBeNull();
    expect(redirectUriProblem(uri, { ...owner, isConfidential: false })).not.toBeNull();
    expect(redirectUriProblem(uri, { ...owner, allowsInsecure: false })).not.toBeNull();
  });

  it.each([
    'http://rp.example/cb',
    'http://8.8.8.8/cb',
    'http://172.32.0.1/cb',
    'http://192.169.0.1/cb',
    'http://local/cb',
    'http://nas.local.example/cb',
    'http://10.example/cb',
    'http://[2001:db8::1]/cb',
  ])('does not permit %s', (uri) =>
    expect(redirectUriProblem(uri, { type: 'web', isConfidential: true, allowsInsecure: true })).not.toBeNull(),
  );

  it('permits a custom scheme without a dot for a native client alone', () => {
    for (const uri of ['myapp:/cb', 'myapp://cb', 'obsidian://cb']) {
      expect(redirectUriProblem(uri, { type: 'native', allowsInsecure: true }), uri).toBeNull();
      expect(redirectUriProblem(uri, { type: 'web', allowsInsecure: true }), uri).not.toBeNull();
      expect(redirectUriProblem(uri, { type: 'native' }), uri).not.toBeNull();
    }
  });

  it.each(
    'javascript data vbscript file blob about filesystem intent mailto ws wss view-source ms-settings ms-excel chrome chrome-extension edge firefox tel microsoft-edge microsoft-edge-holographic googlechrome googlechromes firefox-focus opera-https touch-http x-safari-https safari-web-extension search-ms'.split(
      ' ',
    ),
  )('never permits the scheme %s', (scheme) => {
    for (const uri of [`${scheme}:/cb`, `${scheme}://cb`])
      expect(redirectUriProblem(uri, { type: 'native', allowsInsecure: true }), uri).not.toBeNull();
  });

  it('is refused for a first-party client, for one that registered itself, and without PKCE', async () => {
    const uris = { redirect_uris: ['http://nas.lan/cb'] };
    expect(await refusalOf({ ...uris, ...allowed })).toBe('accepted');
    expect(await refusalOf({ ...uris, ...allowed, first_party: true })).toMatch(/allow_insecure_redirects/);
    expect(await refusalOf({ ...uris, ...allowed, require_pkce: false })).toMatch(/require_pkce/);
    for (const wrong of ['yes', 1, ['true'], {}])
      expect(await refusalOf({ ...uris, allow_insecure_redirects: wrong })).toMatch(/allow_insecure_redirects/);
    const own = { by: 'token', tokenHash: 'x' };
    const registered = await app.clients.create({ redirect_uris: ['https://rp.example/cb'] }, own);
    await expect(app.clients.update(registered.client.id, { patch: allowed }, null)).rejects.toThrow(
      /registered itself/,
    );
  });

  it('E7 is for administrators: no machine sets it', async () => {
    const machine = await openMachine(app, 'clients:read', 'clients:write');
    const answer = await machine.call('POST', '/clients', { redirect_uris: ['http://nas.lan/cb'], ...allowed });
    expect([answer.status, answer.body.code]).toEqual([403, 'role_insufficient']);
  });

  it('A4 requires PKCE, and the phone names the scheme', async () => {
    const { client: web } = await create({ redirect_uris: ['http://nas.lan/cb'], ...allowed });
    const { client: app_ } = await create({ redirect_uris: ['myapp:/cb'], ...native, ...allowed });
    const phone = await app.phone('alice');
    for (const [{ id }, uri, shown] of [
      [web, 'http://nas.lan/cb', 'http://nas.lan'],
      [app_, 'myapp:/cb', 'myapp:'],
    ] as const) {
      const { params } = authorizationParams({ client_id: id, redirect_uri: uri });
      for (const name of ['code_challenge', 'code_challenge_method']) params.delete(name);
      const bare = await fetch(`${app.issuer}/auth?${params}`, { redirect: 'manual' });
      expect(bare.headers.get('location'), uri).toMatch(/error=invalid_request/);
      const browser = createWaitingBrowser(app.issuer);
      await browser.open({ client_id: id, redirect_uri: uri });
      const { context } = await phone.scan({ qr: await browser.qr() });
      expect(context).toMatchObject({ client: { redirect_host: shown } });
    }
    expect(hostOf('com.example.app:/cb')).toBe('com.example.app');
    expect(hostOf('http://127.0.0.1:8765/cb')).toBe('127.0.0.1:8765');
  });
});

it('E4 a redirect URI at the provider itself is refused for every client', async () => {
  for (const path of ['/cb', '/admin/callback', '/admin/try/callback', '/q'])
    for (const change of [{}, native, allowed])
      expect(await refusalOf({ redirect_uris: [`${app.issuer}${path}`], ...change }), path).toMatch(/this provider/);
  const logout = { redirect_uris: ['https://rp.example/cb'], post_logout_redirect_uris: [`${app.issuer}/q`] };
  expect(await refusalOf(logout)).toMatch(/this provider/);
});
