// The device's side of RFC 8628 against a small server, by a clock that only the waiting moves.
import { afterEach, describe, expect, it } from 'vitest';
import { type Codes, deviceGrant, pollForTokens, requestCodes } from '../../src/cli/remote/device-grant.ts';
import { createSender } from '../../src/cli/remote/sender.ts';
import { newKey } from '../../src/cli/remote/session.ts';
import { type Reply, type SmallProvider, startSmallProvider } from '../support/small-provider.ts';

let provider: SmallProvider | undefined;
afterEach(() => provider?.stop());

const refusal = (error: string): Reply => ({ status: 400, body: { error } });
const tokens: Reply = { body: { access_token: 'at', token_type: 'DPoP', expires_in: 600, refresh_token: 'rt' } };
const asked = { clientId: 'tessera-cli', scope: 'clients:read', resource: 'https://id.example.com/admin' };
const codes: Codes = {
  deviceCode: 'dc',
  userCode: 'WDJB-MJHT',
  verificationUri: 'https://id.example.com/q',
  verificationUriComplete: 'https://id.example.com/q/h',
  expiresInSeconds: 300,
  intervalSeconds: 5,
};

/** The token endpoint answers one after the other; the last again and again. */
async function poll(replies: readonly Reply[], change: Partial<Codes> = {}) {
  let turn = 0;
  const started = await startSmallProvider(
    () => replies[Math.min(turn++, replies.length - 1)] ?? refusal('server_error'),
  );
  provider = started;
  const clock = { now: 1_800_000_000 };
  const waits: number[] = [];
  const sleep = async (seconds: number) => {
    waits.push(seconds);
    clock.now += seconds;
  };
  const send = await createSender({ privateKey: await newKey(), clock: () => Math.floor(Date.now() / 1000) });
  const endpoint = `${started.issuer}/token`;
  const outcome = pollForTokens({ send, endpoint, clock: () => clock.now, sleep }, { ...codes, ...change }, asked);
  const result = await outcome.catch((error: unknown) => error);
  return { result, waits, requests: started.to('/token'), now: clock.now };
}

describe('polling', () => {
  it('waits before each request, sends the client and the scope, and proves possession of its key', async () => {
    const { result, waits, requests, now } = await poll([refusal('authorization_pending'), tokens], {
      intervalSeconds: 7,
    });
    expect(waits).toEqual([7, 7]);
    expect(result).toEqual({ accessToken: 'at', accessExpiresAt: now + 600, refreshToken: 'rt', scope: '' });
    expect(requests[0]?.form).toEqual({
      grant_type: deviceGrant,
      device_code: 'dc',
      client_id: 'tessera-cli',
      resource: 'https://id.example.com/admin',
    });
    expect(requests[0]?.proof).toMatchObject({ htm: 'POST', htu: expect.stringMatching(/\/token$/) });
    expect(requests[0]?.proof?.jti).not.toBe(requests[1]?.proof?.jti);
  });

  it('adds five seconds to the interval permanently at every slow_down', async () => {
    const replies = [refusal('slow_down'), refusal('authorization_pending'), refusal('slow_down'), tokens];
    expect((await poll(replies)).waits).toEqual([5, 10, 10, 15]);
  });

  it('doubles the interval while the provider is unreachable or busy, and continues', async () => {
    const busy: Reply = { status: 503, body: { error: 'temporarily_unavailable' } };
    const { waits, result } = await poll(['hang up', busy, refusal('authorization_pending'), tokens]);
    expect(waits).toEqual([5, 10, 20, 20]);
    expect(result).toMatchObject({ accessToken: 'at' });
  });

  it('never polls earlier than the interval, however long it is', async () => {
    const busy: Reply = { status: 503, body: {} };
    expect((await poll([busy, 'hang up', tokens], { intervalSeconds: 90 })).waits).toEqual([90, 90, 90]);
  });

  it.each([
    ['access_denied', 'login_denied'],
    ['expired_token', 'login_expired'],
    ['invalid_grant', 'login_refused'],
    ['unauthorized_client', 'login_refused'],
  ])('ends at once at %s', async (error, code) => {
    const { result, requests } = await poll([refusal(error)]);
    expect(result).toMatchObject({ code });
    expect(requests).toHaveLength(1);
  });

  it('ends when the code expires, and polls no more', async () => {
    const { result, requests } = await poll([refusal('authorization_pending')], { expiresInSeconds: 21 });
    expect(result).toMatchObject({ code: 'login_expired' });
    expect(requests).toHaveLength(4);
  });

  it('rejects a token that is not bound to its key, and a malformed one', async () => {
    const bearer: Reply = { body: { access_token: 'at', token_type: 'Bearer', expires_in: 600 } };
    expect((await poll([bearer])).result).toMatchObject({ code: 'provider_unexpected' });
    await provider?.stop();
    expect((await poll([{ body: { token_type: 'DPoP' } }])).result).toMatchObject({ code: 'provider_unexpected' });
  });

  it('repeats the request with the nonce that the provider requires, and keeps the nonce', async () => {
    const wantsNonce: Reply = { status: 400, body: { error: 'use_dpop_nonce' }, headers: { 'dpop-nonce': 'n1' } };
    const { waits, requests } = await poll([wantsNonce, refusal('authorization_pending'), tokens]);
    expect(requests.map(({ proof }) => proof?.nonce)).toEqual([undefined, 'n1', 'n1']);
    expect(waits).toHaveLength(2);
  });
});

describe('the request for codes', () => {
  const ask = async (reply: Reply) => {
    const started = await startSmallProvider(() => reply);
    provider = started;
    const send = await createSender({ privateKey: await newKey(), clock: () => Math.floor(Date.now() / 1000) });
    return requestCodes(send, `${started.issuer}/device/auth`, { ...asked, name: 'tessera on läptop' }).catch(
      (error: unknown) => error,
    );
  };

  it('reads the codes, with an interval of five seconds and the plain link as defaults', async () => {
    const body = { device_code: 'dc', user_code: 'A', verification_uri: 'https://id.example.com/q', expires_in: 60 };
    expect(await ask({ body })).toMatchObject({
      intervalSeconds: 5,
      verificationUriComplete: 'https://id.example.com/q',
    });
    expect(provider?.to('/device/auth')[0]?.form).toEqual({
      client_id: 'tessera-cli',
      scope: 'clients:read',
      resource: 'https://id.example.com/admin',
    });
  });

  it.each([
    [{ status: 400, body: { error: 'unauthorized_client', error_description: 'off' } }, 'login_refused'],
    [{ body: {} }, 'provider_unexpected'],
    [{ body: { device_code: 'd', user_code: 'A', verification_uri: 'javascript:alert(1)' } }, 'provider_unexpected'],
    [
      { body: { device_code: 'd', user_code: 'A', verification_uri: 'https://a.b', interval: -1 } },
      'provider_unexpected',
    ],
    [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'provider_unexpected'],
  ] as [Reply, string][])('refuses what is no answer (%#)', async (reply, code) => {
    expect(await ask(reply)).toMatchObject({ code });
  });
});
