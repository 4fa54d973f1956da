// MSAL for Node, whose authority must have https: sign-in with prompt=select_account, the cache, and silent
// refresh. Name, username and email address come from the ID token.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { startTlsFront } from '../support/tls-front.ts';
import { openJson, openStage, readJson, type Stage, signInByPassword } from './support.ts';

let stage: Stage;
let front: Awaited<ReturnType<typeof startTlsFront>>;
beforeAll(async () => {
  const port = await freePort();
  stage = await openStage({ issuer: `https://localhost:${port}`, http: { trusted_proxies: ['127.0.0.1'] } });
  front = await startTlsFront(port, stage.app.config.http.port);
});
afterAll(async () => {
  await stage?.close();
  await front?.close();
});

it('MSAL for Node signs a person in and refreshes silently', async () => {
  const party = await stage.register('/redirect', { token_endpoint_auth_method: 'client_secret_post' });
  await stage.startApp('msal-node', party, { NODE_EXTRA_CA_CERTS: front.certificateFile });
  const page = await stage.openTab();
  await page.goto(`${party.origin}/login`);
  await signInByPassword(page);
  const alice = { name: 'Alice Liddell', username: 'alice', email: 'alice@example.com' };
  expect(await readJson(page, `${party.origin}/`)).toMatchObject({ ...alice, fromCache: false });
  expect(await openJson(page, `${party.origin}/silent`)).toMatchObject({ ...alice, fromCache: true, isNew: false });
  for (let times = 0; times < 2; times++)
    expect(await openJson(page, `${party.origin}/silent?force=1`)).toMatchObject({
      ...alice,
      fromCache: false,
      isNew: true,
    });
});
