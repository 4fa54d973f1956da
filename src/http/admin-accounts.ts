// Administration of people: find, change, switch off, and end what they have going. Nothing here reads or sets a password, gives a role, or
// acts as somebody else (security.md E7): those stay with the person, and with whoever has the machine's command line.
import { z } from 'zod';
import { type Account, AccountError } from '../account/account.ts';
import { describeAccount } from '../account/account-view.ts';
import type { Accounts } from '../account/accounts.ts';
import type { Approval, ApprovalId } from '../approval/approval.ts';
import type { Approvals } from '../approval/approvals.ts';
import type { Audit } from '../audit/audit.ts';
import type { Device, DeviceId } from '../device/device.ts';
import type { Devices } from '../device/devices.ts';
import { type AdminCaller, type AdminOperation, fromCursor, pageQuery, toCursor } from './admin-operation.ts';
import { expectedRevision, readQuery } from './admin-request.ts';
import { readJson } from './body.ts';
import type { Context } from './context.ts';

export type AdminAccountsDeps = {
  readonly accounts: Accounts;
  readonly devices: Devices;
  readonly approvals: Approvals;
  readonly audit: Audit;
};

const instant = z.int().describe('Epoch seconds.');
const accountInfo = z.object({
  id: z.string().describe('The `sub` that relying parties see.'),
  username: z.string(),
  display_name: z.string(),
  email: z.string().nullable(),
  email_verified: z.boolean(),
  locale: z.string().nullable(),
  roles: z.array(z.string()),
  enabled: z.boolean(),
  created_at: instant,
  updated_at: instant,
});
const patchBody = z
  .strictObject({
    display_name: z.string().optional(),
    email: z.string().nullable().optional().describe('Changing it makes it unverified.'),
    locale: z.string().nullable().optional().describe('BCP 47.'),
    enabled: z.boolean().optional().describe('Off: refused on every path at once.'),
  })
  .describe('What changes; the rest stays.');
const deviceInfo = z.object({
  id: z.string(),
  name: z.string(),
  network: z.string(),
  signed_in_at: instant,
  last_used_at: instant,
});
const approvalInfo = z.object({
  id: z.string(),
  client_id: z.string(),
  client_name: z.string(),
  browser: z.string(),
  system: z.string(),
  network: z.string(),
  trusted: z.boolean(),
  approved_at: instant,
});
const ended = z.object({ approvals: z.int(), devices: z.int() });

export function adminAccountOperations({ accounts, devices, approvals, audit }: AdminAccountsDeps): AdminOperation[] {
  const shown = (account: Account) => ({ body: describeAccount(account), revision: account.revision });

  async function find(ctx: Context): Promise<Account> {
    const account = await accounts.find(String(ctx.params.id));
    if (!account) throw new AccountError('account_not_found', 'There is no such account.');
    return account;
  }

  async function removeAllDevices(account: Account, caller: AdminCaller, ctx: Context): Promise<number> {
    const removed = await devices.removeAll(account.id);
    for (const { id } of removed) await deviceRemoved(account, id, caller, ctx);
    return removed.length;
  }

  const deviceRemoved = ({ id: accountId }: Account, deviceId: DeviceId, { clientId }: AdminCaller, ctx: Context) =>
    audit.deviceRemoved({ accountId, deviceId, clientId, address: ctx.state.address }, 'administrator');

  return [
    {
      method: 'get',
      path: '/accounts',
      summary: 'Accounts; a search looks at the beginnings of username, name and email',
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
      summary: 'One account',
      scope: 'accounts:read',
      answer: { status: 200, schema: accountInfo },
      run: async (ctx) => shown(await find(ctx)),
    },
    {
      method: 'patch',
      path: '/accounts/{id}',
      summary: 'Change an account, or switch it off and on',
      scope: 'accounts:write',
      body: patchBody,
      isConditional: true,
      answer: { status: 200, schema: accountInfo },
      async run(ctx, caller) {
        const { enabled, display_name: displayName, ...rest } = await readJson(ctx, patchBody);
        const { id } = await find(ctx);
        const isDisabled = enabled === undefined ? null : !enabled;
        const patch = { displayName, ...rest };
        const account = await inTheirNames(() => accounts.update(id, patch, expectedRevision(ctx), isDisabled));
        const fields = Object.keys({ ...rest, ...(displayName !== undefined && { displayName }) }).join(' ');
        await audit.accountChanged(id, { by: caller.clientId, fields, ...(enabled !== undefined && { enabled }) });
        return shown(account);
      },
    },
    {
      method: 'get',
      path: '/accounts/{id}/devices',
      summary: 'The phones and browsers it is signed in on',
      scope: 'accounts:read',
      answer: { status: 200, schema: z.object({ devices: z.array(deviceInfo) }) },
      run: async (ctx) => ({ body: { devices: (await devices.list((await find(ctx)).id)).map(deviceJson) } }),
    },
    {
      method: 'delete',
      path: '/accounts/{id}/devices/{device}',
      summary: 'Sign a device out',
      scope: 'accounts:write',
      answer: { status: 204 },
      async run(ctx, caller) {
        const account = await find(ctx);
        const device = String(ctx.params.device) as DeviceId;
        await devices.remove(account.id, device);
        await deviceRemoved(account, device, caller, ctx);
        return {};
      },
    },
    {
      method: 'get',
      path: '/accounts/{id}/approvals',
      summary: 'The browsers it signed in',
      scope: 'accounts:read',
      answer: { status: 200, schema: z.object({ approvals: z.array(approvalInfo) }) },
      run: async (ctx) => ({ body: { approvals: (await approvals.list((await find(ctx)).id)).map(approvalJson) } }),
    },
    {
      method: 'delete',
      path: '/accounts/{id}/approvals/{approval}',
      summary: 'Sign a browser out: its session, grants and tokens are dead, relying parties are told',
      scope: 'accounts:write',
      answer: { status: 204 },
      async run(ctx, caller) {
        const { id } = await find(ctx);
        const approval = String(ctx.params.approval);
        await approvals.end(id, approval as ApprovalId, 'administrator');
        await audit.accountChanged(id, { by: caller.clientId, fields: 'approval_ended', approval });
        return {};
      },
    },
    {
      method: 'post',
      path: '/accounts/{id}/sign-out',
      summary: 'End everything: every device, every browser it signed in',
      scope: 'accounts:write',
      answer: { status: 200, schema: ended },
      async run(ctx, caller) {
        const account = await find(ctx);
        // Devices first: none of them approves anything anew meanwhile.
        const devicesEnded = await removeAllDevices(account, caller, ctx);
        const approvalsEnded = await approvals.endAll(account.id, 'administrator');
        // And whatever no phone approved: passwords, this very device.
        await accounts.signOut(account.id);
        await audit.accountChanged(account.id, { by: caller.clientId, fields: 'signed_out' });
        return { body: { devices: devicesEnded, approvals: approvalsEnded } };
      },
    },
  ];
}

/** The API's own name for a field in what is said to be wrong with it. */
async function inTheirNames<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AccountError) || error.problems.length === 0) throw error;
    const named = (text: string) => text.replaceAll('displayName', 'display_name');
    const problems = error.problems.map(({ path, message }) => ({ path: named(path), message }));
    throw new AccountError(error.code, named(error.message), { problems });
  }
}

const deviceJson = ({ id, name, address, authenticatedAt, lastUsedAt }: Device) => ({
  id,
  name,
  network: address,
  signed_in_at: authenticatedAt,
  last_used_at: lastUsedAt,
});

const approvalJson = (approval: Approval) => ({
  id: approval.id,
  client_id: approval.clientId,
  client_name: approval.clientName,
  browser: approval.browserName,
  system: approval.browserSystem,
  network: approval.browserAddress,
  trusted: approval.trusted,
  approved_at: approval.approvedAt,
});
