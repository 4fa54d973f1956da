// Habits of HTTP clients and proxies that are right or harmless, and that must not keep anybody out.
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHostGuard } from '../../../src/http/kit/host.ts';
import { type Machine, openMachine } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { approveFor } from '../../support/signed-in.ts';
import { authorizationParams, createWaitingBrowser, redirectUri } from '../../support/waiting-browser.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const basic = (id: string, password = '') => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${password}`).toString('base64')}`,
});

describe('HTTP Basic with an empty password', () => {
  async function redeem(headers: Record<string, string>, change: Record<string, string> = {}) {
    const browser = createWaitingBrowser(app.issuer);
    const callback = await approveFor(browser, await app.phone('alice'));
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
      code_verifier: browser.verifier,
      ...change,
    });
    return fetch(`${app.issuer}/token`, { method: 'POST', headers, body });
  }

  it.each([
    ['alone', {}],
    ['beside client_id in the body', { client_id: 'dev-public' }],
  ])('identifies a public client, %s', async (_name, change) => {
    expect((await redeem(basic('dev-public'), change)).status).toBe(200);
  });

  it('identifies it at the PAR endpoint too', async () => {
    const { params } = authorizationParams();
    params.delete('client_id');
    const answer = await fetch(`${app.issuer}/request`, { method: 'POST', headers: basic('dev-public'), body: params });
    expect(answer.status).toBe(201);
  });

  it('A15 is no authentication of a confidential client, and no way past a wrong id', async () => {
    const body = new URLSearchParams({ grant_type: 'authorization_code', code: 'x', redirect_uri: redirectUri });
    const at = (headers: Record<string, string>) => fetch(`${app.issuer}/token`, { method: 'POST', headers, body });
    for (const headers of [basic('dev-web'), basic('nobody'), basic('dev-public', 'secret')]) {
      const answer = await at(headers);
      expect([400, 401]).toContain(answer.status);
      expect(await answer.json()).toMatchObject({ error: expect.stringMatching(/^invalid_(client|request)$/) });
    }
    const other = new URLSearchParams({ ...Object.fromEntries(body), client_id: 'dev-web' });
    const mixed = await fetch(`${app.issuer}/token`, { method: 'POST', headers: basic('dev-public'), body: other });
    expect(mixed.status).toBe(400);
    expect(await mixed.json()).toMatchObject({ error_description: 'client_id mismatch' });
  });

  it('takes an empty client_id beside it as absent, and refuses a body without end as an OAuth error', async () => {
    expect((await redeem(basic('dev-public'), { client_id: '' })).status).toBe(200);
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(`a=${'b'.repeat(8000)}&`)),
    });
    const headers = {
      ...basic('dev-public'),
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'http://127.0.0.1:8765',
    };
    const init = { method: 'POST', headers, body: endless, duplex: 'half' } as RequestInit;
    const large = await fetch(`${app.issuer}/token`, init);
    expect([large.status, large.headers.get('access-control-allow-origin')]).toEqual([413, 'http://127.0.0.1:8765']);
    expect(await large.json()).toMatchObject({ error: 'invalid_request' });
  });
});

describe('the Host header', () => {
  const accepts = (issuer: string, host: string): boolean => {
    try {
      createHostGuard(issuer)({ headers: { host } } as never);
      return true;
    } catch {
      return false;
    }
  };

  it('F8 may have the default port of the scheme, and no other', () => {
    expect(accepts('https://id.example', 'id.example:443')).toBe(true);
    expect(accepts('https://id.example', 'ID.example')).toBe(true);
    expect(accepts('http://localhost', 'localhost:80')).toBe(true);
    for (const host of ['id.example:80', 'id.example:8443', 'id.example:', 'id.example:0443'])
      expect(accepts('https://id.example', host), host).toBe(false);
    expect(accepts('https://id.example:8443', 'id.example:8443')).toBe(true);
    expect(accepts('https://id.example:8443', 'id.example:443')).toBe(false);
  });
});

describe('an idle connection', () => {
  /** Sends one request and keeps the connection. @returns the answer's headers */
  async function askAndKeep(port: number): Promise<{ socket: Socket; head: string }> {
    const socket = connect(port, 'localhost');
    socket.write(`GET /healthz HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    const head = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    return { socket, head };
  }

  it('stays open longer than the 60 seconds of usual pools, by default', async () => {
    const { socket, head } = await askAndKeep(app.config.http.port);
    socket.destroy();
    expect(Number(/Keep-Alive: timeout=(\d+)/i.exec(head)?.[1])).toBeGreaterThan(60);
  });

  it('stays open as long as the configuration says, and a drain closes it at once', async () => {
    const other = await startApp({ http: { keep_alive_seconds: 600 } });
    const { socket, head } = await askAndKeep(other.config.http.port);
    expect(head).toMatch(/Keep-Alive: timeout=600/i);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const startedAt = performance.now();
    await other.stop();
    await closed;
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('the administration API', () => {
  let machine: Machine;
  let id = '';
  beforeAll(async () => {
    machine = await openMachine(app, 'clients:read', 'clients:write', 'audit:read');
    const made = await machine.call('POST', '/clients', {
      client_name: 'Habits',
      redirect_uris: ['https://rp.example/cb'],
    });
    id = String(made.body.client_id);
  });

  const change = async (ifMatch: string | undefined, name: string) =>
    machine.call(
      'PATCH',
      `/clients/${id}`,
      { client_name: name },
      ifMatch === undefined ? {} : { 'if-match': ifMatch },
    );
  const tag = async () => (await machine.call('GET', `/clients/${id}`)).headers.get('etag') ?? '';

  it('takes a weak tag, a list of tags and * as If-Match', async () => {
    expect((await change(`W/${await tag()}`, 'a')).status).toBe(200);
    expect((await change(`"0", ${await tag()}`, 'b')).status).toBe(200);
    expect((await change(`"nonsense" ,W/"0",W/${await tag()}`, 'c')).status).toBe(200);
    expect((await change('*', 'd')).status).toBe(200);
  });

  it('answers 412 to a tag that does not match, and 428 only without the header', async () => {
    const before = await tag();
    expect((await change(before, 'e')).status).toBe(200);
    for (const ifMatch of [before, `W/${before}`, '"0"', '"x"', 'x', '"1" "2"', `${before}, "0"`])
      expect((await change(ifMatch, 'f')).status, ifMatch).toBe(412);
    expect((await change(undefined, 'g')).status).toBe(428);
    expect((await change('  ', 'g')).status).toBe(428);
  });

  it('counts an empty query field as absent, and reads decimal digits only', async () => {
    const list = async (query: string) => (await machine.call('GET', `/audit?${query}`)).status;
    for (const query of ['from=&to=&account=&event=&limit=&cursor=', 'from=0&to=9999999999&limit=5'])
      expect(await list(query), query).toBe(200);
    for (const number of ['0x10', '1e2', '1.0', '%2B5', '-5', '%205', '5%20', '٥', 'NaN', 'Infinity', 'true'])
      for (const name of ['from', 'to', 'limit'])
        expect(await list(`${name}=${number}`), `${name}=${number}`).toBe(400);
    expect(await list('limit=1&limit=2')).toBe(400);
  });
});

describe('a cached document', () => {
  it('is 304 for its tag in a list, made weak by a proxy, and for *', async () => {
    const url = `${app.issuer}/jwks`;
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    for (const known of [etag, `W/${etag}`, `"x", W/${etag}`, '*'])
      expect((await fetch(url, { headers: { 'if-none-match': known } })).status, known).toBe(304);
    expect((await fetch(url, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
  });
});
