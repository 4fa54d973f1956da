// The phone API described as OpenAPI 3.1, bodies from the very schemas that validate them. A test compares it with the routes.
import { z } from 'zod';
import { approveBody, denyBody, scanBody } from './schemas.ts';

const body = (schema: z.ZodType) => ({
  required: true,
  content: { 'application/json': { schema: z.toJSONSchema(schema) } },
});

const object = (properties: Record<string, unknown>) => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});
const text = { type: 'string' };
const instant = { type: 'integer', description: 'Epoch seconds.' };
const nullable = (schema: { type: string }) => ({ ...schema, type: [schema.type, 'null'] });
const states = ['pending', 'scanned', 'approved', 'denied', 'expired', 'cancelled', 'consumed'];

const context = object({
  client: object({
    name: text,
    logo: nullable(text),
    redirect_host: text,
    policy_uri: nullable(text),
    tos_uri: nullable(text),
    self_registered: { type: 'boolean', description: 'It registered itself; nobody here checked it.' },
    first_party: { type: 'boolean', description: 'Whether the operator of this provider runs the site too.' },
  }),
  scopes: { type: 'array', items: object({ name: text, description: text }) },
  browser: object({ name: text, system: text, known: { type: 'boolean' } }),
  place: object({ network: text, comparison: { enum: ['same_address', 'different_address', 'unknown'] } }),
  requested_at: instant,
  risk: object({ level: { enum: ['low', 'moderate', 'high'] }, reasons: { type: 'array', items: text } }),
  trust_browser_allowed: { type: 'boolean' },
});

const approval = object({
  id: text,
  client: object({ id: text, name: text }),
  browser: object({ name: text, system: text }),
  network: text,
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

const answer = (description: string, schema: unknown) => ({ description, content: { 'application/json': { schema } } });
const problem = {
  description: 'A refusal with a stable `code` (RFC 9457).',
  content: {
    'application/problem+json': {
      schema: object({ type: text, title: text, status: { type: 'integer' }, code: text, detail: text }),
    },
  },
};
const responses = (ok: Record<string, unknown>) => ({ ...ok, default: problem });

const handle = {
  name: 'handle',
  in: 'path',
  required: true,
  schema: text,
  description: 'As the claim returned it in `ticket`.',
};
const proof = {
  name: 'DPoP',
  in: 'header',
  required: true,
  schema: text,
  description: 'A proof by the device key for this method and URL (RFC 9449), used once.',
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
      securitySchemes: {
        device: { type: 'apiKey', in: 'cookie', name: issuer.startsWith('https:') ? '__Host-device' : 'device' },
        app: { type: 'http', scheme: 'DPoP' },
      },
    },
    security: [{ device: [] }, { app: [] }],
    paths: {
      '/phone/v1/openapi.json': {
        get: {
          summary: 'This document',
          security: [],
          responses: { 200: answer('The document.', { type: 'object' }) },
        },
      },
      '/phone/v1/scan': {
        post: {
          summary: 'Claim a ticket: the first device wins',
          parameters: [proof],
          requestBody: body(scanBody),
          responses: responses({
            200: answer(
              'Claimed.',
              object({
                ticket: text,
                approval_token: text,
                expires_at: instant,
                context,
                requires: { type: 'array', items: text },
              }),
            ),
          }),
        },
      },
      '/phone/v1/tickets/{handle}': {
        get: {
          summary: 'The state of a ticket this device claimed',
          parameters: [handle],
          responses: responses({
            200: answer('The state.', object({ state: { enum: states }, needs: nullable(text), expires_at: instant })),
          }),
        },
      },
      '/phone/v1/tickets/{handle}/approve': {
        post: {
          summary: 'Approve',
          parameters: [handle, proof],
          requestBody: body(approveBody),
          responses: responses({
            200: answer('Approved.', object({ state: { const: 'approved' }, confirmation_code: nullable(text) })),
          }),
        },
      },
      '/phone/v1/tickets/{handle}/deny': {
        post: {
          summary: 'Deny, and perhaps report',
          parameters: [handle, proof],
          requestBody: body(denyBody),
          responses: responses({ 200: answer('Denied.', object({ state: { const: 'denied' } })) }),
        },
      },
      '/phone/v1/approvals': {
        get: {
          summary: 'The browsers this account signed in',
          responses: responses({
            200: answer('Newest first.', object({ approvals: { type: 'array', items: approval } })),
          }),
        },
      },
      '/phone/v1/devices': {
        get: {
          summary: 'The phones and browsers this account is signed in on',
          responses: responses({
            200: answer('Newest first.', object({ devices: { type: 'array', items: device } })),
          }),
        },
      },
      '/phone/v1/devices/{id}': {
        delete: {
          summary: 'Sign one out: from here on it neither claims nor decides',
          parameters: [{ name: 'id', in: 'path', required: true, schema: text }, proof],
          responses: responses({ 204: { description: 'Signed out.' } }),
        },
      },
      '/phone/v1/approvals/{id}': {
        delete: {
          summary: 'End one: the browser is signed out, its grants and tokens are dead',
          parameters: [{ name: 'id', in: 'path', required: true, schema: text }, proof],
          responses: responses({ 204: { description: 'Ended.' } }),
        },
      },
    },
  };
}
