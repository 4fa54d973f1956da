// Everything that is stored about an account, as data for its owner to take away (GDPR, article 20). Nothing
// in it lets anybody sign in: no hashes, no keys, no secrets.
// Ids are those that apps or the owner's own pages know. Instants are epoch seconds, as in the APIs.
import type { Clock } from '../../clock.ts';
import type { Account } from '../../core/account/account.ts';
import { describeAccount } from '../../core/account/account-view.ts';
import type { Passkey } from '../../core/account/passkey.ts';
import type { Passkeys } from '../../core/account/passkeys.ts';
import { type Approval, methodOf } from '../../core/approval/approval.ts';
import type { Approvals } from '../../core/approval/approvals.ts';
import type { Audit } from '../../core/audit/audit.ts';
import type { KnownBrowser } from '../../core/device/browser.ts';
import type { Browsers } from '../../core/device/browsers.ts';
import type { Device } from '../../core/device/device.ts';
import type { Devices } from '../../core/device/devices.ts';
import { picturePath } from '../../oidc/claims.ts';
import type { AccountGrant, Grants } from '../../oidc/grants.ts';
import { publishedKind } from '../kit/published-kind.ts';

export type DataExportDeps = {
  readonly issuer: string;
  readonly devices: Devices;
  readonly browsers: Browsers;
  readonly approvals: Approvals;
  readonly passkeys: Passkeys;
  readonly grants: Grants;
  readonly audit: Audit;
  readonly clock: Clock;
};

export type DataExport = ReturnType<typeof createDataExport>;

/** Limits every list but the activity. No person has as many. */
const maxRows = 5000;
/** How many audit records are exported, the newest first. */
const maxActivity = 10_000;
/** How many audit records one query reads. */
const activityPage = 500;

/** @returns a function that reads the whole copy of one account */
export function createDataExport(deps: DataExportDeps) {
  const { issuer, devices, browsers, approvals, passkeys, grants, audit, clock } = deps;

  /** The audit records that concern the account, the newest first. */
  async function activityOf(accountId: string) {
    const lines: unknown[] = [];
    for (let after: string | undefined; lines.length < maxActivity; ) {
      const { records, cursor } = await audit.query({ accountId, after, limit: activityPage });
      lines.push(
        ...records.map(({ at, event, clientId, address, facts }) => ({ at, event, clientId, address, facts })),
      );
      if (cursor === null) break;
      after = cursor;
    }
    return lines;
  }

  return async (account: Account) => ({
    provider: issuer,
    exported_at: clock(),
    account: {
      ...describeAccount(account),
      phone_number: account.phoneNumber,
      picture: account.picture ? `${issuer}${picturePath(account.picture.hash)}` : null,
      has_password: account.passwordHash !== null,
    },
    devices: (await devices.list(account.id)).map(deviceOf),
    browsers_signed_in: (await approvals.list(account.id, maxRows)).map(approvalOf),
    browsers_known: (await browsers.list(account.id)).map(browserOf),
    sites: (await grants.list(account.id, maxRows)).map(grantOf),
    passkeys: (await passkeys.list(account.id)).map(passkeyOf),
    activity: await activityOf(account.id),
  });
}

/** A signed-in device, without its key and cookie. */
const deviceOf = ({ id, name, label, address, createdAt, authenticatedAt, lastUsedAt }: Device) => ({
  id,
  name: label ?? name,
  system: name,
  network: address,
  created_at: createdAt,
  signed_in_at: authenticatedAt,
  last_used_at: lastUsedAt,
});

/** An approval, without the session that it opened. */
const approvalOf = (approval: Approval) => ({
  id: approval.id,
  kind: publishedKind(approval.kind === 'screen'),
  method: methodOf(approval),
  client: { id: approval.clientId, name: approval.clientName },
  browser: { name: approval.browserName, system: approval.browserSystem },
  network: approval.browserAddress,
  place: Reflect.get(approval, 'browserPlace') ?? null,
  approved_at: approval.approvedAt,
  trusted: approval.trusted,
});

/** A browser that the account signed in on, without the hash of its cookie. */
const browserOf = ({ firstUsedAt, lastUsedAt, trusted, blockedAt, blockedAs }: KnownBrowser) => ({
  first_used_at: firstUsedAt,
  last_used_at: lastUsedAt,
  trusted,
  blocked_at: blockedAt,
  blocked_as: blockedAs
    ? { name: blockedAs.name, system: blockedAs.system, kind: publishedKind(blockedAs.isScreen) }
    : null,
});

/** What an app was granted. */
const grantOf = ({ clientId, scopes, grantedAt, expiresAt, lastUsedAt }: AccountGrant) => ({
  client_id: clientId,
  scopes,
  granted_at: grantedAt,
  expires_at: expiresAt,
  last_used_at: lastUsedAt,
});

/** A passkey, without its id and public key. */
const passkeyOf = ({ name, synced, transports, createdAt, lastUsedAt }: Passkey) => ({
  name,
  synced,
  transports,
  created_at: createdAt,
  last_used_at: lastUsedAt,
});
