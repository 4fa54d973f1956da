// Refuses requests that another site makes a browser send (security.md B9, C6): by Sec-Fetch-Site where the
// browser sends it, else by Origin.
// Programs send neither header and hold no cookies of a person, so they pass.
import type { IncomingMessage } from 'node:http';
import type { Handler } from './context.ts';
import { HttpError } from './refusals.ts';

/**
 * @param origin of this provider, as in `https://id.example`
 * @throws HttpError `cross_site_request`
 */
export function assertSameOrigin(req: IncomingMessage, origin: string): void {
  const site = req.headers['sec-fetch-site'];
  const claimed = req.headers.origin;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw crossSite();
  // Under Referrer-Policy: no-referrer a browser sends `Origin: null` with our own forms too (Fetch §3.2).
  // Sec-Fetch-Site decides then.
  const isOwnForm = claimed === 'null' && site === 'same-origin';
  if (claimed !== undefined && claimed !== origin && !isOwnForm) throw crossSite();
}

export function requireSameOrigin(origin: string): Handler {
  return async (ctx, next) => {
    assertSameOrigin(ctx.req, origin);
    await next();
  };
}

const crossSite = () => new HttpError('cross_site_request', 'This request came from another site.');
