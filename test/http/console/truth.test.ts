// The console's statements are true: grants beside many sign-ins to the console, a single administrator, and
// failed trials and scans.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMachine } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { openConsole } from '../../support/console-visitor.ts';
import { createWaitingBrowser, redirectUri } from '../../support/waiting-browser.ts';

let app: TestApp;
let admin: Awaited<ReturnType<typeof openConsole>>;
beforeAll(async () => {
  app = await startApp();
  admin = await openConsole(app, 'alice', ['administrator']);
});
afterAll(() => app.stop());
const idOf = async (username: string) => (await app.accounts.getByUsername(username)).id;

describe('the console', () => {
  it('warns while there is only one administrator', async () => {
    const says = async () => (await admin.get('/admin/overview')).text.includes('only one administrator');
    expect(await says()).toBe(true);
    await app.accounts.update(await idOf('bob'), { roles: ['administrator'] }, null);
    expect(await says()).toBe(false);
    await app.accounts.update(await idOf('bob'), {}, null, true);
    expect(await says()).toBe(true);
    await app.accounts.update(await idOf('bob'), {}, null, false);
  });

  it('does not count a trial as use, and leaves no grant of it', async () => {
    const { client } = await app.clients.create({
      client_name: 'Never used',
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirectUri],
      scope: 'openid profile',
    });
    const api = await openMachine(app, 'clients:read', 'audit:read', 'accounts:read');
    const grants = async () => {
      const { body } = await api.call('GET', `/accounts/${await idOf('alice')}/grants`);
      return (body.grants as { id: string; client_id: string }[]).filter((each) => each.client_id === client.id);
    };
    const figures = async () => JSON.stringify((await api.call('GET', '/statistics')).body);
    const before = await figures();
    const landed = await admin.signIn(await admin.post(`/admin/clients/${client.id}/try`));
    expect([landed.path, landed.text.includes('Signed in')]).toEqual([`/admin/clients/${client.id}/try`, true]);
    expect(await figures()).toBe(before);
    expect((await api.call('GET', `/clients/${client.id}`)).body.last_used_at).toBeNull();
    expect(await grants()).toEqual([]);
  });

  it('distinguishes a link that made an account from one that the camera read', async () => {
    const { address } = await app.links.invite({ name: 'x' }, { way: 'console', name: 'alice' });
    await fetch(address, {
      method: 'POST',
      redirect: 'manual',
      headers: { accept: 'text/html' },
      body: new URLSearchParams({ username: 'newby', password: 'four words make a sentence' }),
    });
    const page = (await admin.get('/admin/activity?event=sign_in.succeeded&account=newby')).text;
    expect(page).toContain('A single-use link');
    expect(page).not.toContain('Camera app or link');
  });
});

it('lists undelivered mail with its domain, reason and next attempt, and without recipient or content', async () => {
  // Nobody listens at port 9.
  const mail = { smtp_url: 'smtp://127.0.0.1:9?tls=off', from: 'no-reply@example.org' };
  const own = await startApp({ mail });
  try {
    const visitor = await openConsole(own, 'alice', ['administrator']);
    await own.mails.enqueue({
      to: 'carol@wonder.example',
      subject: 'Your secret',
      text: 'words',
      html: '<p>words</p>',
    });
    await expect.poll(async () => (await own.mails.undelivered()).length).toBe(2);
    const { text } = await visitor.get('/admin/overview');
    expect(text).toContain('Messages not delivered');
    const section = text.slice(text.indexOf('id="mails_title"'));
    expect(section).toContain('<strong>wonder.example</strong>');
    expect(section).toContain('The mail server cannot be reached.');
    expect(section).toMatch(/Next try (now|in \d+ seconds)/);
    expect(text).not.toMatch(/carol@|Your secret|words</);
  } finally {
    await own.stop();
  }
});

it('counts a phone that reloads its page as one scan, as the ticket does', async () => {
  const shown = async () => (await app.statistics.read()).day.totals;
  const before = await shown();
  const browser = createWaitingBrowser(app.issuer);
  await browser.open({});
  const phone = await app.phone('bob');
  const qr = await browser.qr();
  const claims = await Promise.all(Array.from({ length: 5 }, () => phone.scan({ qr })));
  expect(claims).toHaveLength(5);
  const { scanned } = await shown();
  expect(scanned).toBe(before.scanned + 1);
  const other = (await app.audit.query({ event: 'ticket.scanned', limit: 2 })).records;
  expect(other).toHaveLength(2);
});
