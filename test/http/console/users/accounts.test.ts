// The console's account pages over HTTP: who may see and change them, and that ended sessions are really
// over (security.md E1, E2, E7).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../../../src/core/account/account.ts';
import { type Machine, openMachine } from '../../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../../support/app.ts';
import { type Desk, openDesk } from '../../../support/console-desk.ts';
import { secondsLater } from '../../../support/seconds.ts';
import { refresh, signIn, userinfo } from '../../../support/signed-in.ts';
import { createVirtualPhone } from '../../../support/virtual-phone.ts';
import { authorizationParams } from '../../../support/waiting-browser.ts';

const password = 'tessera-demo-person';
let app: TestApp;
let api: Machine;
let desk: Desk;

const idOf = async (username: string) => (await app.accounts.findByUsername(username))?.id ?? '';
const find = async (username: string) => app.accounts.getByUsername(username);
const setRoles = async (username: string, ...roles: Role[]) =>
  app.accounts.update(await idOf(username), { roles }, null);

async function person(username: string, ...roles: Role[]) {
  await app.accounts.create({
    username,
    password,
    displayName: `${username} Person`,
    email: `${username}@example.com`,
  });
  await setRoles(username, ...roles);
  return idOf(username);
}

async function phoneOf(username: string) {
  const phone = createVirtualPhone({ issuer: app.issuer });
  await phone.signIn(username, password);
  return phone;
}

const factsOf = async (username: string) => {
  const { records } = await app.audit.query({ accountId: await idOf(username), event: 'account.changed', limit: 50 });
  return records.map(({ facts }) => facts);
};
/** The path of a form on the page, as whoever presses its button sends it. */
const formsOf = (html: string): string[] =>
  [...html.matchAll(/action="\/admin([^"]+)"/g)].map(([, path]) => path ?? '');
const revisionOn = (html: string): string => /name="revision" value="(\d+)"/.exec(html)?.[1] ?? '';

beforeAll(async () => {
  app = await startApp();
  await person('root', 'administrator');
  api = await openMachine(app, 'accounts:read', 'accounts:write');
  desk = await openDesk(app, await phoneOf('root'));
});
afterAll(() => app.stop());

describe('accounts in the console', () => {
  it('mark an email address as verified or not by a button of their own', async () => {
    const id = await person('lena');
    const button = async () => {
      const { text } = await desk.get(`/accounts/${id}`);
      const form = /<form[^>]*action="\/admin\/accounts\/[^"]+\/email">.*?<\/form>/s.exec(text)?.[0] ?? '';
      const to = /name="to" value="(\w+)"/.exec(form)?.[1] ?? '';
      return { text: form, fields: { to, revision: revisionOn(form) } };
    };
    const isVerified = async () => (await find('lena')).emailVerified;
    const first = await button();
    expect([first.text.includes('Mark email as verified'), first.fields.to]).toEqual([true, 'verified']);
    expect((await desk.post(`/accounts/${id}/email`, first.fields)).status).toBe(303);
    expect(await isVerified()).toBe(true);
    // A tab that was opened before that change.
    await desk.post(`/accounts/${id}/email`, { ...first.fields, to: 'unverified' });
    expect(await isVerified()).toBe(true);
    const second = await button();
    expect(second.text).toContain('Mark email as not verified');
    await desk.post(`/accounts/${id}/email`, second.fields);
    expect(await isVerified()).toBe(false);
    expect((await factsOf('lena')).filter(({ fields }) => fields === 'emailVerified')).toHaveLength(2);
    await app.accounts.update(id, { email: null }, null);
    expect((await button()).text).toBe('');
  });

  it('lists them a page at a time, and finds them by a prefix', async () => {
    for (let i = 0; i < 30; i++) await app.store.accounts.create({ ...(await find('root')), ...many(i) });
    const first = await desk.get('/accounts?search=many');
    expect(first.status).toBe(200);
    expect(first.text.match(/many-\d\d</g)).toHaveLength(25);
    const next = /href="\/admin(\/accounts\?search=many&amp;after=[^"]+)"/.exec(first.text)?.[1] ?? '';
    const second = await desk.get(next.replaceAll('&amp;', '&'));
    expect(second.text.match(/many-\d\d</g)).toHaveLength(5);
    expect((await desk.get('/accounts?search=nobody-at-all')).text).toContain('No matches for “nobody-at-all”.');
    expect((await desk.get('/accounts?search=ROOT%40EX')).text).toContain('root Person');
    expect((await desk.get('/accounts?after=%00%ff&search=%3Cscript%3E')).text).not.toContain('<script>alert');
    const missing = await desk.get('/accounts/nobody');
    expect([missing.status, missing.text.includes('This user does not exist')]).toEqual([404, true]);
  });

  const many = (i: number) => ({
    id: `many-id-${i}` as never,
    username: `many-${String(i).padStart(2, '0')}`,
    displayName: `Person ${i}`,
    email: null,
    roles: [],
  });

  it('E1 E2 are seen by administrators and auditors, and changed by administrators alone', async () => {
    const id = await person('subject');
    await app.accounts.getByUsername('subject');
    await person('audit', 'auditor');
    await person('manager', 'client-manager');
    const desks = {
      auditor: await openDesk(app, await phoneOf('audit')),
      manager: await openDesk(app, await phoneOf('manager')),
    };
    const pages = ['/accounts', `/accounts/${id}`];
    const changes = ['', '/roles', '/switch', '/sign-out', '/devices/x/end', '/approvals/x/end', '/grants/x/end'];
    for (const path of pages) {
      expect((await desk.get(path)).status, path).toBe(200);
      expect((await desks.auditor.get(path)).status, path).toBe(200);
      expect((await desks.manager.get(path)).status, path).toBe(403);
      const stranger = await fetch(`${app.issuer}/admin${path}`, { redirect: 'manual' });
      expect([stranger.status, stranger.headers.get('location')]).toEqual([
        303,
        expect.stringContaining('/admin/sign-in'),
      ]);
    }
    const before = await find('subject');
    const fields = { revision: '2', display_name: 'Changed', to: 'off', role_administrator: 'yes' };
    for (const path of changes) {
      for (const each of Object.values(desks))
        expect((await each.post(`/accounts/${id}${path}`, fields)).status, path).toBe(403);
      const evil = await desk.post(`/accounts/${id}${path}`, fields, { origin: 'https://evil.example' });
      expect(evil.status, path).toBe(403);
      const url = `${app.issuer}/admin/accounts/${id}${path}`;
      const stranger = await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
      expect(stranger.status, path).toBe(303);
    }
    expect(await find('subject')).toEqual(before);
    const menu = (await desks.manager.get('/clients')).text;
    expect(menu).not.toContain('href="/admin/accounts"');
    const looking = (await desks.auditor.get(`/accounts/${id}`)).text;
    expect(formsOf(looking).filter((path) => /end$|switch|reset/.test(path))).toEqual([]);
  });

  it('E2 require a fresh proof before a change', async () => {
    const id = await idOf('subject');
    const before = await find('subject');
    app.time.shiftSeconds = 301;
    try {
      const page = await desk.get(`/accounts/${id}`);
      expect(page.text).toContain('Confirm that it’s you');
      expect(formsOf(page.text).filter((path) => /end$|switch|reset/.test(path))).toEqual([]);
      for (const path of [
        '',
        '/roles',
        '/switch',
        '/sign-out',
        '/devices/x/end',
        '/approvals/x/end',
        '/grants/x/end',
      ]) {
        const answer = await desk.post(`/accounts/${id}${path}`, {
          revision: '2',
          role_administrator: 'yes',
          to: 'off',
        });
        expect([answer.status, answer.headers.get('location')], path).toEqual([303, expect.stringContaining('fresh')]);
      }
    } finally {
      app.time.shiftSeconds = 0;
    }
    expect(await find('subject')).toEqual(before);
  });

  it('E2 are changed with the present revision only; wrong fields are named and keep what was typed', async () => {
    const id = await idOf('subject');
    const path = `/accounts/${id}`;
    const seen = revisionOn((await desk.get(path)).text);
    const good = { revision: seen, display_name: '<b>Sub & Ject</b>', email: 'new@example.com', locale: 'zh-cn' };
    const wrong = await desk.post(path, { ...good, email: 'nonsense', locale: '!!' });
    expect(wrong.status).toBe(422);
    for (const text of ['this is not an email address', 'Language: enter a tag', 'value="nonsense"'])
      expect(wrong.text).toContain(text);
    const saved = await desk.post(path, good);
    expect([saved.status, saved.text.includes('Saved.')]).toEqual([200, true]);
    expect(saved.text).not.toContain('<b>Sub');
    expect(await find('subject')).toMatchObject({
      displayName: '<b>Sub & Ject</b>',
      emailVerified: false,
      locale: 'zh-CN',
    });
    const stale = await desk.post(path, { ...good, display_name: 'Second editor' });
    expect([stale.status, stale.text.includes('Somebody else has changed this in the meantime')]).toEqual([412, true]);
    expect(stale.text).not.toContain('Second editor');
    expect((await desk.post(`${path}/roles`, { revision: seen, role_auditor: 'yes' })).status).toBe(412);
    expect((await desk.post(`${path}/roles`, { role_auditor: 'yes' })).status).toBe(412);
    expect(await find('subject')).toMatchObject({ displayName: '<b>Sub & Ject</b>', roles: [] });
    expect((await factsOf('subject'))[0]).toEqual({
      by: await idOf('root'),
      by_kind: 'account',
      fields: 'displayName email locale',
    });
  });

  it('E2 record who changed roles, before and after; the last administrator keeps theirs', async () => {
    const id = await idOf('subject');
    const page = await desk.get(`/accounts/${id}`);
    const given = await desk.post(`/accounts/${id}/roles`, {
      revision: revisionOn(page.text),
      role_auditor: 'yes',
      role_administrator: 'yes',
    });
    expect(given.text).toContain('Saved.');
    expect((await factsOf('subject'))[0]).toEqual({
      by: await idOf('root'),
      by_kind: 'account',
      fields: 'roles',
      from: '',
      to: 'administrator auditor',
    });
    const taken = await desk.post(`/accounts/${id}/roles`, { revision: revisionOn(given.text) });
    expect((await find('subject')).roles).toEqual([]);
    expect(
      (await desk.post(`/accounts/${id}/roles`, { revision: revisionOn(taken.text), role_king: 'yes' })).status,
    ).toBe(422);

    const own = `/accounts/${await idOf('root')}`;
    const revision = revisionOn((await desk.get(own)).text);
    const last = await desk.post(`${own}/roles`, { revision, role_auditor: 'yes' });
    expect([last.status, last.text.includes('This is the last administrator')]).toEqual([409, true]);
    const off = await desk.post(`${own}/switch`, { to: 'off' });
    expect([off.status, off.text.includes('This is the last administrator')]).toEqual([409, true]);
    const byApi = await api.call('PATCH', own, { enabled: false }, { 'if-match': '*' });
    expect([byApi.status, byApi.body.code]).toEqual([403, 'role_insufficient']);
    expect(await find('root')).toMatchObject({ roles: ['administrator'], disabledAt: null });
    const role = await api.call('PATCH', own, { roles: [] }, { 'if-match': '*' });
    expect(role.status).toBe(400);
  });

  it('E7 show no credential, and offer no way to a password or to impersonation', async () => {
    const id = await idOf('subject');
    const phone = await phoneOf('subject');
    const { tokens } = await signIn(app, phone);
    const page = (await desk.get(`/accounts/${id}`)).text;
    const account = await find('subject');
    const secrets = [account.passwordHash ?? '', tokens.access_token, tokens.refresh_token ?? '', password];
    for (const secret of secrets) expect(page.includes(secret)).toBe(false);
    expect(page).not.toMatch(/argon2|type="password"|impersonat/i);
    const targets = formsOf(page).map((path) =>
      path.replace(`/accounts/${id}`, '').replace(/(?<=\/)[\w-]{20,}(?=\/end)/, '…'),
    );
    const endings = ['/approvals/…/end', '/devices/…/end', '/grants/…/end', '/sign-out', '/switch'];
    expect([...new Set(targets)].sort()).toEqual(['', ...endings, '/email', '/reset-link', '/roles'].sort());
    const tries = {
      revision: revisionOn(page),
      display_name: 'x',
      password: 'a new password for her',
      passwordHash: 'x',
      username: 'eve',
      id: 'x',
    };
    await desk.post(`/accounts/${id}`, tries);
    expect(await find('subject')).toMatchObject({ id, username: 'subject', passwordHash: account.passwordHash });
  });
});

describe('access that is ended in the console', () => {
  it('A18 E7 is revoked: a browser is signed out and its tokens are refused', async () => {
    const id = await person('ended');
    const phone = await phoneOf('ended');
    const first = await signIn(app, phone, { scope: 'openid profile offline_access', prompt: 'consent' });
    const page = (await desk.get(`/accounts/${id}`)).text;
    const [path = ''] = formsOf(page).filter((each) => each.includes('/approvals/'));
    expect((await userinfo(app, first.tokens.access_token)).status).toBe(200);
    const answer = await desk.post(path);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/admin/accounts/${id}#browsers`]);
    expect((await userinfo(app, first.tokens.access_token)).status).toBe(401);
    expect((await refresh(app, first.tokens.refresh_token ?? '')).status).toBe(400);
    const silent = await first.browser.request(`/auth?${authorizationParams({ prompt: 'none' }).params}`);
    expect(silent.headers.get('location')).toContain('error=login_required');
    expect((await desk.get(`/accounts/${id}`)).text).toContain('This user is not signed in to any app.');
    expect((await factsOf('ended'))[0]).toMatchObject({ by: await idOf('root'), fields: 'approval_ended' });
    const gone = await desk.post(`/accounts/${id}/approvals/nope/end`);
    expect([gone.status, gone.text.includes('This sign-in does not exist')]).toEqual([404, true]);
  });

  it('E7 is revoked: a grant with its access and refresh tokens, while the browser stays signed in', async () => {
    const id = await idOf('ended');
    const phone = await phoneOf('ended');
    const { tokens, browser } = await signIn(app, phone, { scope: 'openid profile offline_access', prompt: 'consent' });
    const listed = (await api.call('GET', `/accounts/${id}/grants`)).body.grants as Record<string, unknown>[];
    expect(listed).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{43}$/),
        client_id: 'dev-public',
        scopes: ['openid', 'profile', 'offline_access'],
        granted_at: expect.any(Number),
        expires_at: expect.any(Number),
        last_used_at: expect.any(Number),
      },
    ]);
    const [path = ''] = formsOf((await desk.get(`/accounts/${id}`)).text).filter((each) => each.includes('/grants/'));
    expect(path).toContain(String(listed[0]?.id));
    const others = (await find('subject')).id;
    expect((await desk.post(path.replace(id, others))).status).toBe(404);
    expect((await userinfo(app, tokens.access_token)).status).toBe(200);
    expect((await desk.post(path)).headers.get('location')).toBe(`/admin/accounts/${id}#grants`);
    expect((await userinfo(app, tokens.access_token)).status).toBe(401);
    expect((await refresh(app, tokens.refresh_token ?? '')).status).toBe(400);
    expect((await desk.post(path)).status).toBe(404);
    const silent = await browser.request(`/auth?${authorizationParams({ prompt: 'none' }).params}`);
    expect(silent.headers.get('location')).not.toContain('error=login_required');
    const [last] = await factsOf('ended');
    expect(last).toMatchObject({ by: await idOf('root'), fields: 'grant_withdrawn', client: 'dev-public' });
  });

  it('E1 E7 is revoked by the API too, with the write scope and for the account that it belongs to', async () => {
    const id = await idOf('ended');
    const { tokens } = await signIn(app, await phoneOf('ended'));
    const listed = (await api.call('GET', `/accounts/${id}/grants`)).body.grants as Record<string, unknown>[];
    const path = `/accounts/${id}/grants/${listed[0]?.id}`;
    const reader = await openMachine(app, 'accounts:read');
    expect((await reader.call('GET', `/accounts/${id}/grants`)).status).toBe(200);
    expect((await reader.call('DELETE', path)).status).toBe(403);
    expect((await api.call('DELETE', path.replace(id, await idOf('root')))).body.code).toBe('grant_not_found');
    expect((await api.call('GET', '/accounts/nobody/grants')).status).toBe(404);
    expect((await api.call('DELETE', path)).status).toBe(204);
    expect((await userinfo(app, tokens.access_token)).status).toBe(401);
    expect((await api.call('GET', `/accounts/${id}/grants`)).body.grants).toEqual(listed.slice(1));
    expect((await factsOf('ended'))[0]).toMatchObject({ by: api.clientId, fields: 'grant_withdrawn' });
  });

  it('E7 is revoked: a phone, which can approve nothing more', async () => {
    const id = await person('phones');
    const [lost, kept] = [await phoneOf('phones'), await phoneOf('phones')];
    await kept.approvals();
    const paths = formsOf((await desk.get(`/accounts/${id}`)).text).filter((each) => each.includes('/devices/'));
    expect(paths).toHaveLength(2);
    const devices = await app.devices.list(id as never);
    await desk.post(`/accounts/${id}/devices/${devices[0]?.id}/end`);
    const states = await Promise.all(
      [lost, kept].map((each) =>
        each.approvals().then(
          () => 'in',
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(states.sort()).toEqual(['in', 'not_signed_in']);
    const { records } = await app.audit.query({ accountId: id, event: 'device.removed', limit: 5 });
    expect(records.map(({ facts }) => facts)).toEqual([
      { reason: 'administrator', by: await idOf('root'), by_kind: 'account' },
    ]);
  });

  it('A18 E7 is revoked everywhere at once: phones, browsers and tokens; the person can sign in again', async () => {
    const id = await idOf('phones');
    const phone = await phoneOf('phones');
    const { tokens } = await signIn(app, phone);
    expect((await desk.post(`/accounts/${id}/sign-out`)).status).toBe(303);
    expect((await userinfo(app, tokens.access_token)).status).toBe(401);
    await expect(phone.approvals()).rejects.toMatchObject({ code: 'not_signed_in' });
    const page = (await desk.get(`/accounts/${id}`)).text;
    for (const text of [
      'This user is not signed in on any device.',
      'This user is not signed in to any app.',
      // Consent is a decision of the person, and stays.
      'My public app',
    ])
      expect(page).toContain(text);
    await secondsLater(1);
    expect((await signIn(app, await phoneOf('phones'))).status).toBe(200);
  });

  it('A18 refuses a disabled account at once, shows it as disabled, and enables it without its sign-ins', async () => {
    // The account was signed out everywhere above, and a sign-in in the same second is over too.
    await secondsLater(1);
    const id = await idOf('phones');
    const { tokens } = await signIn(app, await phoneOf('phones'));
    expect((await desk.post(`/accounts/${id}/switch`, { to: 'off' })).status).toBe(303);
    expect((await userinfo(app, tokens.access_token)).status).toBe(401);
    expect((await desk.get(`/accounts/${id}`)).text).toContain('This user cannot sign in');
    expect((await desk.get('/accounts?search=phones')).text).toContain('Disabled');
    await desk.post(`/accounts/${id}/switch`, { to: 'on' });
    expect((await userinfo(app, tokens.access_token)).status).toBe(401);
    expect(await app.devices.list(id)).toEqual([]);
    const facts = (await factsOf('phones')).slice(0, 2);
    expect(facts.map(({ enabled }) => enabled)).toEqual([true, false]);
  });

  it('E2 ends for a visitor who loses the role or is disabled, at the next request', async () => {
    const id = await person('second', 'administrator');
    const other = await openDesk(app, await phoneOf('second'));
    expect((await other.get('/accounts')).status).toBe(200);
    const { text } = await desk.get(`/accounts/${id}`);
    await desk.post(`/accounts/${id}/roles`, { revision: revisionOn(text), role_auditor: 'yes' });
    expect((await other.post(`/accounts/${id}/roles`, { revision: '4', role_administrator: 'yes' })).status).toBe(403);
    await desk.post(`/accounts/${id}/switch`, { to: 'off' });
    expect((await other.get('/accounts')).status).toBe(303);
  });
});
