// Fills an empty store within seconds with what an organisation stores in years. It uses the stores' own
// code: on SQLite in one transaction, on Redis in large commands (merged-redis.ts). Every record can be
// named by its number.
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '../src/clock.ts';
import type { AccountId } from '../src/core/account/account.ts';
import type { ApprovalId } from '../src/core/approval/approval.ts';
import type { DeviceId } from '../src/core/device/device.ts';
import { bucketStarts } from '../src/core/statistics/statistic.ts';
import type { StoreSettings } from '../src/store/open.ts';
import * as redisAccounts from '../src/store/redis/account-store.ts';
import { createAddressSeals } from '../src/store/redis/address-seals.ts';
import * as redisApprovals from '../src/store/redis/approval-store.ts';
import * as redisAudit from '../src/store/redis/audit-store.ts';
import * as redisClients from '../src/store/redis/client-store.ts';
import * as redisDevices from '../src/store/redis/device-store.ts';
import { createKeys } from '../src/store/redis/keys.ts';
import * as redisLinks from '../src/store/redis/link-store.ts';
import * as redisStatistics from '../src/store/redis/statistic-store.ts';
import { defaultRetention } from '../src/store/retention.ts';
import * as sqliteAccounts from '../src/store/sqlite/account-store.ts';
import { createAddressKeeping } from '../src/store/sqlite/address-keeping.ts';
import * as sqliteApprovals from '../src/store/sqlite/approval-store.ts';
import * as sqliteAudit from '../src/store/sqlite/audit-store.ts';
import * as sqliteClients from '../src/store/sqlite/client-store.ts';
import { type Database, openDatabase } from '../src/store/sqlite/database.ts';
import * as sqliteDevices from '../src/store/sqlite/device-store.ts';
import * as sqliteLinks from '../src/store/sqlite/link-store.ts';
import * as sqliteStatistics from '../src/store/sqlite/statistic-store.ts';
import type { Store } from '../src/store/store.ts';
import {
  buildAccount,
  buildApproval,
  buildClient,
  buildDevice,
  buildLink,
  buildRecord,
} from '../test/store/records.ts';
import { redirectUri } from '../test/support/waiting-browser.ts';
import { openMergedConnection } from './merged-redis.ts';
import { progress } from './progress.ts';

export type Sizes = { readonly clients: number; readonly accounts: number };
/** Uses of one month: on each day, one client in ten was used. */
const [days, usedEvery] = [30, 10];
/** Further records, enough to fill one page of each list at every size. */
const recordsFor = ({ accounts }: Sizes): number => 100 + accounts / 5;
const invitationsFor = ({ clients }: Sizes): number => 100 + clients / 10;
export const tokensFor = ({ clients }: Sizes): number => 50 + clients / 100;

type Part = 'accounts' | 'approvals' | 'audit' | 'clients' | 'devices' | 'links' | 'statistics';
type Seeded = Pick<Store, Part>;

const atOnce = 1000;
/** How many records of each kind the account in the middle has: as many as its page shows. */
const ofOne = 25;

const padded = (i: number) => String(i).padStart(6, '0');
export const half = (count: number): number => Math.floor(count / 2);
export const username = (i: number) => `person-${padded(i)}`;
/** Random like a real id, because an index takes ordered ids faster. */
export const accountId = (i: number) =>
  createHash('sha256').update(username(i)).digest().subarray(0, 16).toString('base64url') as AccountId;
const keptSeconds = defaultRetention.addressesKeptSeconds;
export const clientName = (i: number) => `Client ${padded(i)}`;
export const clientId = (i: number) => `stored-${i}`;
/** One record in a thousand is of this kind. */
export const rareEvent = 'device.removed';

export async function seed(name: string, settings: StoreSettings, sizes: Sizes): Promise<void> {
  const startedAt = performance.now();
  const work = (store: Seeded) => fill(store, sizes);
  if (settings.kind === 'sqlite') await inOneTransaction(settings.path, work);
  else await inLargeCommands(settings.url, settings.key_prefix, work);
  progress(`${name}: ${inWords(sizes)} seeded in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

export const inWords = ({ clients, accounts }: Sizes): string =>
  `${clients.toLocaleString('en')} clients, ${accounts.toLocaleString('en')} accounts`;

async function inLargeCommands(url: string, prefix: string, work: (store: Seeded) => Promise<void>): Promise<void> {
  const connection = openMergedConnection(url);
  const shared = { connection, keys: createKeys(prefix), clock: systemClock };
  const deps = { ...shared, seals: createAddressSeals({ ...shared, keptSeconds }) };
  await work({
    accounts: redisAccounts.createAccountStore(deps),
    approvals: redisApprovals.createApprovalStore(deps),
    audit: redisAudit.createAuditStore(deps),
    clients: redisClients.createClientStore(deps),
    devices: redisDevices.createDeviceStore(deps),
    links: redisLinks.createLinkStore(deps),
    statistics: redisStatistics.createStatisticsStore(deps),
  });
  await connection.close();
}

async function inOneTransaction(path: string, work: (store: Seeded) => Promise<void>): Promise<void> {
  const database = openDatabase(path);
  const addresses = createAddressKeeping({ clock: systemClock, keptSeconds });
  const joined: Database = { ...database, transaction: (step) => step() };
  database.run('BEGIN IMMEDIATE');
  await work({
    accounts: sqliteAccounts.createAccountStore(joined),
    approvals: sqliteApprovals.createApprovalStore(joined, systemClock, addresses),
    audit: sqliteAudit.createAuditStore(joined, systemClock, addresses),
    clients: sqliteClients.createClientStore(joined),
    devices: sqliteDevices.createDeviceStore(joined),
    links: sqliteLinks.createLinkStore(joined, systemClock),
    statistics: sqliteStatistics.createStatisticsStore(joined),
  });
  database.run('COMMIT');
  database.close();
}

async function fill(store: Seeded, sizes: Sizes): Promise<void> {
  const { clients, accounts } = sizes;
  const [records, invitations] = [recordsFor(sizes), invitationsFor(sizes)];
  const now = systemClock();
  await each(clients, (i) => store.clients.create(client(i, now)));
  await each(accounts, (i) => store.accounts.create(account(i, now)));
  // The oldest first, as they would have been written. The last one is of now.
  await each(records, (i) => store.audit.append(record(i, now - records + i, sizes)));
  await each(invitations, (i) => store.links.put(buildLink(now - invitations + i, { expiresAt: now + 86_400 })));
  for (const [index, day] of bucketStarts('day', now, days).entries()) {
    const used = (i: number) => ({ day, clientId: clientId(i), shown: 1 + (i % 97), approved: i % 89 });
    const numbers = Array.from({ length: clients / usedEvery }, (_, i) => (i * usedEvery + index) % clients);
    await store.statistics.add({ totals: [], clients: numbers.map(used) });
  }
  const middle = { accountId: accountId(half(accounts)) };
  await each(ofOne, (i) => store.devices.create(buildDevice({ ...middle, id: `device-${i}` as DeviceId })));
  const approval = (i: number) => ({ ...middle, id: `approval-${i}` as ApprovalId, clientId: clientId(i) });
  await each(ofOne, (i) => store.approvals.create(buildApproval(now + 86_400, approval(i))));
  await each(ofOne, () => store.audit.append({ ...record(half(accounts), now, sizes), event: 'sign_in.succeeded' }));
}

async function each(count: number, work: (i: number) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < count; first += atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, count - first) }, (_, i) => work(first + i)));
    await setImmediate();
  }
}

/**
 * No account has a password. The first is an administrator, so that no server prints a link for the first
 * one.
 */
const account = (i: number, now: number) => ({
  ...buildAccount(username(i)),
  id: accountId(i),
  displayName: `Person ${padded(i)}`,
  email: `${username(i)}@example.com`,
  emailVerified: true,
  roles: i === 0 ? (['administrator'] as const) : [],
  createdAt: now,
  updatedAt: now,
});

const client = (i: number, now: number) => ({
  ...buildClient(clientId(i)),
  metadata: {
    client_name: clientName(i),
    redirect_uris: [redirectUri],
    scope: 'openid profile email',
    token_endpoint_auth_method: 'none',
  },
  createdAt: now,
  updatedAt: now,
});

const record = (i: number, at: number, { clients, accounts }: Sizes) =>
  buildRecord(at, {
    event: i % 1000 === 0 ? rareEvent : 'sign_in.succeeded',
    ticketId: null,
    correlationId: null,
    accountId: accountId(i % accounts),
    clientId: clientId(i % clients),
  });
