// One operation of the administration API: its address, who may call it, what it takes and answers, and what it does. The router and
// the OpenAPI document are both made from these, so neither can know of something the other does not.
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Account } from '../../core/account/account.ts';
import type { adminScopes } from '../../core/client/client-schema.ts';
import type { Context } from '../kit/context.ts';
import type { RefusalCode } from '../kit/refusals.ts';

export type AdminScope = (typeof adminScopes)[number];

export type AdminCaller = {
  readonly clientId: string;
  /** What it may do here at this moment. */
  readonly scopes: readonly string[];
  /** The person who works by our own command line; absent: a machine. */
  readonly account?: Account;
};

export type AdminOperation = {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below `/admin/v1`, parameters as `{name}`. */
  readonly path: string;
  readonly summary: string;
  /** Null: for whoever may do anything here. */
  readonly scope: AdminScope | null;
  readonly query?: z.ZodObject;
  /** Judged by its use-case where that has a judge of its own; described by this either way. */
  readonly body?: z.ZodType;
  /** Takes a file as the body itself, of one of these media types. */
  readonly fileTypes?: readonly string[];
  /** Such a body, for the document; a test sends it through `body`. */
  readonly example?: unknown;
  /** Refusals of its own, beside those that follow from what stands here: such as what it does not find. */
  readonly refuses?: readonly RefusalCode[];
  /** Changes one record: the caller says which revision it saw (RFC 9110 §13.1.1). */
  readonly isConditional?: boolean;
  /** Makes something: safe to repeat with an Idempotency-Key. */
  readonly isCreation?: boolean;
  readonly answer: {
    readonly status: 200 | 201 | 204;
    readonly schema?: z.ZodType;
    /** The schema is one line's; absent: JSON as a whole. */
    readonly type?: 'application/jsonl';
  };
  readonly run: (ctx: Context, caller: AdminCaller) => Promise<AdminAnswer>;
};

export type AdminAnswer = {
  readonly body?: unknown;
  /** Instead of a body, where the answer has a type of its own: taken as fast as it is read. */
  readonly stream?: Readable;
  /** Becomes the ETag. */
  readonly revision?: number;
  /** Of what was made. */
  readonly location?: string;
};

export const pageQuery = z.strictObject({
  search: z.string().max(100).optional().describe('Names that begin so.'),
  cursor: z.string().max(2000).optional().describe('`next_cursor` of the page before.'),
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('So many at most.'),
});

/** A store's cursor is its own affair: to callers it is opaque. */
export const toCursor = (cursor: string | null): string | null =>
  cursor === null ? null : Buffer.from(cursor).toString('base64url');
export const fromCursor = (cursor: string | undefined): string | undefined =>
  cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString();
