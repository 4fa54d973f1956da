// Passkeys over HTTP (security.md B13, B20, D4, D7, D8, A14): created, and used on the phone, on the waiting
// browser and at approval.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digest } from '../../../src/crypto.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { claimsOf, type Tokens } from '../../support/signed-in.ts';
import {
  createVirtualAuthenticator,
  type Flaw,
  type VirtualAuthenticator,
} from '../../support/virtual-authenticator.ts';
import { type Claim, createVirtualPhone, type VirtualPhone } from '../../support/virtual-phone.ts';
import {
  authorizationParams,
  createWaitingBrowser,
  onwardOf,
  type WaitingBrowser,
} from '../../support/waiting-browser.ts';

const client = (client_id: string, policy: object) => ({
  client_id,
  client_name: client_id,
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1:8765/callback'],
  scope: 'openid profile email',
  first_party: true,
  ...policy,
});

let app: TestApp;
let alice: VirtualPhone;
let key: VirtualAuthenticator;

beforeAll(async () => {
  app = await startApp({
    http: { trusted_proxies: ['127.0.0.1', '::1'] },
    clients: [
      client('dev-public', {}),
      client('strict', { qr_user_verification: 'required' }),
      client('lax', { qr_user_verification: 'none', qr_confirmation: 'never' }),
      client('qr-only', { other_sign_in: 'never' }),
      client('passkey-only', { sign_in: 'passkey' }),
    ],
  });
});
afterAll(() => app.stop());
beforeEach(async () => {
  alice = await app.phone('alice');
  key = createVirtualAuthenticator({ origin: app.issuer });
  await alice.addPasskey(key);
  return async () => {
    for (const { id } of key.credentials) await alice.call('DELETE', `/account/passkeys/${id}`);
    app.time.shiftSeconds = 0;
  };
});

async function open(change: Record<string, string> = {}): Promise<WaitingBrowser> {
  const browser = createWaitingBrowser(app.issuer);
  await browser.open(change);
  return browser;
}

const scan = async (browser: WaitingBrowser, phone = alice): Promise<Claim> => phone.scan({ qr: await browser.qr() });
const answer = (claim: Claim, flaw: Flaw = {}) => key.get(claim.passkeyOptions ?? {}, flaw);
const refusalOf = (answered: { status: number; json(): Record<string, unknown> }) => [
  answered.status,
  answered.json().code,
];

async function finish(browser: WaitingBrowser, location: unknown, clientId = 'dev-public') {
  const callback = await browser.follow(String(location));
  const code = callback.searchParams.get('code') ?? '';
  const tokens = (await (await browser.redeem(code, { client_id: clientId })).json()) as Tokens;
  return claimsOf(tokens.id_token);
}

/** Opens a new browser on a network that requests very many codes. The risk of its sign-in is high. */
async function openAtHighRisk(change: Record<string, string> = {}): Promise<WaitingBrowser> {
  const address = '93.184.216.34';
  await app.store.limits.add(`recent tickets:${digest(address)}`, 500, 600, Math.floor(Date.now() / 1000));
  const browser = await open(change);
  const headers = { accept: 'application/json', 'x-forwarded-for': address };
  await browser.request(`${browser.base}/ticket`, { method: 'POST', headers });
  return browser;
}

/** As the phone, from a public address of its own. */
const elsewhere: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set('x-forwarded-for', '8.8.8.8');
  return fetch(input, { ...init, headers });
};

async function phoneElsewhere(): Promise<VirtualPhone> {
  const phone = createVirtualPhone({ issuer: app.issuer, fetch: elsewhere });
  await phone.signIn('alice', 'tessera-demo-alice');
  return phone;
}

describe('an approval', () => {
  it('B13 is verified by a passkey where the policy requires it, and acr and amr say so', async () => {
    const browser = await open({ client_id: 'strict' });
    const claim = await scan(browser);
    expect(claim.requires).toContain('passkey');
    await expect(alice.approve(claim)).rejects.toMatchObject({
      code: 'user_verification_required',
      answer: { status: 401 },
    });
    const startedAt = Math.floor(Date.now() / 1000);
    const code = await alice.approve(claim, { passkey: answer(claim) });
    const claims = await finish(browser, (await browser.finish(code ?? undefined)).json().location, 'strict');
    expect(claims).toMatchObject({ acr: 'urn:tessera:qr:verified', amr: ['mca', 'swk', 'user', 'mfa'] });
    expect(claims.auth_time).toBeGreaterThanOrEqual(startedAt);
  });

  it.each<[string, Flaw, string?]>([
    ['without the person verified', { isUserVerified: false }, 'passkey_unverified'],
    ['of another origin', { origin: 'https://evil.example' }],
    ['of another rpId', { rpId: 'evil.example' }],
    ['to another challenge', { challenge: 'AAAA' }],
    ['wrongly signed', { isSignatureBroken: true }],
  ])('B13 is refused for an assertion %s, and nothing is granted', async (_, flaw, code = 'passkey_invalid') => {
    const browser = await open({ client_id: 'strict' });
    const claim = await scan(browser);
    await expect(alice.approve(claim, { passkey: answer(claim, flaw) })).rejects.toMatchObject({
      code,
      answer: { status: 400 },
    });
    expect((await browser.ticket()).json().state).toBe('scanned');
    expect((await browser.finish()).status).toBe(409);
  });

  it('B13 is refused with an assertion for another ticket, of another account, or used before', async () => {
    const [one, other] = [await open({ client_id: 'strict' }), await open({ client_id: 'strict' })];
    const [first, second] = [await scan(one), await scan(other)];
    await expect(alice.approve(second, { passkey: answer(first) })).rejects.toMatchObject({ code: 'passkey_invalid' });
    const [bob, bobsKey] = [await app.phone('bob'), createVirtualAuthenticator({ origin: app.issuer })];
    const bobsId = await bob.addPasskey(bobsKey);
    const { allowCredentials: _, ...question } = second.passkeyOptions ?? {};
    await expect(alice.approve(second, { passkey: bobsKey.get(question) })).rejects.toMatchObject({
      code: 'passkey_invalid',
    });
    await bob.call('DELETE', `/account/passkeys/${bobsId}`);
    const third = await scan(await open({ client_id: 'strict' }));
    const given = answer(third);
    await alice.approve(third, { passkey: given });
    const fourth = await scan(await open({ client_id: 'strict' }));
    await expect(alice.approve(fourth, { passkey: given })).rejects.toMatchObject({ code: 'passkey_invalid' });
  });

  it('B13 is refused with a sign-in’s assertion, and a sign-in with an approval’s', async () => {
    const browser = await open({ client_id: 'strict' });
    const claim = await scan(browser);
    const asked = await alice.call('POST', '/sign-in/passkey', {});
    const signIn = key.get(asked.body.options as Record<string, unknown>);
    await expect(alice.approve(claim, { passkey: signIn })).rejects.toMatchObject({ code: 'passkey_invalid' });
    const waiting = await open();
    const again = await waiting.json('POST', `${waiting.base}/passkey`, { passkey: answer(claim) });
    expect(refusalOf(again)).toEqual([400, 'passkey_invalid']);
  });

  it('B7 B13 succeeds once in 30 parallel approvals with one assertion, which have one answer', async () => {
    const claim = await scan(await open({ client_id: 'strict' }));
    const passkey = answer(claim);
    const tries = await Promise.allSettled(Array.from({ length: 30 }, () => alice.approve(claim, { passkey })));
    expect(new Set(tries.map((each) => (each.status === 'fulfilled' ? each.value : each.reason.code))).size).toBe(1);
    const { records } = await app.audit.query({ event: 'ticket.approved', limit: 50 });
    expect(records.filter(({ ticketId }) => ticketId === digest(claim.ticket))).toHaveLength(1);
    await expect(alice.approve(claim, { passkey, scopes: ['openid'] })).rejects.toMatchObject({
      code: 'ticket_already_decided',
    });
  });

  it('B13 requires a new assertion when the displayed details have changed', async () => {
    const browser = await open({ client_id: 'strict' });
    const qr = await browser.qr();
    const claim = await alice.scan({ qr });
    const bob = await app.phone('bob');
    await expect(bob.scan({ qr })).rejects.toMatchObject({ code: 'ticket_already_scanned' });
    await expect(alice.approve(claim, { passkey: answer(claim) })).rejects.toMatchObject({ code: 'passkey_invalid' });
    const path = `/phone/v1/tickets/${claim.ticket}/review`;
    const { body } = await alice.call('POST', path, { approval_token: claim.approvalToken });
    expect(body.context).toMatchObject({ risk: { level: 'moderate' } });
    const passkey = key.get(body.passkey_options as Record<string, unknown>);
    expect(await alice.approve(claim, { passkey })).toMatch(/^\d{6}$/);
  });

  it('B15 needs a passkey at high risk, whatever the policy', async () => {
    const phone = await phoneElsewhere();
    const browser = await openAtHighRisk({ client_id: 'lax' });
    const claim = await scan(browser, phone);
    expect(claim.context.risk).toMatchObject({ level: 'high' });
    expect(claim.requires).toEqual(['passkey']);
    await expect(phone.approve(claim)).rejects.toMatchObject({ code: 'user_verification_required' });
    await phone.approve(claim, { passkey: answer(claim) });
    const claims = await finish(browser, (await browser.finish()).json().location, 'lax');
    expect(claims.acr).toBe('urn:tessera:qr:verified');
  });

  it('B15 is refused at high risk for an account without a passkey, with a link to make one', async () => {
    const bob = createVirtualPhone({ issuer: app.issuer, fetch: elsewhere });
    await bob.signIn('bob', 'tessera-demo-bob');
    const claim = await scan(await openAtHighRisk(), bob);
    expect([claim.requires.includes('passkey'), claim.passkeyOptions]).toEqual([true, null]);
    await expect(bob.approve(claim)).rejects.toMatchObject({
      code: 'user_verification_required',
      answer: { body: { detail: expect.stringContaining('/account/passkeys') } },
    });
  });

  it.each([
    ['urn:tessera:qr:verified', 'dev-public', true],
    ['urn:tessera:qr urn:tessera:qr:verified', 'dev-public', false],
    ['urn:tessera:qr:verified urn:tessera:qr', 'dev-public', true],
    ['urn:tessera:qr:verified', 'lax', true],
    ['urn:tessera:qr:verified urn:tessera:qr', 'lax', false],
    ['urn:tessera:qr', 'dev-public', false],
  ])('A14 acr_values %s at %s asks for a passkey: %s', async (acr_values, client_id, isAsked) => {
    const claim = await scan(await open({ acr_values, client_id }));
    expect(claim.requires.includes('passkey')).toBe(isAsked);
  });

  it.each(['urn:tessera:qr:verified urn:tessera:qr', 'urn:tessera:qr:verified urn:tessera:qr:verified urn:tessera:qr'])(
    'A14 acr_values %s do not hold up a person without a passkey',
    async (acr_values) => {
      const bob = await app.phone('bob');
      const claim = await bob.scan({ qr: await (await open({ acr_values })).qr() });
      expect(claim.requires).not.toContain('passkey');
      await bob.approve(claim);
    },
  );

  it('A14 is the only way to reach acr_values=urn:tessera:qr:verified', async () => {
    const browser = await open({ acr_values: 'urn:tessera:qr:verified' });
    expect(refusalOf(await browser.json('POST', `${browser.base}/passkey`, {}))).toEqual([403, 'acr_unmet']);
    expect(refusalOf(await browser.json('POST', `${browser.base}/password`, {}))).toEqual([403, 'acr_unmet']);
  });

  it('A12 fulfils prompt=login by its passkey, and auth_time is that moment', async () => {
    app.time.shiftSeconds = -50;
    const phone = await app.phone('alice');
    app.time.shiftSeconds = 0;
    const browser = await open({ prompt: 'login' });
    const startedAt = Math.floor(Date.now() / 1000) - 1;
    const claim = await scan(browser, phone);
    expect(claim.requires).toContain('reauthentication');
    await expect(phone.approve(claim)).rejects.toMatchObject({ code: 'reauthentication_required' });
    const code = await phone.approve(claim, { passkey: answer(claim) });
    const claims = await finish(browser, (await browser.finish(code ?? undefined)).json().location);
    expect(claims.auth_time).toBeGreaterThanOrEqual(startedAt);
  });
});

describe('a passkey on the waiting browser', () => {
  async function signIn(browser: WaitingBrowser, authenticator = key, flaw: Flaw = {}) {
    const asked = await browser.json('POST', `${browser.base}/passkey`, {});
    const passkey = authenticator.get(asked.json().options as Record<string, unknown>, flaw);
    return browser.json('POST', `${browser.base}/passkey`, { passkey });
  }

  it('A14 has acr phr, and amr says whether the key is in hardware or synced', async () => {
    const browser = await open();
    const claims = await finish(browser, (await signIn(browser)).json().location);
    expect(claims).toMatchObject({ acr: 'phr', amr: ['hwk', 'user', 'mfa'] });
    const manager = createVirtualAuthenticator({ origin: app.issuer, synced: true });
    const id = await alice.addPasskey(manager);
    const other = await open({ acr_values: 'phr' });
    const synced = await finish(other, (await signIn(other, manager)).json().location);
    expect(synced).toMatchObject({ acr: 'phr', amr: ['swk', 'user', 'mfa'] });
    await alice.call('DELETE', `/account/passkeys/${id}`);
  });

  it('A14 is the only way that acr_values=phr offers', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const page = await browser.open({ acr_values: 'phr' });
    expect(page.status).toBe(200);
    expect(page.text).toContain('id="passkey-way"');
    expect(page.text).not.toMatch(/type="password"|<img src="data:/);
    for (const way of ['ticket', 'finish', 'continue', 'password'])
      expect(refusalOf(await browser.json('POST', `${browser.base}/${way}`, {})), way).toEqual([403, 'acr_unmet']);
    const claims = await finish(browser, (await signIn(browser)).json().location);
    expect(claims.acr).toBe('phr');
  });

  it('A14 is needed for phr even with a session of a lower class; discovery names the classes', async () => {
    const browser = await open();
    const claim = await scan(browser);
    const code = await alice.approve(claim, { trust_browser: true });
    await finish(browser, (await browser.finish(code ?? undefined)).json().location);
    const { params } = authorizationParams({ prompt: 'none', acr_values: 'phr' });
    const again = await browser.request(`/auth?${params}`);
    expect(new URL(again.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
    const discovery = (await (await fetch(`${app.issuer}/.well-known/openid-configuration`)).json()) as object;
    expect(discovery).toMatchObject({
      acr_values_supported: expect.arrayContaining(['phr', 'urn:tessera:qr:verified']),
    });
  });

  it('B20 is hidden by other_sign_in=never, unless the request asks for phr', async () => {
    const hidden = createWaitingBrowser(app.issuer);
    expect((await hidden.open({ client_id: 'qr-only' })).text).not.toContain('passkey-way');
    expect(refusalOf(await hidden.json('POST', `${hidden.base}/passkey`, {}))).toEqual([403, 'other_sign_in_off']);
    const asked = createWaitingBrowser(app.issuer);
    expect((await asked.open({ client_id: 'qr-only', acr_values: 'phr' })).text).toContain('passkey-way');
    const claims = await finish(asked, (await signIn(asked)).json().location, 'qr-only');
    expect(claims.acr).toBe('phr');
  });

  it('B20 is the only way with sign_in=passkey, and sessions of other ways do not count', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const page = await browser.open({ client_id: 'passkey-only' });
    expect(page.text).toContain('passkey-way');
    expect(page.text).not.toMatch(/type="password"|<img src="data:/);
    for (const way of ['ticket', 'continue', 'password'])
      expect((await browser.json('POST', `${browser.base}/${way}`, {})).status, way).toBe(403);
    expect((await finish(browser, (await signIn(browser)).json().location, 'passkey-only')).acr).toBe('phr');
    const other = await open();
    const form = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice' });
    const byPassword = await other.request(`${other.base}/password`, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: form,
    });
    await finish(other, byPassword.json().location);
    const silent = authorizationParams({ client_id: 'passkey-only', prompt: 'none' });
    const answered = await other.request(`/auth?${silent.params}`);
    expect(new URL(answered.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
    const impossible = createWaitingBrowser(app.issuer);
    const refused = await impossible.open({ client_id: 'passkey-only', acr_values: 'urn:tessera:qr:verified' });
    const callback = await impossible.follow(onwardOf(refused) ?? '');
    expect(callback.searchParams.get('error')).toBe('unmet_authentication_requirements');
  });

  it.each<[string, Flaw, string?]>([
    ['without the person verified', { isUserVerified: false }, 'passkey_unverified'],
    ['that counts backwards', { counter: 0 }, 'passkey_counter'],
    ['of another origin', { origin: 'https://evil.example' }],
    ['in another’s name', { userHandle: 'Ym9i' }],
  ])('D8 refuses an assertion %s', async (_, flaw, code = 'passkey_invalid') => {
    expect((await signIn(await open(), key)).status).toBe(200);
    const browser = await open();
    expect(refusalOf(await signIn(browser, key, flaw))).toEqual([400, code]);
  });

  it('B2 D8 is accepted from the browser that was asked, for five minutes', async () => {
    const [one, other] = [await open(), await open()];
    const asked = await one.json('POST', `${one.base}/passkey`, {});
    const passkey = key.get(asked.json().options as Record<string, unknown>);
    expect(refusalOf(await other.json('POST', `${other.base}/passkey`, { passkey }))).toEqual([400, 'passkey_invalid']);
    const late = await one.json('POST', `${one.base}/passkey`, {});
    app.time.shiftSeconds = 301;
    const tooLate = key.get(late.json().options as Record<string, unknown>);
    expect(refusalOf(await one.json('POST', `${one.base}/passkey`, { passkey: tooLate }))).toEqual([
      400,
      'passkey_invalid',
    ]);
  });

  it('A13 ends in login_required when the id_token_hint names another account', async () => {
    const bob = await app.phone('bob');
    const browser = await open();
    const code = await bob.approve(await scan(browser, bob));
    const callback = await browser.follow(String((await browser.finish(code ?? undefined)).json().location));
    const redeemed = await browser.redeem(callback.searchParams.get('code') ?? '');
    const { id_token } = (await redeemed.json()) as Tokens;
    const hinted = await open({ id_token_hint: id_token });
    const ended = await hinted.follow(String((await signIn(hinted)).json().location));
    expect(ended.searchParams.get('error')).toBe('login_required');
  });

  it('refuses malformed and oversized assertions', async () => {
    const browser = await open();
    for (const passkey of ['x', {}, { id: 'x' }, { ...key.get({ challenge: 'AAAA' }), id: '<b>' }]) {
      expect(refusalOf(await browser.json('POST', `${browser.base}/passkey`, { passkey }))).toEqual([
        400,
        'body_invalid',
      ]);
    }
    const huge = await browser.json('POST', `${browser.base}/passkey`, { passkey: 'x'.repeat(100_000) });
    expect(huge.status).toBe(413);
  });
});

describe('a passkey on the phone', () => {
  it('D8 signs in and makes a device that approves', async () => {
    const phone = createVirtualPhone({ issuer: app.issuer });
    await phone.signInByPasskey(key);
    const browser = await open();
    const code = await phone.approve(await scan(browser, phone));
    expect((await browser.finish(code ?? undefined)).status).toBe(200);
  });

  it('D4 names nobody in its options, and says what the owner of a passkey can do about a wrong answer', async () => {
    const phone = createVirtualPhone({ issuer: app.issuer });
    const asked = await phone.call('POST', '/sign-in/passkey', {});
    expect(asked.body.options).toMatchObject({ allowCredentials: [], userVerification: 'required' });
    const stranger = createVirtualAuthenticator({ origin: app.issuer });
    stranger.create({ challenge: 'AAAA', user: { id: 'x' } });
    await expect(phone.signInByPasskey(stranger)).rejects.toMatchObject({ code: 'passkey_unknown' });
    const unverified = {
      ...key,
      get: (options: Record<string, unknown>) => key.get(options, { isUserVerified: false }),
    };
    await expect(phone.signInByPasskey(unverified)).rejects.toMatchObject({ code: 'passkey_unverified' });
  });

  it('C6 D8 refuses an answer in another browser, or from another site', async () => {
    const phone = createVirtualPhone({ issuer: app.issuer });
    const asked = await phone.call('POST', '/sign-in/passkey', {});
    const passkey = key.get(asked.body.options as Record<string, unknown>);
    const stolen = await phone.call('POST', '/sign-in/passkey', { passkey });
    expect([stolen.status, stolen.body.code]).toEqual([400, 'passkey_invalid']);
    const crossSite = await phone.call('POST', '/sign-in/passkey', {}, { origin: 'https://evil.example' });
    expect(crossSite.status).toBe(403);
  });
});

describe('a password manager', () => {
  it('finds the pages of passwords and passkeys', async () => {
    const get = (path: string) => fetch(app.issuer + path, { redirect: 'manual' });
    const password = await get('/.well-known/change-password');
    expect([password.status, password.headers.get('location')]).toEqual([303, '/account/password']);
    const endpoints = await get('/.well-known/passkey-endpoints');
    const page = `${app.issuer}/account/passkeys`;
    expect([endpoints.status, await endpoints.json()]).toEqual([200, { enroll: page, manage: page }]);
    expect(endpoints.headers.get('content-type')).toMatch(/^application\/json/);
    // By this a manager tells that the answers above are meant.
    expect((await get('/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200')).status).toBe(
      404,
    );
  });
});

describe('an account’s passkeys', () => {
  it('D7 are changed on a device after a fresh proof, signed by the device’s key', async () => {
    const old = await app.phone('alice');
    const path = '/account/passkeys';
    app.time.shiftSeconds = 299;
    const at = (seconds: number) => ({ iat: Math.floor(Date.now() / 1000) + seconds });
    const inTime = await old.call('POST', path, {}, { DPoP: await old.proof('POST', path, at(299)) });
    expect(inTime.status).toBe(200);
    app.time.shiftSeconds = 302;
    for (const [method, at302] of [
      ['POST', path],
      ['POST', `${path}/x`],
      ['DELETE', `${path}/x`],
    ] as const) {
      const late = await old.call(method, at302, method === 'POST' ? { name: 'x' } : undefined, {
        DPoP: await old.proof(method, at302, at(302)),
      });
      expect([late.status, late.body.code]).toEqual([401, 'reauthentication_required']);
    }
    app.time.shiftSeconds = 0;
    const copied = await fetch(`${app.issuer}${path}`, {
      method: 'POST',
      headers: { cookie: old.cookie, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(copied.status).toBe(401);
  });

  it('B17 cannot be reached by a browser that was signed in by QR code', async () => {
    const browser = await open();
    const code = await alice.approve(await scan(browser), { trust_browser: true });
    await finish(browser, (await browser.finish(code ?? undefined)).json().location);
    const page = await browser.request('/account/passkeys', { headers: { accept: 'text/html' } });
    expect(page.status).toBe(401);
    expect(page.text).toContain('A browser that was signed in by scanning a code cannot open them.');
    expect((await browser.json('POST', '/account/passkeys', {})).status).toBe(401);
  });

  it('are named, renamed, listed and removed, and each change is recorded', async () => {
    const [id = ''] = key.credentials.map((credential) => credential.id);
    const renamed = await alice.call('POST', `/account/passkeys/${id}`, { name: '<b>Key</b>' });
    expect(renamed.body).toMatchObject({ name: '<b>Key</b>', synced: false });
    const page = await fetch(`${app.issuer}/account/passkeys`, { headers: { cookie: alice.cookie } });
    const html = await page.text();
    expect(html).toContain('&lt;b&gt;Key&lt;/b&gt;');
    expect(html).toContain('Only on this device');
    const bob = await app.phone('bob');
    expect((await bob.call('DELETE', `/account/passkeys/${id}`)).status).toBe(404);
    expect((await alice.call('DELETE', `/account/passkeys/${id}`)).status).toBe(204);
    const { id: accountId } = await app.accounts.getByUsername('alice');
    const { records } = await app.audit.query({ accountId, limit: 20 });
    const events = records.map(({ event }) => event).filter((event) => event.startsWith('passkey.'));
    expect(events.slice(0, 3)).toEqual(['passkey.removed', 'passkey.renamed', 'passkey.created']);
  });
});
