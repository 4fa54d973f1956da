// The logo that a client registers by `logo_uri` (RFC 7591 §2; security.md E5, F4), with a real server: it is
// fetched once, judged as an upload is, shown as provided by the app, and never fails a registration.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Machine, openMachine } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { png, svg } from '../../support/pictures.ts';
import { createWaitingBrowser, redirectUri } from '../../support/waiting-browser.ts';

type Body = Record<string, unknown>;

let port = 0;
let answer: RequestListener = (_req, res) => res.end();
/** Paths of the requests that reached the app's server, and their headers. */
let seen: string[] = [];
let headers: Body = {};
const server = createServer((req, res) => {
  seen.push(req.url ?? '');
  headers = req.headers;
  answer(req, res);
});

/** `app` may call private networks, `guarded` may not. */
let app: TestApp;
let guarded: TestApp;
let api: Machine;
beforeAll(async () => {
  server.listen(0, '::');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  app = await startApp({ registration: { enabled: true }, http: { outbound_private_networks: true } });
  guarded = await startApp({ registration: { enabled: true } });
  api = await openMachine(app, 'clients:read', 'clients:write');
});
afterAll(async () => {
  await app.stop();
  await guarded.stop();
  server.closeAllConnections();
  server.close();
});

const sends =
  (body: Buffer, type: string, status = 200, more: Record<string, string> = {}): RequestListener =>
  (_req, res) =>
    res.writeHead(status, { 'content-type': type, ...more }).end(body);
const uriOf = (name: string): string => `http://127.0.0.1:${port}/${name}`;
const hashOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

async function call(method: string, url: string, token: string, body: Body): Promise<{ status: number; body: Body }> {
  const sent = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers: sent, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Body };
}

async function register(logo_uri: string, at: TestApp = app): Promise<Body> {
  const token = await at.registrations.createInitialToken({ name: 'test', uses: 1, days: 1 });
  const metadata = { client_name: 'Small shop', redirect_uris: [redirectUri], logo_uri };
  const begun = performance.now();
  const { status, body } = await call('POST', `${at.issuer}/registration`, token, metadata);
  // The registration does not wait for the logo, and reports the address as it was sent (RFC 7591 §3.2.1).
  expect([status, body.logo_uri]).toEqual([201, logo_uri]);
  expect(performance.now() - begun).toBeLessThan(2000);
  return body;
}

const change = (made: Body, logo_uri: string | null) =>
  call('PUT', String(made.registration_client_uri), String(made.registration_access_token), {
    client_name: 'Small shop',
    redirect_uris: [redirectUri],
    logo_uri,
  });

const logoOf = async (made: Body) => (await app.clients.findAny(String(made.client_id)))?.logo?.hash ?? null;
const isShown = (made: Body, body: Buffer) =>
  vi.waitFor(async () => expect(await logoOf(made)).toBe(hashOf(body)), { timeout: 5000, interval: 20 });

/** Waits for the record that says why there is no logo. */
const refusalOf = (made: Body, at: TestApp = app, timeout = 5000) =>
  vi.waitFor(
    async () => {
      const wanted = { clientId: String(made.client_id), event: 'client.logo_refused', limit: 5 } as const;
      const { records } = await at.audit.query(wanted);
      expect(records).toHaveLength(1);
      expect((await at.clients.findAny(String(made.client_id)))?.logo ?? null).toBeNull();
      return records[0]?.facts ?? {};
    },
    { timeout, interval: 50 },
  );

describe('the logo of a client that registers itself', () => {
  it('oidcc-registration-logo-uri: is shown on the sign-in page and on the phone as provided by the app', async () => {
    const picture = png(48);
    answer = sends(picture, 'image/png');
    seen = [];
    const made = await register(uriOf('logo.png?size=48'));
    await isShown(made, picture);
    expect(seen).toEqual(['/logo.png?size=48']);
    for (const name of ['cookie', 'referer', 'authorization']) expect(headers).not.toHaveProperty(name);
    const path = `/logo/${hashOf(picture)}`;
    const served = await fetch(`${app.issuer}${path}`);
    expect([served.headers.get('content-type'), Buffer.from(await served.arrayBuffer())]).toEqual([
      'image/png',
      picture,
    ]);
    const browser = createWaitingBrowser(app.issuer);
    const { text } = await browser.open({ client_id: String(made.client_id), scope: 'openid' });
    expect(text).toContain(`src="${path}"`);
    expect(text).toContain('Logo provided by the app');
    expect(text).not.toContain(uriOf('logo.png'));
    const inChinese = { client_id: String(made.client_id), scope: 'openid', ui_locales: 'zh-CN' };
    expect((await createWaitingBrowser(app.issuer).open(inChinese)).text).toContain('标志由应用提供');
    const { context } = await (await app.phone()).scan({ qr: await browser.qr() });
    expect(context.client).toMatchObject({ logo: path, logo_by_client: true, self_registered: true });
    const shown = await api.call('GET', `/clients/${made.client_id}`);
    expect(shown.body).toMatchObject({ logo: path, logo_by_client: true });
    // No page fetches anything.
    expect(seen).toHaveLength(1);
    const { records } = await app.audit.query({ clientId: String(made.client_id), event: 'client.changed', limit: 5 });
    expect(records.map(({ facts }) => facts)).toEqual([
      { logo: `null -> ${hashOf(picture)}`, by: made.client_id, by_kind: 'client' },
    ]);
  });

  it('is fetched anew when a PUT changes its address, and not when the address stays', async () => {
    const [first, second] = [png(20), svg('<circle cx="4" cy="4" r="3"/>')];
    answer = (req, res) =>
      (req.url === '/a' ? sends(first, 'image/png') : sends(second, 'image/svg+xml; charset=utf-8'))(req, res);
    seen = [];
    const made = await register(uriOf('a'));
    await isShown(made, first);
    const { body: same } = await change(made, uriOf('a'));
    const { body: moved } = await change({ ...made, ...same }, uriOf('b'));
    await isShown(made, second);
    expect(seen).toEqual(['/a', '/b']);
    expect((await fetch(`${app.issuer}/logo/${hashOf(first)}`)).status).toBe(404);
    expect((await change({ ...made, ...moved }, null)).status).toBe(200);
    expect(await logoOf(made)).toBeNull();
    expect((await fetch(`${app.issuer}/logo/${hashOf(second)}`)).status).toBe(404);
  });

  it('is not fetched any more once an administrator has uploaded one', async () => {
    answer = sends(png(21), 'image/png');
    const made = await register(uriOf('own'));
    await isShown(made, png(21));
    const upload = { authorization: `Bearer ${api.token}`, 'if-match': '*', 'content-type': 'image/png' };
    const path = `${app.issuer}/admin/v1/clients/${made.client_id}/logo`;
    await fetch(path, { method: 'PUT', headers: upload, body: new Uint8Array(png(22)) });
    seen = [];
    expect((await change(made, uriOf('other'))).status).toBe(200);
    expect(await logoOf(made)).toBe(hashOf(png(22)));
    const { text } = await createWaitingBrowser(app.issuer).open({
      client_id: String(made.client_id),
      scope: 'openid',
    });
    expect(text).not.toContain('Logo provided by the app');
    expect((await api.call('GET', `/clients/${made.client_id}`)).body).toMatchObject({ logo_by_client: false });
    expect(seen).toEqual([]);
  });

  it('E5 is fetched ten times an hour at most for one client', async () => {
    answer = (req, res) => sends(png(10 + Number(req.url?.slice(1))), 'image/png')(req, res);
    seen = [];
    const made = await register(uriOf('0'));
    let token: Body = {};
    for (let index = 1; index <= 10; index++) {
      await vi.waitFor(() => expect(seen).toHaveLength(index));
      token = (await change({ ...made, ...token }, uriOf(String(index)))).body;
    }
    expect(await refusalOf(made)).toMatchObject({ reason: 'rate_limited', logo_uri: uriOf('10') });
    expect(seen).toHaveLength(10);
  });
});

describe('a logo that cannot be had does not fail the registration, and the reason is recorded', () => {
  const scripted = svg('<script>alert(1)</script>');
  it.each([
    ['HTTP 404', sends(png(8), 'image/png', 404)],
    ['HTTP 302', sends(Buffer.alloc(0), 'image/png', 302, { location: 'http://169.254.169.254/latest/meta-data/' })],
    ['logo_type_unsupported', sends(Buffer.from('<html></html>'), 'text/html')],
    ['logo_type_unsupported', (_req: unknown, res: import('node:http').ServerResponse) => res.end(png(8))],
    ['logo_type_mismatch', sends(Buffer.from('not a picture'), 'image/png')],
    // It was not asked for compressed, and is not unpacked.
    ['logo_type_mismatch', sends(gzipSync(png(8)), 'image/png', 200, { 'content-encoding': 'gzip' })],
    ['logo_broken', sends(png(8).subarray(0, 40), 'image/png')],
    ['logo_side_too_long', sends(png(5000, 1), 'image/png')],
    ['logo_unsafe', sends(scripted, 'image/svg+xml')],
    ['logo_too_large', sends(Buffer.alloc(100 * 1024 + 1), 'image/png')],
    ['ECONNRESET', (req: import('node:http').IncomingMessage) => req.socket.destroy()],
  ] as const)('E5 %s: %#', async (reason, answers) => {
    answer = answers as RequestListener;
    seen = [];
    const made = await register(uriOf('logo'));
    expect(await refusalOf(made)).toEqual({
      reason,
      logo_uri: uriOf('logo'),
      by: made.client_id,
      by_kind: 'client',
    });
    expect(seen).toEqual(['/logo']);
    const { text } = await createWaitingBrowser(app.issuer).open({
      client_id: String(made.client_id),
      scope: 'openid',
    });
    expect(text).toContain('>S</span>');
    expect(text).not.toContain('Logo provided by the app');
  });

  it('E5 a redirect to another path of the same server is not followed either', async () => {
    answer = (req, res) =>
      req.url === '/from' ? res.writeHead(301, { location: '/to' }).end() : sends(png(8), 'image/png')(req, res);
    seen = [];
    expect((await refusalOf(await register(uriOf('from')))).reason).toBe('HTTP 301');
    expect(seen).toEqual(['/from']);
  });

  it('E5 a body without end is not read further than an upload may be long', async () => {
    let isClosed = false;
    answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'image/png' });
      res.once('close', () => {
        isClosed = true;
      });
      const more = () => {
        while (!res.destroyed && res.write(Buffer.alloc(65_000)));
      };
      res.on('drain', more);
      more();
    };
    expect((await refusalOf(await register(uriOf('endless')))).reason).toBe('logo_too_large');
    await vi.waitFor(() => expect(isClosed).toBe(true));
  });

  it('E5 an answer that does not come, or stops coming, is given up after ten seconds', async () => {
    answer = (req, res) => {
      if (req.url === '/slow') res.writeHead(200, { 'content-type': 'image/png' }).write(png(8).subarray(0, 9));
    };
    const begun = performance.now();
    const made = await Promise.all(['hanging', 'slow'].map((name) => register(uriOf(name))));
    for (const each of made) expect((await refusalOf(each, app, 15_000)).reason).toBe('no_answer');
    expect(performance.now() - begun).toBeGreaterThan(9000);
  }, 30_000);

  it('E5 the record of the refusal follows that of the registration', async () => {
    answer = sends(scripted, 'image/svg+xml');
    const made = await register(uriOf('unsafe'));
    await refusalOf(made);
    const { records } = await app.audit.query({ clientId: String(made.client_id), limit: 5 });
    expect(records.map(({ event }) => event)).toEqual(['client.logo_refused', 'client.created']);
  });
});

describe('E5 our own network is not reached by logo_uri', () => {
  it.each([
    (inside: number) => `http://127.0.0.1:${inside}/`,
    (inside: number) => `http://[::1]:${inside}/`,
    // A name that resolves to inside, over http and https.
    (inside: number) => `http://localhost:${inside}/`,
    (inside: number) => `https://localhost:${inside}/`,
    (inside: number) => `https://[::ffff:127.0.0.1]:${inside}/`,
    () => 'https://169.254.169.254/latest/meta-data/',
    () => 'https://10.0.0.1/logo.png',
    () => 'https://[fd00::1]/logo.png',
  ])('%#', async (uriAt) => {
    answer = sends(png(8), 'image/png');
    seen = [];
    const made = await register(uriAt(port), guarded);
    expect((await refusalOf(made, guarded)).reason).toBe('address_inside');
    expect(seen).toEqual([]);
  });
});
