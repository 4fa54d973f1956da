// Administration of the provider itself: the audit log and the signing keys.

import { z } from 'zod';
import type { Audit } from '../../core/audit/audit.ts';
import { describeRecord } from '../../core/audit/audit-lines.ts';
import { auditEvents } from '../../core/audit/audit-record.ts';
import type { Registrations } from '../../core/client/registrations.ts';
import type { SigningKeys } from '../../core/key/signing-keys.ts';
import { exportOf } from '../kit/audit-export.ts';
import { readJson } from '../kit/body.ts';
import { queryInteger } from '../kit/decimal.ts';
import { type AdminOperation, fromCursor, toCursor } from './operation.ts';
import { adminRegistrationOperations } from './registrations.ts';
import { readQuery } from './request.ts';
import { whoOf } from './rights.ts';

/** Audit log, signing keys and initial access tokens. */
export type AdminSystemDeps = {
  readonly audit: Audit;
  readonly keys: SigningKeys;
  /** Null where the configuration turns dynamic registration off. */
  readonly registrations: Registrations | null;
};

const instant = z.int().describe('Epoch seconds.');
/** An instant in a query, where everything is text. */
const optionalInstant = queryInteger(0).optional();
/** Filters of the audit log. Instants are epoch seconds, both inclusive. */
const auditFilters = z.strictObject({
  account: z.string().max(200).optional(),
  client: z.string().max(200).optional(),
  ticket: z.string().max(200).optional().describe('Id of a ticket. Finds the records of one QR code.'),
  correlation: z
    .string()
    .max(200)
    .optional()
    .describe('Correlation id. Finds the records of one authorization request.'),
  event: z.enum(auditEvents).optional(),
  from: optionalInstant.describe('Limit of the time range, inclusive. Epoch seconds.'),
  to: optionalInstant.describe('Limit of the time range, inclusive. Epoch seconds.'),
});
/** The filters, and the page. */
const auditQuery = auditFilters.extend({
  cursor: z
    .string()
    .max(2000)
    .optional()
    .describe('`next_cursor` of the previous page. A page before the last one can be short or empty.'),
  limit: queryInteger(1, 500).default(100),
});
/** An audit record as it is stored. */
const record = z
  .object({
    at: instant,
    event: z.enum(auditEvents),
    ticket_id: z.string().nullable(),
    correlation_id: z.string().nullable(),
    account_id: z.string().nullable(),
    client_id: z.string().nullable(),
    device_id: z.string().nullable(),
    address: z.string().nullable(),
    facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .meta({ id: 'AuditRecord' });
/** A signing key without its private part. */
const key = z.object({
  kid: z.string(),
  alg: z.string(),
  state: z.string().describe('State of the key: next, current, previous or retired.'),
  created_at: instant,
  signs_from: instant,
  retires_at: instant.nullable(),
});
/** The keys of all algorithms. */
const keysAnswer = z.object({ keys: z.array(key) });
/** Whether the present keys stop signing at once, since somebody knows them. */
const rotateBody = z.strictObject({
  immediately: z
    .boolean()
    .optional()
    .describe('Whether a key has leaked. New keys then sign at once, and all older keys are removed.'),
});

/** The query of the use-case, from the names of the API. */
const soughtBy = ({ account, client, ticket, correlation, ...rest }: z.infer<typeof auditFilters>) => ({
  accountId: account,
  clientId: client,
  ticketId: ticket,
  correlationId: correlation,
  ...rest,
});

/** @returns the operations of the scopes `audit:read`, `keys:read` and `keys:write` */
export function adminSystemOperations({ audit, keys, registrations }: AdminSystemDeps): AdminOperation[] {
  return [
    {
      method: 'get',
      path: '/audit',
      summary: 'List audit records, newest first',
      scope: 'audit:read',
      query: auditQuery,
      answer: { status: 200, schema: z.object({ records: z.array(record), next_cursor: z.string().nullable() }) },
      async run(ctx) {
        const { cursor, limit, ...filters } = readQuery(ctx, auditQuery);
        const page = await audit.query({ ...soughtBy(filters), after: fromCursor(cursor), limit });
        return { body: { records: page.records.map(describeRecord), next_cursor: toCursor(page.cursor) } };
      },
    },
    {
      method: 'get',
      path: '/audit/export',
      summary: 'Export all audit records as JSON Lines, newest first',
      scope: 'audit:read',
      query: auditFilters,
      answer: { status: 200, schema: record, type: 'application/jsonl' },
      run: async (ctx) => ({ stream: exportOf(ctx, audit.lines(soughtBy(readQuery(ctx, auditFilters)))) }),
    },
    {
      method: 'get',
      path: '/keys',
      summary: 'List the signing keys and their schedule',
      scope: 'keys:read',
      answer: { status: 200, schema: keysAnswer },
      run: async () => ({ body: { keys: (await keys.list()).map(keyJson) } }),
    },
    {
      method: 'post',
      path: '/keys/rotate',
      summary: 'Rotate the signing keys as soon as relying parties can know the new ones',
      scope: 'keys:write',
      example: { immediately: false },
      body: rotateBody,
      answer: { status: 200, schema: keysAnswer },
      async run(ctx, caller) {
        const { immediately = false } = await readJson(ctx, rotateBody);
        await audit.asked('key.rotation_asked', whoOf(caller), { immediately });
        return { body: { keys: (await keys.rotate({ immediately })).map(keyJson) } };
      },
    },
    ...(registrations ? adminRegistrationOperations(registrations, audit) : []),
  ];
}

/** A key as the API shows it. */
const keyJson = (each: Awaited<ReturnType<SigningKeys['list']>>[number]) => ({
  kid: each.key.kid,
  alg: each.key.alg,
  state: each.state,
  created_at: each.key.createdAt,
  signs_from: each.signsFrom,
  retires_at: each.retiresAt,
});
