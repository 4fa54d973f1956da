// The phone's JSON API `/phone/v1` (protocol.md section 4), for our own pages and for native apps alike.
// The operations are in the other files; here is what all of them share: who calls, the limits, and the
// body.
import type Router from '@koa/router';
import { readJson } from '../kit/body.ts';
import type { Handler, State } from '../kit/context.ts';
import type { Identity } from '../kit/identity.ts';
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
  PhoneDevicesDeps & { readonly identity: Identity };

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

  /** The order matters: who calls, then the limits, then the body, so that nothing is read for a stranger. */
  const handlerOf =
    (operation: PhoneOperation): Handler =>
    async (ctx) => {
      const caller = await (isChange(operation) ? identity.prove(ctx) : identity.read(ctx));
      await operation.limit?.(ctx, caller);
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
