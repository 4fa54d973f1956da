// One operation of the administration API: the row of kit/operation.ts, who may call it, and what it does.
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Account } from '../../core/account/account.ts';
import type { adminScopes } from '../../core/client/client-schema.ts';
import type { Context } from '../kit/context.ts';
import type { Operation } from '../kit/operation.ts';

export type AdminScope = (typeof adminScopes)[number];

export type AdminCaller = {
  readonly clientId: string;
  /** What it may do here at this moment. */
  readonly scopes: readonly string[];
  /** The person who works by our own command line; absent: a machine. */
  readonly account?: Account;
};

export type AdminOperation = Operation & {
  /** The scope that a caller needs. Null: any scope or role of this API is enough. */
  readonly scope: AdminScope | null;
  /** Changes one record: the caller sends the revision that it saw (RFC 9110 §13.1.1). */
  readonly isConditional?: boolean;
  /** Makes something: safe to repeat with an Idempotency-Key. */
  readonly isCreation?: boolean;
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
