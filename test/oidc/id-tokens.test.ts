// What an ID token contains: claims by the client's setting, no nonce after a refresh, and a length that
// clients can send back as id_token_hint.
import type Provider from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idTokenLimit, shapeIdTokens } from '../../src/oidc/id-token.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { approveFor, claimsOf, refresh, signIn, type Tokens, userinfo } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

let app: TestApp;
let alice: VirtualPhone;
beforeAll(async () => {
  app = await startApp({ log: { level: 'trace' } });
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

const common = { client_name: 'Shop', redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' };

async function tokensOf(settings: Record<string, unknown>): Promise<Tokens> {
  const { client } = await app.clients.create({ ...common, ...settings });
  const browser = createWaitingBrowser(app.issuer);
  const callback = await approveFor(browser, alice, { client_id: client.id });
  const answer = await browser.redeem(callback.searchParams.get('code') ?? '', { client_id: client.id });
  return (await answer.json()) as Tokens;
}

describe('id_token_claims', () => {
  const ofPerson = { email: 'alice@example.com', email_verified: true, preferred_username: 'alice' };

  it('has the claims of the granted scopes by default, the same as userinfo', async () => {
    for (const settings of [{}, { id_token_claims: 'scopes' }]) {
      const tokens = await tokensOf(settings);
      expect(claimsOf(tokens.id_token)).toMatchObject(ofPerson);
      expect(claimsOf(tokens.id_token)).toMatchObject(
        (await (await userinfo(app, tokens.access_token)).json()) as object,
      );
    }
  });

  it('minimal leaves them to userinfo', async () => {
    const tokens = await tokensOf({ id_token_claims: 'minimal' });
    const names = ['acr', 'amr', 'at_hash', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce', 'sid', 'sub'];
    expect(names).toEqual(expect.arrayContaining(Object.keys(claimsOf(tokens.id_token))));
    expect(await (await userinfo(app, tokens.access_token)).json()).toMatchObject(ofPerson);
  });

  it.each(['all', '', 1, ['scopes']])('is refused when it is %j', async (value) => {
    await expect(app.clients.create({ ...common, id_token_claims: value })).rejects.toMatchObject({
      code: 'client_metadata_invalid',
      problems: [{ path: 'id_token_claims' }],
    });
  });
});

it('a refreshed ID token has no nonce (OIDC Core §12.2) and the same subject', async () => {
  const { tokens } = await signIn(app, alice);
  expect(claimsOf(tokens.id_token).nonce).toBe('nonce-1');
  const again = (await (await refresh(app, tokens.refresh_token ?? '')).json()) as Tokens;
  const { sub, iss, aud, auth_time } = claimsOf(tokens.id_token);
  expect(claimsOf(again.id_token)).toMatchObject({ sub, iss, aud, auth_time });
  expect(claimsOf(again.id_token)).not.toHaveProperty('nonce');
});

describe('the length of an ID token', () => {
  /** Issues a token of these claims by a class that only counts. */
  async function issue(available: Record<string, unknown>, use = 'idtoken'): Promise<Record<string, unknown>> {
    class IdToken {
      extra = {};
      available = available;
      async issue() {
        return JSON.stringify(this.available);
      }
    }
    shapeIdTokens({ IdToken } as unknown as Provider);
    return JSON.parse(await (new IdToken() as unknown as { issue(o: object): Promise<string> }).issue({ use }));
  }
  const person = { sub: 'x', acr: 'y', name: 'Alice', email: 'alice@example.com' };
  const long = 'x'.repeat(idTokenLimit);

  it('stays below 3 KB: custom claims are left out first, then those of the person', async () => {
    expect(await issue({ ...person, groups: ['a'] })).toEqual({ ...person, groups: ['a'] });
    expect(await issue({ ...person, groups: long })).toEqual(person);
    expect(await issue({ ...person, name: long, groups: long })).toEqual({ sub: 'x', acr: 'y' });
    expect(await issue({ ...person, groups: long }, 'userinfo')).toEqual({ ...person, groups: long });
  });

  it('is short enough for an address', async () => {
    expect((await tokensOf({})).id_token.length).toBeLessThan(idTokenLimit);
  });
});

describe('an id_token_hint', () => {
  const end = (length: number) => {
    const query = new URLSearchParams({ id_token_hint: 'h'.repeat(length) });
    return fetch(`${app.issuer}/session/end?${query}`, { headers: { accept: 'text/html' } });
  };

  it('may have 16 KB at /session/end, beside the cookies', async () => {
    expect((await end(16_000)).status).not.toBe(414);
    expect((await end(17_000)).status).toBe(414);
    const cookie = `a=${'c'.repeat(8000)}`;
    const query = new URLSearchParams({ id_token_hint: 'h'.repeat(16_000) });
    const answer = await fetch(`${app.issuer}/session/end?${query}`, { headers: { cookie, accept: 'text/html' } });
    expect([414, 431]).not.toContain(answer.status);
  });

  it('H4 is in no log line, nor is any other value of the query', async () => {
    const { tokens } = await signIn(app, alice);
    const query = new URLSearchParams({
      id_token_hint: tokens.id_token,
      state: 'a-secret-state',
      logout_hint: 'a-hint',
    });
    await fetch(`${app.issuer}/session/end?${query}`, { headers: { accept: 'text/html' } });
    await end(3000);
    const log = app.logText();
    for (const value of [tokens.id_token, 'a-secret-state', 'a-hint', 'hhhhhhhh']) expect(log).not.toContain(value);
  });
});
