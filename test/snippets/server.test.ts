// The snippets for Flask and for Apache, run as they stand by Python and by Apache against a real provider.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { freePort } from '../support/free-port.ts';
import { approveAt, createJar, startSnippet, writeSnippet } from '../support/snippet.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';

let app: TestApp;
let alice: VirtualPhone;

beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

async function register(path: string, method: string) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const made = await app.clients.create({
    client_id: `it's "${method}"-${port}`.replaceAll(' ', '_'),
    client_name: 'Shop',
    token_endpoint_auth_method: method,
    redirect_uris: [`${origin}${path}`],
    scope: 'openid profile email',
  });
  return { ...made, origin, port };
}

const apacheModules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'headers', 'auth_openidc'];
const apacheConfig = (folder: string, port: number) => `
ServerRoot ${folder}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
ErrorLog ${folder}/log
DocumentRoot ${folder}/pages
${apacheModules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
Header set X-Person "%{OIDC_CLAIM_name}e"
Include ${folder}/tessera.conf
`;

describe.each(['client_secret_basic', 'client_secret_post', 'none'])('with %s', (method) => {
  it('Authlib in Flask signs a person in', async () => {
    const client = await register('/callback', method);
    const snippet = await writeSnippet(app.issuer, 'authlib-flask', client);
    const start = `from app import app; app.run(host="127.0.0.1", port=${client.port})`;
    const running = await startSnippet(snippet, client.origin, ['/usr/bin/python3', '-c', start]);
    try {
      const browse = createJar();
      const begun = await browse(`${client.origin}/login`);
      const back = await approveAt(app.issuer, alice, begun.headers.get('location') ?? '');
      expect((await browse(back)).status, running.output()).toBe(302);
      expect(await (await browse(`${client.origin}/`)).json()).toMatchObject({ name: 'Alice Liddell' });
    } finally {
      await running.stop();
      await snippet.remove();
    }
  });

  it('Apache’s mod_auth_openidc signs a person in', async () => {
    const client = await register('/signed-in', method);
    const snippet = await writeSnippet(app.issuer, 'apache', client);
    const { folder } = snippet;
    await mkdir(`${folder}/pages`);
    await writeFile(`${folder}/pages/page.txt`, 'protected');
    await writeFile(`${folder}/httpd.conf`, apacheConfig(folder, client.port));
    const command = ['/usr/sbin/apache2', '-X', '-f', `${folder}/httpd.conf`];
    const running = await startSnippet(snippet, client.origin, command);
    try {
      const browse = createJar();
      const begun = await browse(`${client.origin}/page.txt`);
      expect(begun.status, await readFile(`${folder}/log`, 'utf8')).toBe(302);
      const back = await approveAt(app.issuer, alice, begun.headers.get('location') ?? '');
      const page = await browse((await browse(back)).headers.get('location') ?? '');
      expect([page.status, page.headers.get('x-person'), await page.text()]).toEqual([
        200,
        'Alice Liddell',
        'protected',
      ]);
    } finally {
      await running.stop();
      await snippet.remove();
    }
  });
});
