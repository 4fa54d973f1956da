// The console pages beside a client: snippets that stay valid whatever the client is called, trials that
// only their owner can use, and claims that only permitted roles see.
import { execFile } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { transformSync } from 'esbuild';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { Client } from '../../../../src/core/client/client.ts';
import {
  clientKindOf,
  libraries,
  librariesFor,
  placeholderSecret,
} from '../../../../src/http/console/clients/libraries.ts';
import { quoterFor } from '../../../../src/http/console/clients/quoting.ts';
import { startApp, type TestApp } from '../../../support/app.ts';
import { type ConsoleVisitor, openConsole } from '../../../support/console-visitor.ts';
import { approveFor, signIn } from '../../../support/signed-in.ts';
import { snippetFiles } from '../../../support/snippet.ts';
import { authorizationParams, createWaitingBrowser } from '../../../support/waiting-browser.ts';

const run = async (program: string, ...args: string[]) => (await promisify(execFile)(program, args)).stdout;

let app: TestApp;
let alice: ConsoleVisitor;
beforeAll(async () => {
  app = await startApp();
  alice = await openConsole(app, 'alice', ['administrator']);
});
afterAll(() => app.stop());

const hostile = `a"b'c\\d\\"e$(id)\${x}#{y}%{z}</script><%=1%>;--`;
const base = { client_name: 'x', redirect_uris: ["https://shop.example/cb'%22;x?a=$b"], scope: 'openid email' };
const make = async (more: Record<string, unknown>): Promise<Client> =>
  (await app.clients.create({ ...base, ...more })).client;
/** What a reader of text sees of a page. */
const textOf = (markup: string) =>
  markup
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

describe('quoting', () => {
  const asDirective = (literal: string) => literal.slice(1, -1).replace(/\\(["\\])/g, '$1');
  const readers: Record<string, (literal: string) => unknown> = {
    'a.mjs': (literal) => new Function(`return ${transformSync(literal, { minify: true }).code}`)(),
    'a.js': (literal) => new Function(`return ${literal}`)(),
    'a.py': (literal) =>
      run('/usr/bin/python3', '-c', 'import ast,sys; sys.stdout.write(ast.literal_eval(sys.argv[1]))', literal),
    'a.sh': (literal) => run('sh', '-c', `printf %s ${literal}`),
    'a.yaml': (literal) => String(parseYaml(`value: ${literal}`).value).replaceAll('\\${', '${'),
    // These share JSON's escapes for printable text.
    'a.java': JSON.parse,
    'a.cs': JSON.parse,
    'a.go': JSON.parse,
    'a.cfg': JSON.parse,
    'a.php': (literal) => literal.slice(1, -1).replace(/\\(['\\])/g, '$1'),
    'a.conf': asDirective,
  };

  it.each(Object.entries(readers))('in %s gives the value back, and ends where it should', async (file, read) => {
    for (const value of [hostile, '', '\\', "'", '"', "\\'", '${', 'plain', 'a\\']) {
      const literal = quoterFor(file)(value);
      expect(await read(literal), literal).toBe(value);
      const quote = literal[0] ?? '';
      // Unescaped, the quote stands at both ends only; a shell ends and begins again instead.
      const inner = literal.slice(1, -1).replace(file === 'a.sh' ? /'\\''/g : /\\./g, '');
      expect(inner, literal).not.toContain(quote);
    }
  });

  it('covers the language of every snippet', async () => {
    const client = await make({});
    for (const { id } of libraries) expect(snippetFiles(app.issuer, id, client).length, id).toBeGreaterThan(0);
  });
});

describe('snippets', () => {
  /** They begin no authorization request. */
  const withoutPkce: string[] = ['nginx', 'curl', 'curl-device', 'openid-client-device'];

  it.each(libraries.map(({ id }) => [id]))('%s holds a client with an awkward id and redirect URI', async (id) => {
    const client = await make({ client_id: `${id}-${hostile}`, redirect_uris: ['https://shop.example/c\'b";x'] });
    for (const { name, text } of snippetFiles(app.issuer, id, client)) {
      const quote = quoterFor(name);
      const awkward = /"e\$\(id\)/.test(text);
      // Wherever the id is, the whole of it is there as one literal, or form-encoded.
      expect(!awkward || text.includes(quote(client.id)) || text.includes(encodeURIComponent(client.id)), name).toBe(
        true,
      );
      if (/\.m?js$/.test(name)) expect(() => transformSync(text, { format: 'esm' })).not.toThrow();
      if (name.endsWith('.yaml')) expect(() => parseYaml(text)).not.toThrow();
      if (name.endsWith('.py')) await run('/usr/bin/python3', '-c', 'import ast,sys; ast.parse(sys.argv[1])', text);
      if (name.endsWith('.sh')) await run('sh', '-n', '-c', text);
    }
  });

  it.each(['client_secret_basic', 'client_secret_post', 'none'])(
    'say %s, and a secret only where there is one',
    async (method) => {
      const client = await make({ token_endpoint_auth_method: method });
      for (const { id, methods } of libraries) {
        if (!(methods as readonly string[]).includes(method) || withoutPkce.includes(id)) continue;
        const text = snippetFiles(app.issuer, id, client)
          .map((file) => file.text)
          .join('\n');
        expect(text.includes(placeholderSecret), id).toBe(method !== 'none');
        expect(text, id).toContain(app.issuer);
        expect(text, id).toMatch(/S256|Pkce|PKCE|pkce|UserManager|openid-client\/passport/);
      }
    },
  );

  it('are offered in an order that begins with what suits the client', async () => {
    const spa = await make({ token_endpoint_auth_method: 'none' });
    const native = await make({
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      redirect_uris: ['com.example.shop:/cb'],
    });
    const machine = await make({ grant_types: ['client_credentials'], redirect_uris: [], scope: 'clients:read' });
    const first = (client: Client) => [clientKindOf(client), librariesFor(client).suited[0]?.id];
    const screen = await make({ grant_types: [], redirect_uris: [], scope: 'openid', device_grant: true });
    expect([spa, native, machine, screen, await make({})].map(first)).toEqual([
      ['spa', 'oidc-client-ts'],
      ['native', 'openid-client'],
      ['machine', 'curl'],
      ['screen', 'openid-client-device'],
      ['web', 'openid-client'],
    ]);
    expect(librariesFor(machine).others).toEqual([]);
    const ofScreens = (client: Client) => {
      const { suited, others } = librariesFor(client);
      const named = (each: readonly { id: string }[]) => each.map(({ id }) => id).filter((id) => /-device$/.test(id));
      return [named(suited).length, named(others).length, others.length > 0];
    };
    expect([screen, await make({ device_grant: true }), await make({})].map(ofScreens)).toEqual([
      [2, 0, false],
      [2, 0, true],
      [0, 0, true],
    ]);
    const connect = (await alice.get(`/admin/clients/${screen.id}/connect`)).text;
    expect(textOf(connect)).toContain(`${app.issuer}/device/auth`);
    expect(connect).not.toMatch(/Authorization endpoint|\/try"|id="button"/);
    expect((await alice.get(`/admin/clients/${screen.id}/try`)).text).toContain('signs in devices');
    const page = textOf((await alice.get(`/admin/clients/${machine.id}/connect`)).text);
    expect(page).toContain("--data-urlencode scope='clients:read'");
    expect((await alice.get(`/admin/clients/${encodeURIComponent(native.id)}/connect`)).status).toBe(200);
  });

  it('are shown one at a time, escaped, with a note where library and client do not fit', async () => {
    const { id } = await make({ client_id: `page-${hostile}` });
    const at = `/admin/clients/${encodeURIComponent(id)}/connect`;
    const page = await alice.get(at);
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('</script><%=1%>');
    expect(textOf(page.text)).toContain(JSON.stringify(id));
    expect((await alice.get(`${at}?library=aspnet`)).text).toContain('this code uses client_secret_post');
    expect((await alice.get(`${at}?library=spring`)).text).toContain('application.yaml');
    // An unknown library is the first one.
    expect((await alice.get(`${at}?library=../../etc/passwd`)).text).toContain('app.mjs');
    expect((await alice.get('/admin/clients/nobody/connect')).status).toBe(404);
  });

  it('come with a button whose pictures have fixed addresses', async () => {
    for (const name of ['sign-in-with-qr.svg', 'sign-in-with-qr-dark.svg', 'sign-in-with-qr-zh.svg']) {
      const answer = await fetch(`${app.issuer}/button/${name}`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
      expect(await answer.text()).toMatch(/^<svg .*height="44"/);
    }
    expect((await fetch(`${app.issuer}/button/other.svg`)).status).toBe(404);
  });
});

describe('a trial', () => {
  const begin = () => alice.post('/admin/clients/dev-web/try');
  const callback = () => `${app.issuer}/admin/try/callback`;

  it('A2 can be started by the console only: no client may register its callback', async () => {
    for (const id of ['dev-web', 'dev-public', 'tessera-console']) {
      const { params } = authorizationParams({ client_id: id, redirect_uri: callback(), scope: 'openid' });
      const answer = await createWaitingBrowser(app.issuer).request(`/auth?${params}`);
      expect([answer.status, answer.headers.get('location')], id).toEqual([400, null]);
    }
    const { params } = authorizationParams({ client_id: 'dev-web', redirect_uri: callback() });
    const authorization = `Basic ${btoa('dev-web:dev-web-secret-for-local-use-only')}`;
    const pushed = await fetch(`${app.issuer}/request`, { method: 'POST', headers: { authorization }, body: params });
    expect(pushed.status).toBe(400);
    // Beside a request of one's own that was pushed rightly, it counts for nothing either.
    params.set('redirect_uri', 'http://127.0.0.1:8765/callback');
    const right = await fetch(`${app.issuer}/request`, { method: 'POST', headers: { authorization }, body: params });
    const { request_uri } = (await right.json()) as { request_uri: string };
    for (const client_id of ['dev-web', 'dev-public']) {
      const mixed = new URLSearchParams({ client_id, request_uri, redirect_uri: callback() });
      const answer = await createWaitingBrowser(app.issuer).request(`/auth?${mixed}`);
      expect(answer.headers.get('location') ?? '', client_id).not.toContain('/admin/try');
    }
  });

  it('is refused in another browser, and its code elsewhere', async () => {
    const begun = (await begin()).headers.get('location') ?? '';
    const thief = createWaitingBrowser(app.issuer);
    const base = (await thief.request(begun)).headers.get('location') ?? '';
    await thief.request(base, { headers: { accept: 'text/html' } });
    const { qr } = (await thief.json('GET', `${base}/ticket`)).json();
    await alice.phone.approve(await alice.phone.scan({ qr: String(qr) }));
    const finished = (await thief.json('POST', `${base}/finish`, {})).json();
    const back = (await thief.request(String(finished.location))).headers.get('location') ?? '';
    expect(back).toContain(callback());
    // No console session there: a sign-in, and no answer.
    expect((await thief.request(back)).headers.get('location')).toContain('/admin/sign-in');
    const code = new URL(back).searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: callback(), code_verifier: 'x'.repeat(43) };
    const authorization = `Basic ${btoa('dev-web:dev-web-secret-for-local-use-only')}`;
    const token = await fetch(`${app.issuer}/token`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    });
    expect([token.status, ((await token.json()) as { error: string }).error]).toEqual([400, 'invalid_grant']);
    // Its state is known to whoever has the address; another console session has no use for it.
    const bob = await openConsole(app, 'bob', ['client-manager']);
    expect((await bob.get(back)).status).toBe(404);
    // The request is used up.
    expect((await createWaitingBrowser(app.issuer).request(begun)).status).toBe(400);
  });

  it('refuses an answer it did not ask for, and keeps waiting for its own', async () => {
    const begun = await begin();
    for (const query of ['', '?state=x&code=y', `?state=x&error=access_denied&iss=${encodeURIComponent(app.issuer)}`])
      expect((await alice.get(`/admin/try/callback${query}`)).status, query).toBe(404);
    const page = await alice.signIn(begun, 'deny');
    expect([page.path, page.status]).toEqual(['/admin/clients/dev-web/try', 200]);
    expect(page.text).toContain('access_denied');
  });

  it('shows what the app would receive, and leaves no token', async () => {
    const count = () => {
      const path = app.config.store.kind === 'sqlite' ? app.config.store.path : '';
      const database = new DatabaseSync(path, { readOnly: true });
      const rows = database
        .prepare("SELECT count(*) AS n FROM artifacts WHERE model IN ('AccessToken', 'RefreshToken')")
        .get();
      database.close();
      return Number(rows?.n);
    };
    const before = count();
    const page = textOf((await alice.signIn(await alice.post('/admin/clients/dev-public/try'))).text);
    expect(count()).toBe(before);
    const real = await signIn(app, alice.phone);
    expect(count()).toBeGreaterThan(before);
    const { sub, aud, iss, acr } = decodeJwt(real.tokens.id_token);
    for (const value of [sub, aud, iss, acr]) expect(page).toContain(`<code>${value}</code>`);
    const names = (text: string) => [...text.matchAll(/<dt><code>(\w+)<\/code>/g)].map(([, name]) => name);
    const [, ofToken = ''] = /3\. ID token([\s\S]*?)Header/.exec(page) ?? [];
    expect(names(ofToken).sort()).toEqual(Object.keys(decodeJwt(real.tokens.id_token)).sort());
    expect(page).toMatch(/<code>eyJ[\w-]{21}…<\/code>/);
    expect(page).not.toMatch(/eyJ[\w-]{22}/);
  });

  it('is refused for a client that signs nobody in', async () => {
    const machine = await make({ grant_types: ['client_credentials'], redirect_uris: [], scope: 'clients:read' });
    const off = await make({});
    await app.clients.setDisabled(off.id, true, null);
    const posted = await make({ response_modes: ['form_post'] });
    const bank = await make({
      profile: 'fapi2-message-signing',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://bank.example/jwks',
    });
    for (const [client, words] of [
      [bank, 'by query'],
      [machine, 'is a machine'],
      [off, 'This app is disabled'],
      [posted, 'by query'],
    ] as const) {
      const path = `/admin/clients/${client.id}/try`;
      expect((await alice.get(path)).text).toContain(words);
      expect((await alice.post(path)).headers.get('location')).toBe(path);
    }
  });

  it('E1 E2 is for those who manage clients, from our own pages only', async () => {
    expect((await alice.post('/admin/clients/dev-web/try', {}, { origin: 'https://evil.example' })).status).toBe(403);
    const bob = await openConsole(app, 'bob', ['auditor']);
    expect((await bob.post('/admin/clients/dev-web/try')).status).toBe(403);
    expect((await bob.get('/admin/clients/dev-web/try')).text).not.toContain('Sign in as yourself');
  });
});

describe('the preview of claims', () => {
  it('E7 shows the claims of a sign-in without signing anybody in', async () => {
    const pairwise = await make({
      subject_type: 'pairwise',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://127.0.0.1:8765/callback'],
    });
    const records = async () => (await app.audit.query({ limit: 500 })).records.length;
    const before = await records();
    const page = (await alice.get(`/admin/clients/${pairwise.id}/claims?account=ALICE`)).text;
    expect(await records()).toBe(before);
    const browser = createWaitingBrowser(app.issuer);
    const back = await approveFor(browser, alice.phone, { client_id: pairwise.id, scope: 'openid email' });
    const answer = await browser.redeem(back.searchParams.get('code') ?? '', { client_id: pairwise.id });
    const { id_token } = (await answer.json()) as { id_token: string };
    expect(page).toContain(`<code>${decodeJwt(id_token).sub}</code>`);
    expect(page).toContain('alice@example.com');
    expect(page).not.toContain('<code>preferred_username</code>');
    expect(page).not.toContain(alice.account?.id);
  });

  it('says why there is nothing to show', async () => {
    expect((await alice.get('/admin/clients/dev-web/claims?account=nobody')).text).toContain(
      'no user with this username',
    );
    const off = await make({});
    await app.clients.setDisabled(off.id, true, null);
    expect((await alice.get(`/admin/clients/${off.id}/claims?account=bob`)).text).toContain('would receive nothing');
  });

  it('E1 is for administrators and auditors: it is about people', async () => {
    const path = '/admin/clients/dev-web/claims?account=alice';
    const manager = await openConsole(app, 'bob', ['client-manager']);
    expect((await manager.get(path)).status).toBe(403);
    expect((await manager.get('/admin/clients/dev-web')).text).not.toContain('/claims"');
    const auditor = await openConsole(app, 'bob', ['auditor']);
    expect((await auditor.get(path)).text).toContain('alice@example.com');
  });
});
