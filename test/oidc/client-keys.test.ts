// Keys that a client publishes at its jwks_uri: when they are fetched, and how long a copy is used.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
const pairs = new Map<string, Promise<Pair>>();
/** What the client publishes now; null answers 503, 'broken' answers an invalid set. */
let published: readonly string[] | null | 'broken' = [];
let fetches = 0;
let address = '';
let app: TestApp;

const server = createServer(async (_req, res) => {
  fetches += 1;
  if (published === null) return res.writeHead(503).end();
  const jwk = async (kid: string) => ({ ...(await exportJWK((await pairOf(kid)).publicKey)), kid, alg: 'ES256' });
  const keys = published === 'broken' ? [{ kty: 7 }] : await Promise.all(published.map(jwk));
  // Cache headers that would keep the copy for a day.
  res.writeHead(200, { 'cache-control': 'max-age=86400', 'content-type': 'application/json' });
  res.end(JSON.stringify({ keys }));
});

function pairOf(kid: string): Promise<Pair> {
  const pair = pairs.get(kid) ?? generateKeyPair('ES256', { extractable: true });
  pairs.set(kid, pair);
  return pair;
}

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  app = await startApp({ http: { outbound_private_networks: true } });
});
afterAll(async () => {
  await app?.stop();
  server.closeAllConnections();
  server.close();
});

let clientId = '';
beforeEach(async () => {
  const settings = { token_endpoint_auth_method: 'private_key_jwt', grant_types: ['client_credentials'] };
  const jwksUri = `${address}/${crypto.randomUUID()}`;
  const { client } = await app.clients.create({ ...settings, scope: 'audit:read', jwks_uri: jwksUri });
  clientId = client.id;
  published = ['a'];
  fetches = 0;
});

/** Authenticates at the token endpoint with this key. */
async function statusWith(kid: string, header: { kid?: string } = { kid }): Promise<number> {
  const assertion = await new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'ES256', ...header })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(app.issuer)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign((await pairOf(kid)).privateKey);
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    resource: `${app.issuer}/admin`,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });
  const answer = await fetch(`${app.issuer}/token`, { method: 'POST', body });
  await answer.arrayBuffer();
  return answer.status;
}

const pass = (seconds: number): void => {
  app.time.shiftSeconds += seconds;
};

describe('jwks_uri', () => {
  it('is fetched once for many requests, also for those at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => statusWith('a')));
    expect([answers, await statusWith('a', {}), fetches]).toEqual([[200, 200, 200, 200, 200], 200, 1]);
  });

  it('is fetched at once for an unknown key, at most every 30 seconds', async () => {
    expect(await statusWith('a')).toBe(200);
    pass(30);
    published = ['b'];
    expect([await statusWith('b'), fetches]).toEqual([200, 2]);
    for (let times = 0; times < 3; times++) expect(await statusWith('c')).toBe(401);
    expect([await statusWith('b'), fetches]).toEqual([200, 2]);
    pass(30);
    expect([await statusWith('c'), await statusWith('c'), fetches]).toEqual([401, 401, 3]);
  });

  it('is fetched again after five minutes, whatever its cache headers say: a withdrawn key is refused', async () => {
    expect(await statusWith('a')).toBe(200);
    published = ['b'];
    pass(270);
    expect([await statusWith('a'), fetches]).toEqual([200, 1]);
    pass(30);
    expect([await statusWith('a'), fetches]).toEqual([401, 2]);
  });

  it.each([null, 'broken'] as const)('keeps its last copy for an hour while it answers %s', async (answer) => {
    expect(await statusWith('a')).toBe(200);
    published = answer;
    pass(1800);
    expect([await statusWith('a'), await statusWith('a'), fetches]).toEqual([200, 200, 2]);
    expect(await statusWith('b')).toBe(401);
    // With a margin for a slow machine.
    pass(1740);
    expect([await statusWith('a'), fetches]).toEqual([200, 3]);
    pass(61);
    expect(await statusWith('a')).toBe(401);
    published = ['a'];
    pass(30);
    expect(await statusWith('a')).toBe(200);
  });
});
