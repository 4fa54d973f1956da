// The device grant (RFC 8628) against a real relying party's library, openid-client, and by hand where that
// would never go wrong.
import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { registrableInput } from '../../src/core/client/registration.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { takeOverWaits } from '../support/library-waits.ts';
import { createScreen, deviceGrantType, type TokenAnswer } from '../support/screen.ts';
import { PhoneRefusal, type VirtualPhone } from '../support/virtual-phone.ts';
import { createWaitingBrowser } from '../support/waiting-browser.ts';

const tv = {
  client_id: 'tv',
  client_name: 'Living room TV',
  token_endpoint_auth_method: 'none',
  grant_types: ['refresh_token'],
  scope: 'openid profile offline_access',
  device_grant: true,
};
const box = { ...tv, client_id: 'box', grant_types: [], scope: 'openid', device_code_seconds: 60 };
const off = {
  ...tv,
  client_id: 'off',
  device_grant: false,
  grant_types: undefined,
  redirect_uris: ['https://off.example/cb'],
};

let app: TestApp;
let phone: VirtualPhone;
beforeAll(async () => {
  const clients = [tv, box, off].map((each) => JSON.parse(JSON.stringify(each)));
  app = await startApp({ clients });
  phone = await app.phone();
});
afterEach(() => {
  app.time.shiftSeconds = 0;
});
afterAll(() => app.stop());

const configOf = (clientId: string) =>
  client.discovery(new URL(app.issuer), clientId, undefined, client.None(), {
    execute: [client.allowInsecureRequests],
  });
const begin = async (clientId = 'tv', scope = 'openid profile') => {
  const config = await configOf(clientId);
  return { config, screen: await client.initiateDeviceAuthorization(config, { scope }) };
};
const handleOf = ({ verification_uri_complete: uri = '' }: { verification_uri_complete?: string }) =>
  uri.slice(`${app.issuer}/q/`.length);
const poll = (deviceCode: string, clientId = 'tv') => createScreen(app.issuer, clientId).poll(deviceCode);
const errorOf = async (answer: Promise<TokenAnswer>) => (await answer).body.error;
const ask = async (clientId: string, scope: string) =>
  createScreen(app.issuer, clientId).post('/device/auth', { scope });
const confirmed = { user_code_confirmed: true };
const codeOf = (error: unknown) => (error instanceof PhoneRefusal ? error.code : String(error));

describe('the device grant', () => {
  it('is in discovery, and answers as RFC 8628 requires', async () => {
    const { config, screen } = await begin();
    const { device_authorization_endpoint: endpoint, grant_types_supported: grants } = config.serverMetadata();
    expect(endpoint).toBe(`${app.issuer}/device/auth`);
    expect(grants).toContain(deviceGrantType);
    expect(screen).toMatchObject({ verification_uri: `${app.issuer}/q`, expires_in: 300, interval: 5 });
    expect(screen.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(handleOf(screen)).toMatch(/^[\w-]{22}$/);
    expect((await begin('box', 'openid')).screen.expires_in).toBe(60);
  });

  it('signs in a screen that uses openid-client, unmodified', async () => {
    const { config, screen } = await begin('tv', 'openid profile offline_access');
    const polling = client.pollDeviceAuthorizationGrant(config, { ...screen, interval: 1 });
    const claim = await phone.scan({ qr: String(screen.verification_uri_complete) });
    expect(claim.context).toMatchObject({ kind: 'device', user_code: screen.user_code });
    expect(claim.requires).toContain('user_code');
    await phone.approve(claim, { user_code_confirmed: true });
    const tokens = await polling;
    expect(tokens.claims()).toMatchObject({ acr: 'urn:tessera:qr', aud: 'tv' });
    const sub = tokens.claims()?.sub ?? '';
    expect(await client.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ sub, name: 'Alice Liddell' });
    const refreshed = await client.refreshTokenGrant(config, String(tokens.refresh_token));
    expect(refreshed.access_token).not.toBe(tokens.access_token);
  });

  it('reports a refusal to openid-client', async () => {
    const { config, screen } = await begin();
    const polling = client.pollDeviceAuthorizationGrant(config, { ...screen, interval: 1 });
    await phone.deny(await phone.scan({ user_code: screen.user_code }));
    await expect(polling).rejects.toMatchObject({ error: 'access_denied' });
  });

  it('reports the expiry to openid-client', async () => {
    const { screen, config } = await begin();
    app.time.shiftSeconds += 301;
    await expect(client.pollDeviceAuthorizationGrant(config, { ...screen, interval: 1 })).rejects.toMatchObject({
      error: 'expired_token',
    });
  });

  it('slows down openid-client, which goes on polling until the approval', async () => {
    const { config, screen } = await begin();
    const claim = await phone.scan({ user_code: screen.user_code });
    const seen: unknown[] = [];
    config[client.customFetch] = async (url, options) => {
      const answer = await fetch(url, options as RequestInit);
      if (url === `${app.issuer}/token`)
        seen.push(((await answer.clone().json()) as { error?: string }).error ?? answer.status);
      return answer;
    };
    const release = takeOverWaits('openid-client', async (seconds) => {
      app.time.shiftSeconds += seconds;
      seen.push(seconds);
      // A hair's breadth before its own first one; once it is content, it is approved.
      if (seen.length === 1) expect(await errorOf(poll(screen.device_code))).toBe('authorization_pending');
      if (seen.at(-2) === 'authorization_pending') await phone.approve(claim, confirmed);
    });
    try {
      const tokens = await client.pollDeviceAuthorizationGrant(config, screen);
      expect(tokens.claims()).toMatchObject({ acr: 'urn:tessera:qr', aud: 'tv' });
    } finally {
      release();
    }
    // In steps of five seconds: five as told, then ten.
    expect(seen).toEqual([5, 'slow_down', 5, 5, 'authorization_pending', 5, 5, 200]);
  });

  it('increases the interval of a code for good after a poll that is too early', async () => {
    const { screen } = await begin();
    expect(await errorOf(poll(screen.device_code))).toBe('authorization_pending');
    expect(await errorOf(poll(screen.device_code))).toBe('slow_down');
    app.time.shiftSeconds += 5;
    expect(await errorOf(poll(screen.device_code))).toBe('authorization_pending');
    app.time.shiftSeconds += 5;
    expect(await errorOf(poll(screen.device_code))).toBe('slow_down');
    app.time.shiftSeconds += 15;
    expect(await errorOf(poll(screen.device_code))).toBe('authorization_pending');
    const other = await begin();
    expect(await errorOf(poll(other.screen.device_code))).toBe('authorization_pending');
  });
});

describe('a malformed or forbidden request', () => {
  it('is refused at both endpoints to a client without device_grant', async () => {
    expect(await ask('off', 'openid')).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
    const { screen } = await begin();
    expect(await poll(screen.device_code, 'off')).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
    expect(await errorOf(ask('nobody', 'openid'))).toBe('invalid_client');
  });

  it('answers 404 to a browser that opens the endpoint: the library’s pages are not served', async () => {
    for (const path of ['/device/auth', '/device', '/device/x']) {
      for (const method of ['GET', 'HEAD']) expect((await fetch(`${app.issuer}${path}`, { method })).status).toBe(404);
    }
    expect(app.logText()).not.toContain('"status":500');
  });

  it('E3 cannot be switched on by dynamic registration', () => {
    const wish = { device_grant: true, grant_types: [deviceGrantType, 'authorization_code'], redirect_uris: [] };
    const { device_grant: granted, grant_types: grants } = registrableInput(wish);
    expect([granted, grants]).toEqual([undefined, ['authorization_code']]);
  });

  it('grants only scopes of the client, and offline_access only when the client lists it', async () => {
    expect(await errorOf(ask('box', 'openid offline_access'))).toBe(undefined);
    expect(await errorOf(ask('tv', 'clients:read'))).toBe('invalid_scope');
    const { body } = await createScreen(app.issuer, 'tv').post('/device/auth', {
      scope: 'clients:read',
      resource: `${app.issuer}/admin`,
    });
    expect(body.error).toBe('invalid_target');
    const screen = await createScreen(app.issuer, 'box').begin({ scope: 'openid offline_access' });
    await phone.approve(await phone.scan({ user_code: screen.user_code }), confirmed);
    const { status, body: tokens } = await poll(screen.device_code, 'box');
    expect([status, tokens.refresh_token]).toEqual([200, undefined]);
  });

  it('answers foreign, used, malformed and unknown codes alike, without an effect on others', async () => {
    const { screen } = await begin();
    const wrong = [
      poll(screen.device_code, 'box'),
      poll('x'.repeat(43)),
      poll('x'.repeat(4000)),
      poll('%00 \u2603'),
      poll(handleOf(screen)),
      poll(screen.user_code),
    ];
    expect(await Promise.all(wrong.map(errorOf))).toEqual(wrong.map(() => 'invalid_grant'));
    // The foreign client's question did not count as the screen's own.
    expect(await errorOf(poll(screen.device_code))).toBe('authorization_pending');
    await phone.approve(await phone.scan({ qr: screen.verification_uri_complete ?? '' }), confirmed);
    const { body } = await poll(screen.device_code);
    expect(await errorOf(poll(screen.device_code))).toBe('invalid_grant');
    const config = await configOf('tv');
    expect(await client.fetchUserInfo(config, String(body.access_token), client.skipSubjectCheck)).toBeTruthy();
  });

  it('takes user codes as people type them', async () => {
    for (const typed of [
      (code: string) => code.toLowerCase().replace('-', ' '),
      (code: string) => ` ${[...code].join(' ')}.`,
      (code: string) => code.replace('-', '').normalize('NFKC'),
    ]) {
      const { screen } = await begin();
      const claim = await phone.scan({ user_code: typed(screen.user_code) });
      expect(claim.context.user_code).toBe(screen.user_code);
    }
  });
});

describe('the phone', () => {
  it('approves nothing before the code was compared, and once only', async () => {
    const { screen } = await begin();
    const claim = await phone.scan({ qr: handleOf(screen) });
    expect(await phone.approve(claim).catch(codeOf)).toBe('user_code_unconfirmed');
    const { records } = await app.audit.query({ event: 'ticket.refused', limit: 1 });
    expect(records[0]?.facts).toMatchObject({ kind: 'device', reason: 'user_code_unconfirmed' });
    expect(await errorOf(poll(screen.device_code))).toBe('authorization_pending');
    expect(await phone.approve(claim, confirmed)).toBeNull();
    // The same request again, after a lost answer, has the same answer; another one is refused.
    expect(await phone.approve(claim, confirmed)).toBeNull();
    expect(await phone.approve(claim, { ...confirmed, scopes: ['openid'] }).catch(codeOf)).toBe(
      'ticket_already_decided',
    );
    expect(await phone.deny(claim).catch(codeOf)).toBe('ticket_already_decided');
    expect((await poll(screen.device_code)).status).toBe(200);
  });

  it('of two phones the first wins, and parallel decisions have one outcome', async () => {
    const { screen } = await begin();
    const other = await app.phone('bob');
    const claim = await phone.scan({ user_code: screen.user_code });
    expect(await other.scan({ user_code: screen.user_code }).catch(codeOf)).toBe('ticket_already_scanned');
    const outcomes = await Promise.allSettled([phone.approve(claim, confirmed), phone.deny(claim)]);
    // The second scan makes it high risk: only the refusal can be had.
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await errorOf(poll(screen.device_code))).toBe('access_denied');
  });

  it('cannot claim the ticket of a browser by its handle alone', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open({ client_id: 'off', redirect_uri: 'https://off.example/cb', scope: 'openid' });
    const [handle = ''] = (await browser.qr()).slice(`${app.issuer}/q/`.length).split('.');
    expect(await phone.scan({ qr: handle }).catch(codeOf)).toBe('ticket_not_found');
  });

  it('G2 cannot guess codes fast: after too many tries, correct and wrong codes look alike', async () => {
    const guesser = await app.phone('bob');
    const { screen } = await begin();
    const tries = [];
    for (let i = 0; i < 21; i++) tries.push(await guesser.scan({ user_code: 'BCDF-GHJK' }).catch(codeOf));
    expect(tries).toEqual([...Array(20).fill('ticket_not_found'), 'rate_limited']);
    expect(await guesser.scan({ user_code: screen.user_code }).catch(codeOf)).toBe('rate_limited');
    // Another account types on.
    expect((await phone.scan({ user_code: screen.user_code })).ticket).toBeTruthy();
  });

  it('is held to one risk level more than for a browser, and high risk is refused', async () => {
    const screen = await createScreen(app.issuer, 'tv', { 'x-forwarded-for': '46.1.2.3' }).begin();
    const claim = await phone.scan({ user_code: screen.user_code });
    expect(claim.context.risk).toMatchObject({ level: 'moderate' });
    await createScreen(app.issuer, 'tv').begin();
    const strange = await createScreen(app.issuer, 'tv').begin();
    const first = await phone.scan({ qr: strange.verification_uri_complete });
    const second = await app.phone('alice');
    expect(await second.scan({ qr: strange.verification_uri_complete }).catch(codeOf)).toBe('ticket_already_scanned');
    expect(await phone.approve(first, confirmed).catch(codeOf)).toBe('blocked_by_risk');
    expect(await errorOf(poll(strange.device_code))).toBe('authorization_pending');
  });
});

describe('afterwards', () => {
  it('B17 it is listed with the browsers, and ending it revokes grant and refresh token at once', async () => {
    const before = new Set((await phone.approvals()).map(({ id }) => id));
    const { config, screen } = await begin('tv', 'openid offline_access');
    await phone.approve(await phone.scan({ user_code: screen.user_code }), confirmed);
    const { body } = await poll(screen.device_code);
    // Those of one second come in any order.
    const newest = (await phone.approvals()).find(({ id }) => !before.has(id));
    expect(newest).toMatchObject({ kind: 'device', client: { id: 'tv' }, trusted: false });
    await phone.endApproval(String(newest?.id));
    expect((await phone.approvals()).map(({ id }) => id)).not.toContain(newest?.id);
    await expect(client.refreshTokenGrant(config, String(body.refresh_token))).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(client.fetchUserInfo(config, String(body.access_token), client.skipSubjectCheck)).rejects.toBeTruthy();
  });

  it('C5 a screen without a refresh token is listed for as long as its access token lives', async () => {
    const { id } = await app.accounts.getByUsername('alice');
    const listed = async () =>
      (await app.approvals.list(id, 50)).filter(({ kind }) => kind === 'screen').map((approval) => approval.id);
    const before = await listed();
    const { screen } = await begin('tv', 'openid');
    await phone.approve(await phone.scan({ qr: String(screen.verification_uri_complete) }), confirmed);
    const { body } = await poll(screen.device_code);
    const added = (await listed()).filter((each) => !before.includes(each));
    expect(added).toHaveLength(1);
    app.time.shiftSeconds = Number(body.expires_in) - 5;
    expect(await listed()).toContain(added[0]);
    app.time.shiftSeconds = Number(body.expires_in) + 5;
    expect(await listed()).not.toContain(added[0]);
  });

  it('C5 it leaves the list when it revokes its tokens, or the client’s access is withdrawn', async () => {
    const account = await app.accounts.getByUsername('alice');
    const ends: ((refreshToken: string) => Promise<unknown>)[] = [
      async (token) => client.tokenRevocation(await configOf('tv'), token),
      () => app.oidc.grants.withdrawAll(account.id, 'tv'),
    ];
    for (const end of ends) {
      const before = (await phone.approvals()).length;
      const { screen } = await begin('tv', 'openid offline_access');
      await phone.approve(await phone.scan({ user_code: screen.user_code }), confirmed);
      const { body } = await poll(screen.device_code);
      expect(await phone.approvals()).toHaveLength(before + 1);
      await end(String(body.refresh_token));
      expect((await phone.approvals()).length).toBeLessThanOrEqual(before);
    }
  });

  it('B16 "This was not me" ends it, and refuses what was approved a moment before', async () => {
    const { screen } = await begin();
    const claim = await phone.scan({ user_code: screen.user_code });
    await phone.approve(claim, confirmed);
    const { records } = await app.audit.query({ event: 'ticket.approved', limit: 1 });
    const [approved] = records;
    expect(approved?.facts).toMatchObject({ kind: 'device' });
    const ticket = await app.tickets.find(claim.ticket);
    const { browserHash } = ticket?.browser ?? { browserHash: '' };
    await app.approvals.disown(String(ticket?.scan?.accountId), {
      ticketId: String(ticket?.id),
      browserHash,
      browserName: 'Tea TV',
      browserSystem: '',
      isScreen: true,
    });
    expect(await errorOf(poll(screen.device_code))).toBe('access_denied');
  });

  it('B16 a reported address is blocked for a day only, since others may get it', async () => {
    const bob = await app.phone('bob');
    const report = async () => {
      const { screen } = await begin();
      await bob.deny(await bob.scan({ qr: String(screen.verification_uri_complete) }), true);
    };
    const next = async () => {
      const { screen } = await begin();
      const claim = await bob.scan({ qr: String(screen.verification_uri_complete) });
      const { reasons } = claim.context.risk as { reasons: string[] };
      const path = `/phone/v1/tickets/${claim.ticket}/approve`;
      const { status } = await bob.call('POST', path, { approval_token: claim.approvalToken, ...confirmed });
      return [reasons.includes('browser_reported'), status === 200];
    };
    const { id } = await app.accounts.getByUsername('bob');
    const ago = async (seconds: number) => {
      for (const { browserHash } of await app.store.browsers.listByAccount(id))
        await app.store.browsers.upsert(id, browserHash, (known) => {
          if (!known) throw new Error('it was there');
          return { ...known, blockedAt: Math.floor(Date.now() / 1000) - seconds };
        });
    };
    await report();
    expect(await next()).toEqual([true, false]);
    await ago(86_400 - 60);
    expect(await next()).toEqual([true, false]);
    await ago(86_400);
    expect(await next()).toEqual([false, true]);
  });
});
