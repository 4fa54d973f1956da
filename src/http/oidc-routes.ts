// Hands everything else to oidc-provider, after the limits of its endpoints (security.md G5). It answers on the raw response, under the
// headers already set here.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../errors.ts';
import type { Handler } from './context.ts';
import { HttpError } from './refusals.ts';
import type { RequestLimits } from './request-limits.ts';

export type OidcRoutesDeps = {
  readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
  readonly limits: RequestLimits;
};

const maxUrlLength = 8192;
/** Endpoints that relying parties call from their servers. */
const backChannel = new Set(['/token', '/request', '/token/introspection', '/token/revocation']);

export function createOidcHandler({ handler, limits }: OidcRoutesDeps): Handler {
  return async (ctx) => {
    if (ctx.url.length > maxUrlLength) throw new HttpError('uri_too_long', 'This address is too long.');
    if (ctx.path === '/auth') await limits.authorization(ctx.state.address);
    if (backChannel.has(ctx.path)) {
      const limited = await limits.token(ctx.state.address).then(() => null, asLimit);
      if (limited !== null) {
        // RFC 6749 §5.2 shape, since a relying party's library reads this.
        ctx.status = 429;
        ctx.set('Retry-After', String(limited));
        ctx.body = { error: 'temporarily_unavailable', error_description: 'too many requests, try again later' };
        return;
      }
    }
    ctx.respond = false;
    // Koa presets 404; the provider decides for itself.
    ctx.res.statusCode = 200;
    handler(ctx.req, ctx.res);
  };
}

function asLimit(error: unknown): number {
  if (error instanceof AppError && error.code === 'rate_limited') return error.facts.retryAfterSeconds ?? 1;
  throw error;
}
