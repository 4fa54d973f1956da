// One operation of a JSON API as a row of data: its address, what it takes, what it answers and what it
// refuses. The router (operation-router.ts) and the OpenAPI document (openapi.ts) are both made from these
// rows, so a route cannot be missing in the document. Each API adds what it needs: who may call, and what the
// operation does.
import type { z } from 'zod';
import type { RefusalCode } from './refusals.ts';

export type Operation = {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below the prefix of the API, with parameters as `{name}`. */
  readonly path: string;
  /** One sentence for the document. */
  readonly summary: string;
  /** Name of the operation for code generators, unique in its API. Absent: derived from method and path. */
  readonly operationId?: string;
  /** Shape of the query string. */
  readonly query?: z.ZodObject;
  /** Shape of the JSON body. Its use-case may judge the body more strictly. */
  readonly body?: z.ZodType;
  /** Takes a file as the body itself, of one of these media types. */
  readonly fileTypes?: readonly string[];
  /** A body for the document. A test sends it. */
  readonly example?: unknown;
  /** Refusals of this operation, beside those that every operation of the API and its shape can have. */
  readonly refuses?: readonly RefusalCode[];
  readonly answer: OperationAnswer;
};

export type OperationAnswer = {
  readonly status: 200 | 201 | 204;
  /** Absent: "Done." */
  readonly description?: string;
  /** Shape of the body. Absent: no body. */
  readonly schema?: z.ZodType;
  /** Absent: JSON as a whole. Otherwise the schema describes one line. */
  readonly type?: 'application/jsonl';
};
