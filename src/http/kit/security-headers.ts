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
 * @param formTargets origins besides our own that a form may end at after redirects
 * @param hasWorkers whether the page runs workers, which come from our own origin
 */
export function contentSecurityPolicy(nonce: string, formTargets: readonly string[] = [], hasWorkers = false): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    `worker-src ${hasWorkers ? "'self'" : "'none'"}`,
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const permissionsPolicy = (camera: string): string => `${camera}, microphone=(), geolocation=(), payment=(), usb=()`;

/** The headers of every response. @param policy its Content-Security-Policy */
export function securityHeadersOf(policy: string, isHttps: boolean): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': permissionsPolicy('camera=()'),
    'Cache-Control': 'no-store',
    ...(isHttps && { 'Strict-Transport-Security': `max-age=${twoYearsSeconds}; includeSubDomains` }),
  };
}

export function securityHeaders({ isHttps }: { isHttps: boolean }): Handler {
  return async (ctx, next) => {
    ctx.state.nonce = newNonce();
    ctx.set(securityHeadersOf(contentSecurityPolicy(ctx.state.nonce), isHttps));
    await next();
  };
}

/**
 * Chromium applies form-action to the redirects after a form too. A page whose form ends at the relying party
 * must name that origin (security.md F3).
 */
export function allowFormTarget(ctx: Context, redirectUri: string): void {
  ctx.set('Content-Security-Policy', contentSecurityPolicy(ctx.state.nonce, [formTargetOf(redirectUri)]));
}

/** For the scanner's page only: our own script may use the camera and decode in a worker. */
export function allowScanner(ctx: Context): void {
  ctx.set('Permissions-Policy', permissionsPolicy('camera=(self)'));
  ctx.set('Content-Security-Policy', contentSecurityPolicy(ctx.state.nonce, [], true));
}

/** An origin, or the scheme of a native app's private-use URI (RFC 8252 §7.1). */
export function formTargetOf(redirectUri: string): string {
  const { origin, protocol } = new URL(redirectUri);
  return origin === 'null' ? protocol : origin;
}
