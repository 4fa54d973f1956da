// The HTTP server's listener: every request passes these middlewares, in this order. Requests for oidc-
// provider never reach our own routers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Router from '@koa/router';
import Koa from 'koa';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { type AnswerErrorsDeps, answerErrors } from './answer-errors.ts';
import type { Assets } from './assets.ts';
import { type Handler, rememberState, type State } from './context.ts';
import { requireSameOrigin } from './csrf.ts';
import type { FormTokens } from './form-token.ts';
import type { Pages } from './pages.ts';
import { HttpError, problemOf, refusalFor } from './refusals.ts';
import { logRequests } from './request-log.ts';
import { securityHeaders } from './security-headers.ts';

export type ServerDeps = {
  readonly clock: Clock;
  readonly issuer: string;
  readonly log: Log;
  readonly pages: Pages;
  readonly assets: Assets;
  readonly addressOf: (req: IncomingMessage) => string;
  readonly waysBack: AnswerErrorsDeps['waysBack'];
  readonly checkHost: (req: IncomingMessage) => void;
  readonly health: Router<State>;
  readonly formTokens: FormTokens;
  /** Answers a form that is sent again. */
  readonly repeatForms: Handler;
  /** Routers whose changes must come from our own pages or from a program (csrf.ts). */
  readonly routers: readonly Router<State>[];
  readonly oidc: Handler;
  readonly events: (req: IncomingMessage, res: ServerResponse) => boolean;
};

export type Route = { readonly method: string; readonly path: string };

/** What a router answers to, such as `POST /admin/clients/:id`. */
const routesOf = (router: Router<State>): Route[] =>
  router.stack.flatMap(({ methods, path }) =>
    methods.filter((method) => method !== 'HEAD').map((method) => ({ method, path: String(path) })),
  );

const oneYearSeconds = 31_536_000;

/** `routes` lists everything that our routers answer to. Documents and tests compare themselves with it. */
type Listener = ((req: IncomingMessage, res: ServerResponse) => void) & { readonly routes: readonly Route[] };

export function createRequestListener(deps: ServerDeps): Listener {
  const app = new Koa<State>();
  // Koa would log what fails after our own answers: a torn connection, which the request log already has.
  app.silent = true;
  app.use(async (ctx, next) => {
    ctx.state.address = deps.addressOf(ctx.req);
    await next();
  });
  app.use(async (ctx, next) => {
    // Pages set their clock by this header. RFC 9110 §6.6.1: the origin server's own clock.
    ctx.set('Date', new Date(deps.clock() * 1000).toUTCString());
    await next();
  });
  app.use(logRequests(deps.log));
  app.use(securityHeaders({ isHttps: deps.issuer.startsWith('https:') }));
  app.use(answerErrors(deps));
  app.use(deps.health.routes());
  app.use(async (ctx, next) => {
    deps.checkHost(ctx.req);
    rememberState(ctx.req, ctx.state);
    await next();
  });
  app.use(deps.oidc);
  app.use(serveAssets(deps.assets));
  app.use(deps.formTokens.add);
  const guard = requireSameOrigin(new URL(deps.issuer).origin, deps.formTokens);
  for (const router of deps.routers) mount(app, router, [guard, deps.repeatForms]);
  const listener = app.callback();
  const answer = (req: IncomingMessage, res: ServerResponse) => {
    if (!isOriginForm(req)) return refuseTarget(res);
    if (!deps.events(req, res)) listener(req, res);
  };
  return Object.assign(answer, { routes: deps.routers.flatMap(routesOf) });
}

/**
 * Whether the request target is a path with an optional query (RFC 9112 §3.2.1). Other forms are for proxies.
 * A fragment or a blank is no part of it (RFC 3986 §3): the parser that Koa and the library use finds no path
 * in some of these targets, where another parser finds one.
 */
const isOriginForm = (req: IncomingMessage): boolean =>
  /^\/[^#\s]*$/.test(req.url ?? '') && URL.canParse(req.url ?? '', 'http://x');

function refuseTarget(res: ServerResponse): void {
  const refusal = refusalFor(
    new HttpError('request_target_invalid', 'A request names a path, which begins with a slash and has no fragment.'),
  );
  res.writeHead(refusal.status, { 'Content-Type': 'application/problem+json', Connection: 'close' });
  res.end(JSON.stringify(problemOf(refusal)));
}

/** @param ofChanges what every change passes before it reaches the router, in this order */
function mount(app: Koa<State>, router: Router<State>, ofChanges: readonly Handler[]): void {
  for (const handler of ofChanges)
    app.use((ctx, next) => {
      const isOurs = router.match(ctx.path, ctx.method).path.length > 0;
      const isChange = ctx.method !== 'GET' && ctx.method !== 'HEAD';
      return isOurs && isChange ? handler(ctx, next) : next();
    });
  app.use(router.routes());
  app.use(router.allowedMethods());
}

/** Assets have a hash in their path, so browsers may cache them for ever. */
function serveAssets(assets: Assets): Handler {
  return async (ctx, next) => {
    const asset = ctx.method === 'GET' || ctx.method === 'HEAD' ? assets.serve(ctx.path) : null;
    if (!asset) return next();
    ctx.set('Cache-Control', `public, max-age=${oneYearSeconds}, immutable`);
    ctx.type = asset.type;
    // Assets hold no secrets, so that their compressed length tells nothing. Pages are not compressed here.
    ctx.vary('Accept-Encoding');
    const isCompressed = asset.compressed !== null && ctx.acceptsEncodings('gzip', 'identity') === 'gzip';
    if (isCompressed) ctx.set('Content-Encoding', 'gzip');
    ctx.body = isCompressed ? asset.compressed : asset.body;
  };
}
