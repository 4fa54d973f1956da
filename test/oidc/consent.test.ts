// What a person grants a relying party that is not our own (security.md A21): asked for in words, asked
// again for more, and dead at once when it is withdrawn, whoever withdraws it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, openMachine } from '../support/admin-machine.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { approveFor, claimsOf, refresh, signIn, type Tokens, userinfo } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import {
  type Answer,
  authorizationParams,
  createWaitingBrowser,
  redirectUri,
  type WaitingBrowser,
} from '../support/waiting-browser.ts';

const lasting = { scope: 'openid profile offline_access', prompt: 'consent' };
const html = { headers: { accept: 'text/html' } };
let app: TestApp;
let alice: VirtualPhone;
let ops: Machine;
beforeAll(async () => {
  const common = { token_endpoint_auth_method: 'none', redirect_uris: [redirectUri] };
  const scope = 'openid profile email offline_access';
  const grantTypes = { grant_types: ['authorization_code', 'refresh_token'] };
  app = await startApp({
    clients: [
      { ...common, ...grantTypes, client_id: 'dev-public', client_name: 'Corner shop', scope },
      { ...common, client_id: 'our-own', client_name: 'Our own', scope, first_party: true },
    ],
  });
  alice = await app.phone('alice');
  ops = await openMachine(app, 'accounts:read', 'accounts:write');
});
afterAll(() => app.stop());

/** To the consent page, by a password on the waiting browser. */
async function signInByPassword(browser: WaitingBrowser, change: Record<string, string>): Promise<Answer> {
  await browser.open(change);
  const form = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice' });
  const answer = await browser.request(`${browser.base}/password`, { method: 'POST', body: form });
  return browser.request(String(answer.json().location), html);
}

/** Another authorization request in a browser that is signed in. @returns where it leads */
async function ask(browser: WaitingBrowser, change: Record<string, string>): Promise<string> {
  const answer = await browser.request(`/auth?${authorizationParams(change).params}`, html);
  return answer.headers.get('location') ?? '';
}

async function areDead(tokens: Tokens): Promise<void> {
  expect((await refresh(app, tokens.refresh_token ?? '')).status).toBe(400);
  expect((await userinfo(app, tokens.access_token)).status).toBe(401);
}

async function grantedAndAlive() {
  const signedIn = await signIn(app, alice, lasting);
  const response = await refresh(app, signedIn.tokens.refresh_token ?? '');
  expect(response.status).toBe(200);
  return { ...signedIn, tokens: (await response.json()) as Tokens };
}

describe('consent', () => {
  it('A21 is asked on the phone before anything is granted: the client, its host, the scopes and the duration', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open(lasting);
    const { context } = await alice.scan({ qr: await browser.qr() });
    expect(context.client).toMatchObject({ name: 'Corner shop', redirect_host: '127.0.0.1:8765' });
    expect(context.scopes).toEqual([
      { name: 'openid', description: expect.stringMatching(/\w/) },
      { name: 'profile', description: expect.stringMatching(/\w/) },
      { name: 'offline_access', description: expect.stringMatching(/\w/) },
    ]);
    const twoWeeks = 14 * 86_400;
    expect(context.access).toEqual({
      at_most_seconds: twoWeeks,
      ends_with_session: false,
      description: 'For 14 days at most',
    });
    // A scan alone grants nothing.
    const early = await browser.finish();
    expect([early.status, early.json().code]).toEqual([409, 'ticket_not_approved']);
  });

  it('A21 is a page of its own when no phone asked: the same facts, and a way to refuse', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const started = await signInByPassword(browser, { scope: 'openid email' });
    const path = started.headers.get('location') ?? '';
    const { text } = await browser.request(path, html);
    expect(text).toContain('Corner shop');
    expect(text).toContain('127.0.0.1:8765');
    expect(text).toContain('email address');
    expect(text).toContain('Until signed out, 14 days at most');
    const refused = await browser.json('POST', `${path}/cancel`);
    const back = await browser.follow(String(refused.json().location));
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect(back.searchParams.get('code')).toBeNull();
    // The refusal is not remembered as a grant.
    expect(await ask(browser, { scope: 'openid email', prompt: 'none' })).toContain('error=consent_required');
  });

  it('A21 is asked again for new scopes only', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, alice, { scope: 'openid profile' });
    const silent = await ask(browser, { scope: 'openid profile', prompt: 'none' });
    expect(new URL(silent).searchParams.get('code')).toMatch(/./);
    expect(await ask(browser, { scope: 'openid profile email', prompt: 'none' })).toContain('error=consent_required');
    const path = await ask(browser, { scope: 'openid profile email' });
    const { text } = await browser.request(path, html);
    const listed = [...text.matchAll(/<li[^>]*>([\s\S]*?)<\/li>/g)].map(([, item = '']) => item).join('\n');
    expect(listed).toContain('email address');
    expect(listed).not.toContain('Your name');
    await browser.follow(String((await browser.json('POST', `${path}/consent`, {})).json().location));
    const wider = await ask(browser, { scope: 'openid profile email', prompt: 'none' });
    expect(new URL(wider).searchParams.get('code')).toMatch(/./);
  });

  it('A21 does not include what was left out on the phone', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const callback = await approveFor(
      browser,
      alice,
      { scope: 'openid profile email' },
      { scopes: ['openid', 'profile'] },
    );
    const answer = await browser.redeem(callback.searchParams.get('code') ?? '');
    const tokens = (await answer.json()) as Tokens;
    expect(tokens.scope).toBe('openid profile');
    expect(await (await userinfo(app, tokens.access_token)).json()).not.toHaveProperty('email');
    expect(claimsOf(tokens.id_token)).not.toHaveProperty('email');
  });

  it('A21 is not asked for a first-party client', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const started = await signInByPassword(browser, { client_id: 'our-own', scope: 'openid email' });
    expect(started.headers.get('location')).toContain(`${redirectUri}?code=`);
  });
});

describe('a consent that is withdrawn', () => {
  it('A21 by the owner, on the phone: the refresh token is revoked at once', async () => {
    const { tokens, browser } = await grantedAndAlive();
    for (const { id } of await alice.approvals()) await alice.endApproval(String(id));
    await areDead(tokens);
    expect(await ask(browser, { ...lasting, prompt: 'none' })).toContain('error=login_required');
  });

  it('A21 by an administrator: the refresh token is revoked at once, and the next sign-in asks again', async () => {
    const { tokens, browser } = await grantedAndAlive();
    const account = await app.accounts.findByUsername('alice');
    const path = `/accounts/${account?.id}/grants`;
    const [grant] = (await ops.call('GET', path)).body.grants as { id: string; client_id: string }[];
    expect(grant?.client_id).toBe('dev-public');
    expect((await ops.call('DELETE', `${path}/${grant?.id}`)).status).toBe(204);
    await areDead(tokens);
    expect(await ask(browser, { scope: 'openid profile', prompt: 'none' })).toMatch(/error=(consent|login)_required/);
  });
});
