// Logos of clients at `/logo/<sha256>`: the content of an address never changes, so caches may keep it for
// ever.
// An SVG is checked before it is stored (core/client/safe-svg.ts); opened by itself it could do nothing
// either, by this policy.
import Router from '@koa/router';
import type { Logos } from '../../core/client/logos.ts';
import type { State } from '../kit/context.ts';
import { HttpError } from '../kit/refusals.ts';

const oneYearSeconds = 31_536_000;
/** Forbids scripts and requests, and sandboxes the picture when it is opened as a document. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** Public: any site may show a client's logo. */
export function createLogoRoutes({ logos }: { logos: Logos }): Router<State> {
  const router = new Router<State>({ prefix: '/logo' });
  router.get('/:hash', async (ctx) => {
    const logo = await logos.find(String(ctx.params.hash));
    if (!logo) throw new HttpError('not_found', 'There is no such picture.');
    ctx.set('Content-Security-Policy', policy);
    ctx.set('Cache-Control', `public, max-age=${oneYearSeconds}, immutable`);
    ctx.set('Content-Type', logo.type);
    ctx.body = logo.body;
  });
  return router;
}
