// Credentials end with the reason for which they were issued: reset links, invitations, devices signed in
// with an old password, older cookies of the console, and tokens against administrators (security.md D6, E2,
// E7).

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byCommandLine } from '../../../src/core/audit/actor.ts';
import { openMachine } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { openConsole } from '../../support/console-visitor.ts';

const password = 'four words make a sentence';
const html = { accept: 'text/html' };
const byConsole = { way: 'console', name: 'alice' } as const;
const post = (address: string, fields: Record<string, string>) =>
  fetch(address, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...html, origin: new URL(address).origin },
    body: new URLSearchParams(fields),
  });

let app: TestApp;
let made = 0;
const person = async (roles: readonly string[] = []) => {
  const username = `person-${++made}`;
  return app.accounts.create({ username, password, roles });
};
const deviceCookie = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .find((line) => line.startsWith('tessera_device='))
    ?.split(';')[0] ?? '';
const withDevice = async (cookie: string) => {
  const headers = { cookie, accept: 'application/json' };
  return (await fetch(`${app.issuer}/phone/v1/approvals`, { headers })).status;
};

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('a reset link', () => {
  it('D6 E7 from the API is void once its account has a role; one from the console still works', async () => {
    const api = await openMachine(app, 'accounts:write');
    const { id, username } = await person();
    const link = String((await api.call('POST', `/accounts/${id}/reset-link`)).body.link);
    await app.accounts.update(id, { roles: ['auditor'] }, null);
    expect((await fetch(link, { headers: html })).status).toBe(404);
    expect((await post(link, { password: 'mallory walks in by it' })).status).toBe(404);
    await app.accounts.verifyCredentials({ username, password, address: '192.0.2.1' });
    const { address } = await app.links.makeResetLink(id, byConsole);
    expect((await post(address, { password: 'another four words here' })).status).toBe(200);
  });

  it('D6 ends the devices of the old password, even one whose password was being checked; signing in again works at once', async () => {
    const { id, username } = await person();
    const old = await app.accounts.verifyCredentials({ username, password, address: '192.0.2.2' });
    const { address } = await app.links.makeResetLink(id, byConsole);
    const sign = (typed: string) => post(`${app.issuer}/sign-in`, { username, password: typed, return_to: '/q' });
    const before = deviceCookie(await sign(password));
    expect(await withDevice(before)).toBe(200);
    const racing = Array.from({ length: 8 }, () => sign(password));
    const [reset, ...raced] = await Promise.all([post(address, { password: 'another four words here' }), ...racing]);
    expect(reset?.status).toBe(200);
    for (const answer of raced) expect(await withDevice(deviceCookie(answer))).toBe(401);
    expect(await withDevice(before)).toBe(401);
    // A check that had ended, whose device comes only now.
    const facts = { accountId: id, signOuts: old.signOuts, name: 'Late', address: '192.0.2.2', keyThumbprint: null };
    const late = await app.devices.signIn({ ...facts, previous: null });
    expect(await withDevice(`tessera_device=${late.secret}`)).toBe(401);
    const anew = deviceCookie(await sign('another four words here'));
    expect(await withDevice(anew)).toBe(200);
    await app.endingsByAdministrator.everything((await app.accounts.find(id)) ?? old, { by: byCommandLine });
    expect(await withDevice(anew)).toBe(401);
    expect(await withDevice(deviceCookie(await sign('another four words here')))).toBe(200);
  });

  it('D6 is not made for a disabled account, and its page offers none', async () => {
    const admin = await openConsole(app, 'alice', ['administrator']);
    const { id } = await person();
    const page = async () => (await admin.get(`/admin/accounts/${id}`)).text;
    expect(await page()).toContain(`/admin/accounts/${id}/reset-link`);
    await app.accounts.update(id, {}, null, true);
    expect(await page()).not.toContain(`/admin/accounts/${id}/reset-link`);
    await expect(app.links.makeResetLink(id, byConsole)).rejects.toMatchObject({ code: 'account_disabled' });
    expect((await admin.post(`/admin/accounts/${id}/reset-link`)).status).toBe(409);
    const api = await openMachine(app, 'accounts:write');
    const refused = await api.call('POST', `/accounts/${id}/reset-link`);
    expect([refused.status, refused.body.code]).toEqual([409, 'account_disabled']);
  });
});

describe('an invitation with roles', () => {
  it.each(['disabled', 'without the role'])('E7 ends with its maker being %s', async (how) => {
    const maker = await person(['administrator']);
    const wish = { name: how, roles: ['administrator'], uses: 3 };
    const by = { way: 'console', name: maker.username, accountId: maker.id } as const;
    const { address, link } = await app.links.invite(wish, by);
    const plain = await app.links.invite({ uses: 2 }, by);
    const rooted = await app.links.invite(wish, { way: 'command_line', name: null });
    expect((await fetch(address, { headers: html })).status).toBe(200);
    const admin = await openConsole(app, 'alice', ['administrator']);
    if (how === 'disabled') await app.accounts.update(maker.id, {}, null, true);
    else await app.accounts.update(maker.id, { roles: ['auditor'] }, null);
    const joins = (to: string) => post(to, { username: `joins-${++made}`, password });
    expect((await fetch(address, { headers: html })).status).toBe(404);
    expect((await joins(address)).status).toBe(404);
    expect((await joins(plain.address)).status).toBe(303);
    expect((await joins(rooted.address)).status).toBe(303);
    const { invitations } = (await (await openMachine(app, 'accounts:read')).call('GET', '/invitations')).body as {
      invitations: { id: string; ended: boolean }[];
    };
    const ended = (id: string) => invitations.find((each) => each.id === id)?.ended;
    expect([ended(link.id), ended(plain.link.id), ended(rooted.link.id)]).toEqual([true, false, false]);
    const row = (await admin.get('/admin/invitations')).text.split('<tr>').find((each) => each.includes(link.id));
    expect(row).toContain('Invalid');
  });

  it('E7 records the account that made it in the console', async () => {
    const admin = await openConsole(app, 'alice', ['administrator']);
    await admin.post('/admin/invitations', { name: 'kept', uses: '1', days: '1', roles: 'auditor' });
    const { links } = await app.links.invitations({ limit: 100 });
    expect(links.find(({ name }) => name === 'kept')?.by).toMatchObject({ accountId: admin.account?.id });
  });
});

describe('a cookie of the console', () => {
  it('E2 is void after the next proof, and all of them after signing out', async () => {
    const admin = await openConsole(app, 'alice', ['administrator']);
    const cookie = () => {
      const found = [...admin.browser.cookies.entries()].filter(([name]) =>
        /^(__Host-)?tessera_console( |$)/i.test(name),
      );
      return found.map(([name, { value }]) => `${name.split(' ')[0]}=${value}`).join('; ');
    };
    const look = async (by: string) =>
      (await fetch(`${app.issuer}/admin/clients`, { headers: { ...html, cookie: by }, redirect: 'manual' })).status;
    const [first] = [cookie()];
    expect([first !== '', await look(first)]).toEqual([true, 200]);
    const again = await admin.proveAnew(await admin.get('/admin/sign-in?fresh&return_to=/admin/clients'));
    expect(again.path).toBe('/admin/clients');
    const second = cookie();
    expect([await look(first), await look(second)]).toEqual([303, 200]);
    // A browser that lost its cookie, of the same sign-in at the provider.
    for (const name of [...admin.browser.cookies.keys()].filter((each) => /^(__Host-)?tessera_console/i.test(each)))
      admin.browser.cookies.delete(name);
    await admin.land(await admin.get('/admin/clients'));
    const third = cookie();
    expect([third !== second, await look(second), await look(third)]).toEqual([true, 200, 200]);
    await admin.post('/admin/sign-out');
    expect([await look(second), await look(third)]).toEqual([303, 303]);
  });
});

describe('a token against somebody with a role', () => {
  it.each(['administrator', 'auditor'])(
    'E7 changes nothing of an %s, and may still end what they have',
    async (role) => {
      const api = await openMachine(app, 'accounts:read', 'accounts:write');
      const { id } = await person([role]);
      const anyway = { 'if-match': '*' };
      for (const body of [
        { enabled: false },
        { enabled: true },
        { display_name: 'Mallory' },
        { email: 'm@example.com' },
      ]) {
        const { status, body: told } = await api.call('PATCH', `/accounts/${id}`, body, anyway);
        expect([status, told.code]).toEqual([403, 'role_insufficient']);
      }
      expect(await app.accounts.find(id)).toMatchObject({ disabledAt: null, revision: 1, email: null });
      expect((await api.call('POST', `/accounts/${id}/sign-out`)).status).toBe(200);
      const other = await person();
      expect((await api.call('PATCH', `/accounts/${other.id}`, { enabled: false }, anyway)).status).toBe(200);
    },
  );
});

it('a wrong email by a link is shown at its field', async () => {
  const { address } = await app.links.invite({}, byConsole);
  const answer = await post(address, { username: 'zoe', password, email: 'zoe@' });
  const page = await answer.text();
  expect(answer.status).toBe(422);
  const field = /<input id="email"[^>]*>/.exec(page)?.[0] ?? '';
  expect(field).toContain('aria-invalid="true"');
  expect(field).toContain('value="zoe@"');
  expect(page).toContain('This is not an email address.');
});
