// next-auth 4 in an application of Next.js, run by its development server.
import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import { openStage, type Stage, signInByPassword } from './support.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

it('next-auth signs a person in and out', { timeout: 240_000 }, async () => {
  const party = await stage.register('/api/auth/callback/tessera', {
    token_endpoint_auth_method: 'client_secret_basic',
  });
  const next = join(import.meta.dirname, 'node_modules/next/dist/bin/next');
  const command = [process.execPath, next, 'dev', '--hostname', 'localhost', '--port', new URL(party.origin).port];
  const env = { NEXTAUTH_URL: party.origin, NEXTAUTH_SECRET: 'only for this test', NEXT_TELEMETRY_DISABLED: '1' };
  const cwd = join(import.meta.dirname, 'apps/next-auth');
  await stage.run({ command, env: { ...stage.settingsOf(party), ...env }, cwd }, party.origin);
  // The development server compiles a route when it is first asked for, which takes longer than a page waits.
  await fetch(`${party.origin}/api/auth/providers`);

  const page = await stage.openTab();
  await page.goto(party.origin);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign in with Tessera' }).click();
  await signInByPassword(page);
  await page.getByText('Alice Liddell alice@example.com').waitFor();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
});
