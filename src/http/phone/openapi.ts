// The phone API described as OpenAPI 3.1, bodies from the very schemas that validate them. A test compares it with the routes, and calls
// every operation.
import { instant, nullable, object, problemSchema, text } from '../kit/openapi-parts.ts';
import type { RefusalCode } from '../kit/refusals.ts';
import { approveBody, denyBody, reviewBody, scanBody } from '../kit/schemas.ts';
import { phoneAskPaths } from './ask-openapi.ts';
import { noticePaths } from './notices-openapi.ts';
import { answer, body, change, proof, responses, security, withBody } from './openapi-parts.ts';
import { placeSchema } from './place-openapi.ts';

const states = ['pending', 'scanned', 'approved', 'denied', 'expired', 'cancelled', 'consumed'];

const context = object({
  kind: {
    enum: ['browser', 'device'],
    description: 'device: a screen without a keyboard, which shows a code of its own (RFC 8628).',
  },
  user_code: {
    ...nullable(text),
    description: 'Of a device: to be compared with its screen before anything is approved. Null elsewhere.',
  },
  client: object({
    name: text,
    logo: nullable(text),
    redirect_host: {
      ...nullable(text),
      description: 'Where the code is sent; null for a device, which gets its tokens itself.',
    },
    policy_uri: nullable(text),
    tos_uri: nullable(text),
    self_registered: { type: 'boolean', description: 'It registered itself; nobody here checked it.' },
    first_party: { type: 'boolean', description: 'Whether the operator of this provider runs the site too.' },
  }),
  scopes: { type: 'array', items: object({ name: text, description: text }) },
  access: {
    ...object({ at_most_seconds: { type: 'integer' }, ends_with_session: { type: 'boolean' }, description: text }),
    description: 'For how long the client may do so.',
  },
  browser: object({ name: text, system: text, known: { type: 'boolean' } }),
  place: placeSchema,
  requested_at: instant,
  risk: object({ level: { enum: ['low', 'moderate', 'high'] }, reasons: { type: 'array', items: text } }),
  trust_browser_allowed: { type: 'boolean' },
});

const approval = object({
  id: text,
  kind: { enum: ['browser', 'device'] },
  client: object({ id: text, name: text }),
  browser: object({ name: text, system: text }),
  network: { ...nullable(text), description: 'The browser’s address; null once it was kept long enough.' },
  place: { ...nullable(text), description: 'Where it was then: city and country in the language asked for.' },
  approved_at: instant,
  trusted: { type: 'boolean' },
});

const device = object({
  id: text,
  name: text,
  network: text,
  signed_in_at: instant,
  last_used_at: instant,
  current: { type: 'boolean', description: 'The one that asks.' },
});

const review = {
  expires_at: instant,
  context,
  requires: {
    type: 'array',
    items: { enum: ['reauthentication', 'passkey', 'scanner', 'number', 'user_code', 'confirmation_code'] },
    description: 'What an approval asks beyond a tap. A passkey stands for reauthentication as well.',
  },
  numbers: {
    type: ['array', 'null'],
    items: text,
    description:
      'Where this phone was asked: what to choose from, one of them being on the other screen. A wrong choice denies. Null elsewhere.',
  },
  passkey_options: {
    type: ['object', 'null'],
    description:
      'PublicKeyCredentialRequestOptionsJSON (WebAuthn Level 3) to answer in `passkey` of the approval; null where none is asked, or the account has none.',
  },
};

const claim: readonly RefusalCode[] = [
  ...withBody,
  ...change,
  'rate_limited',
  'ticket_not_found',
  'frame_stale',
  'ticket_expired',
  'ticket_already_scanned',
  'ticket_already_decided',
  'qr_sign_in_off',
  'client_switched_off',
  'scope_insufficient',
];
const decision: readonly RefusalCode[] = [
  ...withBody,
  ...change,
  'ticket_not_found',
  'ticket_expired',
  'ticket_already_decided',
  'ticket_not_scanned',
  'ticket_other_device',
  'approval_token_invalid',
];
const approvalRefusals: readonly RefusalCode[] = [
  ...decision,
  'reauthentication_required',
  'user_verification_required',
  'blocked_by_risk',
  'scanner_required',
  'scope_insufficient',
  'scopes_invalid',
  'passkey_invalid',
  'number_required',
  'number_wrong',
  'user_code_unconfirmed',
  'qr_sign_in_off',
  'client_switched_off',
];

const handle = {
  name: 'handle',
  in: 'path',
  required: true,
  schema: text,
  description: 'As the claim returned it in `ticket`.',
};
export function phoneOpenApi(issuer: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tessera phone API',
      version: '1',
      description:
        'What an approving phone does. Authenticate with the device cookie, or with a DPoP-bound access token of this provider for the resource `<issuer>/phone` with scope `approve`.',
    },
    servers: [{ url: issuer }],
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        device: {
          type: 'apiKey',
          in: 'cookie',
          name: issuer.startsWith('https:') ? '__Host-device' : 'device',
          description: 'Of a phone that signed in at /sign-in.',
        },
        app: {
          type: 'http',
          scheme: 'DPoP',
          description: `An access token for the resource ${issuer}/phone with the scope approve, bound to the device key.`,
        },
      },
    },
    security,
    paths: {
      '/phone/v1/openapi.json': {
        get: {
          summary: 'This document',
          operationId: 'getOpenapi',
          security: [],
          responses: { 200: answer('The document.', { type: 'object' }) },
        },
      },
      '/phone/v1/scan': {
        post: {
          summary: 'Claim a ticket: the first device wins',
          operationId: 'scan',
          security,
          parameters: [proof],
          requestBody: body(scanBody, { user_code: 'BCDF-GHJK' }),
          responses: responses(
            {
              200: answer(
                'Claimed.',
                object({
                  ticket: text,
                  approval_token: text,
                  ...review,
                }),
              ),
            },
            claim,
          ),
        },
      },
      '/phone/v1/tickets/{handle}/review': {
        post: {
          summary: 'Look at a claimed ticket anew, with a fresh question for the passkey',
          operationId: 'review',
          security,
          parameters: [handle, proof],
          requestBody: body(reviewBody, { approval_token: 'as the claim returned it' }),
          responses: responses({ 200: answer('As it stands now.', object(review)) }, decision),
        },
      },
      '/phone/v1/tickets/{handle}': {
        get: {
          summary: 'The state of a ticket this device claimed',
          operationId: 'getTicket',
          security,
          parameters: [handle],
          responses: responses(
            {
              200: answer(
                'The state.',
                object({ state: { enum: states }, needs: nullable(text), expires_at: instant }),
              ),
            },
            ['ticket_not_found'],
          ),
        },
      },
      '/phone/v1/tickets/{handle}/approve': {
        post: {
          summary: 'Approve',
          operationId: 'approve',
          security,
          parameters: [handle, proof],
          requestBody: body(approveBody, { approval_token: 'as the claim returned it', scopes: ['openid'] }),
          responses: responses(
            {
              200: answer('Approved.', object({ state: { const: 'approved' }, confirmation_code: nullable(text) })),
            },
            approvalRefusals,
          ),
        },
      },
      '/phone/v1/tickets/{handle}/deny': {
        post: {
          summary: 'Deny, and perhaps report',
          operationId: 'deny',
          security,
          parameters: [handle, proof],
          requestBody: body(denyBody, { approval_token: 'as the claim returned it', report: true }),
          responses: responses({ 200: answer('Denied.', object({ state: { const: 'denied' } })) }, decision),
        },
      },
      ...phoneAskPaths,
      '/phone/v1/approvals': {
        get: {
          summary: 'The browsers and devices this account signed in',
          operationId: 'listApprovals',
          security,
          responses: responses({
            200: answer('Newest first.', object({ approvals: { type: 'array', items: approval } })),
          }),
        },
      },
      ...noticePaths({ security, proof, responses, answer }),
      '/phone/v1/devices': {
        get: {
          summary: 'The phones and browsers this account is signed in on',
          operationId: 'listDevices',
          security,
          responses: responses({
            200: answer('Newest first.', object({ devices: { type: 'array', items: device } })),
          }),
        },
      },
      '/phone/v1/devices/{id}': {
        delete: {
          summary: 'Sign one out: from here on it neither claims nor decides',
          operationId: 'removeDevice',
          security,
          parameters: [{ name: 'id', in: 'path', required: true, schema: text }, proof],
          responses: responses({ 204: { description: 'Signed out.' } }, [...change, 'device_not_found']),
        },
      },
      '/phone/v1/approvals/{id}': {
        delete: {
          summary: 'End one: the browser is signed out, its grants and tokens are dead',
          operationId: 'endApproval',
          security,
          parameters: [{ name: 'id', in: 'path', required: true, schema: text }, proof],
          responses: responses({ 204: { description: 'Ended.' } }, [...change, 'approval_not_found']),
        },
      },
    },
  };
}
