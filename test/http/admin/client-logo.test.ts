// A relying party's logo by the administration API, and how it is served: every refusal has its code and
// changes nothing.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, openMachine } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { jpeg, png, svg } from '../../support/pictures.ts';
import { createWaitingBrowser, redirectUri } from '../../support/waiting-browser.ts';

let app: TestApp;
let api: Machine;
beforeAll(async () => {
  app = await startApp();
  api = await openMachine(app, 'clients:read', 'clients:write');
});
afterAll(() => app.stop());

const register = async (change: Record<string, unknown> = {}) => {
  const input = {
    client_name: 'Shop',
    redirect_uris: [redirectUri],
    scope: 'openid',
    token_endpoint_auth_method: 'none',
  };
  return (await app.clients.create({ ...input, ...change })).client.id;
};

/** By fetch: the body is the picture itself. */
async function put(id: string, body: Buffer, type: string, more: Record<string, string> = {}) {
  const headers = { authorization: `Bearer ${api.token}`, 'if-match': '*', 'content-type': type, ...more };
  const response = await fetch(`${app.issuer}/admin/v1/clients/${id}/logo`, {
    method: 'PUT',
    headers,
    body: new Uint8Array(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

describe('a logo', () => {
  it('is stored, served with a permanent address, named by the client, and removed', async () => {
    const id = await register();
    const picture = png(32);
    const hash = createHash('sha256').update(picture).digest('hex');
    const answer = await put(id, picture, 'image/png');
    expect([answer.status, answer.body]).toEqual([200, { client_id: id, logo: `/logo/${hash}` }]);
    const served = await fetch(`${app.issuer}/logo/${hash}`);
    expect(Buffer.from(await served.arrayBuffer())).toEqual(picture);
    expect(served.headers.get('content-type')).toBe('image/png');
    expect(served.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(served.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await api.call('GET', `/clients/${id}`)).body.logo).toBe(`/logo/${hash}`);
    expect((await createWaitingBrowser(app.issuer).open({ client_id: id, scope: 'openid' })).text).toContain(
      `src="/logo/${hash}"`,
    );

    expect((await put(id, png(16), 'image/png', { 'if-match': '"1"' })).status).toBe(412);
    expect((await put(id, png(16), 'image/png', { 'if-match': '' })).status).toBe(428);
    expect((await put('nobody', picture, 'image/png')).body.code).toBe('client_not_found');
    expect((await put('dev-web', picture, 'image/png')).body.code).toBe('client_read_only');

    const gone = await api.call('DELETE', `/clients/${id}/logo`, undefined, {
      'if-match': answer.headers.get('etag') ?? '',
    });
    expect(gone.status).toBe(204);
    expect((await fetch(`${app.issuer}/logo/${hash}`)).status).toBe(404);
    const events = await app.audit.query({ clientId: id, limit: 10 });
    const changes = events.records.filter(({ event }) => event === 'client.changed');
    expect(changes.map(({ event, facts }) => [event, facts.logo])).toEqual([
      ['client.changed', `${hash} -> null`],
      ['client.changed', `null -> ${hash}`],
    ]);
  });

  it('of two clients is stored until the last of them removes it', async () => {
    const [one, two] = [await register(), await register()];
    const picture = png(20);
    const { logo } = (await put(one, picture, 'image/png')).body;
    await put(two, picture, 'image/png');
    const status = async () => (await fetch(`${app.issuer}${logo}`)).status;
    await put(one, png(21), 'image/png');
    expect(await status()).toBe(200);
    await api.call('DELETE', `/clients/${two}`, undefined, { 'if-match': '*' });
    expect(await status()).toBe(404);
  });

  it('is served intact after fifty parallel uploads', async () => {
    const id = await register();
    await Promise.all(Array.from({ length: 50 }, (_, i) => put(id, png(10 + (i % 5)), 'image/png')));
    const logo = (await app.clients.findAny(id))?.logo;
    expect((await fetch(`${app.issuer}/logo/${logo?.hash}`)).status).toBe(200);
    const others = [10, 11, 12, 13, 14].map((side) => createHash('sha256').update(png(side)).digest('hex'));
    for (const hash of others.filter((each) => each !== logo?.hash))
      expect((await fetch(`${app.issuer}/logo/${hash}`)).status, hash).toBe(404);
  });

  it.each([
    [413, 'logo_too_large', 'image/png', Buffer.alloc(101 * 1024)],
    [413, 'logo_too_large', 'image/png', Buffer.alloc(2 * 1024 * 1024)],
    [415, 'logo_type_unsupported', 'image/gif', Buffer.from('GIF89a')],
    [415, 'logo_type_unsupported', 'application/json', Buffer.from('{}')],
    [422, 'logo_type_mismatch', 'image/png', jpeg(8, 8)],
    [422, 'logo_broken', 'image/png', png(8).subarray(0, 40)],
    [422, 'logo_side_too_long', 'image/jpeg', jpeg(2000, 8)],
    [422, 'logo_unsafe', 'image/svg+xml', svg('<script>alert(1)</script>')],
  ])('is refused with %i %s, and nothing is changed', async (status, code, type, body) => {
    const id = await register();
    await put(id, png(9), 'image/png');
    const before = await app.clients.findAny(id);
    const answer = await put(id, body, type);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await app.clients.findAny(id)).toEqual(before);
    expect((await fetch(`${app.issuer}/logo/${before?.logo?.hash}`)).status).toBe(200);
  });

  it('F2 cannot run anything as an SVG, even when it is opened by itself', async () => {
    const id = await register();
    const { logo } = (await put(id, svg('<rect width="8" height="8"/>'), 'image/svg+xml')).body;
    const served = await fetch(`${app.issuer}${logo}`);
    expect(served.headers.get('content-type')).toBe('image/svg+xml');
    expect(served.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    );
    expect(served.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('E5 is never fetched and never shown when a client names it by logo_uri', async () => {
    const asked: string[] = [];
    const { createServer } = await import('node:http');
    const server = createServer((req, res) => {
      asked.push(req.url ?? '');
      res.end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const id = await register({ logo_uri: `http://127.0.0.1:${port}/logo.png` });
    const page = await createWaitingBrowser(app.issuer).open({ client_id: id, scope: 'openid' });
    expect([page.status, page.text.includes(String(port)), asked]).toEqual([200, false, []]);
    server.close();
  });

  it('has no address but its hash', async () => {
    for (const path of ['/logo/', '/logo/x', `/logo/${'0'.repeat(64)}`, `/logo/${'A'.repeat(64)}`, '/logo/..%2f'])
      expect((await fetch(`${app.issuer}${path}`)).status, path).toBe(404);
  });
});
