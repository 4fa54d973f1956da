// Notices in the OpenAPI document of the phone API.
import { credentialChanges } from '../../core/notice/notice.ts';
import { instant, nullable, object, text } from '../kit/openapi-parts.ts';
import type { RefusalCode } from '../kit/refusals.ts';
import { change } from './openapi-parts.ts';

const notice = object({
  id: text,
  at: instant,
  kind: { enum: ['browser_approved', 'credential_changed', 'check_devices'] },
  change: nullable({ type: 'string', enum: [...credentialChanges, null] }),
  client: { ...object({ id: text, name: text }), type: ['object', 'null'] },
  browser: { ...object({ name: text, system: text }), type: ['object', 'null'] },
  network: nullable(text),
  place: nullable(text),
  device: { ...object({ id: text, name: text }), type: ['object', 'null'], description: 'The phone that approved.' },
  not_me: {
    ...nullable(text),
    description: 'A page that says what “This was not me” ends, and ends it; null where nothing can be.',
  },
});

/** Of the whole document. */
type Parts = {
  readonly security: unknown;
  readonly proof: unknown;
  readonly responses: (ok: Record<string, unknown>, refuses?: readonly RefusalCode[]) => unknown;
  readonly answer: (description: string, schema: unknown) => unknown;
};

export const noticePaths = ({ security, proof, responses, answer }: Parts) => ({
  '/phone/v1/notices': {
    get: {
      summary: 'What the account is told on this device',
      operationId: 'listNotices',
      security,
      responses: responses({
        200: answer('Newest first.', object({ notices: { type: 'array', items: notice } })),
      }),
    },
  },
  '/phone/v1/notices/{id}': {
    delete: {
      summary: 'Put one away on this device; others go on showing it',
      operationId: 'dismissNotice',
      security,
      parameters: [{ name: 'id', in: 'path', required: true, schema: text }, proof],
      responses: responses({ 204: { description: 'Put away.' } }, [...change, 'notice_not_found']),
    },
  },
});
