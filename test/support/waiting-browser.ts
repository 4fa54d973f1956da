// A waiting browser over plain HTTP: keeps cookies by path like a browser does, and speaks protocol.md 3.
import { createHash, randomBytes } from 'node:crypto';

export type Answer = { status: number; headers: Headers; text: string; json: () => Record<string, unknown> };

export const redirectUri = 'http://127.0.0.1:8765/callback';

/** An authorization request with PKCE that is right in every respect. */
export function authorizationParams(change: Record<string, string | undefined> = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const params = new URLSearchParams();
  const all = {
    client_id: 'dev-public',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile email',
    state: 'state-1',
    nonce: 'nonce-1',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...change,
  };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) params.set(name, value);
  return { params, verifier };
}

/** @param always headers of every request, such as what a reverse proxy adds; they may change on the way */
export function createWaitingBrowser(issuer: string, always: Record<string, string> = {}) {
  const cookies = new Map<string, { value: string; path: string }>();
  let uid = '';
  let verifier = '';

  function cookieHeader(path: string): string {
    const matching = [...cookies.entries()].filter(([, cookie]) => path.startsWith(cookie.path));
    return matching.map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');
  }

  function keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/;\s*/);
      const name = pair.slice(0, pair.indexOf('='));
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
      cookies.set(`${name} ${path}`, { value: pair.slice(pair.indexOf('=') + 1), path });
    }
  }

  async function request(path: string, init: RequestInit = {}): Promise<Answer> {
    const url = new URL(path, issuer);
    const headers = new Headers({ ...always, ...Object.fromEntries(new Headers(init.headers)) });
    const cookie = cookieHeader(url.pathname);
    if (cookie && !headers.has('cookie')) headers.set('cookie', cookie);
    // As every browser sends it with a POST (Fetch §3.2).
    const isChange = init.method !== undefined && init.method !== 'GET' && init.method !== 'HEAD';
    if (isChange && !headers.has('origin') && !headers.has('sec-fetch-site')) headers.set('origin', url.origin);
    if (!headers.has('user-agent'))
      headers.set('user-agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36');
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    keep(response.headers);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
  }

  const json = (method: string, path: string, body?: unknown) =>
    request(path, {
      method,
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  return {
    request,
    json,
    cookies,
    get uid() {
      return uid;
    },
    get base() {
      return `/interaction/${uid}`;
    },
    get verifier() {
      return verifier;
    },
    /** Starts an authorization request and opens the sign-in page. */
    async open(change: Record<string, string | undefined> = {}): Promise<Answer> {
      const { params, verifier: fresh } = authorizationParams(change);
      verifier = fresh;
      const started = await request(`/auth?${params}`);
      const location = started.headers.get('location') ?? '';
      uid = /\/interaction\/([^/?]+)/.exec(location)?.[1] ?? '';
      return uid ? request(`/interaction/${uid}`, { headers: { accept: 'text/html' } }) : started;
    },
    /** The present frame's link, as the QR shows it. */
    async qr(): Promise<string> {
      return String((await json('GET', `/interaction/${uid}/ticket`)).json().qr);
    },
    ticket: () => json('GET', `/interaction/${uid}/ticket`),
    finish: (confirmationCode?: string) =>
      json(
        'POST',
        `/interaction/${uid}/finish`,
        confirmationCode === undefined ? {} : { confirmation_code: confirmationCode },
      ),
    cancel: () => json('POST', `/interaction/${uid}/cancel`),
    /** Follows redirects inside the provider until one leaves it. */
    async follow(location: string): Promise<URL> {
      let next = new URL(location, issuer);
      for (let i = 0; i < 6 && next.origin === new URL(issuer).origin; i++) {
        const answer = await request(next.href, { headers: { accept: 'text/html' } });
        const to = answer.headers.get('location') ?? onwardOf(answer);
        if (!to) throw new Error(`stuck at ${next.pathname} with ${answer.status}: ${answer.text.slice(0, 300)}`);
        next = new URL(to, next);
      }
      return next;
    },
    /** Redeems a code as the public client. */
    redeem: (code: string, change: Record<string, string> = {}) =>
      fetch(`${issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          client_id: 'dev-public',
          code_verifier: verifier,
          ...change,
        }),
      }),
  };
}

/** Where a page that navigates onward leads, as a browser without script reads it; null for another page. */
export const onwardOf = ({ text }: Pick<Answer, 'text'>): string | null =>
  /<meta http-equiv="refresh" content="0; url=([^"]*)">/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? null;

export type WaitingBrowser = ReturnType<typeof createWaitingBrowser>;
