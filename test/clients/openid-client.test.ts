// openid-client 6: sign-in by phone with PKCE, refresh, introspection, revocation and sign-out.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openJson, openStage, readJson, type Stage, signInByPhone } from './support.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

it('openid-client 6 signs in, refreshes, introspects, revokes and signs out', async () => {
  const party = await stage.register('/callback', { token_endpoint_auth_method: 'client_secret_post' });
  await stage.startApp('openid-client', party);
  const page = await stage.openTab();
  await page.goto(`${party.origin}/login`);
  await signInByPhone(page, await stage.app.phone('alice'));

  const alice = { name: 'Alice Liddell', email: 'alice@example.com' };
  expect(await readJson(page, `${party.origin}/`)).toMatchObject({ claims: alice, userinfo: alice });
  expect(await openJson(page, `${party.origin}/refresh`)).toMatchObject({ isNew: true, claims: alice });
  expect(await openJson(page, `${party.origin}/introspect`)).toMatchObject({ active: true });
  expect(await openJson(page, `${party.origin}/revoke`)).toEqual({ error: 'invalid_grant' });

  await page.goto(`${party.origin}/logout`);
  expect(await readJson(page, `${party.origin}/`)).toEqual({ person: null });
  await page.goto(`${party.origin}/login`);
  await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();
});
