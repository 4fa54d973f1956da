// The administration API `/admin/v1`. Callers have access tokens for the resource `<issuer>/admin` with fine
// scopes: machines by client credentials, people by a device grant.
// What the API can do is in the operations; here is what all of them share.
import type Router from '@koa/router';
import type { Audit } from '../../core/audit/audit.ts';
import { readText } from '../kit/body.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import { createOperationRouter } from '../kit/operation-router.ts';
import { HttpError } from '../kit/refusals.ts';
import { type Idempotency, idempotencyKeyPattern, type Reply } from './idempotency.ts';
import { adminOpenApi } from './openapi.ts';
import type { AdminAnswer, AdminCaller, AdminOperation } from './operation.ts';
import { type AdminGuardDeps, createAdminGuard, requireIfMatch } from './request.ts';

const idempotencyKey = new RegExp(idempotencyKeyPattern);

/** `operations` are the rows of all files of this folder. */
export type AdminDeps = AdminGuardDeps & {
  readonly operations: readonly AdminOperation[];
  readonly idempotency: Idempotency;
  readonly audit: Audit;
};

/** Creates one route per operation, and `/openapi.json`, which needs no token. */
export function createAdminRoutes(deps: AdminDeps): Router<State> {
  const { operations, idempotency } = deps;
  const guard = createAdminGuard(deps);
  /** Checks access, preconditions and repetition, runs the operation, and writes its answer. */
  function handlerOf(operation: AdminOperation): Handler {
    return async (ctx) => {
      const caller = await guard.admit(ctx, operation.scope);
      // The precondition comes first: a change without it is refused whatever it says.
      if (operation.isConditional) requireIfMatch(ctx);
      if (operation.answer.type) return answerInLines(ctx, operation.answer.type, await operation.run(ctx, caller));
      const key = operation.isCreation ? keyOf(ctx, caller) : null;
      const run = async () => replyOf(operation, await operation.run(ctx, caller));
      const reply =
        key === null
          ? await run()
          : await idempotency.once(key, `${ctx.method} ${ctx.path} ${await readText(ctx)}`, run);
      ctx.status = reply.status;
      ctx.set(reply.headers);
      if (reply.body !== undefined) ctx.body = reply.body;
    };
  }

  /** The HTTP response of an answer: status, JSON, ETag and Location. */
  const replyOf = ({ answer }: AdminOperation, { body, revision, location }: AdminAnswer): Reply => ({
    status: answer.status,
    body,
    headers: {
      ...(revision !== undefined && { ETag: `"${revision}"` }),
      ...(location !== undefined && { Location: `${deps.issuer}/admin/v1${location}` }),
    },
  });

  return createOperationRouter({
    prefix: '/admin/v1',
    operations,
    handlerOf,
    document: () => adminOpenApi(deps.issuer, operations),
  });
}

/** Streams JSON Lines as fast as the caller reads them. */
function answerInLines(ctx: Context, type: string, { stream }: AdminAnswer): void {
  ctx.type = type;
  ctx.body = stream;
}

/**
 * The Idempotency-Key of this caller; null without the header (draft-ietf-httpapi-idempotency-key-header §2).
 * An empty one is refused: its sender counts on a protection that it would not have. Keys of other callers
 * are different keys.
 * @throws HttpError `body_invalid`
 */
function keyOf(ctx: Context, { clientId, account }: AdminCaller): string | null {
  if (ctx.headers['idempotency-key'] === undefined) return null;
  const key = ctx.get('Idempotency-Key');
  if (!idempotencyKey.test(key)) throw new HttpError('body_invalid', 'Idempotency-Key: 1 to 200 printable characters.');
  return account ? `${clientId} of ${account.id} ${key}` : `${clientId} ${key}`;
}
