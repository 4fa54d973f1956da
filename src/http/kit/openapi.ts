// Makes an OpenAPI 3.1 document from the operations of an API (operation.ts): bodies from the schemas that
// judge them, and refusals by their stable codes (protocol.md section 8), so that a developer sees which
// codes can come.
import { z } from 'zod';
import type { Operation } from './operation.ts';
import { type RefusalCode, statusOf } from './refusals.ts';

export type ApiDocument<Row extends Operation> = {
  readonly issuer: string;
  readonly title: string;
  readonly description: string;
  /** Such as `/admin/v1`. */
  readonly prefix: string;
  readonly securitySchemes: Record<string, unknown>;
  /** For operations that say nothing of their own. */
  readonly security?: OperationExtras['security'];
  readonly operations: readonly Row[];
  /** Descriptions of path parameters by name, where the name does not say enough. */
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly describe: (row: Row) => OperationExtras;
};

/** What an API says of one of its operations beyond the row. */
export type OperationExtras = {
  /** OpenAPI 3.1 §4.8.30: any one of these is enough. */
  readonly security: readonly Record<string, readonly string[]>[];
  readonly tags?: readonly string[];
  /** Header parameters. */
  readonly parameters?: readonly unknown[];
  /** Headers of the answer. */
  readonly headers?: Record<string, unknown>;
  /** Codes that every operation of this kind can answer. */
  readonly refuses: readonly RefusalCode[];
};

export function openApiOf<Row extends Operation>(api: ApiDocument<Row>) {
  const paths: Record<string, Record<string, unknown>> = {
    [`${api.prefix}/openapi.json`]: {
      get: {
        summary: 'This document',
        operationId: 'getOpenapi',
        security: [],
        responses: { 200: { description: 'The document.', content: jsonContent({ type: 'object' }) } },
      },
    },
  };
  for (const operation of api.operations) {
    const path = `${api.prefix}${operation.path}`;
    paths[path] = { ...paths[path], [operation.method]: describeOperation(operation, api) };
  }
  return {
    openapi: '3.1.0',
    info: { title: api.title, version: '1', description: api.description },
    servers: [{ url: api.issuer }],
    components: { schemas: { Problem: problemSchema }, securitySchemes: api.securitySchemes },
    ...(api.security && { security: api.security }),
    paths,
  };
}

function describeOperation<Row extends Operation>(operation: Row, api: ApiDocument<Row>) {
  const { answer, body, fileTypes, example, summary } = operation;
  const { security, tags, parameters = [], headers, refuses } = api.describe(operation);
  const content = answer.schema
    ? { content: jsonContent(jsonSchemaOf(answer.schema, 'output'), undefined, answer.type) }
    : {};
  return {
    summary,
    operationId: operation.operationId ?? operationIdOf(operation),
    ...(tags && { tags }),
    security,
    parameters: [...pathParametersOf(operation, api.pathParameters), ...queryParametersOf(operation), ...parameters],
    ...(fileTypes && { requestBody: { required: true, content: filesOf(fileTypes) } }),
    ...(body && { requestBody: { required: true, content: jsonContent(jsonSchemaOf(body, 'input'), example) } }),
    responses: {
      [answer.status]: { description: answer.description ?? 'Done.', ...(headers && { headers }), ...content },
      ...refusalAnswers([...refuses, ...refusalsOfShape(operation)]),
    },
  };
}

/** `get` and `/clients/{id}` become `getClientsId`. */
const operationIdOf = ({ method, path }: Operation): string =>
  `${method}${path.replace(/[{}]/g, '').replace(/[/-](\w)/g, (_, letter) => letter.toUpperCase())}`;

const pathParametersOf = ({ path }: Operation, descriptions: Readonly<Record<string, string>> = {}) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    ...(descriptions[name] !== undefined && { description: descriptions[name] }),
  }));

function queryParametersOf({ query }: Operation) {
  const { properties = {} } = query ? z.toJSONSchema(query, { io: 'input' }) : {};
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }));
}

/** Codes that follow from what the row itself says, and those that it names. */
const refusalsOfShape = ({ query, body, refuses = [] }: Operation): RefusalCode[] => [
  ...refuses,
  ...(query ? (['body_invalid'] as const) : []),
  ...(body ? (['body_invalid', 'body_too_large', 'content_type_unsupported'] as const) : []),
];

/** OpenAPI 3.1: bytes as they are have no schema. */
const filesOf = (types: readonly string[]) => Object.fromEntries(types.map((type) => [type, {}]));

/**
 * JSON Schema of a body. The dialect is left out, since it is the default of OpenAPI 3.1 §4.8.24. Answers
 * stay open: a client has to ignore fields that it does not know, so that fields can be added.
 */
function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (io === 'output' && jsonSchema.required && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
    },
  });
  return rest;
}

const jsonContent = (schema: unknown, example?: unknown, type = 'application/json') => ({
  [type]: { schema, ...(example !== undefined && { example }) },
});

/** RFC 9457 with our stable `code`; for `components.schemas`. */
const problemSchema = {
  type: 'object',
  description: 'A refusal (RFC 9457) with a stable `code`; `errors` names the fields that are wrong.',
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
    tries_left: { type: 'integer' },
    retry_after: { type: 'integer', description: 'Seconds to wait. Equals the header Retry-After.' },
  },
};

const reference = { $ref: '#/components/schemas/Problem' };
const problemContent = (schema: unknown) => ({ 'application/problem+json': { schema } });

/**
 * Answers by status, each with the codes it can carry. `default` covers what any request can meet, such as
 * 500.
 */
function refusalAnswers(codes: readonly RefusalCode[]): Record<string, unknown> {
  const byStatus = Map.groupBy([...new Set(codes)].sort(), (code) => statusOf[code]);
  const answers = [...byStatus].map(([status, of]) => [status, refusalAnswer(status, of)] as const);
  return {
    ...Object.fromEntries(answers),
    default: { description: 'Any other refusal.', content: problemContent(reference) },
  };
}

function refusalAnswer(status: number, codes: readonly RefusalCode[]): Record<string, unknown> {
  const challenge = { 'WWW-Authenticate': { description: 'RFC 9110 §11.6.1.', schema: { type: 'string' } } };
  return {
    description: `Refused: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
    ...(status === 401 && { headers: challenge }),
    content: problemContent({ ...reference, properties: { code: { enum: codes } } }),
  };
}
