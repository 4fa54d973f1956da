// Sign-in requests that wait for an account's phones, and the Web Push subscription of the phone that
// calls, at the phone API (protocol.md section 4).
import { z } from 'zod';
import type { Asks, WaitingAsk } from '../../core/ask/asks.ts';
import { logoPathOf } from '../../core/client/client.ts';
import { hostOf } from '../../core/client/redirect-uri.ts';
import type { Pushes } from '../../core/push/pushes.ts';
import { plainText } from '../../plain-text.ts';
import { type PhoneOperation, phoneOperation } from './operation.ts';
import { instant } from './schemas.ts';

/** `asks` holds the requests that wait; `pushes` holds one subscription per device. */
export type PhoneAsksDeps = { readonly asks: Asks; readonly pushes: Pushes };

/** A sign-in request that waits. It has no ticket handle: the claim hands that out. */
const ask = z.object({
  id: z.string().describe('Id of the request. POST /phone/v1/scan claims it as `ask`.'),
  client: z.object({ name: z.string(), logo: z.string().nullable(), redirect_host: z.string() }),
  browser: z.object({ name: z.string(), system: z.string() }),
  requested_at: instant,
  expires_at: instant,
});

/** A subscription as PushSubscription.toJSON() has it (W3C Push API, RFC 8291). */
const pushBody = z.strictObject({
  endpoint: z.url().max(2048),
  expirationTime: z.number().nullish(),
  keys: z.strictObject({
    p256dh: z
      .string()
      .regex(/^[\w-]{87}$/)
      .describe('Public key of the subscription (p256dh), 65 bytes in base64url.'),
    auth: z
      .string()
      .regex(/^[\w-]{22}$/)
      .describe('Authentication secret of the subscription (auth), 16 bytes in base64url.'),
  }),
});

/** The keys of RFC 8291, appendix A. */
const pushExample = {
  endpoint: 'https://push.example/abc',
  keys: {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
};

/** `GET /asks`, `POST /push` and `DELETE /push`. A device has one subscription; a new one replaces it. */
export const askOperations = ({ asks, pushes }: PhoneAsksDeps): PhoneOperation[] => [
  phoneOperation({
    method: 'get',
    path: '/asks',
    summary: 'List the request of a trusted browser that waits for the phones of this account, at most one',
    operationId: 'listAsks',
    answer: {
      status: 200,
      description: 'Requests that no phone has claimed.',
      schema: z.object({ asks: z.array(ask) }),
    },
    async run({ caller }) {
      const waiting = await asks.waiting(caller.account.id);
      return { asks: waiting ? [askJson(waiting)] : [] };
    },
  }),
  phoneOperation({
    method: 'post',
    path: '/push',
    summary: 'Subscribe this device to Web Push (RFC 8030); replaces its earlier subscription',
    operationId: 'subscribePush',
    body: pushBody,
    example: pushExample,
    refuses: ['push_endpoint_invalid'],
    answer: { status: 204, description: 'Subscribed.' },
    run: ({ caller, body: { endpoint, keys } }) => pushes.subscribe(caller.device, { endpoint, ...keys }),
  }),
  phoneOperation({
    method: 'delete',
    path: '/push',
    summary: 'Unsubscribe this device from Web Push',
    operationId: 'unsubscribePush',
    answer: { status: 204, description: 'Unsubscribed.' },
    run: ({ caller }) => pushes.unsubscribe(caller.device),
  }),
];

/** `requested_at` is when the phone was asked, which can be later than the ticket was issued. */
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
