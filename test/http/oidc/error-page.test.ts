// The page of a refused authorization request: calm words with the app's name, a reference to the log, and
// details for developers, which tell strangers nothing about how a client is registered.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAssets } from '../../../src/http/kit/assets.ts';
import { createPages } from '../../../src/http/kit/pages.ts';
import { oidcPages } from '../../../src/http/oidc/oidc-pages.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { authorizationParams } from '../../support/waiting-browser.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

async function pageOf(change: Record<string, string | undefined>, language = 'en') {
  const headers = { accept: 'text/html', 'accept-language': language };
  const response = await fetch(`${app.issuer}/auth?${authorizationParams(change).params}`, {
    redirect: 'manual',
    headers,
  });
  return {
    text: await response.text(),
    requestId: response.headers.get('x-request-id') ?? '',
    status: response.status,
  };
}

describe('the error page', () => {
  it('has a sentence for an unregistered redirect URI, names the app, and in development everything', async () => {
    const wrong = 'http://127.0.0.1:8765/calback';
    const { text, requestId } = await pageOf({ redirect_uri: `${wrong}?secret=1` });
    expect(text).toContain('return address that is not registered');
    expect(text).toMatch(/<h1>.* cannot sign you in<\/h1>/);
    expect(text).toContain(`Reference: ${requestId}`);
    expect(text).toContain(`<dd>${wrong}</dd>`);
    expect(text).toContain('<code>nearest_redirect_uri</code>');
    expect(text).not.toContain('secret=1');
    expect(app.logText()).toContain(requestId);
  });

  it('has a sentence for a missing redirect URI, an unknown client and an ended sign-in', async () => {
    await app.clients.create({
      client_id: 'two-addresses',
      client_name: 'Two <Addresses>',
      redirect_uris: ['https://a.example/one', 'https://a.example/two'],
    });
    const missing = await pageOf({ client_id: 'two-addresses', redirect_uri: undefined });
    expect(missing.text).toContain('does not say where to return to');
    expect(missing.text).toContain('Two &lt;Addresses&gt; cannot sign you in');
    expect((await pageOf({ client_id: 'nobody' })).text).toContain('This app is not known here');
    const ended = await fetch(`${app.issuer}/auth/${'x'.repeat(21)}`, { headers: { accept: 'text/html' } });
    expect(await ended.text()).toContain('This sign-in has ended');
  });

  it('speaks Chinese too', async () => {
    expect((await pageOf({ client_id: 'nobody' }, 'zh-CN')).text).toContain('此处没有该应用');
  });

  it('tells in production only what the redirecting party knows', async () => {
    const pages = createPages({ assets: await createAssets() });
    const draw = (isDevelopment: boolean) =>
      oidcPages(pages, { isDevelopment, issuer: 'https://id.example' }).error({
        acceptLanguage: 'en',
        nonce: 'n',
        requestId: 'reference-1',
        client: null,
        facts: {
          error: 'invalid_redirect_uri',
          redirect_uri: 'https://a.example/x',
          nearest_redirect_uri: 'https://a.example/y',
        },
      });
    expect(draw(true)).toContain('https://a.example/y');
    expect(draw(false)).not.toContain('https://a.example/y');
    expect(draw(false)).toContain('https://a.example/x');
    expect(draw(false)).toContain('reference-1');
  });
});
