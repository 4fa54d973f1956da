// The administration API described as OpenAPI 3.1, from the very operations that serve it and the schemas that judge their bodies.
import { z } from 'zod';
import { jsonContent, jsonSchemaOf, problemSchema, refusalAnswers } from '../kit/openapi-parts.ts';
import type { RefusalCode } from '../kit/refusals.ts';
import type { AdminOperation } from './operation.ts';

/** OpenAPI 3.1: bytes as they are have no schema. */
const filesOf = (types: readonly string[]) => Object.fromEntries(types.map((type) => [type, {}]));

const header = (name: string, isRequired: boolean, description: string, example: string) => ({
  name,
  in: 'header',
  required: isRequired,
  schema: { type: 'string' },
  example,
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
    ...(isConditional ? [header('If-Match', true, 'The ETag that was seen, or `*`.', '"3"')] : []),
    ...(isCreation
      ? [header('Idempotency-Key', false, 'Repeated within a day, it gets the same answer.', 'order-4711')]
      : []),
  ];
}

/** What every operation of its kind can answer; the rest it says itself. */
function refusalsOf({ query, body, isConditional, isCreation, refuses = [] }: AdminOperation): RefusalCode[] {
  return [
    'token_invalid',
    'device_proof_required',
    'device_proof_invalid',
    'scope_insufficient',
    'temporarily_unavailable',
    ...refuses,
    ...(query ? (['body_invalid'] as const) : []),
    ...(body ? (['body_invalid', 'body_too_large', 'content_type_unsupported'] as const) : []),
    ...(isConditional ? (['precondition_required'] as const) : []),
    ...(isCreation ? (['body_invalid', 'request_in_progress'] as const) : []),
  ];
}

const etag = { ETag: { description: 'Names this version, for If-Match.', schema: { type: 'string' } } };

function describe(operation: AdminOperation, hasVersions: boolean) {
  const { answer, body, fileTypes, example, method, path, scope, summary } = operation;
  const content = answer.schema
    ? { content: jsonContent(jsonSchemaOf(answer.schema, 'output'), undefined, answer.type) }
    : {};
  const headers = hasVersions && method !== 'delete' ? { headers: etag } : {};
  return {
    summary,
    operationId: `${method}${path.replace(/[{}]/g, '').replace(/[/-](\w)/g, (_, letter) => letter.toUpperCase())}`,
    tags: [path.split('/')[1]],
    security: [{ token: scope === null ? [] : [scope] }, { boundToken: scope === null ? [] : [scope] }],
    parameters: parametersOf(operation),
    ...(fileTypes && { requestBody: { required: true, content: filesOf(fileTypes) } }),
    ...(body && { requestBody: { required: true, content: jsonContent(jsonSchemaOf(body, 'input'), example) } }),
    responses: {
      [answer.status]: { description: 'Done.', ...headers, ...content },
      ...refusalAnswers(refusalsOf(operation)),
    },
  };
}

const securitySchemes = (issuer: string, scopes: Record<string, string>) => ({
  token: {
    type: 'oauth2',
    description: `A bearer token for the resource ${issuer}/admin.`,
    flows: { clientCredentials: { tokenUrl: `${issuer}/token`, scopes } },
  },
  boundToken: {
    type: 'http',
    scheme: 'DPoP',
    description: 'The same, bound to a key: every request brings a fresh proof in the header DPoP (RFC 9449).',
  },
});

export function adminOpenApi(issuer: string, operations: readonly AdminOperation[]) {
  const scopes = Object.fromEntries(
    [...new Set(operations.flatMap(({ scope }) => scope ?? []))].sort().map((scope) => [scope, inWords(scope)]),
  );
  const versioned = new Set(operations.filter(({ isConditional }) => isConditional).map(({ path }) => path));
  const paths: Record<string, Record<string, unknown>> = {
    '/admin/v1/openapi.json': {
      get: {
        summary: 'This document',
        operationId: 'getOpenapi',
        security: [],
        responses: { 200: { description: 'The document.', content: jsonContent({ type: 'object' }) } },
      },
    },
  };
  for (const operation of operations) {
    const path = `/admin/v1${operation.path}`;
    paths[path] = { ...paths[path], [operation.method]: describe(operation, versioned.has(operation.path)) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tessera administration API',
      version: '1',
      description: `Ask the token endpoint with grant_type=client_credentials and resource=${issuer}/admin for the scopes you need.`,
    },
    servers: [{ url: issuer }],
    components: { schemas: { Problem: problemSchema }, securitySchemes: securitySchemes(issuer, scopes) },
    paths,
  };
}

/** `clients:read` as “Read clients”. */
function inWords(scope: string): string {
  const [what, how] = scope.split(':');
  return `${how === 'read' ? 'Read' : 'Change'} ${what}`;
}
