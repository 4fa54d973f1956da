// Who must use PKCE, that a challenge is enforced wherever one was sent, and what the console says about it
// (security.md A4, A5).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClientUses } from '../../src/core/client/client-uses.ts';
import { pkceAdviceOf } from '../../src/core/client/pkce-advice.ts';
import { registrableInput } from '../../src/core/client/registration.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openConsole } from '../support/console-visitor.ts';
import { approveFor } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { authorizationParams, createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

let app: TestApp;
let alice: VirtualPhone;
beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

const none = { code_challenge: undefined, code_challenge_method: undefined };
const confidential = { client_name: 'Shop', redirect_uris: [redirectUri], scope: 'openid profile email' };

/** The error that an authorization request ends with; null for a sign-in page. */
async function refusalOf(change: Record<string, string | undefined>, at: TestApp = app): Promise<string | null> {
  const { params } = authorizationParams(change);
  const answer = await fetch(`${at.issuer}/auth?${params}`, { redirect: 'manual', headers: { accept: 'text/html' } });
  return new URL(answer.headers.get('location') ?? '', at.issuer).searchParams.get('error');
}

const makeClient = async (settings: Record<string, unknown>, at: TestApp = app) => {
  const { client, secret } = await at.clients.create({ ...confidential, ...settings });
  const authorization = `Basic ${Buffer.from(`${client.id}:${secret}`).toString('base64')}`;
  return { id: client.id, headers: { authorization } };
};

describe('require_pkce', () => {
  it('A4 is false for a confidential client: it signs in without PKCE and without a nonce', async () => {
    const { id, headers } = await makeClient({});
    const browser = createWaitingBrowser(app.issuer);
    const callback = await approveFor(browser, alice, { client_id: id, ...none, nonce: undefined });
    const code = callback.searchParams.get('code') ?? '';
    const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri });
    expect((await fetch(`${app.issuer}/token`, { method: 'POST', headers, body })).status).toBe(200);
  });

  it('A4 is obeyed where an administrator sets it', async () => {
    const { id } = await makeClient({ require_pkce: true });
    expect(await refusalOf({ client_id: id, ...none })).toBe('invalid_request');
    expect(await refusalOf({ client_id: id })).toBeNull();
  });

  it('A4 is always true for a public client, which cannot set it to false', async () => {
    const wrong = { ...confidential, token_endpoint_auth_method: 'none', require_pkce: false };
    await expect(app.clients.create(wrong)).rejects.toMatchObject({
      code: 'client_metadata_invalid',
      problems: [{ path: 'require_pkce', message: 'must not be false: a public client always uses PKCE' }],
    });
    expect(await refusalOf({ client_id: 'dev-public', ...none })).toBe('invalid_request');
  });

  it('A4 is always true where the code goes to a private-use URI scheme (RFC 8252 §8.1)', async () => {
    const uri = 'com.example.shop:/callback';
    const { id } = await makeClient({ application_type: 'native', redirect_uris: [uri] });
    expect(await refusalOf({ client_id: id, redirect_uri: uri, ...none })).toBe('invalid_request');
    expect(await refusalOf({ client_id: id, redirect_uri: uri })).toBeNull();
  });

  it.each(['true', 1, ['true']])('is refused when it is %j', async (value) => {
    await expect(app.clients.create({ ...confidential, require_pkce: value })).rejects.toMatchObject({
      problems: [{ path: 'require_pkce' }],
    });
  });

  it('E3 is not read from dynamic registration, so those clients follow the global setting', () => {
    expect(registrableInput({ redirect_uris: [redirectUri], require_pkce: true })).not.toHaveProperty('require_pkce');
  });

  it('A4 is required of every client by security.require_pkce', async () => {
    const strict = await startApp({ security: { require_pkce: true } });
    try {
      const { id } = await makeClient({ require_pkce: false }, strict);
      expect(await refusalOf({ client_id: id, ...none }, strict)).toBe('invalid_request');
      expect(await refusalOf({ client_id: id }, strict)).toBeNull();
    } finally {
      await strict.stop();
    }
  });
});

describe('a challenge of a confidential client', () => {
  it.each([
    { code_challenge_method: 'plain' },
    { code_challenge_method: undefined },
    { code_challenge: undefined },
    { code_challenge: 'short' },
  ])('A5 is refused when it is not S256: %j', async (change) => {
    expect(await refusalOf({ client_id: 'dev-web', ...change })).toBe('invalid_request');
  });

  it('A5 is enforced, and a verifier without one is refused', async () => {
    const { id, headers } = await makeClient({});
    const redeem = async (code: string, verifier: Record<string, string>) => {
      const body = new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        ...verifier,
      });
      const answer = await fetch(`${app.issuer}/token`, { method: 'POST', headers, body });
      return [answer.status, ((await answer.json()) as { error?: string }).error];
    };
    const browser = createWaitingBrowser(app.issuer);
    const code = (await approveFor(browser, alice, { client_id: id })).searchParams.get('code') ?? '';
    expect(await redeem(code, {})).toEqual([400, 'invalid_grant']);
    expect(await redeem(code, { code_verifier: 'x'.repeat(43) })).toEqual([400, 'invalid_grant']);
    expect(await redeem(code, { code_verifier: browser.verifier })).toEqual([200, undefined]);
    const plain = createWaitingBrowser(app.issuer);
    const other = (await approveFor(plain, alice, { client_id: id, ...none })).searchParams.get('code') ?? '';
    expect(await redeem(other, { code_verifier: 'x'.repeat(43) })).toEqual([400, 'invalid_grant']);
  });
});

describe('what the console says about PKCE', () => {
  const day = 86_400;
  const now = 1000 * day;
  const advice = async (change: Record<string, unknown>, isRequiredOfAll = false, ...used: [string, number][]) => {
    const { client } = await app.clients.create({ ...confidential, ...change });
    const protectionUsedAt = Object.fromEntries(used);
    const use = { signedInAt: now, secretsUsedAt: {}, protectionUsedAt };
    return pkceAdviceOf(client, use, { now, isRequiredOfAll });
  };

  it('follows the sign-ins of the last 30 days', async () => {
    expect(await advice({}, false)).toBeNull();
    expect(await advice({}, false, ['pkce', now - day])).toBe('require');
    expect(await advice({}, false, ['pkce+nonce', now - day])).toBe('require');
    expect(await advice({}, false, ['pkce', now - 31 * day])).toBeNull();
    expect(await advice({}, false, ['pkce', now], ['nonce', now - 31 * day])).toBe('require');
    expect(await advice({}, false, ['pkce', now], ['nonce', now - 29 * day])).toBeNull();
    expect(await advice({}, false, ['pkce', now], ['neither', now - 29 * day])).toBe('unprotected');
    expect(await advice({ require_pkce: true }, false, ['pkce', now])).toBeNull();
    expect(await advice({}, true, ['pkce', now])).toBeNull();
    expect(await advice({ token_endpoint_auth_method: 'none' }, false, ['pkce+nonce', now])).toBeNull();
  });

  it('writes at most one use of a kind a minute', async () => {
    const written: string[] = [];
    const store = {
      record: async (uses: readonly { what: string }[]) => void written.push(...uses.map(({ what }) => what)),
      find: async () => [],
    };
    const uses = createClientUses({ store, clock: () => now, onError: () => {} });
    for (let i = 0; i < 100; i++) uses.noteSignIn('shop', i % 2 ? 'pkce' : 'neither');
    await uses.stop();
    expect(written.sort()).toEqual(['sign-in', 'sign-in:neither', 'sign-in:pkce']);
  });

  it('warns, then offers to require it, and one click does so', async () => {
    const console = await openConsole(app, 'bob', ['administrator']);
    const { id } = await makeClient({});
    const path = `/admin/clients/${id}`;
    const page = async () => (await console.get(path)).text;
    expect(await page()).not.toContain('of the last 30 days');
    await approveFor(createWaitingBrowser(app.issuer), alice, { client_id: id });
    const offered = await page();
    expect(offered).toContain('Every sign-in of the last 30 days used PKCE.');
    const { client: before } = { client: await app.clients.findAny(id) };
    const sent = { revision: String(before?.revision), boxes: 'require_pkce', require_pkce: 'yes' };
    expect((await console.post(path, sent)).status).toBe(200);
    expect((await app.clients.findAny(id))?.metadata).toEqual({ ...before?.metadata, require_pkce: true });
    expect(await page()).not.toContain('of the last 30 days');
    const other = await makeClient({});
    await approveFor(createWaitingBrowser(app.issuer), alice, { client_id: other.id, ...none, nonce: undefined });
    const warned = (await console.get(`/admin/clients/${other.id}`)).text;
    expect(warned).toContain('uses neither PKCE nor nonce');
    expect(warned).toContain('OIDC_USE_PKCE = True');
  });
});
