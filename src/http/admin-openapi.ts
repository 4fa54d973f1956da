// The administration API described as OpenAPI 3.1, from the very operations that serve it and the schemas that judge their bodies.
import { z } from 'zod';
import type { AdminOperation } from './admin-operation.ts';

const json = (schema: z.ZodType, io: 'input' | 'output', type = 'application/json') => ({
  [type]: { schema: z.toJSONSchema(schema, { io, unrepresentable: 'any' }) },
});

/** OpenAPI 3.1: bytes as they are have no schema. */
const filesOf = (types: readonly string[]) => Object.fromEntries(types.map((type) => [type, {}]));

const problem = {
  description: 'A refusal with a stable `code` (RFC 9457); `errors` names the fields.',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'code', 'detail'],
        properties: {
          type: { type: 'string' },
          title: { type: 'string' },
          status: { type: 'integer' },
          code: { type: 'string' },
          detail: { type: 'string' },
          errors: {
            type: 'array',
            items: {
              type: 'object',
              required: ['path', 'message'],
              properties: { path: { type: 'string' }, message: { type: 'string' } },
            },
          },
        },
      },
    },
  },
};

const header = (name: string, isRequired: boolean, description: string) => ({
  name,
  in: 'header',
  required: isRequired,
  schema: { type: 'string' },
  description,
});

function parametersOf({ path, query, isConditional, isCreation }: AdminOperation) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const { properties = {} } = query ? z.toJSONSchema(query, { io: 'input' }) : {};
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
  return [
    ...inPath,
    ...inQuery,
    ...(isConditional ? [header('If-Match', true, 'The ETag that was seen, or `*`.')] : []),
    ...(isCreation ? [header('Idempotency-Key', false, 'Repeated within a day, it gets the same answer.')] : []),
  ];
}

function describe(operation: AdminOperation) {
  const { answer, body, fileTypes, scope, summary } = operation;
  const content = answer.schema ? { content: json(answer.schema, 'output', answer.type) } : {};
  return {
    summary,
    operationId: `${operation.method}${operation.path.replace(/[{}]/g, '').replace(/\/(\w)/g, (_, c) => c.toUpperCase())}`,
    security: [{ token: [scope] }],
    parameters: parametersOf(operation),
    ...(fileTypes && { requestBody: { required: true, content: filesOf(fileTypes) } }),
    ...(body && { requestBody: { required: true, content: json(body, 'input') } }),
    responses: { [answer.status]: { description: 'Done.', ...content }, default: problem },
  };
}

export function adminOpenApi(issuer: string, operations: readonly AdminOperation[]) {
  const scopes = Object.fromEntries(operations.map(({ scope }) => [scope, scope]));
  const paths: Record<string, Record<string, unknown>> = {
    '/admin/v1/openapi.json': {
      get: {
        summary: 'This document',
        operationId: 'getOpenapi',
        security: [],
        responses: {
          200: { description: 'The document.', content: { 'application/json': { schema: { type: 'object' } } } },
        },
      },
    },
  };
  for (const operation of operations) {
    const path = `/admin/v1${operation.path}`;
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tessera administration API',
      version: '1',
      description: `Ask the token endpoint with grant_type=client_credentials and resource=${issuer}/admin for the scopes you need.`,
    },
    servers: [{ url: issuer }],
    components: {
      securitySchemes: {
        token: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: `${issuer}/token`, scopes } } },
      },
    },
    paths,
  };
}
