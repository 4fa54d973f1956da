// Pictures of relying parties at `/logo/<sha256>`: what an address gives never changes, so it may be kept for good. An SVG was judged before
// it was kept (client/safe-svg.ts); opened by itself it could still do nothing here.
import Router from '@koa/router';
import type { Logos } from '../../core/client/logos.ts';
import type { State } from '../kit/context.ts';
import { HttpError } from '../kit/refusals.ts';

const oneYearSeconds = 31_536_000;
const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

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
