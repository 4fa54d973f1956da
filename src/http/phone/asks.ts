// What waits for an account's phones, and where they are rung (protocol.md 4): the part of the phone's JSON API beside scanning.
import Router from '@koa/router';
import type { Asks, WaitingAsk } from '../../core/ask/asks.ts';
import { logoPathOf } from '../../core/client/client.ts';
import { hostOf } from '../../core/client/redirect-uri.ts';
import type { Pushes } from '../../core/push/pushes.ts';
import { plainText } from '../../plain-text.ts';
import { readJson } from '../kit/body.ts';
import type { Handler, State } from '../kit/context.ts';
import type { Identity } from '../kit/identity.ts';
import { pushBody } from '../kit/schemas.ts';

export type PhoneAsksDeps = { readonly asks: Asks; readonly pushes: Pushes; readonly identity: Identity };

export function createPhoneAskRoutes({ asks, pushes, identity }: PhoneAsksDeps): Router<State> {
  const list: Handler = async (ctx) => {
    const { account } = await identity.read(ctx);
    const waiting = await asks.waiting(account.id);
    ctx.body = { asks: waiting ? [askJson(waiting)] : [] };
  };

  const subscribe: Handler = async (ctx) => {
    const { device } = await identity.prove(ctx);
    const { endpoint, keys } = await readJson(ctx, pushBody);
    await pushes.subscribe(device, { endpoint, ...keys });
    ctx.status = 204;
  };

  const unsubscribe: Handler = async (ctx) => {
    const { device } = await identity.prove(ctx);
    await pushes.unsubscribe(device);
    ctx.status = 204;
  };

  return new Router<State>({ prefix: '/phone/v1' })
    .get('/asks', list)
    .post('/push', subscribe)
    .delete('/push', unsubscribe);
}

const askJson = ({ ask, ticket, client }: WaitingAsk) => ({
  id: ask.id,
  client: {
    name: plainText(client.metadata.client_name, 60) || client.id,
    logo: logoPathOf(client),
    redirect_host: hostOf(ticket.request.redirectUri),
  },
  browser: { name: ticket.browser.name, system: ticket.browser.system },
  requested_at: ticket.asked?.at ?? ticket.issuedAt,
  expires_at: ticket.deadlineAt,
});
