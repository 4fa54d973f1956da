// The form of relying parties in Chromium: every kind of client, every setting saved and nothing lost,
// addresses checked while they are typed, and a logo that is shown where people decide.
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogoutId } from '../../src/core/logout/logout.ts';
import { openMachine } from '../support/admin-machine.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { desktop, openBrowser } from '../support/browser.ts';
import { type ConsoleVisit, visitConsole } from '../support/console-visit.ts';
import { png, svg } from '../support/pictures.ts';
import { redirectUri } from '../support/waiting-browser.ts';

let app: TestApp;
let chromium: Browser;
let visit: ConsoleVisit;
let page: Page;

beforeAll(async () => {
  app = await startApp();
  chromium = await openBrowser();
  visit = await visitConsole(app, chromium);
  page = visit.page;
});
afterAll(async () => {
  await chromium?.close();
  await app?.stop();
});

const folder = process.env.SCREENSHOTS;
const keep = (on: Page, name: string) =>
  folder ? on.screenshot({ path: `${folder}/${name}.png`, fullPage: true }) : null;

async function add(kind: string, fields: Record<string, string>, boxes: readonly string[] = []): Promise<string> {
  await page.goto(`${app.issuer}/admin/clients/new`);
  await page.getByRole('radio', { name: kind }).check();
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  for (const label of boxes) await page.getByRole('checkbox', { name: label }).check();
  await page.getByRole('button', { name: 'Add app' }).click();
  await page.getByRole('heading', { level: 1, name: fields.Name ?? '' }).waitFor();
  return (await page.locator('dt', { hasText: 'Client ID' }).locator('..').locator('code').textContent()) ?? '';
}

const find = async (id: string) =>
  (await app.clients.findAny(id)) ?? { metadata: {} as Record<string, unknown>, qr: {}, firstParty: null };

const open = async (group: string) => {
  const summary = page.locator('summary', { hasText: group });
  if (
    !(await summary
      .locator('..')
      .getAttribute('open')
      .then((value) => value !== null))
  )
    await summary.click();
};
const fieldsetOf = (legend: string) =>
  page.locator('fieldset', { has: page.locator('legend', { hasText: legend }) }).last();

describe('a relying party', () => {
  it('whose sign-ins all used PKCE is made to require it with one click', async () => {
    const { client } = await app.clients.create({ client_name: 'Careful', redirect_uris: [redirectUri] });
    await page.goto(`${app.issuer}/admin/clients/${client.id}`);
    const offer = page.getByText('Every sign-in of the last 30 days used PKCE.');
    expect(await offer.count()).toBe(0);
    const at = Math.floor(Date.now() / 1000);
    await app.store.clientUses.record([{ clientId: client.id, what: 'sign-in:pkce', at }]);
    await page.reload();
    await offer.waitFor();
    await page.getByRole('button', { name: 'Require it' }).click();
    await page.getByText('Saved').first().waitFor();
    expect(await offer.count()).toBe(0);
    const after = await find(client.id);
    expect(after.metadata).toEqual({ ...client.metadata, require_pkce: true });
    expect([after.qr, after.firstParty]).toEqual([client.qr, client.firstParty]);
  });

  it('is added by its kind, with safe defaults for it', async () => {
    const web = await add('Website with a server', { Name: 'Web', 'Redirect URIs': 'https://shop.example/cb' });
    const spa = await add('Single-page app', { Name: 'Page', 'Redirect URIs': 'https://page.example/' });
    const native = await add('App on a phone', { Name: 'App', 'Redirect URIs': 'com.example.app:/cb' });
    expect((await find(web)).metadata).toMatchObject({ token_endpoint_auth_method: 'client_secret_basic' });
    expect((await find(spa)).metadata).toMatchObject({ token_endpoint_auth_method: 'none' });
    expect((await find(native)).metadata).toMatchObject({
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    });

    await page.goto(`${app.issuer}/admin/clients/new`);
    await keep(page, 'client-new');
    await page.getByRole('radio', { name: 'Machine' }).check();
    expect(await page.getByLabel('Redirect URIs', { exact: true }).isVisible()).toBe(false);
    await keep(page, 'client-new-machine');
    const machine = await add('Machine', { Name: 'Ops' }, ['Read the activity log']);
    await page.getByText('Copy the secret now').waitFor();
    expect((await find(machine)).metadata).toMatchObject({ grant_types: ['client_credentials'], scope: 'audit:read' });
    expect(await page.locator('[data-preview]').count()).toBe(0);
    await keep(page, 'client-machine');
  });

  it('keeps every setting that has no field, and changes only the edited fields', async () => {
    const entry = {
      client_name: 'Long kept',
      redirect_uris: [redirectUri],
      scope: 'openid email approve',
      response_modes: ['query'],
      contacts: ['ops@shop.example'],
      default_max_age: 600,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks_uri: 'https://shop.example/jwks',
      qr_scanner: 'in_app',
    };
    const { client } = await app.clients.create(entry);
    await page.goto(`${app.issuer}/admin/clients/${client.id}`);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    const saved = await find(client.id);
    expect([saved.metadata, saved.qr]).toEqual([client.metadata, client.qr]);

    await open('Sign-in');
    await fieldsetOf('Confirmation code').getByLabel('Required at every sign-in').check();
    await fieldsetOf('Passkey on the phone').getByLabel('Never required').check();
    await fieldsetOf('Staying signed in').getByLabel('Every sign-in ends').check();
    await fieldsetOf('Without a phone').getByLabel('Users sign in by phone only').check();
    await open('Tokens');
    await page.getByLabel('Access token lifetime', { exact: true }).fill('120');
    await page.getByLabel('Sign-in lifetime').fill('3600');
    await page.locator('[name=id_token_signed_response_alg][value=ES256]').check();
    await page.getByLabel('(PAR)').check();
    await page.getByLabel('Allowed origins (CORS)').fill('https://pages.shop.example');
    await page.getByLabel('Back-channel logout', { exact: true }).fill('https://shop.example/logout');
    await open('Permissions');
    await page.getByLabel('See your name, picture and language').check();
    await page.getByLabel('See your email address').uncheck();
    await keep(page, 'client-open');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    const after = await find(client.id);
    expect(after.metadata).toEqual({
      ...client.metadata,
      scope: 'openid profile approve',
      access_token_seconds: 120,
      session_seconds: 3600,
      id_token_signed_response_alg: 'ES256',
      require_pushed_authorization_requests: true,
      cors_origins: ['https://pages.shop.example'],
      backchannel_logout_uri: 'https://shop.example/logout',
    });
    expect(after.qr).toEqual({
      ...client.qr,
      qr_confirmation: 'always',
      qr_user_verification: 'none',
      qr_trust_browser: 'never',
      other_sign_in: 'never',
    });
  });

  it('E4 shows the problem of an address while it is typed, and the same message when it is saved', async () => {
    const { client } = await app.clients.create({ client_name: 'Typed', redirect_uris: [redirectUri] });
    await page.goto(`${app.issuer}/admin/clients/${client.id}`);
    const field = page.getByLabel('Redirect URIs', { exact: true });
    await field.fill('https://shop.example/cb\nhttp://shop.example/cb');
    const said = page.locator('#redirect_uris_wrong');
    await said.getByText('uses http, which is allowed on this machine only').waitFor();
    expect(await said.textContent()).toContain('http://shop.example/cb');
    expect(await said.getAttribute('aria-live')).toBe('polite');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await keep(page, 'client-typed-wrong');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('uses http, which is allowed on this machine only').waitFor();
    await keep(page, 'client-saved-wrong');
    expect(await field.inputValue()).toContain('http://shop.example/cb');
    await field.fill('https://shop.example/cb');
    await expect.poll(() => said.textContent(), { timeout: 15_000 }).toBe('');
    expect(await field.getAttribute('aria-invalid')).toBeNull();
  });

  it('E4 shows the messages of the API for every address, typed or saved', async () => {
    const machine = await openMachine(app, 'clients:write');
    const wrong = [
      'JaVaScript:alert(1)',
      'data:text/html,x',
      'https://*.shop.example/cb',
      'https://shop.example/cb#part',
      'https://user@shop.example/cb',
      'http://shop.example/cb',
      '/cb',
      `https://shop.example/${'x'.repeat(4096)}`,
    ];
    const web = ['client_uri', 'policy_uri', 'tos_uri', 'backchannel_logout_uri', 'sector_identifier_uri', 'jwks_uri'];
    const said: unknown[] = [];
    for (const field of ['redirect_uris', 'post_logout_redirect_uris', 'cors_origins', ...web]) {
      for (const value of wrong) {
        const written = web.includes(field) ? value : [value];
        const input = { client_name: 'x', redirect_uris: [redirectUri], [field]: written };
        const { body } = await machine.call('POST', '/clients', input);
        const typed = await visit.post('/admin/clients/new/check', new URLSearchParams({ field, value, kind: 'web' }));
        const { problems } = (await typed.json()) as { problems: { path: string; message: string }[] };
        expect(problems.length, `${field} ${value.slice(0, 40)}`).toBe(1);
        said.push(problems[0]?.message);
        expect(
          problems.map(({ path, message }) => ({ path, message })),
          `${field} ${value.slice(0, 40)}`,
        ).toEqual(body.errors);
      }
    }
    expect(new Set(said).size).toBeGreaterThan(6);
    const foreign = await fetch(`${app.issuer}/admin/clients/new/check`, {
      method: 'POST',
      body: new URLSearchParams(),
    });
    expect(foreign.status).toBe(404);
  });

  it('lists failed logouts and the time of the next try', async () => {
    const { client } = await app.clients.create({ client_name: 'Deaf', redirect_uris: [redirectUri] });
    const now = Math.floor(Date.now() / 1000);
    const kept = (state: 'pending' | 'given_up' | 'delivered', more: object) =>
      app.store.logouts.create({
        id: randomUUID() as LogoutId,
        clientId: client.id,
        accountId: 'a',
        sid: 's',
        createdAt: now,
        attempts: 3,
        nextAttemptAt: null,
        endsAt: now + 3600,
        lastError: null,
        state,
        expiresAt: now + 86_400,
        ...more,
      });
    await kept('delivered', { lastError: 'never shown' });
    await kept('given_up', { lastError: 'answered 500' });
    await kept('pending', { lastError: 'did not answer', nextAttemptAt: now + 3000 });
    await page.goto(`${app.issuer}/admin/clients/${client.id}`);
    const section = page.locator('section', {
      has: page.getByRole('heading', { name: 'Undelivered logouts' }),
    });
    await section.getByText('answered 500').waitFor();
    expect(await section.locator('li').count()).toBe(2);
    expect(await section.textContent()).toMatch(/Next try in (49|50) minutes/);
    expect(await section.textContent()).toContain('Given up');
    await keep(page, 'client-logouts');
  });

  it('previews what the phone will show, while the name is typed', async () => {
    const { client } = await app.clients.create({ client_name: 'Seen', redirect_uris: [redirectUri], scope: 'openid' });
    await page.goto(`${app.issuer}/admin/clients/${client.id}`);
    const preview = page.locator('[data-preview]');
    await page.getByLabel('Name', { exact: true }).fill('Seen <b>anew</b>');
    await preview.getByText('Sign in to Seen <b>anew</b>?').waitFor();
    await page.getByLabel('Redirect URIs', { exact: true }).fill('https://other.example/cb');
    await preview.getByText('other.example').waitFor();
    await open('Permissions');
    await page.getByLabel('See your email address').check();
    await preview.getByText('See your email address').waitFor();
    await open('Sign-in');
    await fieldsetOf('Passkey on the phone').getByLabel('Required at every approval').check();
    await preview.getByText('Approving requires a passkey.').waitFor();
    await fieldsetOf('QR code').getByLabel('No QR code is shown').check();
    await preview.getByText('No QR code is shown, so the phone asks nothing.').waitFor();
    expect(await preview.locator('[data-slot=phone]').isVisible()).toBe(false);
  });

  it('works without script: the server draws the preview, and a plain form sends the logo', async () => {
    const { client } = await app.clients.create({
      client_name: 'Plain',
      redirect_uris: [redirectUri],
      qr_confirmation: 'always',
    });
    const state = await page.context().storageState();
    const context = await chromium.newContext({ ...desktop, storageState: state, javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(`${app.issuer}/admin/clients/${client.id}`);
    await plain.locator('[data-preview]').getByText('The user then types a code').waitFor();
    await plain.getByLabel('Picture', { exact: true }).setInputFiles({
      name: 'logo.svg',
      mimeType: 'image/svg+xml',
      buffer: svg('<rect width="8" height="8" fill="#c9673a"/>'),
    });
    await plain.getByRole('button', { name: 'Use this picture' }).click();
    await plain.getByAltText('Current logo').waitFor();
    await context.close();
  });
});

describe('a logo', () => {
  it('is shown on the waiting page and on the phone, from this origin; a bad one is refused and changes nothing', async () => {
    const { client } = await app.clients.create({
      client_name: 'Green',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      scope: 'openid profile',
    });
    await page.goto(`${app.issuer}/admin/clients/${client.id}`);
    const upload = async (name: string, mimeType: string, buffer: Buffer) => {
      await page.getByLabel('Picture', { exact: true }).setInputFiles({ name, mimeType, buffer });
      await page.getByRole('button', { name: 'Use this picture' }).click();
    };
    await upload('logo.png', 'image/png', png());
    const picture = page.getByAltText('Current logo');
    await picture.waitFor();
    // The tests are compiled without the types of the DOM.
    const shown = (img: ReturnType<Page['locator']>) =>
      img.evaluate((it) => (it as unknown as { naturalWidth: number }).naturalWidth);
    expect(await shown(picture)).toBe(64);
    const source = await picture.getAttribute('src');
    await keep(page, 'client-logo');

    await upload('evil.svg', 'image/svg+xml', svg('<script>alert(1)</script>'));
    await page.getByRole('alert').getByText('has the element script').waitFor();
    await keep(page, 'client-logo-refused');
    expect(await page.getByAltText('Current logo').getAttribute('src')).toBe(source);

    const waiting = await (await chromium.newContext(desktop)).newPage();
    const request = new URLSearchParams({
      client_id: client.id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid profile',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    });
    await waiting.goto(`${app.issuer}/auth?${request}`);
    const onScreen = waiting.locator('img.logo');
    expect([await onScreen.getAttribute('src'), await shown(onScreen)]).toEqual([source, 64]);
    await keep(waiting, 'waiting-logo');
    await visit.scan(waiting);
    const onPhone = visit.phone.locator('img.logo');
    await onPhone.waitFor();
    await expect.poll(() => shown(onPhone), { timeout: 15_000 }).toBe(64);
    await keep(visit.phone, 'phone-logo');
    await visit.phone.getByRole('button', { name: 'Deny' }).click();
    await waiting.context().close();

    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Use this picture' }).waitFor();
    expect(await page.getByAltText('Current logo').count()).toBe(0);
    expect((await fetch(`${app.issuer}${source}`)).status).toBe(404);
  });
});

describe('a client manager', () => {
  it('E7 gives a machine only the rights of the role, and changes no machine with more rights', async () => {
    const manager = await visitConsole(app, chromium, { username: 'bob', roles: ['client-manager'] });
    const machine = (scope: string) =>
      new URLSearchParams({ kind: 'machine', client_name: 'Ops', boxes: `scope.${scope}`, [`scope.${scope}`]: 'yes' });
    expect((await manager.post('/admin/clients', machine('accounts:write'))).status).toBe(403);
    expect((await manager.post('/admin/clients', machine('clients:read'))).status).toBe(200);
    const { client } = await app.clients.create({
      client_name: 'Powerful',
      grant_types: ['client_credentials'],
      scope: 'keys:write clients:read',
    });
    const path = `/admin/clients/${client.id}`;
    for (const target of ['', '/secrets', '/switch', '/logo', '/logo/remove']) {
      const answer = await manager.post(`${path}${target}`, new URLSearchParams({ revision: '1', to: 'on' }));
      expect(answer.status, target).toBe(403);
    }
    await manager.page.goto(`${app.issuer}${path}`);
    expect(await manager.page.getByRole('checkbox', { name: 'Rotate signing keys' }).isDisabled()).toBe(true);
    expect((await app.clients.findAny(client.id))?.revision).toBe(1);
    await manager.close();
  });
});

// Looked at by people, by hand: SCREENSHOTS names the folder.
if (folder)
  describe('pictures', () => {
    it.each(['light', 'dark'] as const)('shows the pages, %s', { timeout: 60_000 }, async (colorScheme) => {
      const state = await page.context().storageState();
      const { client } = await app.clients.create({
        client_name: 'Green Grocer',
        redirect_uris: [redirectUri],
        policy_uri: 'https://grocer.example/privacy',
      });
      await app.logos.set(client.id, { body: png(), type: 'image/png' }, null);
      for (const [width, locale] of [
        [1280, 'en-US'],
        [390, 'en-US'],
        [1280, 'zh-CN'],
        [390, 'zh-CN'],
      ] as const) {
        const context = await chromium.newContext({
          viewport: { width, height: 900 },
          locale,
          colorScheme,
          storageState: state,
        });
        const shot = await context.newPage();
        const name = `${colorScheme}-${width}-${locale}`;
        await shot.goto(`${app.issuer}/admin/clients/${client.id}`);
        await keep(shot, `one-${name}`);
        for (const details of await shot.locator('details').all())
          await details.evaluate((it) => it.setAttribute('open', ''));
        await keep(shot, `all-${name}`);
        if (folder) {
          const parts = await shot.locator('details, .client-preview, .client-logo').all();
          for (const [i, part] of parts.entries()) await part.screenshot({ path: `${folder}/part-${name}-${i}.png` });
        }
        const isWide = await shot.evaluate('document.documentElement.scrollWidth > innerWidth');
        expect(isWide, name).toBe(false);
        await shot.goto(`${app.issuer}/admin/clients/new`);
        await keep(shot, `new-${name}`);
        await context.close();
      }
    });
  });
