// openid-client 5 and 6 and oauth4webapi: sign-in with PKCE, claims, refresh, introspection, revocation.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJson, openStage, type RegisteredParty, readJson, type Stage, signInByPhone } from './support.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const alice = { name: 'Alice Liddell', email: 'alice@example.com' };

async function signIn(name: string, method: string): Promise<{ party: RegisteredParty; page: Page }> {
  const party = await stage.register('/callback', { token_endpoint_auth_method: method });
  await stage.startApp(name, party);
  const page = await stage.openTab();
  await page.goto(`${party.origin}/login`);
  await signInByPhone(page, await stage.app.phone('alice'));
  expect(await readJson(page, `${party.origin}/`)).toMatchObject({ claims: alice, userinfo: alice });
  return { party, page };
}

/** Expects that the next sign-in shows a QR code again, because nobody is signed in. */
async function signOut({ party, page }: { party: RegisteredParty; page: Page }): Promise<void> {
  await page.goto(`${party.origin}/logout`);
  expect(await readJson(page, `${party.origin}/`)).toEqual({ person: null });
  await page.goto(`${party.origin}/login`);
  await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();
}

describe('a library of Node.js signs in, refreshes and revokes:', () => {
  it('openid-client 6, which also introspects and signs out', async () => {
    const { party, page } = await signIn('openid-client', 'client_secret_post');
    expect(await openJson(page, `${party.origin}/refresh`)).toMatchObject({ isNew: true, claims: alice });
    expect(await openJson(page, `${party.origin}/introspect`)).toMatchObject({ active: true });
    expect(await openJson(page, `${party.origin}/revoke`)).toEqual({ error: 'invalid_grant' });
    await signOut({ party, page });
  });

  it('openid-client 5, which repeats its scopes at a refresh and signs out', async () => {
    const { party, page } = await signIn('openid-client-5', 'client_secret_basic');
    expect(await openJson(page, `${party.origin}/refresh`)).toMatchObject({ isNew: true, claims: alice });
    expect(await openJson(page, `${party.origin}/refresh-with-scope`)).toMatchObject({ claims: alice });
    expect(await openJson(page, `${party.origin}/revoke`)).toEqual({ error: 'invalid_grant' });
    await signOut({ party, page });
  });

  it('oauth4webapi, which also introspects', async () => {
    const { party, page } = await signIn('oauth4webapi', 'client_secret_basic');
    expect(await openJson(page, `${party.origin}/refresh`)).toMatchObject({ isNew: true, claims: alice });
    expect(await openJson(page, `${party.origin}/introspect`)).toMatchObject({ active: true });
    expect(await openJson(page, `${party.origin}/revoke`)).toEqual({ error: 'invalid_grant' });
  });
});
