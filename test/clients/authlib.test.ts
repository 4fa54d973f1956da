// Authlib of Debian in a Flask application on localhost: sign-in with the session that Flask has by itself,
// and refresh. Authlib sends no PKCE, and repeats every scope of its first request when it refreshes.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openJson, openStage, readJson, type Stage, signInByPassword } from './support.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

it('Authlib signs in with the default session of Flask, and refreshes', async () => {
  const party = await stage.register('/auth');
  const command = ['/usr/bin/python3', 'apps/authlib-flask.py'];
  const env = { ...stage.settingsOf(party), PORT: new URL(party.origin).port };
  await stage.run({ command, env }, party.origin);
  const page = await stage.openTab();
  await page.goto(`${party.origin}/login`);
  await signInByPassword(page);

  const alice = { name: 'Alice Liddell', email: 'alice@example.com' };
  expect(await readJson(page, `${party.origin}/`)).toMatchObject({ person: alice });
  const names = (await page.context().cookies()).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['session', 'tessera_session']));

  expect(await openJson(page, `${party.origin}/userinfo`)).toMatchObject({ person: alice, is_refreshed: false });
  await openJson(page, `${party.origin}/expire`);
  expect(await openJson(page, `${party.origin}/userinfo`)).toMatchObject({ person: alice, is_refreshed: true });
  expect(await openJson(page, `${party.origin}/userinfo`)).toMatchObject({ person: alice, is_refreshed: false });

  await page.goto(`${party.origin}/logout`);
  expect(await readJson(page, `${party.origin}/`)).toEqual({ person: null });
});
