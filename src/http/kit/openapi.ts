// Makes an OpenAPI 3.1 document from the operations of an API (operation.ts): bodies from the schemas that
// judge them, and refusals by their stable codes (protocol.md section 8), so that a developer sees which
// codes can come.
import { createSchemas, type Schemas } from './json-schema.ts';
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

/**
 * Security scheme of a token that is bound to a key (RFC 9449 §7.1). The type `http` with the scheme `DPoP`
 * would say more, but generators know only Basic and Bearer, and some of their clients then fail at every
 * call.
 */
export const boundTokenScheme = { type: 'apiKey', in: 'header', name: 'Authorization' } as const;

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
  const schemas = createSchemas({ Problem: problemSchema });
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
    paths[path] = { ...paths[path], [operation.method]: describeOperation(operation, api, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: { title: api.title, version: '1', description: api.description },
    servers: [{ url: api.issuer }],
    components: { schemas: schemas.named, securitySchemes: api.securitySchemes },
    ...(api.security && { security: api.security }),
    paths,
  };
}

function describeOperation<Row extends Operation>(operation: Row, api: ApiDocument<Row>, schemas: Schemas) {
  const { answer, body, fileTypes, example, summary } = operation;
  const { security, tags, parameters = [], headers, refuses } = api.describe(operation);
  const operationId = operation.operationId ?? operationIdOf(operation);
  const name = `${operationId.slice(0, 1).toUpperCase()}${operationId.slice(1)}`;
  const content = answer.schema
    ? { content: jsonContent(schemas.ofAnswer(answer.schema, `${name}Answer`), undefined, answer.type) }
    : {};
  return {
    summary,
    operationId,
    ...(tags && { tags }),
    security,
    parameters: [
      ...pathParametersOf(operation, api.pathParameters),
      ...queryParametersOf(operation, schemas),
      ...parameters,
    ],
    ...(fileTypes && { requestBody: { required: true, content: filesOf(fileTypes) } }),
    ...(body && {
      requestBody: { required: true, content: jsonContent(schemas.ofBody(body, `${name}Request`), example) },
    }),
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

function queryParametersOf({ query }: Operation, schemas: Schemas) {
  const properties = query ? (schemas.ofQuery(query).properties as Record<string, unknown>) : {};
  // An empty field counts as absent, because an HTML form sends every field.
  const rules = { in: 'query', required: false, allowEmptyValue: true };
  return Object.entries(properties).map(([name, schema]) => ({ name, ...rules, schema }));
}

/** Codes that follow from what the row itself says, and those that it names. */
const refusalsOfShape = ({ query, body, refuses = [] }: Operation): RefusalCode[] => [
  ...refuses,
  ...(query ? (['body_invalid'] as const) : []),
  ...(body ? (['body_invalid', 'body_too_large', 'content_type_unsupported'] as const) : []),
];

/**
 * A file is the body itself. OpenAPI 3.1 needs no schema for it, but code generators of today do.
 * A `maxLength` would make them measure the file as a text.
 */
const filesOf = (types: readonly string[]) =>
  Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]));

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
    status: { type: 'integer', format: 'int32' },
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
    tries_left: { type: 'integer', format: 'int32' },
    server_time: { type: 'integer', format: 'int64', description: 'Epoch seconds, with device_clock_wrong.' },
    retry_after: { type: 'integer', format: 'int64', description: 'Seconds to wait. Equals the header Retry-After.' },
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
    content: problemContent({
      allOf: [reference, { type: 'object', properties: { code: { type: 'string', enum: codes } } }],
    }),
  };
}
