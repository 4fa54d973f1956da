// Two endpoints for whatever watches the process: it is alive, and it is ready to serve. They say nothing
// about anybody.
import Router from '@koa/router';
import type { State } from './context.ts';

export type Readiness = { readonly isReady: () => Promise<boolean> };

/** Whether the promise is fulfilled, whatever its value. */
export const answers = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );

export function createHealthRoutes({ isReady }: Readiness): Router<State> {
  return new Router<State>()
    .get('/healthz', (ctx) => {
      ctx.body = { status: 'ok' };
    })
    .get('/readyz', async (ctx) => {
      const ready = await isReady();
      ctx.status = ready ? 200 : 503;
      ctx.body = { status: ready ? 'ready' : 'unavailable' };
    });
}
