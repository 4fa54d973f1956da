// Auth.js with Express: name and email address come from the ID token.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openJson, openStage, readJson, type Stage, signInByPassword } from './support.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

it('Auth.js signs a person in and out', async () => {
  const party = await stage.register('/auth/callback/tessera', { token_endpoint_auth_method: 'client_secret_basic' });
  await stage.startApp('authjs', party);
  const page = await stage.openTab();
  await page.goto(`${party.origin}/auth/signin?callbackUrl=${encodeURIComponent(`${party.origin}/`)}`);
  await page.getByRole('button', { name: 'Sign in with Tessera' }).click();
  await signInByPassword(page);
  expect(await readJson(page, `${party.origin}/`)).toMatchObject({
    user: { name: 'Alice Liddell', email: 'alice@example.com' },
  });

  await page.goto(`${party.origin}/auth/signout`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${party.origin}/**`);
  expect(await openJson(page, `${party.origin}/`)).toEqual({ user: null });
});
