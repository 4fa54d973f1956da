// A console form that is sent after the proof has expired: nothing is done and nothing is lost (security.md
// E2).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { openConsole } from '../../support/console-visitor.ts';
import type { Answer } from '../../support/waiting-browser.ts';

let app: TestApp;
let admin: Awaited<ReturnType<typeof openConsole>>;
const named = async (search: string) => (await app.clients.page({ search, limit: 5 })).clients;
const evil = '"><script>alert(1)</script>';
/** So that only the console's proof is old, and not the phone's. */
async function late(work: () => Promise<Answer>): Promise<Answer> {
  app.time.shiftSeconds = 301;
  return work().finally(() => {
    app.time.shiftSeconds = 0;
  });
}

beforeAll(async () => {
  app = await startApp();
  admin = await openConsole(app, 'alice', ['administrator']);
});
afterAll(() => app.stop());

describe('a form sent after its proof ran out', () => {
  const form = {
    kind: 'web',
    client_name: 'Long form',
    redirect_uris: 'https://a.example/one\r\nhttps://a.example/two',
  };

  it('E2 waits for a fresh proof, and is sent with one click afterwards', async () => {
    const begun = await late(() => admin.post('/admin/clients', { ...form, client_uri: evil }));
    expect([begun.status, begun.headers.get('location')]).toEqual([303, expect.stringContaining('fresh')]);
    const back = await admin.proveAnew(begun);
    expect([back.status, back.path]).toEqual([200, '/admin/continue']);
    expect(back.text).toContain('Nothing has been saved yet');
    expect(back.text).toContain('action="/admin/clients"');
    expect(back.text).toContain('name="client_name" value="Long form"');
    expect(back.text).toContain('https://a.example/one\r\nhttps://a.example/two');
    expect(back.text).not.toContain('<script>alert');
    expect(await named('long')).toHaveLength(0);
    expect((await admin.post('/admin/clients', form)).status).toBe(200);
    expect((await named('long'))[0]?.metadata.redirect_uris).toEqual([
      'https://a.example/one',
      'https://a.example/two',
    ]);
  });

  it('is stored without secrets, and not at all when it contains a file', async () => {
    for (const [path, body] of [
      ['/admin/clients', new URLSearchParams({ client_name: 'x', password: 'hunter2 hunter2' })],
      ['/admin/clients/dev-web/logo', Object.assign(new FormData(), {})],
    ] as const) {
      if (body instanceof FormData) body.set('logo', new Blob(['<svg/>'], { type: 'image/svg+xml' }), 'a.svg');
      const headers = { accept: 'text/html' };
      const back = await admin.proveAnew(
        await late(() => admin.browser.request(path, { method: 'POST', headers, body })),
      );
      expect([back.path, back.text.includes('Please enter it again')]).toEqual(['/admin/continue', true]);
      expect(back.text).not.toContain('hunter2');
      expect(back.text).not.toContain(`action="${path}"`);
    }
  });

  it('is shown to its sender only, and there is no page without it', async () => {
    const begun = await late(() => admin.post('/admin/invitations', { name: 'Mine alone' }));
    const bob = await app.phone('bob');
    await app.accounts.update((await app.accounts.getByUsername('bob')).id, { roles: ['administrator'] }, null);
    // Else the provider asks first whether to sign Alice out.
    for (const name of [...admin.browser.cookies.keys()].filter((each) => /^(__Host-)?tessera_session/.test(each)))
      admin.browser.cookies.delete(name);
    const landed = await admin.proveAnew(begun, bob, 'bob');
    expect([landed.status, landed.path]).toEqual([200, '/admin/invitations']);
    expect(landed.text).not.toContain('Mine alone');
    const none = await admin.get('/admin/continue');
    expect([none.status, none.headers.get('location')]).toEqual([303, '/admin/overview']);
    const stranger = await fetch(`${app.issuer}/admin/continue`, {
      redirect: 'manual',
      headers: { accept: 'text/html' },
    });
    expect(stranger.status).toBe(303);
  });
});
