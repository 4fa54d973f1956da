// The security headers of every response, errors included (security.md F1, F2, F4): one nonce per response,
// nothing inline, nothing from other sites.
import { randomFillSync } from 'node:crypto';
import type { Context, Handler } from './context.ts';

const twoYearsSeconds = 63_072_000;
const nonceBytes = 16;
/**
 * Random bytes for nonces, drawn ahead: sixteen bytes cost as much as thousands, and every response needs
 * sixteen.
 */
const drawn = Buffer.alloc(256 * nonceBytes);
let used = drawn.length;

function newNonce(): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  const start = used;
  used += nonceBytes;
  return drawn.toString('base64url', start, used);
}

/**
 * The policy of a page.
 * @param hasWorkers whether the page runs workers, which come from our own origin
 */
function contentSecurityPolicy(nonce: string, hasWorkers = false): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    `worker-src ${hasWorkers ? "'self'" : "'none'"}`,
    // Chromium and WebKit apply it to redirects too, so a form of ours ends at a page that navigates onward
    // (navigation.ts), and no relying party is ever named here (security.md F3).
    "form-action 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * First segments of the paths that a sign-in or sign-out can pass in one window: pages, redirects and errors.
 * Many clients sign in by a popup, and `same-origin` on any of these answers would cut its `window.opener`
 * for good (HTML §7.1.3). All pages there refuse frames and grant nothing without a gesture. Account, console
 * and phone pages are not in this table.
 */
const popupSegments: ReadonlySet<string> = new Set([
  'auth',
  'interaction',
  'session',
  'sign-in',
  'sign-up',
  'forgot',
  'recover',
  'link',
]);

/** The Cross-Origin-Opener-Policy of an answer at this path. */
const openerPolicyOf = (path: string): 'unsafe-none' | 'same-origin' =>
  popupSegments.has(path.split('/', 2)[1] ?? '') ? 'unsafe-none' : 'same-origin';

const permissionsPolicy = (camera: string): string => `${camera}, microphone=(), geolocation=(), payment=(), usb=()`;

/** The headers of a response at this path. @param policy its Content-Security-Policy */
export function securityHeadersOf(path: string, policy: string, isHttps: boolean): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // Under `no-referrer` our own forms would say `Origin: null` (Fetch §3.2). Other sites learn nothing.
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': openerPolicyOf(path),
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': permissionsPolicy('camera=()'),
    'Cache-Control': 'no-store',
    ...(isHttps && { 'Strict-Transport-Security': `max-age=${twoYearsSeconds}; includeSubDomains` }),
  };
}

export function securityHeaders({ isHttps }: { isHttps: boolean }): Handler {
  return async (ctx, next) => {
    ctx.state.nonce = newNonce();
    ctx.set(securityHeadersOf(ctx.path, contentSecurityPolicy(ctx.state.nonce), isHttps));
    await next();
  };
}

/** For the scanner's page only: our own script may use the camera and decode in a worker. */
export function allowScanner(ctx: Context): void {
  ctx.set('Permissions-Policy', permissionsPolicy('camera=(self)'));
  ctx.set('Content-Security-Policy', contentSecurityPolicy(ctx.state.nonce, true));
}
