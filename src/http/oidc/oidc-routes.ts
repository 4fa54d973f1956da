// Passes requests for oidc-provider's endpoints to it, after their limits (security.md G5). The library
// answers on the raw response, under the headers that are set already.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { exposedHeaders, mayReadError } from '../../oidc/cors.ts';
import { maxBodyBytes } from '../kit/body.ts';
import { type Context, type Handler, rememberState } from '../kit/context.ts';
import { HttpError, type Refusal, refusalFor } from '../kit/refusals.ts';
import type { RequestLimits } from '../kit/request-limits.ts';
import { withoutEmptyPassword } from './empty-password.ts';

export type OidcRoutesDeps = {
  readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
  readonly limits: RequestLimits;
  /** Whether pages of this origin belong to any client. */
  readonly isClientOrigin: (origin: string) => Promise<boolean>;
  /** Whether this is the id of a client without a secret (RFC 6749 §2.1). */
  readonly isPublicClient: (clientId: string) => Promise<boolean>;
  /** Our own handler for a path of signing out; null for every other path. */
  readonly signOut: (ctx: Context) => Handler | null;
};

/** Longer addresses are refused with 414 before the library parses them. */
const maxUrlLength = 8192;
/**
 * Sign-out takes an ID token in the address (RP-Initiated Logout §2), and other providers' tokens are long.
 */
const maxSignOutUrlLength = 16 * 1024;
/** Paths as in discovery. The library would also answer to other spellings, past the limits below. */
const published =
  /^\/(auth(\/[\w-]+)?|token(\/introspection|\/revocation)?|request|device\/auth|me|jwks|session\/end(\/answer|\/confirm|\/success)?|\.well-known\/(?!change-password|passkey-endpoints)[\w-]+)$/;
/** Endpoints that relying parties call from their servers. */
const backChannel = new Set(['/token', '/request', '/device/auth', '/token/introspection', '/token/revocation']);

/** Whether the library serves this path. */
export const isOfLibrary = (path: string): boolean => published.test(path);

/**
 * Makes the middleware that applies the limits and passes the request on.
 * @throws HttpError `uri_too_long`, `body_too_large`, `rate_limited`
 */
export function createOidcHandler(deps: OidcRoutesDeps): Handler {
  const { handler, limits, isClientOrigin, isPublicClient, signOut } = deps;
  return async (ctx, next) => {
    if (!isOfLibrary(ctx.path) || isLibraryPage(ctx)) return next();
    const max = ctx.path === '/session/end' ? maxSignOutUrlLength : maxUrlLength;
    if (ctx.url.length > max) throw new HttpError('uri_too_long', 'This address is too long.');
    if (Number(ctx.get('Content-Length')) > maxBodyBytes)
      throw new HttpError('body_too_large', 'The request is too large.');
    const ofSignOut = signOut(ctx);
    if (ofSignOut) return ofSignOut(ctx, next);
    if (ctx.path === '/auth') await limits.authorization(ctx.state.address);
    let request = ctx.req;
    if (backChannel.has(ctx.path)) {
      try {
        // A preflight (Fetch §4.8) asks for nothing, and every request of a page may be preceded by one.
        if (ctx.method !== 'OPTIONS') await limits.token(ctx.state.address);
        request = await withoutEmptyPassword(ctx, isPublicClient);
      } catch (error) {
        await openToPage(ctx, isClientOrigin);
        return answerClient(ctx, refusalFor(error));
      }
    }
    if (request !== ctx.req) rememberState(request, ctx.state);
    ctx.respond = false;
    // Koa presets 404; the library sets its own status.
    ctx.res.statusCode = 200;
    handler(request, ctx.res);
  };
}

/**
 * For browsers the library has a page of its own at this address, where nobody has a code to type. Ours is
 * `/q`.
 */
const isLibraryPage = ({ path, method }: Context): boolean =>
  path === '/device/auth' && (method === 'GET' || method === 'HEAD');

/** Lets the page of a client read a refusal of ours, which comes before the library knows the client. */
async function openToPage(ctx: Context, isClientOrigin: OidcRoutesDeps['isClientOrigin']): Promise<void> {
  const origin = ctx.get('Origin');
  ctx.vary('Origin');
  if (origin === '' || !(await mayReadError(origin, isClientOrigin))) return;
  ctx.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': exposedHeaders });
}

/** Answers in the shape of RFC 6749 §5.2, because the libraries of relying parties read it. */
function answerClient(ctx: Context, { status, facts, message }: Refusal): void {
  ctx.status = status;
  if (facts.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(facts.retryAfterSeconds));
  ctx.body = { error: oauthErrorOf(status), error_description: message };
}

function oauthErrorOf(status: number): string {
  if (status === 500) return 'server_error';
  return status === 429 || status === 503 ? 'temporarily_unavailable' : 'invalid_request';
}
