// A confidential client as the OpenID conformance suite has one: no PKCE, a secret, any response mode. Its
// person signs in by password and agrees to everything, over plain HTTP.
import { type Answer, createWaitingBrowser, onwardOf, redirectUri, type WaitingBrowser } from './waiting-browser.ts';

type Values = Readonly<Record<string, string | undefined>>;
/** What the client received, the pages that asked the person something, and the last page. */
export type Arrival = { readonly params: URLSearchParams; readonly asked: readonly Answer[]; readonly last: Answer };
export type Credentials = { readonly id: string; readonly secret: string; readonly method?: 'basic' | 'post' };

const html = { accept: 'text/html' };
const alice = { username: 'alice', password: 'tessera-demo-alice' };

/** @param mode the `response_mode` of every request; `query` is the default and is not sent */
export function createConformanceClient(issuer: string, { id, secret, method = 'basic' }: Credentials, mode: string) {
  const paramsOf = (change: Values): URLSearchParams => {
    const params = new URLSearchParams();
    const all = {
      client_id: id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid',
      state: 'state-1',
      nonce: 'nonce-1',
      response_mode: mode === 'query' ? undefined : mode,
      ...change,
    };
    for (const [name, value] of Object.entries(all)) if (value !== undefined) params.set(name, value);
    return params;
  };

  /** Answers one page as the person would. @returns where it leads; null when it leads nowhere */
  async function answer(browser: WaitingBrowser, page: Answer, at: URL, asked: Answer[]): Promise<string | null> {
    const onward = page.headers.get('location') ?? onwardOf(page);
    if (onward !== null) return onward;
    const form = /action="(\/interaction\/[^"/]+\/)(password|consent)"/.exec(page.text);
    if (!form || page.status >= 400) return null;
    asked.push(page);
    const init = { method: 'POST', headers: html, body: new URLSearchParams(form[2] === 'password' ? alice : {}) };
    const sent = await browser.request(`${form[1]}${form[2]}`, init);
    return sent.headers.get('location') ?? onwardOf(sent) ?? at.href;
  }

  /** Sends an authorization request and walks to its end. */
  async function authorize(
    change: Values = {},
    browser = createWaitingBrowser(issuer),
    verb = 'GET',
  ): Promise<Arrival> {
    const params = paramsOf(change);
    const asked: Answer[] = [];
    let at = new URL('/auth', issuer);
    let last =
      verb === 'POST'
        ? await browser.request('/auth', { method: 'POST', headers: html, body: params })
        : await browser.request(`/auth?${params}`, { headers: html });
    for (let hops = 0; hops < 12; hops++) {
      const posted = postedBy(last);
      if (posted) return { params: posted, asked, last };
      const to = await answer(browser, last, at, asked);
      if (to === null) return { params: new URLSearchParams(), asked, last };
      at = new URL(to, at);
      if (at.origin !== new URL(issuer).origin) return { params: at.searchParams, asked, last };
      last = await browser.request(at.pathname + at.search, { headers: html });
    }
    throw new Error('redirects without end');
  }

  /** Calls the token endpoint as this client. */
  function token(fields: Record<string, string>): Promise<Response> {
    const body = new URLSearchParams(fields);
    if (method === 'post')
      for (const [name, value] of [
        ['client_id', id],
        ['client_secret', secret],
      ] as const)
        body.set(name, value);
    const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    return fetch(`${issuer}/token`, {
      method: 'POST',
      body,
      headers: method === 'basic' ? { authorization: basic } : {},
    });
  }

  const redeem = (code: string, change: Record<string, string> = {}) =>
    token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...change });

  /** A whole sign-in. @throws Error when the client received no tokens */
  async function signIn(change: Values = {}, browser = createWaitingBrowser(issuer), verb = 'GET') {
    const arrival = await authorize(change, browser, verb);
    const answered = await redeem(arrival.params.get('code') ?? '');
    const tokens = (await answered.json()) as Record<string, string>;
    if (!answered.ok)
      throw new Error(`no tokens: ${arrival.params} ${JSON.stringify(tokens)} ${arrival.last.text.slice(0, 200)}`);
    return { ...arrival, tokens, idToken: claimsIn(String(tokens.id_token)) };
  }

  return { authorize, token, redeem, signIn };
}

/** What a page of `response_mode=form_post` posts to the client; null for another page. */
function postedBy({ text }: Answer): URLSearchParams | null {
  if (!text.includes(`action="${redirectUri}"`)) return null;
  const fields = [...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return new URLSearchParams(
    fields.map(([, name = '', value = '']): [string, string] => [name, value.replaceAll('&amp;', '&')]),
  );
}

const claimsIn = (jwt: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
