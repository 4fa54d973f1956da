// The pages of the demo website. They look different from the provider's pages on purpose: nobody should
// mistake the website for the provider.
import type { ServerResponse } from 'node:http';

/** A signed-in visitor: claims of the ID token and of the UserInfo endpoint. */
export type Visitor = {
  readonly clientId: string;
  readonly idToken: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly userinfo: Readonly<Record<string, unknown>>;
};

/** What each claim means, for a visitor who is a developer. */
const sentences: Readonly<Record<string, string>> = {
  iss: 'Who says all this: the provider.',
  sub: 'The person, by an id that never changes.',
  aud: 'Whom it is for: this tea house.',
  exp: 'Until when this ID token may be believed.',
  iat: 'When it was made.',
  auth_time: 'When the person last proved who they are, perhaps earlier and on the phone.',
  nonce: 'Ours, sent along at the start: the answer belongs to this very request.',
  acr: 'How the person signed in, as a class.',
  amr: 'By which means: mca is more than one channel, swk a key held in software.',
  sid: 'The browser’s session, by which the provider can sign it out here.',
  name: 'The person’s name.',
  preferred_username: 'What they call themselves.',
  email: 'Their email address.',
  email_verified: 'Whether the provider has checked that address.',
  updated_at: 'When these facts last changed.',
  locale: 'The language they prefer.',
};

/** Returns the home page: the sign-in button, or the claims of the signed-in visitor. */
export function homePage(visitor: Visitor | null): string {
  return visitor ? layout(`Welcome, ${nameOf(visitor)}`, welcome(visitor)) : layout('Tea House', greeting);
}

/** Returns the page for a sign-in that failed: the error, and the checks that a website has to make. */
export function errorPage({
  error,
  description,
  checks,
}: {
  error: string;
  description: string;
  checks: readonly string[];
}): string {
  const title = error === 'access_denied' ? 'No tea this time' : 'That did not work';
  const text =
    error === 'access_denied'
      ? 'The sign-in was refused or cancelled. Nothing was shared with us.'
      : escapeHtml(description);
  const list = checks.map((check) => `<li>${escapeHtml(check)}</li>`).join('');
  return layout(
    title,
    `<h1>${escapeHtml(title)}</h1><p>${text}</p><p class="code"><code>${escapeHtml(error)}</code></p>${list && `<ul class="checks">${list}</ul>`}
    <a class="button" href="/sign-in">Try again</a><a class="quiet" href="/">Back to the tea house</a>`,
  );
}

/** Shown to visitors who are not signed in. */
const greeting = `<p class="eyebrow">A demo app</p><h1>Come in,<br>have a cup.</h1>
  <p>Members drink for free. Sign in with your phone: nothing to type here.</p>
  <a class="button" href="/sign-in">Sign in with QR</a>
  <a class="quiet" href="/cellar">Open the cellar (asks for a confirmation code)</a>`;

/** Shown to signed-in visitors: their claims, one row each. */
function welcome(visitor: Visitor): string {
  return `<p class="eyebrow">${visitor.clientId === 'tea-cellar' ? 'The cellar is open' : 'Signed in'}</p>
  <h1>Welcome,<br>${escapeHtml(nameOf(visitor))}.</h1>
  <h2>What the ID token says</h2><dl>${Object.entries(visitor.claims).map(row).join('')}</dl>
  <h2>What userinfo adds</h2><dl>${Object.entries(visitor.userinfo)
    .filter(([name]) => name !== 'sub')
    .map(row)
    .join('')}</dl>
  <form method="post" action="/sign-out"><button class="button" type="submit">Sign out</button></form>`;
}

/** One claim with its value and meaning. */
const row = ([name, value]: [string, unknown]): string =>
  `<div><dt>${escapeHtml(name)}</dt><dd><code>${escapeHtml(shown(name, value))}</code><span>${sentences[name] ?? ''}</span></dd></div>`;

/** Claims in epoch seconds, which are shown as dates. */
const instants = new Set(['exp', 'iat', 'auth_time', 'updated_at']);

/** Formats a claim for reading. */
function shown(name: string, value: unknown): string {
  if (instants.has(name) && typeof value === 'number')
    return `${value} (${new Date(value * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC)`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Returns the name by which a visitor is greeted. */
export const nameOf = ({ claims, userinfo }: Pick<Visitor, 'claims' | 'userinfo'>): string =>
  String(userinfo.name ?? claims.name ?? claims.sub);
/** Escapes a text for HTML, also inside attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign] ?? sign,
  );

/** Colours that the page of the TV shares. */
export const colours = `
  :root { color-scheme: light dark; --paper: #f7f1e6; --ink: #2c2118; --soft: #6d5a48; --leaf: #4f6b3a; --on-leaf: #fff; --line: #e0d4bf; }
  @media (prefers-color-scheme: dark) { :root { --paper: #1f1812; --ink: #f2e7d5; --soft: #bfa98d; --leaf: #a9c58a; --on-leaf: #1f1812; --line: #3d3125; } }`;

const style = `${colours}
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink);
    font: 18px/1.6 Georgia, 'Songti SC', serif; }
  main { width: min(42rem, 100% - 3rem); padding: 4rem 0; }
  .cup { width: 72px; height: 72px; display: block; margin-bottom: 2rem; }
  .eyebrow { color: var(--soft); margin: 0; letter-spacing: .04em; }
  h1 { font-size: clamp(2.2rem, 7vw, 3.4rem); line-height: 1.1; font-weight: 500; margin: .3rem 0 1.2rem; }
  h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; }
  p { margin: 0 0 1.6rem; max-width: 34rem; }
  .button { display: inline-block; border: 0; border-radius: 999px; padding: .9rem 2rem; background: var(--leaf); color: var(--on-leaf);
    font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; margin-top: .5rem; }
  .button:focus-visible, a:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
  .quiet { display: block; margin-top: 1.4rem; color: var(--soft); }
  dl { margin: 0; border-top: 1px solid var(--line); }
  dl div { display: grid; grid-template-columns: 11rem 1fr; gap: 1rem; padding: .7rem 0; border-bottom: 1px solid var(--line); }
  dt { font-weight: 600; } dd { margin: 0; min-width: 0; } dd span { display: block; color: var(--soft); font-size: .9rem; }
  code { font: .9rem ui-monospace, Menlo, monospace; overflow-wrap: anywhere; }
  .checks { color: var(--soft); }
  form { margin-top: 2.5rem; }
  @media (max-width: 34rem) { dl div { grid-template-columns: 1fr; gap: 0; } }`;

/** The logo of the Tea House. */
export const cup = `<svg class="cup" viewBox="0 0 72 72" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round">
  <path d="M14 32h38v10a19 19 0 0 1-38 0zM52 35h4a7 7 0 0 1 0 14h-5M10 66h46M26 24c-4-5 4-7 0-13M40 24c-4-5 4-7 0-13"/></svg>`;

/** The frame of every page. It needs no external file. */
function layout(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Tea House</title><link rel="icon" href="data:,"><style>${style}</style></head><body><main>${cup}${body}</main></body></html>`;
}

/** Sends a page. Its Content-Security-Policy allows scripts of this website only; the TV has one. */
export function send(res: ServerResponse, status: number, html: string): void {
  const csp =
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src data:; form-action *; base-uri 'none'; frame-ancestors 'none'";
  res.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': csp,
  });
  res.end(html);
}
