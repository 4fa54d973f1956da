// Passport's OpenID strategy, which can send neither PKCE nor a nonce; a confidential client needs neither.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStage, readJson, type Stage, signInByPassword } from './support.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

it('passport-openidconnect signs a person in without PKCE', async () => {
  const party = await stage.register('/oauth2/redirect', { token_endpoint_auth_method: 'client_secret_post' });
  await stage.startApp('passport-openidconnect', party);
  const page = await stage.openTab();
  const request = page.waitForRequest((each) => each.url().startsWith(`${stage.issuer}/auth?`));
  await page.goto(`${party.origin}/login`);
  expect([...new URL((await request).url()).searchParams.keys()]).not.toContain('code_challenge');
  await signInByPassword(page);
  expect(await readJson(page, `${party.origin}/profile`)).toMatchObject({
    displayName: 'Alice Liddell',
    emails: [{ value: 'alice@example.com' }],
  });
  await page.goto(`${party.origin}/logout`);
  expect(await readJson(page, `${party.origin}/profile`)).toEqual({ user: null });
});
