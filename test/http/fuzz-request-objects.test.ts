// Generated request objects and client assertions: a right one with something wrong in it, and nonsense.
// No answer is a 5xx, and nothing that is wrong leads to a sign-in page or to a pushed request (security.md
// A22).
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { createSigningClient, type SigningClient, secondsNow } from '../support/signing-client.ts';
import { authorizationParams } from '../support/waiting-browser.ts';

let app: TestApp;
let plain: SigningClient;
let bank: SigningClient;
beforeAll(async () => {
  app = await startApp();
  plain = await createSigningClient(app);
  bank = await createSigningClient(app, { profile: 'fapi2' });
});
afterAll(() => app.stop());

const nonsense = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constantFrom(
    null,
    [],
    {},
    ['a', 'b'],
    { $gt: '' },
    { toString: 1 },
    [{ toString: null }],
    '__proto__',
    '\u202e',
    'x'.repeat(5000),
    1e308,
    -1,
  ),
);
const claimNames =
  'iss aud exp nbf iat jti sub client_id response_type redirect_uri scope state nonce prompt max_age claims resource response_mode code_challenge dpop_jkt id_token_hint'.split(
    ' ',
  );
/** The `claims` parameter with members of the right names (OIDC Core §5.5). */
const asked = fc.dictionary(fc.constantFrom('essential', 'value', 'values'), nonsense);
const askedClaims = fc.dictionary(fc.constantFrom('sub', 'acr', 'name', '__proto__'), fc.oneof(asked, nonsense));
const wrongRequest = fc
  .dictionary(fc.constantFrom('id_token', 'userinfo'), fc.oneof({ weight: 4, arbitrary: askedClaims }, nonsense))
  .map((claims) => ({ claims }));
const wrongClaims: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc.dictionary(fc.constantFrom(...claimNames), nonsense, { minKeys: 1, maxKeys: 3 }),
  wrongRequest,
);
const wrongHeader = fc.constantFrom<Record<string, unknown>>(
  { kid: 'unknown' },
  { kid: '../../etc/passwd' },
  { typ: 'JWT' },
  { typ: 'dpop+jwt' },
  { jwk: { kty: 'RSA' } },
  { jku: 'https://attacker.example/jwks' },
  { x5u: 'https://attacker.example/x' },
);
/** Changes of the compact form. */
const damage = fc.constantFrom<(jwt: string) => string>(
  (jwt) => jwt.slice(0, -1),
  (jwt) => jwt.split('.').slice(0, 2).join('.'),
  (jwt) => `${jwt.split('.').slice(0, 2).join('.')}.`,
  (jwt) => `${jwt}.x`,
  (jwt) => `.${jwt}`,
  (jwt) => jwt.toUpperCase(),
  (jwt) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${jwt.split('.')[1]}.`,
  (jwt) => `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${jwt.split('.')[1]}.eA`,
  (jwt) => Buffer.from(jwt).toString('base64url'),
);

const send = async (request: string, clientId: string) => {
  const query = new URLSearchParams({ client_id: clientId, request });
  const answer = await fetch(`${app.issuer}/auth?${query}`, { redirect: 'manual', headers: { accept: 'text/html' } });
  await answer.arrayBuffer();
  return { status: answer.status, isAccepted: answer.headers.get('location')?.startsWith('/interaction/') ?? false };
};

describe('A22 whatever a client signs', () => {
  it('is answered without a failure of ours, and another value never passes for a checked one', async () => {
    const own = ['iss', 'aud', 'client_id', 'redirect_uri'];
    await fc.assert(
      fc.asyncProperty(wrongClaims, fc.option(wrongHeader), async (claims, header) => {
        const { request } = await plain.requestObject({ claims, header: header ?? {} });
        const { status, isAccepted } = await send(request, plain.id);
        expect(status).toBeLessThan(500);
        // An empty parameter counts as absent (RFC 6749 §3.1), and the client has one redirect URI.
        if (own.some((name) => name in claims && claims[name] !== '')) expect(isAccepted).toBe(false);
        const pushed = await bank.push({
          request: (await bank.requestObject({ claims, header: header ?? {} })).request,
        });
        expect(pushed.status).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
  });

  it('is refused when it is damaged, as a request and as an assertion', async () => {
    await fc.assert(
      fc.asyncProperty(damage, fc.nat({ max: 3 }), async (damaged, times) => {
        const wreck = (jwt: string) => Array.from({ length: times + 1 }).reduce((text: string) => damaged(text), jwt);
        const { request } = await plain.requestObject({ claims: { state: String(times) } });
        const { status, isAccepted } = await send(wreck(request), plain.id);
        expect([status < 500, isAccepted]).toEqual([true, false]);
        const assertion = wreck(await bank.assertion());
        const answer = await bank.push({ client_assertion: assertion, response_type: 'code' });
        expect([400, 401]).toContain(answer.status);
      }),
      { numRuns: 100 },
    );
  });

  it('is accepted by the profile only with times within its limits', async () => {
    const wild = fc.oneof(
      nonsense,
      fc.integer({ min: -1e9, max: 1e12 }),
      fc.integer({ min: -4000, max: 4000 }).map(fromNow),
    );
    // An assertion lives 3600 s at most, with 15 s of tolerance. The other members say that it ends in 60 s.
    const limits = { iat: [-Infinity, 15], nbf: [60 - 3615, 15], exp: [-15, 3615] } as const;
    const { params } = authorizationParams({ client_id: bank.id });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('iat', 'nbf', 'exp'), wild, async (name, value) => {
        const sent = JSON.parse(JSON.stringify(value));
        const distance = typeof sent === 'number' ? sent - secondsNow() : Number.NaN;
        const [from, to] = limits[name];
        // The clock goes on between here and the check, so its last seconds are not judged.
        if (Math.abs(distance - from) < 30 || Math.abs(distance - to) < 30) return;
        const { status } = await bank.push(Object.fromEntries(params), { claims: { [name]: value } });
        expect(status).toBe(distance > from && distance < to ? 201 : 401);
      }),
      { numRuns: 150 },
    );
  });
});

const fromNow = (seconds: number): number => secondsNow() + seconds;
