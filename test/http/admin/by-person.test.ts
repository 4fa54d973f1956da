// The administration API for a person at the command line: a device grant of the built-in client
// `tessera-cli`, bound to its key, with the rights of the person's current role.
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../../src/core/account/account.ts';
import { cliClientId } from '../../../src/oidc/own-client.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { createVirtualAuthenticator } from '../../support/virtual-authenticator.ts';
import { PhoneRefusal, type VirtualPhone } from '../../support/virtual-phone.ts';

let app: TestApp;
let phone: VirtualPhone;
beforeAll(async () => {
  app = await startApp();
  phone = await app.phone('alice');
  // Somebody stays one, so that Alice need not.
  const bob = await app.accounts.findByUsername('bob');
  await app.accounts.update(bob?.id ?? '', { roles: ['administrator'] }, null);
});
afterAll(() => app.stop());

const scope = 'openid offline_access clients:read clients:write accounts:read audit:read keys:write';
const confirmed = { user_code_confirmed: true };
const codeOf = (error: unknown) => (error instanceof PhoneRefusal ? error.code : String(error));

async function give(...roles: Role[]): Promise<void> {
  const account = await app.accounts.findByUsername('alice');
  await app.accounts.update(account?.id ?? '', { roles }, null);
}

async function begin() {
  const config = await oidc.discovery(new URL(app.issuer), cliClientId, undefined, oidc.None(), {
    execute: [oidc.allowInsecureRequests],
  });
  const parameters = { scope, resource: `${app.issuer}/admin` };
  return { config, device: await oidc.initiateDeviceAuthorization(config, parameters) };
}

async function signIn() {
  const { config, device } = await begin();
  const dpop = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
  await phone.approve(await phone.scan({ user_code: device.user_code }), confirmed);
  const tokens = await oidc.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.1 }, undefined, {
    DPoP: dpop,
  });
  const call = async (path: string, method = 'GET', body?: object) => {
    const headers = new Headers(body && { 'content-type': 'application/json' });
    const url = new URL(`${app.issuer}/admin/v1${path}`);
    const answer = await oidc.fetchProtectedResource(
      config,
      tokens.access_token,
      url,
      method,
      body && JSON.stringify(body),
      headers,
      { DPoP: dpop },
    );
    return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Record<string, unknown> };
  };
  return { config, tokens, dpop, call };
}

describe('a person at the command line', () => {
  it('E1 needs their passkey to approve, once they have one; a tap is refused', async () => {
    await give('administrator');
    const authenticator = createVirtualAuthenticator({ origin: app.issuer });
    const id = await phone.addPasskey(authenticator);
    try {
      const { config, device } = await begin();
      const dpop = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
      const claim = await phone.scan({ user_code: device.user_code });
      expect(claim.requires).toContain('passkey');
      expect(await phone.approve(claim, confirmed).catch(codeOf)).toBe('user_verification_required');
      const stranger = createVirtualAuthenticator({ origin: app.issuer });
      stranger.create({ user: { id: authenticator.credentials[0]?.userHandle } });
      const options = await phone.reviewAgain(claim);
      const wrong = stranger.get({ ...options, allowCredentials: [] });
      expect(await phone.approve(claim, { ...confirmed, passkey: wrong }).catch(codeOf)).toBe('passkey_unknown');
      const passkey = authenticator.get(await phone.reviewAgain(claim));
      // The passkey stands for the person, not for the look at the screen.
      expect(await phone.approve(claim, { passkey }).catch(codeOf)).toBe('user_code_unconfirmed');
      const again = authenticator.get(await phone.reviewAgain(claim));
      await phone.approve(claim, { ...confirmed, passkey: again });
      const polled = oidc.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.1 }, undefined, { DPoP: dpop });
      expect((await polled).claims()).toMatchObject({ acr: 'urn:tessera:qr:verified' });
    } finally {
      const account = await app.accounts.getByUsername('alice');
      await app.passkeys.remove(account, id as Parameters<typeof app.passkeys.remove>[1]);
    }
  });

  it('E1 has the rights of the current role, and is recorded as that person', async () => {
    await give('administrator');
    const { call } = await signIn();
    const made = await call('/clients', 'POST', {
      client_name: 'Made by hand',
      redirect_uris: ['https://a.example/cb'],
    });
    expect(made.status).toBe(201);
    const account = await app.accounts.findByUsername('alice');
    const { records } = await app.audit.query({ event: 'client.created', limit: 1 });
    expect(records[0]).toMatchObject({ clientId: made.body.client_id, facts: { by: account?.id, by_kind: 'account' } });

    await give('auditor');
    expect((await call('/accounts')).status).toBe(200);
    expect(await call('/clients', 'POST', {}).catch(({ cause }) => cause)).toMatchObject({
      status: 403,
      body: { code: 'role_insufficient' },
    });

    await give('client-manager');
    expect((await call('/clients')).status).toBe(200);
    expect((await call('/accounts')).body.code).toBe('role_insufficient');
    expect(
      (await call('/clients', 'POST', { client_name: 'TV', grant_types: [], scope: 'openid', device_grant: true })).body
        .code,
    ).toBe('role_insufficient');

    await give();
    expect((await call('/clients')).body.code).toBe('role_insufficient');
  });

  it('E2 cannot enable the device grant as a client manager, also by a machine; a client with it can be changed', async () => {
    const tv = { client_name: 'TV', token_endpoint_auth_method: 'none', grant_types: [], device_grant: true };
    await give('administrator');
    const administrator = await signIn();
    const { body: made } = await administrator.call('/clients', 'POST', { ...tv, scope: 'openid' });

    await give('client-manager');
    const { call } = await signIn();
    const machine = { client_name: 'CI', grant_types: ['client_credentials'], scope: 'clients:read clients:write' };
    const { body } = await call('/clients', 'POST', machine);
    const config = await oidc.discovery(
      new URL(app.issuer),
      String(body.client_id),
      String(body.client_secret),
      undefined,
      {
        execute: [oidc.allowInsecureRequests],
      },
    );
    const { access_token: token } = await oidc.clientCredentialsGrant(config, {
      scope: 'clients:write',
      resource: `${app.issuer}/admin`,
    });
    const byMachine = async (method: string, path: string, input: object) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '*' };
      const answer = await fetch(`${app.issuer}/admin/v1${path}`, { method, headers, body: JSON.stringify(input) });
      return (await answer.json()) as Record<string, unknown>;
    };
    const plain = { client_name: 'Plain', redirect_uris: ['https://a.example/cb'] };
    const { client_id: id } = await byMachine('POST', '/clients', plain);
    expect((await byMachine('POST', '/clients', { ...tv, scope: 'openid' })).code).toBe('role_insufficient');
    expect((await byMachine('PATCH', `/clients/${id}`, { device_grant: true })).code).toBe('role_insufficient');
    expect(await byMachine('PATCH', `/clients/${made.client_id}`, { ...tv, client_name: 'Wide TV' })).toMatchObject({
      client_name: 'Wide TV',
      device_grant: true,
    });
  });

  it('C7 has a token that is refused without its key, and elsewhere', async () => {
    await give('administrator');
    const { tokens, config, dpop } = await signIn();
    const bearer = (scheme: string) =>
      fetch(`${app.issuer}/admin/v1/clients`, { headers: { authorization: `${scheme} ${tokens.access_token}` } });
    expect([(await bearer('Bearer')).status, (await bearer('DPoP')).status]).toEqual([401, 401]);
    expect(tokens.token_type).toBe('dpop');
    const phoneApi = await fetch(`${app.issuer}/phone/v1/approvals`, {
      headers: { authorization: `DPoP ${tokens.access_token}` },
    });
    expect(phoneApi.status).toBe(401);
    const renewed = await oidc.refreshTokenGrant(config, String(tokens.refresh_token), undefined, { DPoP: dpop });
    expect(renewed.access_token).not.toBe(tokens.access_token);
    await expect(oidc.refreshTokenGrant(config, String(renewed.refresh_token))).rejects.toBeTruthy();
  });

  it('C7 gets no token without a key', async () => {
    const { config, device } = await begin();
    await phone.approve(await phone.scan({ user_code: device.user_code }), confirmed);
    await expect(oidc.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.1 })).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('E2 asks for a fresh proof of the person, as the console does', async () => {
    await give('administrator');
    const { device } = await begin();
    const account = await app.accounts.findByUsername('alice');
    const [first] = await app.devices.list(String(account?.id));
    await app.store.devices.update(String(first?.id) as never, (each) => ({
      ...each,
      authenticatedAt: each.authenticatedAt - 400,
    }));
    const claim = await phone.scan({ user_code: device.user_code });
    expect(claim.requires).toContain('reauthentication');
    expect(await phone.approve(claim, confirmed).catch(codeOf)).toBe('reauthentication_required');
  });
});
