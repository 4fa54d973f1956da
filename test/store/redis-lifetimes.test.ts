// Which Redis keys have a time to live, and how long it is. The conformance suite tests that expired records
// are not found.
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import type { ApprovalId } from '../../src/core/approval/approval.ts';
import type { TicketId } from '../../src/core/ticket/ticket.ts';
import type { Artifact } from '../../src/oidc/artifact-store.ts';
import { openConnection } from '../../src/store/redis/connection.ts';
import { createKeys } from '../../src/store/redis/keys.ts';
import { sweepRefusals } from '../../src/store/redis/refusal-sweep.ts';
import type { OpenedStore } from './conformance/fixture.ts';
import {
  buildAccount,
  buildApproval,
  buildArtifact,
  buildBrowser,
  buildClient,
  buildDevice,
  buildLink,
  buildLogout,
  buildMail,
  buildNotice,
  buildRecord,
  buildTicket,
  randomId,
} from './records.ts';
import { entriesOf, useServer } from './redis-server-group.ts';

describe('Redis: lifetimes of keys', () => {
  const group = useServer();

  it('keeps addresses sealed, and drops their keys after ninety days and at most one hour', async () => {
    const opened = await group.open();
    const { store, clock, keyPrefix } = opened;
    const address = '84.17.203.99';
    await store.audit.append(buildRecord(clock(), { address }));
    await store.approvals.create(buildApproval(clock(), { id: 'a' as ApprovalId, browserAddress: address }));
    const entries = await entriesOf(group.server.url, keyPrefix);
    expect(JSON.stringify(entries)).not.toContain(address);
    const seals = entries.filter(({ key }) => key.startsWith(`${keyPrefix}address-key:`));
    expect(seals).toHaveLength(1);
    expect(seals[0]?.ttl).toBeGreaterThan(90 * 86_400 - 5);
    expect(seals[0]?.ttl).toBeLessThanOrEqual(90 * 86_400 + 3600);
    expect((await store.audit.listByTicket('ticket'))[0]?.address).toBe(address);
    const redis = new Redis(group.server.url);
    await redis.del(seals[0]?.key ?? '');
    redis.disconnect();
    expect((await store.audit.listByTicket('ticket'))[0]?.address).toBeNull();
    expect((await store.approvals.find('a' as ApprovalId))?.browserAddress).toBeNull();
    await opened.close();
  });

  it('I4 gives every expiring key a TTL and no durable key one', async () => {
    const opened = await group.open();
    await fill(opened);
    const entries = await entriesOf(group.server.url, opened.keyPrefix);
    const nameOf = (key: string): string => key.split(':')[1] ?? '';
    const names = (has: (ttl: number) => boolean): string[] =>
      [...new Set(entries.filter(({ ttl }) => has(ttl)).map(({ key }) => nameOf(key)))].sort();
    expect(names((ttl) => ttl > 0)).toEqual([
      'address-key',
      'approval',
      'approval-by-session',
      'approvals-of-account',
      'artifact',
      'artifact-by-uid',
      'artifact-by-user-code',
      'artifacts-of-grant',
      'audit-by-account',
      'audit-by-client',
      'audit-of-correlation',
      'audit-of-ticket',
      'clients-with-refusals',
      'limit',
      'link',
      'link-by-secret',
      'links-of-purpose',
      'logout',
      'logout-clients',
      'logouts-due',
      'logouts-of-client',
      'mail',
      'mails',
      'mails-due',
      'notice',
      'notice-by-secret',
      'notices-of-account',
      'refusals',
      'refusals-of-client',
      'statistics',
      'statistics-of-clients',
      'ticket',
      'ticket-by-interaction',
      'ticket-by-user-code',
      'ticket-polls',
    ]);
    expect(names((ttl) => ttl < 0)).toEqual([
      'account',
      'account-by-username',
      'account-roles',
      'account-terms',
      'account-usernames',
      'accounts-of-browser',
      'audit',
      'browsers-of-account',
      'client',
      'client-names',
      'client-origins',
      'client-use',
      'device',
      'device-by-key',
      'device-by-secret',
      'devices-of-account',
      'signing-keys',
    ]);
    await opened.close();
  });

  it('removes each refusal after a week, also where nothing follows it', async () => {
    const { server } = group;
    const opened = await group.open();
    const { store, clock, keyPrefix } = opened;
    const redis = new Redis(server.url);
    const streams = ['refusals', 'refusals-of-client:web', 'refusals-of-client:other'].map((key) => keyPrefix + key);
    const lengths = () => Promise.all(streams.map((key) => redis.xlen(key)));
    // Entries of eight days ago. The id of an entry is its time.
    const old = `${Date.now() - 8 * 86_400_000}-0`;
    for (const key of streams) await redis.xadd(key, old, 'record', JSON.stringify(buildRecord(0)));
    await redis.zadd(`${keyPrefix}clients-with-refusals`, clock(), 'other');
    await store.audit.append(buildRecord(clock(), { event: 'token.refused', clientId: null }));
    expect(await lengths()).toEqual([1, 1, 1]);
    await store.audit.append(buildRecord(clock(), { event: 'token.refused', clientId: 'web' }));
    expect(await lengths()).toEqual([2, 1, 1]);
    const connection = await openConnection(server.url);
    await sweepRefusals({ connection, keys: createKeys(keyPrefix) });
    expect(await lengths()).toEqual([2, 1, 0]);
    await connection.close();
    redis.disconnect();
    await opened.close();
  });

  it('keeps the index of a grant as long as its longest-lived member, in any order of writing', async () => {
    const opened = await group.open();
    const { store, clock } = opened;
    const ttl = async (): Promise<number | undefined> =>
      (await entriesOf(group.server.url, opened.keyPrefix)).find(({ key }) =>
        key.includes('artifacts-of-grant:RefreshToken:g'),
      )?.ttl;
    const put = (expiresAt: number | null) => store.artifacts.upsert(token(randomId(), { grantId: 'g', expiresAt }));
    await put(clock() + 1000);
    await put(clock() + 10);
    expect(await ttl()).toBeGreaterThan(900);
    await put(clock() + 5000);
    expect(await ttl()).toBeGreaterThan(4900);
    await put(null);
    expect(await ttl()).toBe(-1);
    await put(clock() + 10);
    expect(await ttl()).toBe(-1);
    await opened.close();
  });

  it('removes the pointers of replaced and deleted devices', async () => {
    const opened = await group.open();
    const device = buildDevice();
    await opened.store.devices.create(device);
    await opened.store.devices.update(device.id, (current) => ({
      ...current,
      secretHash: 'secret-2',
      keyThumbprint: null,
    }));
    const keys = async (): Promise<string[]> =>
      (await entriesOf(group.server.url, opened.keyPrefix))
        .map(({ key }) => key)
        .filter((key) => key.includes(':device'));
    expect((await keys()).map((key) => key.split(':').slice(1).join(':')).sort()).toEqual([
      'device-by-secret:secret-2',
      `device:${device.id}`,
      'devices-of-account:account',
    ]);
    await opened.store.devices.delete(device.id);
    expect(await keys()).toEqual([]);
    await opened.close();
  });
});

const token = (id: string, change: Partial<Artifact> = {}): Artifact =>
  buildArtifact(0, { model: 'RefreshToken', id, expiresAt: 4_000_000_000, ...change });

/** At least one record through every port. */
async function fill({ store, clock }: OpenedStore): Promise<void> {
  const ticketId = 'ticket' as TicketId;
  const approval = buildApproval(clock());
  await store.tickets.create(buildTicket(clock(), { id: ticketId, screen: { resources: [] } }));
  await store.tickets.update(ticketId, (current) => ({ ...current, secondScans: 1 }));
  await store.artifacts.upsert(token('full', { grantId: 'grant', uid: 'uid', userCode: 'code' }));
  await store.artifacts.upsert(token('full', { grantId: 'grant', uid: 'uid', userCode: 'code' }));
  await store.artifacts.insert(token('inserted'));
  await store.artifacts.upsert(token('over', { expiresAt: clock() - 5 }));
  await store.artifacts.consume('RefreshToken', 'full', clock());
  await store.artifacts.consume('RefreshToken', 'never-there', clock());
  await store.limits.add('key', 1, 60, clock());
  await store.limits.add('key', 1, 60, clock());
  await store.approvals.create(approval);
  await store.mails.create(buildMail(clock()));
  await store.notices.create(buildNotice(clock()));
  await store.approvals.update(approval.id, (current) => ({ ...current, sessionUid: 'session' }));
  await store.logouts.create(buildLogout(clock()));
  await store.logouts.create(buildLogout(clock()));
  await store.logouts.claimDue(clock(), clock() + 30, 1, () => 1);
  await store.links.put(buildLink(clock()));
  await store.audit.append(buildRecord(clock()));
  await store.audit.append(buildRecord(clock(), { event: 'token.refused' }));
  await store.devices.create(buildDevice());
  await store.accounts.create({ ...buildAccount('alice'), roles: ['auditor'] });
  await store.browsers.upsert('account', 'hash', () => buildBrowser('account', 'hash', 1));
  await store.clients.create(buildClient('web'));
  await store.clientUses.record([{ clientId: 'web', what: 'sign-in', at: clock() }]);
  await store.statistics.add({
    totals: [{ span: 'hour', at: clock(), counter: 'shown', count: 1 }],
    clients: [{ day: clock(), clientId: 'web', shown: 1, approved: 1 }],
  });
  await store.keys.replace([], [{ kid: 'kid', alg: 'RS256', sealedJwk: 'sealed', createdAt: 0 }]);
}
