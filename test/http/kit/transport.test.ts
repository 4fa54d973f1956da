// Rules for every answer (security.md F, G5, G6): headers, cookies behind a proxy, foreign hosts and
// origins, sizes, budgets.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOfLibrary } from '../../../src/http/oidc/oidc-routes.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { approveFor, signIn } from '../../support/signed-in.ts';
import type { VirtualPhone } from '../../support/virtual-phone.ts';
import { authorizationParams, createWaitingBrowser } from '../../support/waiting-browser.ts';

let app: TestApp;
let alice: VirtualPhone;
beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

/** Answers of every kind: pages, refusals, redirects, JSON, streams, the library's own errors. */
async function everyKindOfAnswer(issuer = app.issuer): Promise<[string, Response][]> {
  const html = { accept: 'text/html' };
  const browser = createWaitingBrowser(issuer);
  await browser.open();
  const cookie = [...browser.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');
  const form = { method: 'POST', headers: html, body: new URLSearchParams({ username: 'x', password: 'y' }) };
  const requests: [string, RequestInit][] = [
    ['/q', { headers: html }],
    ['/q/nonsense', { headers: html }],
    [`/link/${'a'.repeat(43)}`, { headers: html }],
    ['/sign-in', { headers: html }],
    ['/sign-in', form],
    [`/auth?${authorizationParams().params}`, {}],
    ['/auth?client_id=nobody', { headers: html }],
    [`/auth?${authorizationParams({ prompt: 'none' }).params}`, {}],
    [`/auth?${authorizationParams({ response_mode: 'form_post', prompt: 'none' }).params}`, { headers: html }],
    [browser.base, { headers: { ...html, cookie } }],
    [`${browser.base}/ticket`, { headers: { cookie } }],
    [`${browser.base}/events`, { headers: { cookie } }],
    [browser.base, { headers: html }],
    ['/interaction/unknown', { headers: html }],
    ['/session/end', { headers: html }],
    ['/session/end?id_token_hint=x', { headers: html }],
    ['/session/end/confirm', { method: 'POST', headers: html }],
    ['/session/end/answer', { method: 'POST', headers: html }],
    ['/token', { method: 'POST' }],
    ['/me', {}],
    ['/jwks', {}],
    ['/.well-known/openid-configuration', {}],
    ['/phone/v1/scan', { method: 'POST' }],
    ['/phone/v1/openapi.json', {}],
    ['/nowhere', { headers: html }],
    ['/nowhere', { headers: { accept: 'application/json' } }],
    ['/q', { method: 'DELETE' }],
    ['/manifest.webmanifest', {}],
    ['/service-worker.js', {}],
    ['/offline', { headers: html }],
    ['/healthz', {}],
  ];
  return Promise.all(
    requests.map(async ([path, init]): Promise<[string, Response]> => {
      const gone = new AbortController();
      const response = await fetch(issuer + path, { redirect: 'manual', signal: gone.signal, ...init });
      if (path.endsWith('/events')) gone.abort();
      return [`${init.method ?? 'GET'} ${path.slice(0, 40)} (${response.status})`, response];
    }),
  );
}

async function waitingQr(): Promise<string> {
  const browser = createWaitingBrowser(app.issuer);
  await browser.open();
  return browser.qr();
}

describe('every answer', () => {
  it('F2 F4 carries the security headers, errors included', async () => {
    for (const [name, { headers }] of await everyKindOfAnswer()) {
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy, name).toContain("default-src 'none'");
      expect(policy, name).toContain("frame-ancestors 'none'");
      expect(policy, name).not.toMatch(/unsafe-|\*/);
      expect(headers.get('x-content-type-options'), name).toBe('nosniff');
      expect(headers.get('referrer-policy'), name).toBe('same-origin');
      const isPassed = /^\w+ \/(auth|interaction|session|sign-in|link)\b/.test(name);
      expect(headers.get('cross-origin-opener-policy'), name).toBe(isPassed ? 'unsafe-none' : 'same-origin');
      expect(headers.get('permissions-policy'), name).toContain('camera=()');
      expect(headers.get('server'), name).toBeNull();
      expect(headers.get('x-powered-by'), name).toBeNull();
      expect(headers.get('access-control-allow-credentials'), name).toBeNull();
    }
  });

  it('F2 has a nonce of its own on every page, and a policy that names it', async () => {
    const nonces = new Set<string>();
    for (const [name, response] of await everyKindOfAnswer()) {
      if (!response.headers.get('content-type')?.startsWith('text/html')) continue;
      const [, nonce = ''] = /'nonce-([\w-]+)'/.exec(response.headers.get('content-security-policy') ?? '') ?? [];
      expect(nonce, name).toHaveLength(22);
      nonces.add(nonce);
      for (const [, used] of (await response.text()).matchAll(/nonce="([^"]*)"/g)) expect(used, name).toBe(nonce);
    }
    expect(nonces.size).toBeGreaterThan(8);
  });

  it('F3 lets a form end at ourselves, and names no other origin; the page of form_post has no form-action', async () => {
    let formPosts = 0;
    for (const [name, response] of await everyKindOfAnswer()) {
      if (!response.headers.get('content-type')?.startsWith('text/html')) continue;
      const policy = (response.headers.get('content-security-policy') ?? '').split(/;\s*/);
      const isFormPost = (await response.text()).includes('name="error" value="login_required"');
      const expected = isFormPost ? [] : ["form-action 'self'"];
      expect(
        policy.filter((each) => each.startsWith('form-action')),
        name,
      ).toEqual(expected);
      if (isFormPost) formPosts++;
    }
    expect(formPosts).toBe(1);
  });

  it('F4 is not cacheable unless it is public', async () => {
    for (const [name, { headers }] of await everyKindOfAnswer()) {
      const isPublic = /jwks|well-known/.test(name);
      expect(headers.get('cache-control') ?? '', name).toMatch(isPublic ? /max-age/ : /no-store/);
    }
  });

  it('F6 shows no markup that came with the request', async () => {
    const evil = '"><script>alert(1)</script>';
    const paths = [
      `/auth?client_id=${encodeURIComponent(evil)}`,
      `/auth?${authorizationParams({ scope: evil, ui_locales: evil, login_hint: evil }).params}`,
      `/session/end?state=${encodeURIComponent(evil)}&client_id=${encodeURIComponent(evil)}`,
      `/sign-in?return_to=${encodeURIComponent(evil)}`,
      `/q/${encodeURIComponent(evil)}`,
      `/${encodeURIComponent(evil)}`,
    ];
    for (const path of paths) {
      const response = await fetch(app.issuer + path, {
        redirect: 'manual',
        headers: { accept: 'text/html', 'user-agent': evil },
      });
      expect(await response.text(), path).not.toContain('<script>alert');
    }
    const browser = createWaitingBrowser(app.issuer);
    const page = await browser.open({ login_hint: evil, ui_locales: evil, state: evil });
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('<script>alert');
    expect(page.text).toContain('&quot;&gt;&lt;script&gt;');
  });

  it('F4 allows the camera and workers on the scanner’s page only, from our own origin', async () => {
    const headers = { accept: 'text/html', cookie: alice.cookie };
    const at = async (path: string) => (await fetch(app.issuer + path, { headers, redirect: 'manual' })).headers;
    for (const path of ['/q', '/q?scan']) {
      const scanner = await at(path);
      expect(scanner.get('permissions-policy')).toMatch(/^camera=\(self\), microphone=\(\)/);
      expect(scanner.get('content-security-policy')).toContain("worker-src 'self'");
    }
    const { pathname } = new URL(await waitingQr());
    for (const path of [pathname, '/sign-in', '/offline', '/nowhere']) {
      const other = await at(path);
      expect(other.get('permissions-policy'), path).toContain('camera=()');
      expect(other.get('content-security-policy'), path).toContain("worker-src 'none'");
    }
  });

  it('has a request id for the log', async () => {
    const response = await fetch(`${app.issuer}/q`);
    const id = response.headers.get('x-request-id') ?? '';
    expect(id).toMatch(/^[\w-]{36}$/);
    await response.text();
    await expect.poll(() => app.logText()).toContain(id);
  });
});

describe('behind TLS', () => {
  it('F1 F7 C3 answers with HSTS, and its cookies are Secure, HttpOnly, SameSite and prefixed', async () => {
    const base = await startApp();
    await base.stop();
    const { host } = new URL(base.issuer);
    const secure = await startApp({ issuer: `https://${host}`, http: { port: Number(host.split(':')[1]) } });
    try {
      // What a TLS-terminating proxy on this machine does: plain HTTP with the public host name.
      const at = (path: string, init: RequestInit = {}) =>
        fetch(`http://${host}${path}`, { redirect: 'manual', ...init });
      const started = await at(`/auth?${authorizationParams().params}`);
      const location = started.headers.get('location') ?? '';
      const setBy = ({ headers }: Response) => headers.getSetCookie().map((line) => line.split(';')[0]);
      const cookie = setBy(started).join('; ');
      const page = await at(location, { headers: { cookie, accept: 'text/html' } });
      expect(page.status).toBe(200);
      const body = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice', return_to: '/q' });
      const signedIn = await at('/sign-in', { method: 'POST', body });
      const finished = await at(`${location}/password`, {
        method: 'POST',
        headers: { cookie, origin: `https://${host}` },
        body,
      });
      const ofFinish = { cookie: [cookie, ...setBy(finished)].join('; '), accept: 'text/html' };
      const resumed = await at(new URL(String(((await finished.json()) as { location: string }).location)).pathname, {
        headers: ofFinish,
      });
      const answers = [
        started,
        page,
        signedIn,
        finished,
        resumed,
        await at('/nowhere'),
        await at('/healthz'),
        await at('/jwks'),
      ];
      for (const { headers } of answers) {
        expect(headers.get('strict-transport-security')).toMatch(/max-age=(3153|6307)\d{4}/);
        for (const line of headers.getSetCookie()) {
          expect(line).toMatch(/^__(Host|Secure)-/);
          expect(line).toMatch(/; secure/i);
          expect(line).toMatch(/; httponly/i);
          expect(line).toMatch(/; samesite=lax/i);
          if (line.startsWith('__Host-')) expect(line).toMatch(/; path=\/(;|$)/i);
        }
      }
      const names = answers.flatMap(({ headers }) => headers.getSetCookie().map((line) => line.split('=')[0]));
      expect(new Set(names)).toEqual(
        new Set([
          '__Secure-tessera_interaction',
          '__Secure-tessera_interaction.sig',
          '__Secure-tessera_resume',
          '__Secure-tessera_resume.sig',
          '__Host-tessera_finish',
          '__Secure-tessera_back',
          '__Host-tessera_session',
          '__Host-tessera_session.sig',
          '__Host-tessera_browser',
          '__Host-tessera_device',
        ]),
      );
      const discovery = (await (await at('/.well-known/openid-configuration')).json()) as Record<string, string>;
      expect(discovery.authorization_endpoint).toBe(`https://${host}/auth`);
    } finally {
      await secure.stop();
    }
  });
});

describe('CORS', () => {
  const origin = 'https://evil.example';

  it('F5 is never given at the authorization endpoint or on pages', async () => {
    for (const path of [
      `/auth?${authorizationParams().params}`,
      '/q',
      '/sign-in',
      '/phone/v1/approvals',
      '/session/end',
    ]) {
      for (const asked of [origin, 'null']) {
        const { headers } = await fetch(app.issuer + path, { redirect: 'manual', headers: { origin: asked } });
        expect(headers.get('access-control-allow-origin'), path).toBeNull();
      }
    }
  });

  it('F5 leaves token and userinfo to origins that a client registered', async () => {
    const { tokens } = await signIn(app, alice);
    const userinfo = (asked: string) =>
      fetch(`${app.issuer}/me`, { headers: { origin: asked, authorization: `Bearer ${tokens.access_token}` } });
    const redeem = (asked: string) =>
      fetch(`${app.issuer}/token`, {
        method: 'POST',
        headers: { origin: asked },
        body: new URLSearchParams({ grant_type: 'authorization_code', client_id: 'dev-public', code: 'x' }),
      });
    for (const asked of [origin, 'null']) {
      for (const response of [await userinfo(asked), await redeem(asked)]) {
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
        expect(response.status).toBeGreaterThanOrEqual(400);
      }
    }
    const registered = new URL(
      app.config.clients.find(({ client_id }) => client_id === 'dev-public')?.redirect_uris?.[0] ?? '',
    );
    expect((await userinfo(registered.origin)).headers.get('access-control-allow-origin')).toBe(registered.origin);
    expect((await userinfo(registered.origin)).headers.get('access-control-allow-credentials')).toBeNull();
  });
});

describe('what a caller claims about host, scheme and address', () => {
  it('F8 a foreign Host is refused, in every spelling', async () => {
    const { port } = new URL(app.issuer);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      `localhost.evil.example:${port}`,
      `127.0.0.1:${port}`,
    ]) {
      const answer = await raw(
        `GET /.well-known/openid-configuration HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 421 /);
      expect(answer).not.toContain(`https://${host}`);
    }
  });

  it('F8 forwarding headers change neither discovery nor links', async () => {
    const forged = {
      forwarded: 'host=evil.example;proto=https;for=198.51.100.1',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '1',
      'x-forwarded-prefix': '/evil',
      'x-original-url': '/evil',
    };
    const url = `${app.issuer}/.well-known/openid-configuration`;
    const honest = await (await fetch(url)).text();
    expect(await (await fetch(url, { headers: forged })).text()).toBe(honest);
    const browser = createWaitingBrowser(app.issuer);
    await browser.open();
    const ticket = await browser.request(`${browser.base}/ticket`, { headers: forged });
    expect(String(ticket.json().qr).startsWith(`${app.issuer}/q/`)).toBe(true);
    const error = await fetch(`${app.issuer}/auth?${authorizationParams({ prompt: 'none' }).params}`, {
      headers: forged,
      redirect: 'manual',
    });
    expect(new URL(error.headers.get('location') ?? '').searchParams.get('iss')).toBe(app.issuer);
  });

  it('F8 B15 X-Forwarded-For counts from a configured proxy only, and only what that proxy saw', async () => {
    const networkOf = async (over: TestApp, forwarded: string) => {
      const browser = createWaitingBrowser(over.issuer);
      await browser.open();
      const headers = { accept: 'application/json', 'x-forwarded-for': forwarded };
      await browser.request(`${browser.base}/ticket`, { method: 'POST', headers });
      const phone = await over.phone();
      const { context } = await phone.scan({ qr: await browser.qr() });
      return (context.place as Record<string, string>).network;
    };
    expect(await networkOf(app, '198.51.100.7')).toBe('127.0.0.1');
    const proxied = await startApp({ http: { trusted_proxies: ['127.0.0.1', '::1'] } });
    try {
      expect(await networkOf(proxied, '198.51.100.7')).toBe('198.51.100.7');
      expect(await networkOf(proxied, '203.0.113.66, 198.51.100.8')).toBe('198.51.100.8');
      expect(await networkOf(proxied, 'nonsense, <script>')).toBe('127.0.0.1');
      // What the proxy wrote counts, whatever the caller wrote before it.
      expect(await networkOf(proxied, '6.6.6.6, 198.51.100.9:4711')).toBe('198.51.100.9');
      expect(await networkOf(proxied, '6.6.6.6, [2001:db8::7]:4711')).toMatch(/^2001:db8:/);
      expect(await networkOf(proxied, '6.6.6.6, unknown')).toBe('127.0.0.1');
    } finally {
      await proxied.stop();
    }
  });

  /** One request by hand; the whole answer as text. */
  function raw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let answer = '';
      connect(Number(new URL(app.issuer).port), '127.0.0.1')
        .setEncoding('utf8')
        .on('data', (chunk) => {
          answer += chunk;
        })
        .on('end', () => resolve(answer))
        .on('error', reject)
        .end(text);
    });
  }

  it('answers 400 to a request target that is not a path, and keeps serving', async () => {
    const { host } = new URL(app.issuer);
    for (const target of ['http://', `http://${host}/healthz`, '*', 'healthz', '//', '//[', `//${host}`]) {
      const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(answer, target).toMatch(/^HTTP\/1\.1 (400|404) /);
    }
    expect((await fetch(`${app.issuer}/healthz`)).status).toBe(200);
  });

  it('answers 400 to a request target with a fragment, which parsers read in different ways, and keeps serving', async () => {
    const { host } = new URL(app.issuer);
    for (const target of ['//a@b#', '//g<C@7F#$', '//a:b@c/d#', '/healthz#x', '/healthz?x=1#y', '/#']) {
      const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(answer, target).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer, target).toContain('request_target_invalid');
    }
    expect((await fetch(`${app.issuer}/healthz`)).status).toBe(200);
  });

  it('survives input that is not HTTP', async () => {
    for (const text of [
      '\r\n\r\n',
      'GET\r\n\r\n',
      '\u0016\u0003\u0001\u0000',
      `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
    ]) {
      await raw(text).catch(() => '');
    }
    expect((await fetch(`${app.issuer}/healthz`)).status).toBe(200);
  });
});

describe('sizes', () => {
  it('G6 refuses a body of a megabyte with 413, announced or not', async () => {
    const big = 'x'.repeat(1024 * 1024);
    for (const path of ['/sign-in', '/phone/v1/scan', '/token', '/request']) {
      const { cookie } = alice;
      const type = path.startsWith('/phone') ? 'application/json' : 'application/x-www-form-urlencoded';
      const headers = {
        cookie,
        'content-type': type,
        ...(path.startsWith('/phone') && { DPoP: await alice.proof('POST', path) }),
      };
      const announced = await fetch(app.issuer + path, { method: 'POST', headers, body: big });
      expect(announced.status, path).toBe(413);
    }
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 100; i++) controller.enqueue(new TextEncoder().encode('x'.repeat(1024)));
        controller.close();
      },
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const init = { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit;
    const chunked = await fetch(`${app.issuer}/sign-in`, init);
    expect(chunked.status).toBe(413);
    expect((await fetch(`${app.issuer}/healthz`)).status).toBe(200);
  });
});

describe('budgets', () => {
  it('G1 200 codes in a minute for one client: 429 with Retry-After, and another client is unaffected', async () => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open();
    const statuses = [];
    for (let i = 0; i < 200; i++) {
      const made = await browser.json('POST', `${browser.base}/ticket`, {});
      statuses.push(made.status);
      if (made.status === 429) {
        expect(made.json().code).toBe('rate_limited');
        expect(Number(made.headers.get('retry-after'))).toBeGreaterThan(0);
        break;
      }
    }
    expect(statuses.at(-1)).toBe(429);
    expect(new Set(statuses.slice(0, -1))).toEqual(new Set([201]));
    const callback = await approveFor(createWaitingBrowser(app.issuer), alice, {
      client_id: 'tea-house',
      redirect_uri: 'http://localhost:3001/callback',
    });
    expect(callback.searchParams.get('code')).toBeTruthy();
  });

  it('G2 answers unknown handles alike, then 429', async () => {
    const phone = await app.phone('bob');
    const frame = () =>
      `${crypto.randomUUID().replaceAll('-', '').slice(0, 22)}.0.${crypto.randomUUID().replaceAll('-', '').slice(0, 11)}`;
    const seen = new Set<string>();
    let refusals = 0;
    while (refusals === 0 && seen.size < 1000) {
      const { status, body, headers } = await phone.call('POST', '/phone/v1/scan', { qr: frame() });
      seen.add(`${status} ${body.code} ${body.detail}`);
      if (status !== 429) continue;
      refusals++;
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect([...seen].map((line) => line.slice(0, 24)).sort()).toEqual([
      '404 ticket_not_found The',
      '429 rate_limited Too man',
    ]);
  });

  it('G5 the token endpoint has a budget, and refuses in the shape of RFC 6749', async () => {
    const small = await startApp({ limits: { token_requests_per_minute: 5 } });
    try {
      const send = () =>
        fetch(`${small.issuer}/token`, {
          method: 'POST',
          body: new URLSearchParams({ grant_type: 'authorization_code', client_id: 'dev-public', code: 'x' }),
        });
      for (let i = 0; i < 5; i++) expect((await send()).status).toBe(400);
      for (const path of ['/token/', '/TOKEN', '/Token/introspection']) {
        expect((await fetch(`${small.issuer}${path}`, { method: 'POST' })).status, path).toBe(404);
      }
      const limited = await send();
      expect(limited.status).toBe(429);
      expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await limited.json()).toMatchObject({
        error: 'temporarily_unavailable',
        error_description: expect.any(String),
      });
    } finally {
      await small.stop();
    }
  });
});

describe('paths of the library', () => {
  it('do not overlap with ours, which would never be reached', () => {
    expect(isOfLibrary('/auth/resumed-one')).toBe(true);
    const paths = app.routes.map(({ path }) => path.replaceAll(/:\w+/g, 'x').replaceAll(/\{([^}]*)\}/g, '$1'));
    expect(paths.length).toBeGreaterThan(100);
    expect(paths.filter(isOfLibrary)).toEqual([]);
  });
});
