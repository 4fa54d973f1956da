// Refuses what another site makes a browser send: by Sec-Fetch-Site where the browser says it, else by Origin (security.md B9, C6).
// Programs that are no browser send neither, hold no ambient cookies of a person, and pass.
import type { IncomingMessage } from 'node:http';
import type { Handler } from './context.ts';
import { HttpError } from './refusals.ts';

/** @throws HttpError `cross_site_request` */
export function assertSameOrigin(req: IncomingMessage, origin: string): void {
  const site = req.headers['sec-fetch-site'];
  const claimed = req.headers.origin;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw crossSite();
  // Under Referrer-Policy: no-referrer a browser sends `Origin: null` with our own forms too (Fetch §3.2); then the other header decides.
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
