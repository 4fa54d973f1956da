// Who may change something, and who gets a page, by the headers that browsers of different ages send
// (security.md B9, C6): a table of headers by kinds of routes. No header is needed where the token of our
// form speaks for the sender.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { createWaitingBrowser, type WaitingBrowser } from '../../support/waiting-browser.ts';

const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
let app: TestApp;
let browser: WaitingBrowser;
/** The token of a form on this browser's page, and on that of another one. */
let token: string;
let foreignToken: string;

const tokenIn = (text: string): string => /name="form_token" value="([^"]+)"/.exec(text)?.[1] ?? '';

beforeAll(async () => {
  app = await startApp({ limits: { ticket_creations_per_minute: 5000 } });
  browser = createWaitingBrowser(app.issuer);
  token = tokenIn((await browser.open()).text);
  foreignToken = tokenIn((await createWaitingBrowser(app.issuer).open()).text);
  const phone = await app.phone('alice');
  const [name = '', value = ''] = phone.cookie.split('=');
  browser.cookies.set(`${name} /`, { value, path: '/' });
});
afterAll(() => app.stop());

const cookies = () =>
  [...browser.cookies.entries()].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');

type Body = 'token' | 'no token' | 'foreign token' | 'altered token' | 'json';
const bodies: Record<Body, () => { body: string; 'content-type': string }> = {
  token: () => form(token),
  'no token': () => form(null),
  'foreign token': () => form(foreignToken),
  'altered token': () => form(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`),
  json: () => ({ body: '{}', 'content-type': 'application/json' }),
};
const form = (value: string | null) => ({
  body: new URLSearchParams({ a: 'b', ...(value !== null && { form_token: value }) }).toString(),
  'content-type': 'application/x-www-form-urlencoded',
});

/** One change of each kind of route. Whatever they answer, the question here is who is let in. */
const changes: Record<string, () => string> = {
  'the waiting browser': () => `${browser.base}/ticket`,
  'the account': () => '/account/profile/language',
  'the console': () => '/admin/accounts/x/switch',
  'the phone’s pages': () => '/sign-in',
  'the phone API': () => '/phone/v1/scan',
  'a link': () => `/link/${'x'.repeat(43)}`,
};

const senders: [about: string, headers: () => Record<string, string>, admitted: Body[]][] = [
  [
    'a browser of today, on our page',
    () => ({ origin: app.issuer, 'sec-fetch-site': 'same-origin' }),
    ['token', 'no token', 'foreign token', 'altered token', 'json'],
  ],
  [
    'a browser without Sec-Fetch headers, on our page',
    () => ({ origin: app.issuer }),
    ['token', 'no token', 'foreign token', 'altered token', 'json'],
  ],
  [
    'a browser that hides the origin of our page',
    () => ({ origin: 'null', 'sec-fetch-site': 'same-origin' }),
    ['token', 'json'],
  ],
  ['an old browser that hides the origin of our page', () => ({ origin: 'null' }), ['token']],
  ['a browser whose headers were removed on the way', () => ({}), ['token', 'json']],
  ['another site', () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }), []],
  ['another site, in an old browser', () => ({ origin: 'https://evil.example' }), []],
  ['another host of our site', () => ({ origin: 'https://x.example', 'sec-fetch-site': 'same-site' }), []],
  ['a sandboxed frame of another site', () => ({ origin: 'null', 'sec-fetch-site': 'cross-site' }), []],
];

describe('a change', () => {
  const table = senders.flatMap(([about, headers, admitted]) =>
    Object.keys(changes).map((route) => ({ about, headers, admitted, route })),
  );
  it.each(table)('from $about, to $route', async ({ headers, admitted, route }) => {
    const found: string[] = [];
    for (const [name, make] of Object.entries(bodies)) {
      const { body, ...type } = make();
      const answer = await fetch(`${app.issuer}${changes[route]?.()}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { accept: 'application/json', cookie: cookies(), ...type, ...headers() },
        body,
      });
      const { code } = (await answer.json().catch(() => ({}))) as { code?: string };
      if (code !== 'cross_site_request') found.push(name);
    }
    expect(found).toEqual(admitted);
  });

  it('by a program without cookies needs nothing', async () => {
    const answer = await fetch(`${app.issuer}/sign-out`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(),
    });
    expect(answer.status).toBe(303);
  });

  it('with a file has its token in the address', async () => {
    const send = (query: string) =>
      fetch(`${app.issuer}/admin/clients/x/logo${query}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { accept: 'application/json', cookie: cookies(), origin: 'null' },
        body: new FormData(),
      });
    expect([(await send('')).status, (await send(`?form_token=${token}`)).status]).toEqual([403, 303]);
  });
});

describe('a stream of events', () => {
  it.each<[string, Record<string, string>, number]>([
    ['our page', { 'sec-fetch-site': 'same-origin' }, 200],
    ['our page in an old browser', {}, 200],
    ['an origin that nobody knows', { origin: 'null', 'sec-fetch-site': 'same-origin' }, 403],
    ['another site', { origin: 'https://evil.example' }, 403],
  ])('to %s', async (_about, headers, status) => {
    const stop = new AbortController();
    const answer = await fetch(`${app.issuer}${browser.base}/events`, {
      headers: { cookie: cookies(), ...headers },
      signal: stop.signal,
    });
    stop.abort();
    expect(answer.status).toBe(status);
  });
});

describe('a refusal of a navigation', () => {
  const routes = {
    'a stale code': () => `/q/${'x'.repeat(22)}.0.${'y'.repeat(11)}`,
    'an interaction that ended': () => `/interaction/${'x'.repeat(21)}`,
    'a link that was used': () => `/link/${'x'.repeat(43)}`,
    'no page at all': () => '/nowhere',
  };
  const navigations: [string, Record<string, string>][] = [
    ['a browser of today', { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' }],
    ['a service worker that passes it on', { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'navigate' }],
    ['a service worker of WebKit', { 'sec-fetch-dest': 'empty', 'sec-fetch-mode': 'same-origin' }],
    ['a browser without Sec-Fetch headers', {}],
  ];
  const table = navigations.flatMap(([by, headers]) => Object.keys(routes).map((to) => ({ by, headers, to })));
  it.each(table)('by $by, to $to, is a page', async ({ headers, to }) => {
    const path = routes[to as keyof typeof routes]();
    const page = await fetch(`${app.issuer}${path}`, { headers: { accept: html, ...headers } });
    expect(page.status).toBeGreaterThanOrEqual(404);
    expect(page.headers.get('content-type')).toContain('text/html');
    const json = await fetch(`${app.issuer}${path}`, { headers: { accept: 'application/json', ...headers } });
    expect(json.headers.get('content-type')).toContain('application/problem+json');
  });

  it('never is a page of the JSON APIs', async () => {
    for (const path of ['/phone/v1/approvals', '/admin/v1/clients'])
      expect(
        (await fetch(`${app.issuer}${path}`, { headers: { accept: html } })).headers.get('content-type'),
      ).toContain('json');
  });
});
