// The phone's JSON API, black box (security.md B, C): who may claim and decide, what a proof must be, what
// it answers otherwise.
import { createHmac } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../../src/core/client/client.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { createVirtualPhone, type VirtualPhone } from '../../support/virtual-phone.ts';
import { createWaitingBrowser, type WaitingBrowser } from '../../support/waiting-browser.ts';

let app: TestApp;
let alice: VirtualPhone;
let bob: VirtualPhone;
beforeAll(async () => {
  app = await startApp();
  [alice, bob] = await Promise.all([app.phone('alice'), app.phone('bob')]);
});
afterAll(() => app.stop());

async function open(change: Record<string, string | undefined> = {}): Promise<WaitingBrowser> {
  const browser = createWaitingBrowser(app.issuer);
  await browser.open(change);
  return browser;
}

const stateOf = async (browser: WaitingBrowser) => (await browser.ticket()).json().state;
const approvePath = (ticket: string) => `/phone/v1/tickets/${ticket}/approve`;

describe('claiming', () => {
  it('B8 opening the link changes nothing, whoever opens it', async () => {
    const browser = await open();
    const { pathname } = new URL(await browser.qr());
    for (const [method, agent] of [
      ['GET', 'facebookexternalhit/1.1'],
      ['HEAD', 'WhatsApp/2.23'],
      ['GET', 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Mobile/15E148'],
    ] as const) {
      const response = await fetch(`${app.issuer}${pathname}`, { method, headers: { 'user-agent': agent } });
      expect(response.status).toBe(200);
    }
    expect((await alice.call('GET', pathname)).status).toBe(200);
    expect(await stateOf(browser)).toBe('pending');
  });

  it('names the account for which this device would approve, and the sign-in page lets it be changed', async () => {
    const claim = await bob.scan({ qr: await (await open()).qr() });
    expect(claim.account).toEqual({ username: 'bob', name: 'Bob Builder' });
    const again = await bob.call('POST', `/phone/v1/tickets/${claim.ticket}/review`, {
      approval_token: claim.approvalToken,
    });
    expect(again.body.account).toEqual(claim.account);
    const page = async (path: string) => (await bob.call('GET', path)).text;
    expect(await page('/sign-in?return_to=%2Fq')).toContain('value="bob"');
    const other = await page('/sign-in?switch&return_to=%2Fq');
    expect(other).not.toContain('value="bob"');
    expect(other).toContain('name="return_to" value="/q"');
  });

  it('B6 the first device wins, and only that device may look and decide', async () => {
    const browser = await open();
    const qr = await browser.qr();
    const claim = await alice.scan({ qr });
    await expect(bob.scan({ qr })).rejects.toMatchObject({ code: 'ticket_already_scanned' });
    const other = await app.phone('alice');
    for (const phone of [bob, other]) {
      await expect(phone.approve(claim)).rejects.toMatchObject({ code: 'ticket_other_device' });
      await expect(phone.deny(claim)).rejects.toMatchObject({ code: 'ticket_other_device' });
      await expect(phone.state(claim.ticket)).rejects.toMatchObject({ code: 'ticket_not_found' });
    }
    expect(await alice.state(claim.ticket)).toBe('scanned');
    expect(await stateOf(browser)).toBe('scanned');
  });

  it('B6 an approval without a claim, or with another token, is refused', async () => {
    const browser = await open();
    const [, ticket = ''] = /\/q\/([\w-]+)\./.exec(await browser.qr()) ?? [];
    const unclaimed = await alice.call('POST', approvePath(ticket), { approval_token: 'x'.repeat(43) });
    expect([unclaimed.status, unclaimed.body.code]).toEqual([409, 'ticket_not_scanned']);
    const claim = await alice.scan({ qr: await browser.qr() });
    const wrong = await alice.call('POST', approvePath(ticket), { approval_token: 'x'.repeat(43) });
    expect([wrong.status, wrong.body.code]).toEqual([403, 'approval_token_invalid']);
    const missing = await alice.call('POST', approvePath(ticket), {});
    expect([missing.status, missing.body.code]).toEqual([400, 'body_invalid']);
    await alice.approve(claim);
  });

  it('B6 one ticket’s approval finishes no other, not even of the same browser', async () => {
    const [one, other] = [await open(), await open({ client_id: 'dev-web' })];
    const first = await alice.scan({ qr: await one.qr() });
    const second = await alice.scan({ qr: await other.qr() });
    await expect(alice.approve({ ...first, ticket: second.ticket })).rejects.toMatchObject({
      code: 'approval_token_invalid',
    });
    await alice.approve(first);
    const answer = await other.finish();
    expect([answer.status, answer.json().code]).toEqual([409, 'ticket_not_approved']);
  });

  it('B4 every request after the end of a ticket is refused and changes nothing', async () => {
    const browser = await open();
    const qr = await browser.qr();
    const claim = await alice.scan({ qr });
    await alice.deny(claim);
    for (const late of [() => alice.approve(claim), () => alice.deny(claim, true), () => alice.scan({ qr })]) {
      await expect(late()).rejects.toMatchObject({ code: 'ticket_already_decided' });
    }
    expect(await stateOf(browser)).toBe('denied');
  });

  it('B5 a claim one second after the deadline is refused', async () => {
    const browser = await open();
    const claim = await alice.scan({ qr: await browser.qr() });
    app.time.shiftSeconds = 121;
    try {
      const path = approvePath(claim.ticket);
      const proof = await alice.proof('POST', path, { iat: Math.floor(Date.now() / 1000) + 121 });
      const late = await alice.call('POST', path, { approval_token: claim.approvalToken }, { DPoP: proof });
      expect([late.status, late.body.code]).toEqual([410, 'ticket_expired']);
      expect(await stateOf(browser)).toBe('expired');
    } finally {
      app.time.shiftSeconds = 0;
    }
  });

  it('B14 a picture older than 30 seconds is stale, but one that was opened in time may be claimed after a sign-in', async () => {
    const browser = await open();
    const qr = await browser.qr();
    const opened = await fetch(qr);
    const cookie = opened.headers.getSetCookie().find((line) => line.startsWith('tessera_opened=')) ?? '';
    app.time.shiftSeconds = 40;
    try {
      const at = { iat: Math.floor(Date.now() / 1000) + 40 };
      const scan = async (extra: Record<string, string>) =>
        alice.call(
          'POST',
          '/phone/v1/scan',
          { qr },
          { DPoP: await alice.proof('POST', '/phone/v1/scan', at), ...extra },
        );
      const stale = await scan({});
      expect([stale.status, stale.body.code]).toEqual([410, 'frame_stale']);
      const page = await fetch(qr, { headers: { accept: 'text/html' } });
      expect(page.status).toBe(410);
      expect(await page.text()).toContain('Scan');
      expect(await stateOf(browser)).toBe('pending');
      const inTime = await scan({ cookie: `${alice.cookie}; ${cookie.split(';')[0]}` });
      expect(inTime.status).toBe(200);
    } finally {
      app.time.shiftSeconds = 0;
    }
  });

  it('B14 the scanner channel needs a picture that is fresh at this moment and was never opened as a link', async () => {
    const browser = await open();
    const qr = await browser.qr();
    const opened = await fetch(qr);
    const cookie = opened.headers.getSetCookie().find((line) => line.startsWith('tessera_opened=')) ?? '';
    const scan = async (link: string, extra: Record<string, string> = {}) => {
      const { status, body } = await alice.call('POST', '/phone/v1/scan', { qr: link, channel: 'scanner' }, extra);
      return [status, body.code];
    };
    const withCookie = { cookie: `${alice.cookie}; ${cookie.split(';')[0]}` };
    expect(await scan(qr, withCookie)).toEqual([410, 'frame_stale']);
    app.time.shiftSeconds = 40;
    try {
      const proof = () => alice.proof('POST', '/phone/v1/scan', { iat: Math.floor(Date.now() / 1000) + 40 });
      expect(await scan(qr, { ...withCookie, DPoP: await proof() })).toEqual([410, 'frame_stale']);
      expect(await scan(qr, { DPoP: await proof() })).toEqual([410, 'frame_stale']);
      expect(await stateOf(browser)).toBe('pending');
      expect(await scan(await browser.qr(), { ...withCookie, DPoP: await proof() })).toEqual([200, undefined]);
    } finally {
      app.time.shiftSeconds = 0;
    }
  });

  it('accepts a typed code in any case, with any separators', async () => {
    for (const spell of [
      (code: string) => code,
      (code: string) => code.toLowerCase().replace('-', ''),
      (code: string) => ` ${code.replace('-', ' ')} `,
      (code: string) => code.replace('-', '–'),
      (code: string) =>
        [...code].map((c) => (/[A-Z]/.test(c) ? String.fromCharCode(c.charCodeAt(0) + 0xfee0) : c)).join(''),
    ]) {
      const browser = await open();
      const userCode = String((await browser.ticket()).json().user_code);
      expect(userCode).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
      await alice.scan({ user_code: spell(userCode) });
      expect(await stateOf(browser)).toBe('scanned');
    }
    const unknown = await alice.call('POST', '/phone/v1/scan', { user_code: 'BBBB-BBBB' });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'ticket_not_found']);
  });

  it('B11 describes what an approval would grant, and grants nothing', async () => {
    const browser = await open();
    const claim = await alice.scan({ qr: await browser.qr() });
    expect(claim.context).toEqual({
      kind: 'browser',
      user_code: null,
      client: {
        name: 'My public app',
        logo: null,
        logo_by_client: false,
        redirect_host: '127.0.0.1:8765',
        policy_uri: null,
        tos_uri: null,
        first_party: false,
        self_registered: false,
      },
      scopes: expect.arrayContaining([{ name: 'email', description: expect.stringMatching(/email/i) }]),
      access: {
        at_most_seconds: 14 * 86_400,
        ends_with_session: true,
        description: 'Until signed out, 14 days at most',
      },
      browser: { name: 'Chrome', system: 'Linux', known: false },
      place: { network: '127.0.0.1', comparison: 'same_address', browser: null, phone: null, distance_km: null },
      requested_at: expect.closeTo(Date.now() / 1000, -1),
      risk: { level: 'low', reasons: expect.any(Array) },
      trust_browser_allowed: true,
    });
    expect((await browser.finish()).status).toBe(409);
    expect(await stateOf(browser)).toBe('scanned');
  });
});

describe('what a browser and a client call themselves', () => {
  it('B10 reaches the phone as short plain text', async () => {
    const name = `<img src=x onerror=alert(1)>\u202Eevil\u0007${'x'.repeat(150)}`;
    const hostile = await startApp();
    // Registration refuses such a name; whatever is in the store all the same must not reach a person.
    const client = { ...(await hostile.clients.find('dev-public')), id: 'hostile' } as Client;
    const metadata = { ...client.metadata, client_name: name };
    await hostile.store.clients.create({ ...client, metadata, source: 'registered' });
    try {
      const browser = createWaitingBrowser(hostile.issuer);
      await browser.open({ client_id: 'hostile' });
      const agent = `Evil\u009B<script>alert(1)</script>/${'9'.repeat(400)} (${'('.repeat(100)})`;
      const headers = { accept: 'text/html', 'user-agent': agent };
      await browser.request(`${browser.base}/ticket`, { method: 'POST', headers });
      const phone = await hostile.phone();
      const { context } = await phone.scan({ qr: await browser.qr() });
      const texts = JSON.stringify(context);
      expect(texts).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      const { client, browser: shown } = context as Record<string, { name: string; system: string }>;
      expect(client?.name.length).toBeLessThanOrEqual(60);
      expect(client?.name).toMatch(/^<img src=x onerror=alert\(1\)> evil x+…$/);
      expect(shown?.name.length).toBeLessThanOrEqual(40);
      expect(shown?.system).toBe('unknown system');
    } finally {
      await hostile.stop();
    }
  });
});

describe('the device key', () => {
  it('C1 a copied cookie without the key neither claims nor decides', async () => {
    const browser = await open();
    const qr = await browser.qr();
    const thief = createVirtualPhone({ issuer: app.issuer });
    thief.cookie = alice.cookie;
    const bare = await thief.call('POST', '/phone/v1/scan', { qr }, { DPoP: '' });
    expect([bare.status, bare.body.code]).toEqual([401, 'device_proof_required']);
    expect(bare.headers.get('www-authenticate')).toMatch(/^DPoP/);
    const ownKey = await thief.call('POST', '/phone/v1/scan', { qr });
    expect([ownKey.status, ownKey.body.code]).toEqual([401, 'device_proof_invalid']);
    const claim = await alice.scan({ qr });
    await expect(thief.approve(claim)).rejects.toMatchObject({ code: 'device_proof_invalid' });
    const unproved = await thief.call(
      'POST',
      approvePath(claim.ticket),
      { approval_token: claim.approvalToken },
      { DPoP: '' },
    );
    expect([unproved.status, unproved.body.code]).toEqual([401, 'device_proof_required']);
    expect(await stateOf(browser)).toBe('scanned');
  });

  describe('C2 a proof fits one request, once', () => {
    let privateKey: CryptoKey;
    let jwk: Record<string, unknown>;
    let phone: VirtualPhone;

    beforeAll(async () => {
      const pair = await generateKeyPair('ES256', { extractable: true });
      privateKey = pair.privateKey;
      jwk = { ...(await exportJWK(pair.publicKey)) };
      phone = await phoneWith(pair.privateKey);
    });

    /** Signed in with a key that the test holds too. */
    async function phoneWith(key: CryptoKey): Promise<VirtualPhone> {
      const form = new URLSearchParams({
        username: 'alice',
        password: 'tessera-demo-alice',
        return_to: '/q',
        device_key: JSON.stringify(jwk),
        device_proof: await signed(key, {}, { htu: `${app.issuer}/sign-in` }),
      });
      const response = await fetch(`${app.issuer}/sign-in`, { method: 'POST', redirect: 'manual', body: form });
      expect(response.status).toBe(303);
      const made = createVirtualPhone({ issuer: app.issuer });
      made.cookie = response.headers.getSetCookie().map((line) => line.split(';')[0])[0] ?? '';
      return made;
    }

    const signed = (key: CryptoKey | Uint8Array, header: object, claims: object) =>
      new SignJWT({
        htm: 'POST',
        htu: `${app.issuer}/phone/v1/scan`,
        jti: crypto.randomUUID(),
        iat: Math.floor(Date.now() / 1000),
        ...claims,
      })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header } as never)
        .sign(key as CryptoKey);

    const unsigned = (header: object) => {
      const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const claims = {
        htm: 'POST',
        htu: `${app.issuer}/phone/v1/scan`,
        jti: crypto.randomUUID(),
        iat: Date.now() / 1000,
      };
      return `${encode({ typ: 'dpop+jwt', jwk, ...header })}.${encode(claims)}`;
    };

    const now = () => Math.floor(Date.now() / 1000);
    const wrong: [string, () => Promise<string> | string][] = [
      ['other method', () => signed(privateKey, {}, { htm: 'GET' })],
      ['other URL', () => signed(privateKey, {}, { htu: `${app.issuer}/phone/v1/approvals` })],
      ['foreign host', () => signed(privateKey, {}, { htu: 'https://evil.example/phone/v1/scan' })],
      ['URL with a query', () => signed(privateKey, {}, { htu: `${app.issuer}/phone/v1/scan?x=1` })],
      ['no iat', () => signed(privateKey, {}, { iat: undefined })],
      ['text as iat', () => signed(privateKey, {}, { iat: 'now' })],
      ['no jti', () => signed(privateKey, {}, { jti: undefined })],
      ['short jti', () => signed(privateKey, {}, { jti: 'x' })],
      ['object as jti', () => signed(privateKey, {}, { jti: { a: 1 } })],
      ['wrong typ', () => signed(privateKey, { typ: 'jwt' }, {})],
      ['no jwk', () => signed(privateKey, { jwk: undefined }, {})],
      ['private jwk', async () => signed(privateKey, { jwk: await exportJWK(privateKey) }, {})],
      ['symmetric jwk', () => signed(privateKey, { jwk: { kty: 'oct', k: 'AAAA' } }, {})],
      ['alg none', () => `${unsigned({ alg: 'none' })}.`],
      [
        'HS256 by the public key',
        () => {
          const text = unsigned({ alg: 'HS256' });
          return `${text}.${createHmac('sha256', JSON.stringify(jwk)).update(text).digest('base64url')}`;
        },
      ],
      ['signature of another key', async () => signed((await generateKeyPair('ES256')).privateKey, {}, {})],
      ['not a JWT', () => 'proof'],
      ['5 kB', () => `${'x'.repeat(5000)}.x.x`],
    ];

    it.each(wrong)('refuses: %s', async (_name, make) => {
      const answer = await phone.call('POST', '/phone/v1/scan', { user_code: 'BBBB-BBBB' }, { DPoP: await make() });
      expect([answer.status, answer.body.code]).toEqual([401, 'device_proof_invalid']);
    });

    it.each([
      ['an hour old', -3600],
      ['an hour ahead', 3600],
    ])('refuses with its own code and the server’s time: %s', async (_name, off) => {
      const DPoP = await signed(privateKey, {}, { iat: now() + off });
      const answer = await phone.call('POST', '/phone/v1/scan', { user_code: 'BBBB-BBBB' }, { DPoP });
      expect([answer.status, answer.body.code]).toEqual([401, 'device_clock_wrong']);
      expect(Math.abs(Number(answer.body.server_time) - now())).toBeLessThan(5);
    });

    it('is repeated once with the server’s time by a phone whose clock is wrong', async () => {
      for (const off of [-86_400_000, 86_400_000]) {
        const wrong = createVirtualPhone({ issuer: app.issuer, clock: () => Date.now() + off });
        wrong.cookie = phone.cookie;
        const codes = [];
        for (const _turn of [1, 2])
          codes.push((await wrong.call('POST', '/phone/v1/scan', { user_code: 'BBBB-BBBB' })).body.code);
        // Its key is another one. The clock was judged before, and is right now.
        expect(codes).toEqual(['device_proof_invalid', 'device_proof_invalid']);
      }
    });

    it('C2 refuses a proof for the other decision and for another ticket', async () => {
      const browser = await open();
      const claim = await alice.scan({ qr: await browser.qr() });
      const body = { approval_token: claim.approvalToken };
      const denial = await alice.proof('POST', `/phone/v1/tickets/${claim.ticket}/deny`);
      const swapped = await alice.call('POST', approvePath(claim.ticket), body, { DPoP: denial });
      expect([swapped.status, swapped.body.code]).toEqual([401, 'device_proof_invalid']);
      const other = await alice.proof('POST', approvePath('x'.repeat(22)));
      const moved = await alice.call('POST', approvePath(claim.ticket), body, { DPoP: other });
      expect([moved.status, moved.body.code]).toEqual([401, 'device_proof_invalid']);
      expect(await stateOf(browser)).toBe('scanned');
    });

    it('C2 accepts a proof once of 50 parallel uses', async () => {
      const proof = await alice.proof('POST', '/phone/v1/scan');
      const send = () => alice.call('POST', '/phone/v1/scan', { user_code: 'BBBB-BBBB' }, { DPoP: proof });
      const answers = await Promise.all(Array.from({ length: 50 }, send));
      const codes = answers.map(({ body }) => body.code);
      expect(codes.filter((code) => code === 'ticket_not_found')).toHaveLength(1);
      expect(codes.filter((code) => code === 'device_proof_invalid')).toHaveLength(49);
    });
  });

  it('C4 a device unused for too long, or too long after its sign-in, is signed out', async () => {
    const day = 86_400;
    const { idle_seconds: idle, absolute_seconds: absolute } = app.config.device;
    const at = async (phone: VirtualPhone, shift: number) => {
      app.time.shiftSeconds = shift;
      const iat = Math.floor(Date.now() / 1000) + shift;
      const proof = await phone.proof('POST', '/phone/v1/scan', { iat });
      return (await phone.call('POST', '/phone/v1/scan', { user_code: 'BBBB-BBBB' }, { DPoP: proof })).body.code;
    };
    try {
      const forgotten = await app.phone('bob');
      expect(await at(forgotten, idle + 1)).toBe('not_signed_in');
      app.time.shiftSeconds = 0;
      const busy = await app.phone('bob');
      const step = Math.min(idle - day, absolute - day);
      for (let shift = step; shift < absolute; shift += step) expect(await at(busy, shift)).toBe('ticket_not_found');
      expect(await at(busy, absolute + 1)).toBe('not_signed_in');
    } finally {
      app.time.shiftSeconds = 0;
    }
  });
});

describe('signing in on the phone', () => {
  const form = { username: 'alice', password: 'tessera-demo-alice', return_to: '/q' };
  const post = (headers: Record<string, string>, path = '/sign-in') =>
    fetch(`${app.issuer}${path}`, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(form) });

  it('C6 replaces an earlier cookie, which no longer works', async () => {
    const preset = `tessera_device=${'A'.repeat(43)}`;
    const first = await post({ cookie: preset, origin: app.issuer });
    const [cookie = ''] = first.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
    expect(cookie).toMatch(/^tessera_device=[\w-]{43}$/);
    expect(cookie).not.toBe(preset);
    const second = await post({ cookie, origin: app.issuer });
    const [rotated = ''] = second.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
    expect(rotated).not.toBe(cookie);
    const statusOf = async (value: string) =>
      (await fetch(`${app.issuer}/phone/v1/approvals`, { headers: { cookie: value } })).status;
    expect([await statusOf(preset), await statusOf(cookie), await statusOf(rotated)]).toEqual([401, 401, 200]);
  });

  it.each([
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'null' },
  ])('C6 refuses it from another site: %j', async (headers) => {
    const response = await post(headers as Record<string, string>);
    expect(response.status).toBe(403);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect((await post({ ...(headers as Record<string, string>), cookie: alice.cookie }, '/sign-out')).status).toBe(
      403,
    );
    expect(await alice.approvals()).toBeInstanceOf(Array);
  });

  it('B9 refuses a decision from another site, even with a proof', async () => {
    const browser = await open();
    const claim = await alice.scan({ qr: await browser.qr() });
    for (const decision of ['approve', 'deny']) {
      for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
        const path = `/phone/v1/tickets/${claim.ticket}/${decision}`;
        const answer = await alice.call('POST', path, { approval_token: claim.approvalToken }, headers as never);
        expect([answer.status, answer.body.code]).toEqual([403, 'cross_site_request']);
      }
      // What a cross-site form can send without asking: no JSON, no proof, and no token of a form of ours.
      const simple = await fetch(`${app.issuer}/phone/v1/tickets/${claim.ticket}/${decision}`, {
        method: 'POST',
        headers: { cookie: alice.cookie, 'content-type': 'text/plain' },
        body: JSON.stringify({ approval_token: claim.approvalToken }),
      });
      expect(simple.status).toBe(403);
    }
    expect(await stateOf(browser)).toBe('scanned');
  });

  it.each([
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    '/q/../auth',
    'javascript:alert(1)',
    '/sign-out',
  ])('ignores a return_to of another site: %s', async (return_to) => {
    const body = new URLSearchParams({ ...form, return_to });
    const response = await fetch(`${app.issuer}/sign-in`, { method: 'POST', redirect: 'manual', body });
    expect(response.headers.get('location')).toBe('/q');
  });

  it('D4 answers unknown, wrong and disabled names alike, in words and headers', async () => {
    await app.accounts.create({ username: 'gone', password: 'a password of enough length', displayName: 'Gone' });
    await app.accounts.update((await app.accounts.getByUsername('gone')).id, {}, null, true);
    const answers = await Promise.all(
      ['alice', 'nobody-here', 'gone'].map(async (username) => {
        const body = new URLSearchParams({ username, password: 'not the password at all', return_to: '/q' });
        const response = await fetch(`${app.issuer}/sign-in`, { method: 'POST', redirect: 'manual', body });
        const text = (await response.text())
          .replaceAll(username, 'NAME')
          .replace(/form_token" value="[^"]*"|nonce="[^"]+"|data-now="\d+"/g, '');
        const names = [...response.headers.keys()].join(' ');
        return {
          status: response.status,
          text,
          names,
          cookies: response.headers.getSetCookie().map((line) => line.replace(/=[\w-]{43};/, '=NEW;')),
        };
      }),
    );
    expect(answers[0]?.status).toBe(401);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });
});

describe('the devices of an account', () => {
  it('C5 are listed, and one can sign out another, which then cannot decide about its claim', async () => {
    const [mine, lost] = [await app.phone('bob'), await app.phone('bob')];
    const browser = await open();
    const claim = await lost.scan({ qr: await browser.qr() });
    const { devices } = (await mine.call('GET', '/phone/v1/devices')).body as { devices: Record<string, unknown>[] };
    const other = devices.filter(({ current }) => !current);
    expect(devices.filter(({ current }) => current)).toHaveLength(1);
    expect(other[0]).toEqual({
      id: expect.any(String),
      name: expect.any(String),
      network: '127.0.0.1',
      signed_in_at: expect.any(Number),
      last_used_at: expect.any(Number),
      current: false,
    });
    const remove = (phone: VirtualPhone, id: unknown) => phone.call('DELETE', `/phone/v1/devices/${id}`);
    for (const { id } of other) expect((await remove(alice, id)).status).toBe(404);
    for (const { id } of other) expect((await remove(mine, id)).status).toBe(204);
    await expect(lost.approve(claim)).rejects.toMatchObject({ code: 'not_signed_in' });
    // The same device may end it again, after a lost answer; to others it does not exist.
    expect((await remove(mine, other[0]?.id)).status).toBe(204);
    expect((await remove(alice, other[0]?.id)).status).toBe(404);
    expect(await stateOf(browser)).toBe('scanned');
  });
});

describe('the OpenAPI document', () => {
  type Operation = { requestBody?: unknown; parameters?: { name: string }[] };

  it('describes every route of the phone API, and no other', async () => {
    const response = await fetch(`${app.issuer}/phone/v1/openapi.json`);
    const document = (await response.json()) as { openapi: string; paths: Record<string, Record<string, Operation>> };
    expect(document.openapi).toMatch(/^3\.1/);
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    const served: string[] = [];
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
        const url = `${app.issuer}${path.replace(/\{\w+\}/g, 'x'.repeat(22))}`;
        const { status } = await fetch(url, { method: method.toUpperCase() });
        if (status !== 405) served.push(`${method} ${path}`);
        else expect(operations).not.toHaveProperty(method);
      }
    }
    expect(served.sort()).toEqual(described.sort());
    expect(described).toEqual(routesOfApp().sort());
  });

  /** What is registered, so that a route nobody described is noticed too. */
  const routesOfApp = (): string[] =>
    app.routes
      .filter(({ path }) => path.startsWith('/phone/v1/'))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`);

  it('describes the answers that the API gives', async () => {
    type Schema = { $ref?: string; properties?: Record<string, Schema> };
    type Operation = { responses: Record<string, { content: Record<string, { schema: Schema }> }> };
    type Document = {
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: Record<string, Schema> };
    };
    const document = (await (await fetch(`${app.issuer}/phone/v1/openapi.json`)).json()) as Document;
    /** The fields of a schema, which may stand among the components. */
    const fieldsOf = (schema: Schema = {}): Record<string, Schema> =>
      schema.$ref
        ? fieldsOf(document.components.schemas[schema.$ref.replace('#/components/schemas/', '')])
        : (schema.properties ?? {});
    const browser = await open();
    const { body } = await alice.call('POST', '/phone/v1/scan', { qr: await browser.qr() });
    const answer = document.paths['/phone/v1/scan']?.post?.responses['200']?.content['application/json'];
    const scan = fieldsOf(answer?.schema);
    expect(Object.keys(body).sort()).toEqual(Object.keys(scan).sort());
    const context = body.context as Record<string, object>;
    expect(Object.keys(context).sort()).toEqual(Object.keys(fieldsOf(scan.context)).sort());
    const client = fieldsOf(fieldsOf(scan.context).client);
    expect(Object.keys(context.client ?? {}).sort()).toEqual(Object.keys(client).sort());
  });
});
