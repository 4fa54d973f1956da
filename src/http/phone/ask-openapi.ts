// Of the phone API's document: what waits for an account's phones, and where they are rung (http/phone/asks.ts).
import { instant, nullable, object, text } from '../kit/openapi-parts.ts';
import { pushBody } from '../kit/schemas.ts';
import { answer, body, change, proof, responses, security, withBody } from './openapi-parts.ts';

const ask = object({
  id: { ...text, description: 'To be claimed by POST /phone/v1/scan as `ask`.' },
  client: object({ name: text, logo: nullable(text), redirect_host: text }),
  browser: object({ name: text, system: text }),
  requested_at: instant,
  expires_at: instant,
});

const pushExample = {
  endpoint: 'https://push.example/abc',
  keys: {
    // Of RFC 8291, appendix A.
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
};

export const phoneAskPaths = {
  '/phone/v1/asks': {
    get: {
      summary: 'What waits for this account’s phones: a browser of its own asks, at most one at a time',
      operationId: 'listAsks',
      security,
      responses: responses({ 200: answer('Unclaimed ones.', object({ asks: { type: 'array', items: ask } })) }),
    },
  },
  '/phone/v1/push': {
    post: {
      summary: 'Let this device be rung by Web Push (RFC 8030), in place of what it said before',
      operationId: 'subscribePush',
      security,
      parameters: [proof],
      requestBody: body(pushBody, pushExample),
      responses: responses({ 204: { description: 'It is rung from now on.' } }, [
        ...withBody,
        ...change,
        'push_endpoint_invalid',
      ]),
    },
    delete: {
      summary: 'Do not ring this device any more',
      operationId: 'unsubscribePush',
      security,
      parameters: [proof],
      responses: responses({ 204: { description: 'It is not rung.' } }, change),
    },
  },
};
