// angular-oauth2-oidc in an Angular application: sign-in, refresh, userinfo, and sign-out with revocation.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStage, type Stage, signInByPhone } from './support.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

it('angular-oauth2-oidc signs a person in, refreshes twice, and signs out', async () => {
  const party = await stage.register('/index.html', { token_endpoint_auth_method: 'none' });
  await stage.startApp('single-page', party, { APP: 'angular.mjs' });
  const page = await stage.openTab();
  await page.goto(party.origin);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await signInByPhone(page, await stage.app.phone('alice'));
  await page.getByText('Alice Liddell alice@example.com').waitFor();

  const token = page.locator('output');
  for (let times = 0; times < 2; times++) {
    const before = await token.innerText();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await expect.poll(() => token.innerText()).not.toBe(before);
  }
  await page.getByRole('button', { name: 'Profile' }).click();
  await page.getByText('Profile done').waitFor();
  expect(await page.getByText('Profile done').innerText()).toContain('alice@example.com');

  const last = await token.innerText();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('Nobody').waitFor();
  const answer = await fetch(`${stage.issuer}/me`, { headers: { authorization: `Bearer ${last}` } });
  expect(answer.status).toBe(401);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();
});
