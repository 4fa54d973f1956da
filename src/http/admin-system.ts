// Administration of the provider itself: what happened, the signing keys, and tokens that let others register clients.
import { z } from 'zod';
import { type Audit, type AuditRecord, auditEvents } from '../audit/audit.ts';
import type { Registrations } from '../client/registrations.ts';
import type { SigningKeys } from '../oidc/keys.ts';
import { type AdminOperation, fromCursor, toCursor } from './admin-operation.ts';
import { readQuery } from './admin-request.ts';
import { readJson } from './body.ts';

export type AdminSystemDeps = {
  readonly audit: Audit;
  readonly keys: SigningKeys;
  /** Null where nobody may register (configuration). */
  readonly registrations: Registrations | null;
};

const instant = z.int().describe('Epoch seconds.');
const optionalInstant = z.coerce.number().int().min(0).optional();
const auditQuery = z.strictObject({
  account: z.string().max(200).optional(),
  client: z.string().max(200).optional(),
  ticket: z.string().max(200).optional().describe('One sign-in’s whole story.'),
  event: z.enum(auditEvents).optional(),
  from: optionalInstant.describe('Epoch seconds, inclusive.'),
  to: optionalInstant.describe('Epoch seconds, inclusive.'),
  cursor: z
    .string()
    .max(2000)
    .optional()
    .describe('`next_cursor` of the page before. A page may be short, or empty, before the last.'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
const record = z.object({
  at: instant,
  event: z.enum(auditEvents),
  ticket_id: z.string().nullable(),
  correlation_id: z.string().nullable(),
  account_id: z.string().nullable(),
  client_id: z.string().nullable(),
  device_id: z.string().nullable(),
  address: z.string().nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
const key = z.object({
  kid: z.string(),
  alg: z.string(),
  state: z.string().describe('next, current, previous or retired.'),
  created_at: instant,
  signs_from: instant,
  retires_at: instant.nullable(),
});
const keysAnswer = z.object({ keys: z.array(key) });
const rotateBody = z.strictObject({
  immediately: z
    .boolean()
    .optional()
    .describe('A key is known to others: new ones sign at once, all older ones are gone.'),
});
const tokenBody = z.strictObject({
  name: z.string().min(1).max(60).describe('Stands with every client registered by it.'),
  uses: z.int().min(1).max(1000).default(1).describe('So many clients.'),
  days: z.int().min(1).max(90).default(7).describe('For so long.'),
});

export function adminSystemOperations({ audit, keys, registrations }: AdminSystemDeps): AdminOperation[] {
  return [
    {
      method: 'get',
      path: '/audit',
      summary: 'What happened, newest first',
      scope: 'audit:read',
      query: auditQuery,
      answer: { status: 200, schema: z.object({ records: z.array(record), next_cursor: z.string().nullable() }) },
      async run(ctx) {
        const { account, client, ticket, cursor, ...rest } = readQuery(ctx, auditQuery);
        const sought = { accountId: account, clientId: client, ticketId: ticket, after: fromCursor(cursor), ...rest };
        const page = await audit.query(sought);
        return { body: { records: page.records.map(recordJson), next_cursor: toCursor(page.cursor) } };
      },
    },
    {
      method: 'get',
      path: '/keys',
      summary: 'The signing keys and when each signs',
      scope: 'keys:read',
      answer: { status: 200, schema: keysAnswer },
      run: async () => ({ body: { keys: (await keys.list()).map(keyJson) } }),
    },
    {
      method: 'post',
      path: '/keys/rotate',
      summary: 'Let successors sign as soon as relying parties can know them',
      scope: 'keys:write',
      body: rotateBody,
      answer: { status: 200, schema: keysAnswer },
      async run(ctx, caller) {
        const { immediately = false } = await readJson(ctx, rotateBody);
        await audit.asked('key.rotation_asked', caller.clientId, { immediately });
        return { body: { keys: (await keys.rotate({ immediately })).map(keyJson) } };
      },
    },
    ...(registrations ? [initialTokenOperation(registrations, audit)] : []),
  ];
}

const initialTokenOperation = (registrations: Registrations, audit: Audit): AdminOperation => ({
  method: 'post',
  path: '/registration-tokens',
  summary: 'A token that lets its holder register clients (RFC 7591 §3)',
  scope: 'clients:write',
  body: tokenBody,
  answer: { status: 201, schema: z.object({ token: z.string().describe('Shown this once.') }) },
  async run(ctx, caller) {
    const wish = await readJson(ctx, tokenBody);
    const token = await registrations.createInitialToken(wish);
    await audit.asked('registration_token.created', caller.clientId, wish);
    return { body: { token } };
  },
});

const recordJson = (each: AuditRecord) => ({
  at: each.at,
  event: each.event,
  ticket_id: each.ticketId,
  correlation_id: each.correlationId,
  account_id: each.accountId,
  client_id: each.clientId,
  device_id: each.deviceId,
  address: each.address,
  facts: each.facts,
});

const keyJson = (each: Awaited<ReturnType<SigningKeys['list']>>[number]) => ({
  kid: each.key.kid,
  alg: each.key.alg,
  state: each.state,
  created_at: each.key.createdAt,
  signs_from: each.signsFrom,
  retires_at: each.retiresAt,
});
