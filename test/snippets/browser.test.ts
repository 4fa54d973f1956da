// The single-page snippet (oidc-client-ts) in Chromium: bundled as a site bundles it, signed in by QR, and
// signed out again.
import { createServer, type Server } from 'node:http';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { desktop, openBrowser, readQr } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { writeSnippet } from '../support/snippet.ts';

let app: TestApp;
let chromium: Browser;
let site: Server | undefined;

beforeAll(async () => {
  app = await startApp();
  chromium = await openBrowser();
});
afterAll(async () => {
  site?.close();
  await chromium?.close();
  await app?.stop();
});

it('oidc-client-ts signs a person in within the browser alone', async () => {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const client = await app.clients.create({
    client_name: 'Front',
    token_endpoint_auth_method: 'none',
    redirect_uris: [`${origin}/callback`],
    post_logout_redirect_uris: [`${origin}/`],
    scope: 'openid profile email',
  });
  const snippet = await writeSnippet(app.issuer, 'oidc-client-ts', client);
  const page = `
    import { person, signIn } from './sign-in.js';
    const found = await person();
    document.body.append(found ? found.name + ' ' + found.email : 'nobody');
    document.querySelector('button').onclick = signIn;`;
  const options = { bundle: true, write: false, format: 'esm', logLevel: 'silent' } as const;
  const { outputFiles } = await build({ ...options, stdin: { contents: page, resolveDir: snippet.folder } });
  site = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? outputFiles[0]?.text : '<button>Go</button><script type="module" src="/page.js"></script>');
  }).listen(port, 'localhost');
  try {
    const tab = await (await chromium.newContext(desktop)).newPage();
    await tab.goto(origin);
    await tab.getByText('nobody').waitFor();
    await tab.getByRole('button', { name: 'Go' }).click();
    await tab.getByRole('img', { name: 'QR code for signing in' }).waitFor();
    const alice = await app.phone('alice');
    await alice.approve(await alice.scan({ qr: await readQr(await tab.screenshot()) }));
    await tab.getByText('Alice Liddell alice@example.com').waitFor();
    // The code is out of the address bar.
    expect(tab.url()).toBe(`${origin}/`);
  } finally {
    await snippet.remove();
  }
});
