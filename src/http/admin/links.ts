// Administration of links: invitations to make an account, and links by which somebody sets a new password
// (security.md D6, E7).
// A token gives nobody a role: neither by an invitation, nor by taking over the account of somebody who has
// one.
import { z } from 'zod';
import { AccountError } from '../../core/account/account.ts';
import type { Accounts } from '../../core/account/accounts.ts';
import {
  invitationDefaults,
  invitationLimits,
  invitationNamePattern,
  type Link,
  type LinkMaker,
  linkWays,
} from '../../core/link/link.ts';
import type { Links } from '../../core/link/links.ts';
import { readJson } from '../kit/body.ts';
import { HttpError } from '../kit/refusals.ts';
import { type AdminCaller, type AdminOperation, fromCursor, pageQuery, toCursor } from './operation.ts';
import { readQuery } from './request.ts';

/** `links` decides whether the maker may make a link, and whether one can still be used. */
export type AdminLinksDeps = { readonly accounts: Pick<Accounts, 'find'>; readonly links: Links };

const instant = z.int().describe('Epoch seconds.');
/** The body of a request for an invitation. */
const invitationBody = z.strictObject({
  name: z
    .string()
    .meta({ maxLength: invitationLimits.nameLength, pattern: invitationNamePattern })
    .optional()
    .describe('Name by which people recognize the invitation.'),
  uses: z
    .int()
    .min(1)
    .max(invitationLimits.uses)
    .default(invitationDefaults.uses)
    .describe('Number of accounts that can be created.'),
  days: z
    .int()
    .min(1)
    .max(invitationLimits.days)
    .default(invitationDefaults.days)
    .describe('Lifetime of the invitation. In days.'),
});
/** An invitation without its secret, which is stored as a hash only. */
const invitationInfo = z.object({
  id: z.string(),
  name: z.string(),
  uses: z.int(),
  uses_left: z.int(),
  roles: z
    .array(z.string())
    .describe('Roles of the created accounts. Only the console and the command line can give them.'),
  created_by: z.object({
    way: z.enum(linkWays),
    name: z.string().nullable().describe('Username or client_id of the maker. Null for a deleted account.'),
  }),
  created_at: instant,
  expires_at: instant,
  ended: z
    .boolean()
    .describe('Whether the invitation is void because it gives a role and its maker is no longer an administrator.'),
});
/** The secret link, shown in this response and never again. */
const link = z.string().describe('The link, which is returned only once.');
/** A page of invitations. They have no search. */
const listQuery = pageQuery.omit({ search: true });

/** @returns the operations of the scopes `accounts:read` and `accounts:write` that concern links */
export function adminLinkOperations({ accounts, links }: AdminLinksDeps): AdminOperation[] {
  /** Who makes the link. A link that a person made ends when that person loses the right to make it. */
  const makerOf = ({ clientId, account }: AdminCaller): LinkMaker =>
    account ? { way: 'console', name: null, accountId: account.id } : { way: 'api', name: clientId };

  /** The invitation, and whether it can still be used. */
  const shown = async (link: Link) => ({
    ...invitationJson(link),
    created_by: { way: link.by.way, name: await links.makerName(link.by) },
    ended: await links.isEnded(link),
  });

  return [
    {
      method: 'get',
      path: '/invitations',
      summary: 'List open invitations, newest first',
      scope: 'accounts:read',
      query: listQuery,
      answer: {
        status: 200,
        schema: z.object({ invitations: z.array(invitationInfo), next_cursor: z.string().nullable() }),
      },
      async run(ctx) {
        const { cursor, limit } = readQuery(ctx, listQuery);
        const page = await links.invitations({ after: fromCursor(cursor), limit });
        return { body: { invitations: await Promise.all(page.links.map(shown)), next_cursor: toCursor(page.cursor) } };
      },
    },
    {
      method: 'post',
      path: '/invitations',
      summary: 'Create an invitation for a number of accounts without roles',
      scope: 'accounts:write',
      body: invitationBody,
      example: { name: 'autumn', uses: 20, days: 14 },
      refuses: ['link_invalid', 'sign_up_closed'],
      isCreation: true,
      answer: { status: 201, schema: invitationInfo.extend({ link }) },
      async run(ctx, caller) {
        const made = await links.invite(await readJson(ctx, invitationBody), makerOf(caller));
        return { body: { ...(await shown(made.link)), link: made.address } };
      },
    },
    {
      method: 'delete',
      path: '/invitations/{id}',
      summary: 'Revoke an invitation',
      refuses: ['link_not_found'],
      scope: 'accounts:write',
      answer: { status: 204 },
      async run(ctx, caller) {
        await links.revokeInvitation(String(ctx.params.id), makerOf(caller));
        return {};
      },
    },
    {
      method: 'post',
      path: '/accounts/{id}/reset-link',
      summary: 'Create a link with which the owner of an account without a role sets a new password within an hour',
      refuses: ['account_not_found', 'role_insufficient', 'account_disabled'],
      scope: 'accounts:write',
      isCreation: true,
      answer: { status: 201, schema: z.object({ link, expires_at: instant }) },
      async run(ctx, caller) {
        const account = await accounts.find(String(ctx.params.id));
        if (!account) throw new AccountError('account_not_found', 'There is no such account.');
        if (account.roles.length > 0) {
          const way = 'make its reset link in the console or on the command line';
          throw new HttpError('role_insufficient', `This account has a role: ${way}.`);
        }
        const made = await links.makeResetLink(account.id, makerOf(caller));
        return { body: { link: made.address, expires_at: made.link.expiresAt } };
      },
    },
  ];
}

/** An invitation as the API shows it. */
const invitationJson = ({ id, name, uses, used, roles, createdAt, expiresAt }: Link) => ({
  id,
  name,
  uses,
  uses_left: uses - used,
  roles,
  created_at: createdAt,
  expires_at: expiresAt,
});
