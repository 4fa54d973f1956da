// One operation of the administration API: its address, who may call it, what it takes and answers, and what
// it does.
// The router and the OpenAPI document are both made from these rows, so they cannot differ.

import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Account } from '../../core/account/account.ts';
import type { adminScopes } from '../../core/client/client-schema.ts';
import type { Context } from '../kit/context.ts';
import { queryInteger } from '../kit/decimal.ts';
import type { Operation } from '../kit/operation.ts';

/** A scope of the resource `<issuer>/admin`. */
export type AdminScope = (typeof adminScopes)[number];

/** Who calls, as the guard found out (request.ts). */
export type AdminCaller = {
  readonly clientId: string;
  /** What the caller may do here at this moment. */
  readonly scopes: readonly string[];
  /** The person who works by our own command line; absent for a machine. */
  readonly account?: Account;
};

/** A row of the API. */
export type AdminOperation = Operation & {
  /** The scope that a caller needs. Null: any scope suffices. */
  readonly scope: AdminScope | null;
  /** Whether it changes one record, so that the caller has to send the revision it saw (RFC 9110 §13.1.1). */
  readonly isConditional?: boolean;
  /** Whether it creates something, and may be repeated with an Idempotency-Key. */
  readonly isCreation?: boolean;
  /** Does the work. An AppError that it throws becomes a problem document. */
  readonly run: (ctx: Context, caller: AdminCaller) => Promise<AdminAnswer>;
};

/** What an operation answers. */
export type AdminAnswer = {
  readonly body?: unknown;
  /** Lines in place of a body. They are read as fast as the caller takes them. */
  readonly stream?: Readable;
  /** Becomes the ETag. */
  readonly revision?: number;
  /** The path of what was created, below `/admin/v1`. */
  readonly location?: string;
};

/** The query of every list: how many, after which cursor, and what to search for. */
export const pageQuery = z.strictObject({
  search: z.string().max(100).optional().describe('Beginning of the names to find. Case is ignored.'),
  cursor: z.string().max(2000).optional().describe('`next_cursor` of the previous page.'),
  limit: queryInteger(1, 100).default(50).describe('Maximum number of items in a page.'),
});

/** A store's cursor means something to the store only. Callers get it as base64url. */
export const toCursor = (cursor: string | null): string | null =>
  cursor === null ? null : Buffer.from(cursor).toString('base64url');
/** The opposite of toCursor. Text that is no cursor finds nothing. */
export const fromCursor = (cursor: string | undefined): string | undefined =>
  cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString();
