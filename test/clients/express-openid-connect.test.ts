// express-openid-connect: sign-in, refresh, userinfo, and sign-out at the provider. Its default response type
// is id_token, which security.md A3 rules out, so the application asks for a code.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openJson, openStage, readJson, type Stage, signInByPhone } from './support.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

it('express-openid-connect signs a person in, refreshes, and signs out at the provider', async () => {
  const party = await stage.register('/callback', { token_endpoint_auth_method: 'client_secret_basic' });
  await stage.startApp('express-openid-connect', party, { CALLS_API: 'yes' });
  const page = await stage.openTab();
  await page.goto(`${party.origin}/login`);
  await signInByPhone(page, await stage.app.phone('alice'));
  const alice = { name: 'Alice Liddell', email: 'alice@example.com' };
  expect(await readJson(page, `${party.origin}/`)).toMatchObject({ person: alice });
  expect(await openJson(page, `${party.origin}/refresh`)).toMatchObject({ isNew: true, userinfo: alice });

  await page.goto(`${party.origin}/logout`);
  expect(await readJson(page, `${party.origin}/`)).toEqual({ person: null });
  await page.goto(`${party.origin}/login`);
  await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();
});

it('express-openid-connect learns why its default response type is refused, and so does the log', async () => {
  const party = await stage.register('/callback', { token_endpoint_auth_method: 'client_secret_basic' });
  await stage.startApp('express-openid-connect', party);
  const page = await stage.openTab();
  const answer = page.waitForRequest(party.redirectUri);
  await page.goto(`${party.origin}/login`);
  const parameters = new URLSearchParams((await answer).postData() ?? '');
  expect(parameters.get('error')).toBe('unsupported_response_type');
  expect(stage.app.logText()).toContain('unsupported response_type requested); response_type=id_token');
});
