// The phone's JSON API `/phone/v1` (protocol.md section 4), for our own pages and for native apps alike.
// The operations are in the other files; here is what all of them share: who calls, the limits, and the
// body.
import type Router from '@koa/router';
import type { Clock } from '../../clock.ts';
import { readJson } from '../kit/body.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import type { Identity, SignedInDevice } from '../kit/identity.ts';
import { createOperationRouter } from '../kit/operation-router.ts';
import { approvalOperations, type PhoneApprovalsDeps } from './approvals.ts';
import { askOperations, type PhoneAsksDeps } from './asks.ts';
import { deviceOperations, type PhoneDevicesDeps } from './devices.ts';
import { noticeOperations, type PhoneNoticesDeps } from './notices.ts';
import { phoneOpenApi } from './openapi.ts';
import { isChange, type PhoneOperation } from './operation.ts';
import { type PhoneTicketsDeps, ticketOperations } from './tickets.ts';

export type PhoneDeps = PhoneTicketsDeps &
  PhoneAsksDeps &
  PhoneApprovalsDeps &
  PhoneNoticesDeps &
  PhoneDevicesDeps & { readonly identity: Identity; readonly clock: Clock };

/** How long an ending is repeated. What was ended has an id that never comes back. */
const endedSeconds = 300;
const isEnding = ({ method, path }: PhoneOperation): boolean => method === 'delete' && path.includes('{');

/** Makes the router of the phone API from all of its operations. */
export function createPhoneRoutes(deps: PhoneDeps): Router<State> {
  const { identity, issuer } = deps;
  const operations = [
    ...ticketOperations(deps),
    ...askOperations(deps),
    ...approvalOperations(deps),
    ...noticeOperations(deps),
    ...deviceOperations(deps),
  ];

  /** Whoever ended something and did not hear of it may end it again: it is ended. */
  async function endOnce(ctx: Context, caller: SignedInDevice, operation: PhoneOperation): Promise<void> {
    await deps.repeats.once<true>(JSON.stringify([ctx.method, ctx.path, caller.device.id]), async () => {
      await operation.run({ ctx, caller, body: undefined as never });
      return { answer: true, until: deps.clock() + endedSeconds };
    });
    ctx.status = operation.answer.status;
  }

  /** The order matters: who calls, then the limits, then the body, so that nothing is read for a stranger. */
  const handlerOf =
    (operation: PhoneOperation): Handler =>
    async (ctx) => {
      const caller = await (isChange(operation) ? identity.prove(ctx) : identity.read(ctx));
      await operation.limit?.(ctx, caller);
      if (isEnding(operation)) return endOnce(ctx, caller, operation);
      const body = operation.body && (await readJson(ctx, operation.body));
      const answer = await operation.run({ ctx, caller, body: body as never });
      ctx.status = operation.answer.status;
      if (operation.answer.schema) ctx.body = answer;
    };

  return createOperationRouter({
    prefix: '/phone/v1',
    operations,
    handlerOf,
    document: () => phoneOpenApi(issuer, operations),
  });
}
