// A router for an API whose operations are rows (operation.ts), and the route of its OpenAPI document.
import Router from '@koa/router';
import type { Handler, State } from './context.ts';
import type { Operation } from './operation.ts';

export type OperationRouter<Row extends Operation> = {
  /** Such as `/admin/v1`. */
  readonly prefix: string;
  readonly operations: readonly Row[];
  readonly handlerOf: (operation: Row) => Handler;
  /** Makes the document that `GET <prefix>/openapi.json` answers. */
  readonly document: () => unknown;
};

export function createOperationRouter<Row extends Operation>(api: OperationRouter<Row>): Router<State> {
  const router = new Router<State>({ prefix: api.prefix });
  router.get('/openapi.json', (ctx) => {
    ctx.body = api.document();
  });
  for (const operation of api.operations)
    router[operation.method](operation.path.replace(/\{(\w+)\}/g, ':$1'), api.handlerOf(operation));
  return router;
}
