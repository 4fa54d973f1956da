// An account and what it has going, as the console shows it: in words, shortened, limited in number. Nothing
// in a row lets anybody sign in.
import type { Account } from '../../../core/account/account.ts';
import { type Approval, methodOf } from '../../../core/approval/approval.ts';
import type { Approvals } from '../../../core/approval/approvals.ts';
import type { Audit } from '../../../core/audit/audit.ts';
import type { AuditRecord } from '../../../core/audit/audit-record.ts';
import type { Client } from '../../../core/client/client.ts';
import type { Device } from '../../../core/device/device.ts';
import type { Devices } from '../../../core/device/devices.ts';
import { agentInWords } from '../../../i18n/agents.ts';
import { messagesOf } from '../../../i18n/locale.ts';
import { placeName } from '../../../i18n/places.ts';
import type { AccountGrant, Grants } from '../../../oidc/grants.ts';
import { plainText } from '../../../plain-text.ts';
import type { Context } from '../../kit/context.ts';
import { createRecordNames } from '../activity/record-names.ts';
import { describeInWords } from '../activity/record-words.ts';
import type { ConsoleView } from '../console-view.ts';
import type { AccountRow, Going } from './users-views.ts';

/** The finders are used for names only, and answer null for what was deleted. */
export type AccountViewDeps = {
  readonly view: ConsoleView;
  readonly devices: Devices;
  readonly approvals: Approvals;
  readonly grants: Grants;
  readonly audit: Audit;
  readonly findAccount: (id: string) => Promise<Account | null>;
  readonly findClient: (id: string) => Promise<Client | null>;
};

/** How many rows of each list are shown, the newest first. */
const maxRows = 50;
/** How many audit records are shown. */
const maxRecords = 20;
/** Characters of a name that a client, browser or device chose itself. */
const maxName = 100;

/** Creates the functions that turn an account into rows. They read the stores and write nothing. */
export function createAccountView(deps: AccountViewDeps) {
  const { view, devices, approvals, grants, audit, findClient } = deps;
  const namesOf = createRecordNames(deps);

  /** The audit records as sentences. */
  async function inWords(ctx: Context, records: readonly AuditRecord[]) {
    const names = await namesOf(records);
    return records.map((record) => ({
      ...describeInWords(messagesOf[view.localeOf(ctx)], record, names),
      when: view.ago(ctx, record.at),
    }));
  }

  /** A signed-in device. */
  const deviceRow = (ctx: Context, { id, name, address, authenticatedAt, lastUsedAt }: Device) => ({
    id,
    name: plainText(name, maxName),
    network: address,
    signedIn: view.ago(ctx, authenticatedAt),
    lastUsed: view.ago(ctx, lastUsedAt),
  });

  /** "Firefox on Linux", or the name of a screen. */
  const agentOf = (ctx: Context, { browserName: name, browserSystem: system }: Approval): string => {
    const { home, screen } = messagesOf[view.localeOf(ctx)];
    return agentInWords(home.browserOn, { name, system }, screen.unknown);
  };

  /** A browser or a screen that is signed in. */
  const approvalRow = (ctx: Context, approval: Approval) => ({
    id: approval.id,
    site: plainText(approval.clientName, maxName) || approval.clientId,
    browser: plainText(agentOf(ctx, approval), maxName),
    isScreen: approval.kind === 'screen',
    method: messagesOf[view.localeOf(ctx)].home.methods[methodOf(approval)],
    network: [placeName(approval.browserPlace, view.localeOf(ctx)), approval.browserAddress]
      .filter(Boolean)
      .join(' · '),
    isTrusted: approval.trusted,
    when: view.ago(ctx, approval.approvedAt),
  });

  /** What an app was granted. */
  async function grantRow(ctx: Context, { id, clientId, scopes, grantedAt, lastUsedAt }: AccountGrant) {
    const client = await findClient(clientId);
    return {
      id,
      site: plainText(client?.metadata.client_name, maxName) || clientId,
      scopes,
      when: view.ago(ctx, grantedAt),
      lastUsed: lastUsedAt === null ? null : view.ago(ctx, lastUsedAt),
    };
  }

  return {
    /** The account as a row of the list. */
    row: (ctx: Context, account: Account): AccountRow => ({
      id: account.id,
      username: account.username,
      name: plainText(account.displayName, maxName) || account.username,
      email: account.email,
      isEmailVerified: account.emailVerified,
      isOn: account.disabledAt === null,
      disabledWhen: account.disabledAt === null ? null : view.ago(ctx, account.disabledAt),
      roles: account.roles,
      revision: account.revision,
      createdWhen: view.ago(ctx, account.createdAt),
    }),

    /** What the account has going. */
    async going(ctx: Context, { id }: Account): Promise<Going> {
      const [ofDevices, ofApprovals, ofGrants, recent] = await Promise.all([
        devices.list(id),
        approvals.list(id, maxRows),
        grants.list(id, maxRows),
        audit.query({ accountId: id, limit: maxRecords }),
      ]);
      const byUse = [...ofDevices].sort((a, b) => b.lastUsedAt - a.lastUsedAt);
      return {
        devices: byUse.slice(0, maxRows).map((each) => deviceRow(ctx, each)),
        approvals: ofApprovals.map((each) => approvalRow(ctx, each)),
        grants: await Promise.all(ofGrants.map((each) => grantRow(ctx, each))),
        activity: await inWords(ctx, recent.records),
      };
    },
  };
}
