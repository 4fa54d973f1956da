// Hands what is oidc-provider's to it, after the limits of its endpoints (security.md G5). It answers on the raw response, under the headers
// already set here.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { maxBodyBytes } from '../kit/body.ts';
import type { Context, Handler } from '../kit/context.ts';
import { HttpError, type Refusal, refusalFor } from '../kit/refusals.ts';
import type { RequestLimits } from '../kit/request-limits.ts';

export type OidcRoutesDeps = {
  readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
  readonly limits: RequestLimits;
};

const maxUrlLength = 8192;
/** As discovery spells them. The library would also answer to other spellings, past the limits below. */
const published =
  /^\/(auth(\/[\w-]+)?|token(\/introspection|\/revocation)?|request|device\/auth|me|jwks|session\/end(\/confirm|\/success)?|\.well-known\/[\w-]+)$/;
/** Endpoints that relying parties call from their servers. */
const backChannel = new Set(['/token', '/request', '/device/auth', '/token/introspection', '/token/revocation']);

export const isOfLibrary = (path: string): boolean => published.test(path);

export function createOidcHandler({ handler, limits }: OidcRoutesDeps): Handler {
  return async (ctx, next) => {
    if (!isOfLibrary(ctx.path) || isLibraryPage(ctx)) return next();
    if (ctx.url.length > maxUrlLength) throw new HttpError('uri_too_long', 'This address is too long.');
    if (Number(ctx.get('Content-Length')) > maxBodyBytes)
      throw new HttpError('body_too_large', 'The request is too large.');
    if (ctx.path === '/auth') await limits.authorization(ctx.state.address);
    if (backChannel.has(ctx.path)) {
      const refusal = await limits.token(ctx.state.address).then(() => null, refusalFor);
      if (refusal) return answerClient(ctx, refusal);
    }
    ctx.respond = false;
    // Koa presets 404; the provider decides for itself.
    ctx.res.statusCode = 200;
    handler(ctx.req, ctx.res);
  };
}

/** To a browser, its address of device requests is a page of its own, whose code nobody has: ours is `/q`. */
const isLibraryPage = ({ path, method }: Context): boolean =>
  path === '/device/auth' && (method === 'GET' || method === 'HEAD');

/** In the shape of RFC 6749 §5.2, since a relying party's library reads this. */
function answerClient(ctx: Context, { status, facts, message }: Refusal): void {
  ctx.status = status;
  if (facts.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(facts.retryAfterSeconds));
  ctx.body = { error: status === 500 ? 'server_error' : 'temporarily_unavailable', error_description: message };
}
