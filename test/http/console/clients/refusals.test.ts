// "Recent refusals" on the page of an app: each mistake once, with what to change, in both languages.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adviceOf } from '../../../../src/http/console/clients/refusal-rows.ts';
import { startApp, type TestApp } from '../../../support/app.ts';
import { openConsole } from '../../../support/console-visitor.ts';
import { authorizationParams } from '../../../support/waiting-browser.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

it('lists each mistake of an app once, with the received value and what to change', async () => {
  const admin = await openConsole(app, 'alice', ['administrator']);
  const wrong = 'http://127.0.0.1:8765/calback';
  expect((await admin.get('/admin/clients/dev-public')).text).not.toContain('Recent refusals');
  for (let i = 0; i < 3; i++)
    await fetch(`${app.issuer}/auth?${authorizationParams({ redirect_uri: `${wrong}?<${i}>` }).params}`);
  const recorded = async () => (await app.refusals.latest('dev-public', 10)).records.length;
  await expect.poll(recorded).toBe(3);
  const { text } = await admin.get('/admin/clients/dev-public');
  expect(text).toContain('Recent refusals');
  expect(text.split(`<dd>${wrong}</dd>`)).toHaveLength(2);
  expect(text).toContain('× 3');
  expect(text).toContain('Add the address that was received to the redirect URIs here');
  expect((await admin.get('/admin/clients/dev-web')).text).not.toContain('Recent refusals');
  const activity = await admin.get('/admin/activity?event=authorization.refused');
  expect(activity.text).toContain('was refused');
  expect(activity.text).toContain(wrong);
});

it.each([
  ['redirectUri', { error: 'invalid_redirect_uri', redirect_uri: 'x' }],
  ['noRedirectUri', { error: 'invalid_request', description: "missing required parameter 'redirect_uri'" }],
  ['authMethod', { error: 'invalid_client', detail: 'the provided authentication mechanism does not match' }],
  ['secret', { error: 'invalid_client', detail: 'invalid secret provided' }],
  ['pkce', { error: 'invalid_request', description: 'policy requires PKCE to be used for this request' }],
  ['pkce', { error: 'invalid_grant', reason: 'no_verifier' }],
  ['verifier', { error: 'invalid_grant', reason: 'wrong_verifier' }],
  ['used', { error: 'invalid_grant', reason: 'used' }],
  ['scope', { error: 'invalid_scope', scope: 'groups' }],
  ['grantType', { error: 'invalid_request', description: 'requested grant type is not allowed for this client' }],
  ['returnAddress', { error: 'invalid_request', reason: 'return_address_unregistered' }],
  ['other', { error: 'invalid_request' }],
])('advises %s', (advice, facts) => expect(adviceOf({ facts } as never)).toBe(advice));
