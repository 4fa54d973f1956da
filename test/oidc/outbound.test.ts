// Whatever address a client names, nobody gets at our own network by it (security.md E5): keys, sectors and
// logouts are fetched from public addresses alone, in a short time, and what came of it is told to nobody.
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generateKeyPair, SignJWT } from 'jose';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Machine, openMachine } from '../support/admin-machine.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { approveFor } from '../support/signed-in.ts';
import { createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

// The guard alone may be what stops a request, so everything else is in order: https, with a certificate
// that this process trusts.
let tls: { key: string; cert: string };
beforeAll(async () => {
  const made = await generate([{ name: 'commonName', value: 'inside' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  tls = { key: made.private, cert: made.cert };
  setDefaultCACertificates([...getCACertificates('default'), made.cert]);
});

const secretWord = 'ami-0123-instance-credentials';

/** Something inside that must not be reached, or answers as the test says. On both loopback addresses. */
async function startInside(answer: RequestListener = (_req, res) => res.end(JSON.stringify([secretWord]))) {
  const seen: string[] = [];
  const server = createServer(tls, (req, res) => {
    seen.push(req.url ?? '');
    answer(req, res);
  });
  server.listen(0, '::');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { port: (server.address() as AddressInfo).port, seen };
}

async function open(isInsideAllowed: boolean) {
  const app = await startApp({ http: { outbound_private_networks: isInsideAllowed } });
  closers.push(app.stop);
  return { app, api: await openMachine(app, 'clients:write') };
}

/** How long it took, beside what came of it. */
async function timed<Result>(work: Promise<Result>): Promise<Result> {
  const before = performance.now();
  const result = await work;
  expect(performance.now() - before).toBeLessThan(3000);
  return result;
}

const web = { client_name: 'Fetches', redirect_uris: [redirectUri], scope: 'openid' };

const registerSector = (api: Machine, uri: string) =>
  timed(api.call('POST', '/clients', { ...web, subject_type: 'pairwise', sector_identifier_uri: uri }));

/** A sign-in at the token endpoint that makes the provider fetch the client's keys. */
async function proveByKey(app: TestApp, jwksUri: string) {
  const settings = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256' };
  const grant = { grant_types: ['client_credentials'], scope: 'audit:read' };
  const { client } = await app.clients.create({ client_name: 'By key', ...grant, ...settings, jwks_uri: jwksUri });
  const { privateKey } = await generateKeyPair('ES256');
  const assertion = await new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(client.id)
    .setSubject(client.id)
    .setAudience(app.issuer)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(privateKey);
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    resource: `${app.issuer}/admin`,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });
  const response = await timed(fetch(`${app.issuer}/token`, { method: 'POST', body }));
  return { status: response.status, text: await response.text() };
}

/**
 * Somebody signs in at a client and is signed out again: it is to be told there, once, and this is what
 * comes of it.
 */
async function endAt(app: TestApp, uri: string, outcome: Record<string, unknown>): Promise<void> {
  const alice = await app.phone('alice');
  const settings = { ...web, token_endpoint_auth_method: 'none', backchannel_logout_uri: uri };
  const { client } = await app.clients.create(settings);
  await approveFor(createWaitingBrowser(app.issuer), alice, { client_id: client.id, scope: 'openid' });
  for (const { id } of await alice.approvals()) await timed(alice.endApproval(String(id)));
  const tried = async () => expect(await app.logouts.listByClient(client.id), uri).toMatchObject([outcome]);
  await timed(vi.waitFor(tried, { timeout: 10_000, interval: 20 }));
}

const failedOnce = { state: 'pending', attempts: 1, lastError: expect.stringMatching(/./) };

const inside = (port: number) => [
  `https://127.0.0.1:${port}/inside`,
  `https://[::1]:${port}/inside`,
  // By a name: what it resolves to is judged when it is connected to, so it does not help to change it in
  // between.
  `https://localhost:${port}/inside`,
  `https://[::ffff:127.0.0.1]:${port}/inside`,
  'https://169.254.169.254/latest/meta-data/',
  'https://[::ffff:10.0.0.1]/inside',
];

describe('an address that a client names is not fetched from a private network', () => {
  it('E5 sector_identifier_uri: refused at registration, without revealing what is there', async () => {
    const { port, seen } = await startInside();
    const { api } = await open(false);
    for (const uri of inside(port)) {
      const { status, body } = await registerSector(api, uri);
      expect(status, uri).toBe(422);
      const told = JSON.stringify(body);
      expect(told, uri).toContain('sector_identifier_uri');
      expect(told).not.toMatch(/ECONN|special-use|resolves|timeout/i);
      expect(told).not.toContain(secretWord);
    }
    expect(seen).toEqual([]);
  }, 60_000);

  it('E5 jwks_uri: the client is refused at the token endpoint', async () => {
    const { port, seen } = await startInside();
    const { app } = await open(false);
    for (const uri of inside(port)) {
      const { status, text } = await proveByKey(app, uri);
      expect([status, JSON.parse(text).error], uri).toEqual([401, 'invalid_client']);
      expect(text).not.toMatch(/ECONN|special-use|resolves|inside/i);
      expect(text).not.toContain(secretWord);
    }
    expect(seen).toEqual([]);
  }, 60_000);

  it('E5 backchannel_logout_uri: nothing is sent', async () => {
    const { port, seen } = await startInside();
    const { app } = await open(false);
    for (const uri of inside(port)) await endAt(app, uri, failedOnce);
    expect(seen).toEqual([]);
  }, 60_000);

  it('E5 logo_uri of a client of an administrator: never fetched, neither then nor when the client is shown', async () => {
    const { port, seen } = await startInside();
    const { app } = await open(true);
    const settings = { ...web, token_endpoint_auth_method: 'none', logo_uri: `https://127.0.0.1:${port}/logo.png` };
    const { client } = await app.clients.create(settings);
    const alice = await app.phone('alice');
    const browser = createWaitingBrowser(app.issuer);
    const page = await browser.open({ client_id: client.id, scope: 'openid' });
    expect(page.text).not.toContain(`:${port}`);
    const { context } = await alice.scan({ qr: await browser.qr() });
    expect(context.client).toMatchObject({ logo: null });
    expect(seen).toEqual([]);
  });

  it('E5 request_uri: never fetched', async () => {
    const { port, seen } = await startInside();
    const { app } = await open(true);
    const browser = createWaitingBrowser(app.issuer);
    const answer = await timed(browser.open({ request_uri: `https://127.0.0.1:${port}/request` }));
    expect(answer.status).toBeGreaterThanOrEqual(300);
    expect(answer.text).not.toContain(secretWord);
    expect(browser.uid).toBe('');
    expect(seen).toEqual([]);
  });
});

// With the guard taken off by configuration, the same addresses are reached: what the tests above see is
// the guard.
describe('where configuration allows our own network', () => {
  it('E5 the same addresses are fetched, so the guard refused them above', async () => {
    const { port, seen } = await startInside((_req, res) => res.end(JSON.stringify([redirectUri])));
    const { app, api } = await open(true);
    const uri = `https://localhost:${port}/inside`;
    expect((await registerSector(api, uri)).status).toBe(201);
    await proveByKey(app, uri);
    await endAt(app, uri, { state: 'delivered' });
    expect(seen).toEqual(['/inside', '/inside', '/inside']);
  });

  const unending: RequestListener = (_req, res) => {
    res.write('[');
    const more = () => {
      while (!res.destroyed && res.write(`"${'x'.repeat(65_000)}",`));
    };
    res.on('drain', more);
    more();
  };
  const slow: RequestListener = (_req, res) => {
    res.write('["');
  };
  const hanging: RequestListener = () => undefined;

  it.each([
    ['E5 a body without end', unending],
    ['E5 a body that stops coming', slow],
    ['E5 no answer at all', hanging],
  ])('%s is aborted in time, for sectors and keys', async (_, answer) => {
    const { port, seen } = await startInside(answer);
    const { app, api } = await open(true);
    const uri = `https://127.0.0.1:${port}/endless`;
    const begun = performance.now();
    expect((await registerSector(api, uri)).status).toBe(422);
    expect((await proveByKey(app, uri)).status).toBe(401);
    expect(seen.length).toBeGreaterThanOrEqual(2);
    // What is too long is not even read to the end of our patience.
    if (answer === unending) expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('E5 an attempt of a logout is short, whatever the answer', async () => {
    const { app } = await open(true);
    for (const answer of [slow, hanging]) {
      const { port } = await startInside(answer);
      // An answer that has begun is an answer: its body is of no interest.
      const outcome = answer === slow ? { state: 'delivered' } : failedOnce;
      await endAt(app, `https://127.0.0.1:${port}/logout`, outcome);
    }
    const { port } = await startInside((req, res) => {
      res.statusCode = 400;
      unending(req, res);
    });
    await endAt(app, `https://127.0.0.1:${port}/logout`, {
      state: 'given_up',
      lastError: expect.stringMatching(/^HTTP 400/),
    });
  });

  it('E5 a redirect of a logout is not followed', async () => {
    const target = await startInside();
    const moved = { location: `https://127.0.0.1:${target.port}/inside` };
    const { port, seen } = await startInside((_req, res) => res.writeHead(302, moved).end());
    const { app } = await open(true);
    await endAt(app, `https://127.0.0.1:${port}/logout`, { state: 'pending', lastError: 'HTTP 302' });
    expect([seen.length, target.seen]).toEqual([1, []]);
  });

  it('E5 a redirect of a sector or of keys is not followed', async () => {
    const target = await startInside((_req, res) => res.end(JSON.stringify([redirectUri])));
    const { port, seen } = await startInside((_req, res) =>
      res.writeHead(302, { location: `https://127.0.0.1:${target.port}/inside` }).end(),
    );
    const { app, api } = await open(true);
    const uri = `https://127.0.0.1:${port}/moved`;
    expect((await registerSector(api, uri)).status).toBe(422);
    expect((await proveByKey(app, uri)).status).toBe(401);
    expect(seen).toEqual(['/moved', '/moved']);
    expect(target.seen).toEqual([]);
  });
});
