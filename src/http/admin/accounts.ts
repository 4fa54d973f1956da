// Administration of accounts: find, change, disable, and end what an account has going. Nothing here reads or
// sets a password, gives a role, or acts as somebody else (security.md E7).
// Those stay with the person, and with whoever has the machine's command line.
import { z } from 'zod';
import { type Account, AccountError } from '../../core/account/account.ts';
import { localePattern, maxLocaleLength, maxNameLength, namePattern } from '../../core/account/account-patch.ts';
import { describeAccount } from '../../core/account/account-view.ts';
import type { Accounts } from '../../core/account/accounts.ts';
import type { Approvals } from '../../core/approval/approvals.ts';
import type { EndingsByAdministrator } from '../../core/approval/endings-by-administrator.ts';
import type { Devices } from '../../core/device/devices.ts';
import type { AccountChanges } from '../../core/email/account-changes.ts';
import { emailAddressPattern, maxEmailAddressLength } from '../../core/mail/address.ts';
import type { Grants } from '../../oidc/grants.ts';
import { readJson } from '../kit/body.ts';
import type { Context } from '../kit/context.ts';
import { HttpError } from '../kit/refusals.ts';
import { approvalInfo, approvalJson, deviceInfo, deviceJson, grantInfo, grantJson } from './account-parts.ts';
import { type AdminCaller, type AdminOperation, fromCursor, pageQuery, toCursor } from './operation.ts';
import { expectedRevision, readQuery } from './request.ts';
import { actorOf } from './rights.ts';

/** `endings` ends what an account has going; `accountChanges` records and announces a change. */
export type AdminAccountsDeps = {
  readonly accounts: Accounts;
  readonly devices: Devices;
  readonly approvals: Approvals;
  readonly endingsByAdministrator: EndingsByAdministrator;
  readonly grants: Grants;
  readonly accountChanges: AccountChanges;
};

/** Epoch seconds. */
const instant = z.int().describe('Epoch seconds.');
/** An account as the API shows it. It contains nothing that lets anybody sign in. */
const accountInfo = z
  .object({
    id: z.string().describe('Id of the account, which is also its `sub`.'),
    username: z.string(),
    display_name: z.string(),
    email: z.string().nullable(),
    email_verified: z.boolean(),
    locale: z.string().nullable(),
    roles: z.array(z.string()),
    enabled: z.boolean(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Account' });
/** The members that a change may contain; absent ones stay as they are. */
const patchBody = z
  .strictObject({
    display_name: z
      .string()
      .meta({ minLength: 1, maxLength: maxNameLength, pattern: namePattern })
      .optional()
      .describe('Name of the person. It has a visible character; spaces around it are removed.'),
    email: z
      .string()
      .meta({ maxLength: maxEmailAddressLength, pattern: emailAddressPattern })
      .nullable()
      .optional()
      .describe(
        'A changed address is unverified unless email_verified says otherwise. The new address then gets a mail to confirm it, the previous one a notice.',
      ),
    email_verified: z
      .boolean()
      .optional()
      .describe(
        'Whether the address counts as verified. A changed address that you call verified gets no mail to confirm it.',
      ),
    locale: z
      .string()
      .meta({ maxLength: maxLocaleLength, pattern: localePattern })
      .nullable()
      .optional()
      .describe('Language of the account (BCP 47).'),
    enabled: z
      .boolean()
      .optional()
      .describe(
        'Whether the account can be used. Disabling signs it out everywhere, as sign-out does; enabling brings back none of it.',
      ),
  })
  .describe('Fields to change. Absent fields keep their values.');
/** How much was ended. */
const ended = z.object({ approvals: z.int(), devices: z.int() });

/** @returns the operations of the scopes `accounts:read` and `accounts:write` */
export function adminAccountOperations(deps: AdminAccountsDeps): AdminOperation[] {
  const { accounts, devices, approvals, endingsByAdministrator, grants, accountChanges } = deps;
  /** The account and its revision, which becomes the ETag. */
  const shown = (account: Account) => ({ body: describeAccount(account), revision: account.revision });

  /** Finds a disabled account too. @throws AccountError `account_not_found` */
  async function find(ctx: Context): Promise<Account> {
    const account = await accounts.find(String(ctx.params.id));
    if (!account) throw new AccountError('account_not_found', 'There is no such account.');
    return account;
  }

  /** Who ends something, for the audit log. */
  const by = (caller: AdminCaller, ctx: Context) => ({
    by: actorOf(caller),
    clientId: caller.clientId,
    address: ctx.state.address,
  });

  return [
    {
      method: 'get',
      path: '/accounts',
      summary: 'List accounts, or search by the beginning of username, name or email',
      scope: 'accounts:read',
      query: pageQuery,
      answer: { status: 200, schema: z.object({ accounts: z.array(accountInfo), next_cursor: z.string().nullable() }) },
      async run(ctx) {
        const { search, cursor, limit } = readQuery(ctx, pageQuery);
        const page = await accounts.page({ search, after: fromCursor(cursor), limit });
        return { body: { accounts: page.accounts.map(describeAccount), next_cursor: toCursor(page.cursor) } };
      },
    },
    {
      method: 'get',
      path: '/accounts/{id}',
      summary: 'Read an account',
      scope: 'accounts:read',
      refuses: ['account_not_found'],
      answer: { status: 200, schema: accountInfo },
      run: async (ctx) => shown(await find(ctx)),
    },
    {
      method: 'patch',
      path: '/accounts/{id}',
      summary: 'Change, disable or enable an account without a role',
      scope: 'accounts:write',
      refuses: ['account_not_found', 'account_changed', 'account_invalid', 'role_insufficient'],
      example: { display_name: 'Alice', locale: 'en', enabled: true },
      body: patchBody,
      isConditional: true,
      answer: { status: 200, schema: accountInfo },
      async run(ctx, caller) {
        const {
          enabled,
          display_name: displayName,
          email_verified: emailVerified,
          ...rest
        } = await readJson(ctx, patchBody);
        const { id, roles, revision } = await find(ctx);
        if (roles.length > 0)
          throw new HttpError(
            'role_insufficient',
            'This account has a role: change it in the console or on the command line.',
          );
        const isDisabled = enabled === undefined ? null : !enabled;
        const patch = { displayName, emailVerified, ...rest };
        const how = { by: actorOf(caller), expected: expectedRevision(ctx, revision), isDisabled };
        return shown(await inTheirNames(() => accountChanges.change(id, patch, how)));
      },
    },
    {
      method: 'get',
      path: '/accounts/{id}/devices',
      summary: 'List the phones and browsers on which an account is signed in',
      scope: 'accounts:read',
      refuses: ['account_not_found'],
      answer: { status: 200, schema: z.object({ devices: z.array(deviceInfo) }) },
      run: async (ctx) => ({ body: { devices: (await devices.list((await find(ctx)).id)).map(deviceJson) } }),
    },
    {
      method: 'delete',
      path: '/accounts/{id}/devices/{device}',
      summary: 'Sign out a device',
      scope: 'accounts:write',
      refuses: ['account_not_found', 'device_not_found'],
      answer: { status: 204 },
      async run(ctx, caller) {
        await endingsByAdministrator.device(await find(ctx), String(ctx.params.device), by(caller, ctx));
        return {};
      },
    },
    {
      method: 'get',
      path: '/accounts/{id}/approvals',
      summary: 'List the browsers and screens where an account is signed in',
      scope: 'accounts:read',
      refuses: ['account_not_found'],
      answer: { status: 200, schema: z.object({ approvals: z.array(approvalInfo) }) },
      run: async (ctx) => ({ body: { approvals: (await approvals.list((await find(ctx)).id)).map(approvalJson) } }),
    },
    {
      method: 'delete',
      path: '/accounts/{id}/approvals/{approval}',
      summary: 'Sign out a browser or screen: revoke its session, grants and tokens, and notify its clients',
      scope: 'accounts:write',
      refuses: ['account_not_found', 'approval_not_found'],
      answer: { status: 204 },
      async run(ctx, caller) {
        await endingsByAdministrator.approval(await find(ctx), String(ctx.params.approval), by(caller, ctx));
        return {};
      },
    },
    {
      method: 'get',
      path: '/accounts/{id}/grants',
      summary: 'List the newest 50 grants of an account',
      refuses: ['account_not_found'],
      scope: 'accounts:read',
      answer: { status: 200, schema: z.object({ grants: z.array(grantInfo) }) },
      run: async (ctx) => ({ body: { grants: (await grants.list((await find(ctx)).id)).map(grantJson) } }),
    },
    {
      method: 'delete',
      path: '/accounts/{id}/grants/{grant}',
      summary: 'Revoke a grant with its codes, access tokens and refresh tokens',
      refuses: ['account_not_found', 'grant_not_found'],
      scope: 'accounts:write',
      answer: { status: 204 },
      async run(ctx, caller) {
        await endingsByAdministrator.grant(await find(ctx), String(ctx.params.grant), by(caller, ctx));
        return {};
      },
    },
    {
      method: 'post',
      path: '/accounts/{id}/sign-out',
      summary: 'Sign out an account everywhere: its devices, browsers, screens and tokens',
      scope: 'accounts:write',
      refuses: ['account_not_found'],
      answer: { status: 200, schema: ended },
      run: async (ctx, caller) => ({ body: await endingsByAdministrator.everything(await find(ctx), by(caller, ctx)) }),
    },
  ];
}

/**
 * Runs a change of an account, in the words of the API.
 * @throws AccountError with the names of fields as callers send them
 */
async function inTheirNames<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AccountError) || error.problems.length === 0) throw error;
    const named = (text: string) =>
      text.replaceAll('displayName', 'display_name').replaceAll('emailVerified', 'email_verified');
    const problems = error.problems.map(({ path, message }) => ({ path: named(path), message }));
    throw new AccountError(error.code, named(error.message), { problems });
  }
}
