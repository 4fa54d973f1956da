// Administration of dynamic registration: the initial access tokens that let others register clients (RFC
// 7591 §3). They exist only where the configuration turns registration on.
import { z } from 'zod';
import type { Audit } from '../../core/audit/audit.ts';
import { initialTokenWish, type ListedToken } from '../../core/client/initial-token.ts';
import type { Registrations } from '../../core/client/registrations.ts';
import { readJson } from '../kit/body.ts';
import { type AdminOperation, fromCursor, pageQuery, toCursor } from './operation.ts';
import { readQuery } from './request.ts';
import { actorOf, whoOf } from './rights.ts';

const instant = z.int().describe('Epoch seconds.');
/** A token without its value, which is stored as a hash only. */
const tokenInfo = z.object({
  id: z.string().describe('Id of the token. It does not allow registration.'),
  name: z.string(),
  uses: z.int().describe('Number of registrations that the token was created for.'),
  uses_left: z.int(),
  created_at: instant,
  created_by: z.string().nullable().describe('Id of the account or client that created the token.'),
  created_by_kind: z.enum(['account', 'client']).nullable().describe('Kind of the creator.'),
  expires_at: instant,
});
/** A page of tokens. They have no search. */
const listQuery = pageQuery.omit({ search: true });

/** @returns the operations of the scopes `clients:read` and `clients:write` that concern tokens */
export const adminRegistrationOperations = (registrations: Registrations, audit: Audit): AdminOperation[] => [
  {
    method: 'get',
    path: '/registration-tokens',
    summary: 'List valid initial access tokens, the next to expire first',
    scope: 'clients:read',
    query: listQuery,
    answer: { status: 200, schema: z.object({ tokens: z.array(tokenInfo), next_cursor: z.string().nullable() }) },
    async run(ctx) {
      const { cursor, limit } = readQuery(ctx, listQuery);
      const page = await registrations.initialTokens({ after: fromCursor(cursor), limit });
      return { body: { tokens: page.tokens.map(tokenJson), next_cursor: toCursor(page.cursor) } };
    },
  },
  {
    method: 'post',
    path: '/registration-tokens',
    summary: 'Create an initial access token (RFC 7591 §3)',
    scope: 'clients:write',
    body: initialTokenWish,
    example: { name: 'partners', uses: 5, days: 7 },
    answer: {
      status: 201,
      schema: z.object({ token: z.string().describe('The token, which is returned only once.') }),
    },
    async run(ctx, caller) {
      const wish = await readJson(ctx, initialTokenWish);
      const { by, by_kind } = actorOf(caller);
      const createdByKind = by_kind === 'account' ? 'account' : 'client';
      const token = await registrations.createInitialToken({ ...wish, createdBy: by, createdByKind });
      await audit.asked('registration_token.created', whoOf(caller), wish);
      return { body: { token } };
    },
  },
  {
    method: 'delete',
    path: '/registration-tokens/{id}',
    summary: 'Revoke an initial access token; its clients remain',
    refuses: ['registration_token_not_found'],
    scope: 'clients:write',
    answer: { status: 204 },
    async run(ctx, caller) {
      const { name } = await registrations.revokeInitialToken(String(ctx.params.id));
      await audit.asked('registration_token.revoked', whoOf(caller), { name });
      return {};
    },
  },
];

/** A token as the API shows it. */
const tokenJson = (token: ListedToken) => ({
  id: token.id,
  name: token.name,
  uses: token.uses,
  uses_left: token.usesLeft,
  created_at: token.createdAt,
  created_by: token.createdBy,
  created_by_kind: token.createdByKind ?? null,
  expires_at: token.expiresAt,
});
