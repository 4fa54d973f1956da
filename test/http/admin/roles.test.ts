// The rights of roles and scopes as full tables: role × route of the console, and scope × operation of the
// API (security.md E1, E2). The tables are written by hand and not read from the code, so a new route fails
// until somebody decides who may use it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../../src/core/account/account.ts';
import { adminScopes } from '../../../src/core/client/client-schema.ts';
import { type Machine, openMachine } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { openConsoleBrowser } from '../../support/console-browser.ts';
import { operationsOf, readOpenApi } from '../../support/openapi.ts';
import { signIn } from '../../support/signed-in.ts';
import { createWaitingBrowser, redirectUri, type WaitingBrowser } from '../../support/waiting-browser.ts';

type For =
  | 'everybody'
  | 'every role'
  | 'managers'
  | 'reviewers'
  | 'administrators'
  | 'every role, asking'
  | 'managers, asking';

/**
 * Who may use each route of the console. A POST requires a fresh proof as well, unless it changes nothing
 * (`asking`) or is for everybody.
 */
const consoleRoutes: Readonly<Record<string, For>> = {
  'GET /admin/sign-in': 'everybody',
  'GET /admin/callback': 'everybody',
  'POST /admin/sign-out': 'everybody',
  'GET /admin': 'every role',

  'GET /admin/overview': 'every role',
  'GET /admin/continue': 'every role',

  'GET /admin/clients': 'every role',
  'GET /admin/clients/new': 'every role',
  'POST /admin/clients': 'managers',
  'GET /admin/clients/:id': 'every role',
  'POST /admin/clients/:id': 'managers',
  'POST /admin/clients/:id/secrets': 'managers',
  'POST /admin/clients/:id/secrets/:secret/revoke': 'managers',
  'POST /admin/clients/:id/switch': 'managers',
  'POST /admin/clients/:id/delete': 'managers',
  'POST /admin/clients/new/check': 'every role, asking',
  'POST /admin/clients/:id/logo': 'managers',
  'POST /admin/clients/:id/logo/remove': 'managers',
  'GET /admin/clients/:id/connect': 'every role',
  'GET /admin/clients/:id/try': 'every role',
  'POST /admin/clients/:id/try': 'managers, asking',
  'GET /admin/try/callback': 'every role',
  'GET /admin/clients/:id/claims': 'reviewers',

  'GET /admin/accounts': 'reviewers',
  'GET /admin/accounts/:id': 'reviewers',
  'POST /admin/accounts/:id': 'administrators',
  'POST /admin/accounts/:id/roles': 'administrators',
  'POST /admin/accounts/:id/switch': 'administrators',
  'POST /admin/accounts/:id/devices/:part/end': 'administrators',
  'POST /admin/accounts/:id/approvals/:part/end': 'administrators',
  'POST /admin/accounts/:id/grants/:part/end': 'administrators',
  'POST /admin/accounts/:id/sign-out': 'administrators',
  'POST /admin/accounts/:id/reset-link': 'administrators',
  'POST /admin/accounts/:id/email': 'administrators',
  'GET /admin/invitations': 'reviewers',
  'POST /admin/invitations': 'administrators',
  'POST /admin/invitations/:id/revoke': 'administrators',

  'GET /admin/activity': 'reviewers',
  'GET /admin/activity/export': 'reviewers',
  'GET /admin/activity/tickets/:id': 'reviewers',
  'GET /admin/keys': 'reviewers',
  'POST /admin/keys/rotate': 'administrators',
  'POST /admin/keys/replace': 'administrators',
  'GET /admin/registration': 'every role',
  'POST /admin/registration': 'managers',
  'POST /admin/registration/tokens/:id/revoke': 'managers',
};

const rolesFor: Readonly<Record<For, readonly Role[]>> = {
  everybody: [],
  'every role': ['administrator', 'client-manager', 'auditor'],
  'every role, asking': ['administrator', 'client-manager', 'auditor'],
  managers: ['administrator', 'client-manager'],
  'managers, asking': ['administrator', 'client-manager'],
  reviewers: ['administrator', 'auditor'],
  administrators: ['administrator'],
};

/** First part of an operation's path, and the scopes that read and change there. */
const apiScopes: Readonly<Record<string, readonly [read: string | null, change: string]>> = {
  // For whoever may do anything here.
  me: [null, 'none'],
  clients: ['clients:read', 'clients:write'],
  'registration-tokens': ['clients:read', 'clients:write'],
  accounts: ['accounts:read', 'accounts:write'],
  invitations: ['accounts:read', 'accounts:write'],
  statistics: ['audit:read', 'none'],
  audit: ['audit:read', 'none'],
  keys: ['keys:read', 'keys:write'],
};

/** A proof is fresh for five minutes. */
const staleSeconds = 301;
const visitors = [null, [], ['client-manager'], ['auditor'], ['administrator']] as const satisfies (Role[] | null)[];
type Visitor = (typeof visitors)[number];
const nameOf = (visitor: Visitor) => (visitor === null ? 'nobody' : visitor.join() || 'an account without a role');

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ registration: { enabled: true } });
});
afterAll(() => app.stop());

async function setRoles(username: string, roles: Role[]): Promise<void> {
  const account = await app.accounts.findByUsername(username);
  await app.accounts.update(account?.id ?? '', { roles }, null);
}

describe('the console', () => {
  const routes = () =>
    app.routes
      .map(({ method, path }) => ({ method, path: path.replace(/(.)\/$/, '$1') }))
      .filter(({ path }) => /^\/admin(\/|$)/.test(path) && !path.startsWith('/admin/v1/'));
  let browser: WaitingBrowser;

  beforeAll(async () => {
    // Somebody has to stay administrator while Alice is now this and now that.
    for (const username of ['bob', 'alice']) await setRoles(username, ['administrator']);
    browser = await openConsoleBrowser(app, await app.phone('alice'));
  });

  it('E1 E2 has every route in the table of this test', () => {
    const names = routes().map(({ method, path }) => `${method} ${path}`);
    const missing = names
      .filter((name) => !(name in consoleRoutes))
      .map((name) => `'${name}': 'administrators', // or: managers, every role, everybody`);
    expect(missing, 'decide whom these are for, and add a line each to consoleRoutes').toEqual([]);
    expect(
      Object.keys(consoleRoutes).filter((name) => !names.includes(name)),
      'no longer there: take these out',
    ).toEqual([]);
  });

  describe.each(['fresh', 'stale'])('after a %s proof', (proof) => {
    it.each(visitors.map((visitor) => [nameOf(visitor), visitor] as const))(
      'E1 E2 opens to %s what is for them',
      async (_, visitor) => {
        await setRoles('alice', visitor ?? []);
        app.time.shiftSeconds = proof === 'stale' ? staleSeconds : 0;
        const guarded = routes().filter(
          ({ method, path }) => (consoleRoutes[`${method} ${path}`] ?? 'everybody') !== 'everybody',
        );
        try {
          for (const { method, path } of guarded) {
            const expected = outcomeFor(consoleRoutes[`${method} ${path}`] ?? 'everybody', method, visitor, proof);
            expect(await ask(method, path, visitor), `${method} ${path}`).toBe(expected);
          }
        } finally {
          app.time.shiftSeconds = 0;
        }
        expect(guarded.length).toBeGreaterThan(5);
      },
    );
  });

  function outcomeFor(whom: For, method: string, visitor: Visitor, proof: string): string {
    if (visitor === null) return 'sign-in';
    if (visitor.length === 0) return 'role_missing';
    const isMeant = visitor.some((role) => rolesFor[whom].includes(role));
    if (!isMeant) return 'role_insufficient';
    return method === 'GET' || whom.endsWith('asking') || proof === 'fresh' ? 'admitted' : 'fresh proof';
  }

  /** Ids are nobody's and forms empty, so that what is admitted changes nothing. */
  async function ask(method: string, path: string, visitor: Visitor): Promise<string> {
    const from = visitor === null ? createWaitingBrowser(app.issuer) : browser;
    const url = path.replace(/:\w+/g, 'nobody');
    const { status, headers, text } = await from.request(url, { method, headers: { accept: 'application/json' } });
    const location = headers.get('location') ?? '';
    if (status === 303 && location.startsWith('/admin/sign-in'))
      return location.includes('fresh') ? 'fresh proof' : 'sign-in';
    if (status === 403) return String(JSON.parse(text).code);
    // A script's question is not led anywhere.
    if (visitor === null && JSON.parse(text).code === 'interaction_not_found') return 'sign-in';
    return status < 500 ? 'admitted' : `${status} ${text}`;
  }

  it('E2 refuses every change that another site sends, whoever it is from', async () => {
    await setRoles('alice', ['administrator']);
    const changes = routes().filter(({ method }) => method !== 'GET');
    expect(changes.length).toBeGreaterThan(5);
    for (const { method, path } of changes) {
      for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as Record<
        string,
        string
      >[]) {
        const url = path.replace(/:\w+/g, 'nobody');
        const answer = await browser.request(url, { method, headers: { accept: 'application/json', ...headers } });
        expect([answer.status, answer.json().code], `${method} ${path}`).toEqual([403, 'cross_site_request']);
      }
    }
  });
});

describe('the API', () => {
  const operations = async () => {
    const all = operationsOf(await readOpenApi(app.issuer, 'admin')).filter(
      ({ path }) => !path.endsWith('/openapi.json'),
    );
    return all.map(({ method, path, name, security }) => ({
      name,
      method,
      path: path.replace('/admin/v1', '').replace(/\{\w+\}/g, 'nobody'),
      documented: security.map((each) => Object.values(each).flat()),
    }));
  };
  const scopeOf = (method: string, path: string) => apiScopes[path.split('/')[1] ?? '']?.[method === 'GET' ? 0 : 1];
  const machines = new Map<string, Machine>();

  beforeAll(async () => {
    for (const scope of adminScopes) machines.set(scope, await openMachine(app, scope));
  });

  it('E1 documents for every operation the scope in the table of this test', async () => {
    for (const { name, method, path, documented } of await operations()) {
      const scope = scopeOf(method, path);
      expect(scope, `${name} is not in apiScopes: add '${path.split('/')[1]}': ['…:read', '…:write']`).toBeDefined();
      const names = [scope ?? []].flat();
      expect(documented, name).toEqual([names, names]);
    }
  });

  it.each(adminScopes)(
    'E1 allows a token with the scope %s the operations of that scope and no others',
    async (scope) => {
      const machine = machines.get(scope);
      for (const { name, method, path } of await operations()) {
        const answer = await machine?.call(method, path, undefined, { 'if-match': '*' });
        const isRefused = answer?.status === 403 && answer.body.code === 'scope_insufficient';
        expect([answer?.status === 401, isRefused], `${name} with ${scope}: ${answer?.status}`).toEqual([
          false,
          ![scope as string, null].includes(scopeOf(method, path) ?? null),
        ]);
      }
    },
  );

  it('E1 requires a valid token that was issued to a machine for this API', async () => {
    const person = (await signIn(app, await app.phone('alice'))).tokens.access_token;
    const tokens: [about: string, authorization: string, statuses: number[]][] = [
      ['no token', '', [401]],
      ['a token of nobody', 'Bearer nonsense', [401]],
      ['a person’s token', `Bearer ${person}`, [403]],
      ['a person’s token for the phone', `Bearer ${await phoneToken()}`, [403]],
      ['a client’s name and secret', `Basic ${btoa('dev-web:dev-web-secret-for-local-use-only')}`, [401]],
    ];
    for (const { name, method, path } of await operations()) {
      for (const [about, authorization, statuses] of tokens)
        expect(statuses, `${name} with ${about}`).toContain(await statusWith(method, path, authorization));
    }
  });

  it('E1 refuses a token that has ended', async () => {
    const short = await startApp({ tokens: { access_token_seconds: 1 }, registration: { enabled: true } });
    try {
      const machine = await openMachine(short, ...adminScopes);
      const isOver = async () => (await machine.call('GET', '/clients')).status === 401;
      await expect.poll(isOver, { timeout: 10_000 }).toBe(true);
      for (const { name, method, path } of await operations())
        expect((await machine.call(method, path, undefined, { 'if-match': '*' })).status, name).toBe(401);
    } finally {
      await short.stop();
    }
  });

  const statusWith = async (method: string, path: string, authorization: string): Promise<number> =>
    (await fetch(`${app.issuer}/admin/v1${path}`, { method, headers: { authorization, 'if-match': '*' } })).status;

  /** A living token of this provider, for another of its resources. */
  async function phoneToken(): Promise<string> {
    const phone = await app.phone('alice');
    const browser = createWaitingBrowser(app.issuer);
    const resource = `${app.issuer}/phone`;
    await browser.open({ client_id: 'dev-phone', scope: 'openid approve', resource });
    // Such an app is enrolled by a password only.
    const form = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice' });
    const signedIn = await browser.request(`${browser.base}/password`, { method: 'POST', body: form });
    const callback = await browser.follow(String(signedIn.json().location));
    const code = callback.searchParams.get('code') ?? '';
    const response = await fetch(`${app.issuer}/token`, {
      method: 'POST',
      headers: { DPoP: await phone.proof('POST', '/token') },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        client_id: 'dev-phone',
        code_verifier: browser.verifier,
        resource,
      }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    expect(access_token).toBeTruthy();
    return access_token;
  }
});
