// Redis against the conformance suite, on a plain server and on a cluster node, and what only a server has: it can go away.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Artifact } from '../../src/oidc/artifact-store.ts';
import { openRedisStore } from '../../src/store/redis/open.ts';
import { type Store, StoreUnavailableError } from '../../src/store/store.ts';
import type { Ticket, TicketId } from '../../src/ticket/ticket.ts';
import { type RedisServer, type RedisServerOptions, startRedisServer } from '../support/redis-server.ts';
import { everyPortConformance } from './conformance/every-port.ts';
import { createClock, type OpenedStore, randomId } from './conformance/fixture.ts';

/** One server for a group of tests. Each store gets a prefix of its own. */
function useServer(options: RedisServerOptions = {}): { readonly server: RedisServer; open(): Promise<OpenedStore> } {
  let server: RedisServer | null = null;
  beforeAll(async () => {
    server = await startRedisServer(options);
  });
  afterAll(() => server?.stop());
  const started = (): RedisServer => {
    if (!server) throw new Error('the server runs only during tests');
    return server;
  };
  return {
    get server() {
      return started();
    },
    open: () => openOn(started().url),
  };
}

async function openOn(url: string): Promise<OpenedStore> {
  const keyPrefix = `test-${randomId()}:`;
  const clock = createClock();
  const stores: Store[] = [];
  const openAnother = async (): Promise<Store> => {
    const store = await openRedisStore({ url, keyPrefix, clock });
    stores.push(store);
    return store;
  };
  const store = await openAnother();
  return {
    store,
    clock,
    openAnother,
    dump: () => dumpOf(url, keyPrefix),
    async close() {
      await Promise.all(stores.map((opened) => opened.close()));
    },
  };
}

/** Every key that begins with the prefix, its value, and its TTL in seconds (-1: none). */
async function entriesOf(url: string, prefix: string): Promise<{ key: string; value: string; ttl: number }[]> {
  const redis = new Redis(url);
  const readers: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, 0, -1),
    zset: (key) => redis.zrange(key, 0, '-1', 'WITHSCORES'),
    stream: (key) => redis.xrange(key, '-', '+'),
  };
  try {
    const keys = await redis.keys(`${prefix}*`);
    return await Promise.all(
      keys.map(async (key) => {
        const type = await redis.type(key);
        const read = readers[type];
        if (!read) throw new Error(`the test cannot read a ${type}`);
        return { key, value: JSON.stringify(await read(key)), ttl: await redis.ttl(key) };
      }),
    );
  } finally {
    redis.disconnect();
  }
}

/** Twice, once without JSON's own quoting, so that nothing hides behind an escape. */
async function dumpOf(url: string, prefix: string): Promise<string> {
  const entries = await entriesOf(url, prefix);
  return entries.flatMap(({ key, value }) => [key, value, value.replaceAll('\\', '')]).join('\n');
}

describe('on one server', () => {
  const group = useServer();
  everyPortConformance('Redis', () => group.open(), { reachOthers: true });
});

describe('on a node of a cluster, which refuses scripts over several slots', () => {
  const group = useServer({ cluster: true });
  everyPortConformance('Redis Cluster', () => group.open(), { reachOthers: true });
});

describe('Redis: lifetimes of keys', () => {
  const group = useServer();

  it('I4 everything that ends by itself has a TTL, everything durable has none', async () => {
    const opened = await group.open();
    await fill(opened);
    const entries = await entriesOf(group.server.url, '');
    const nameOf = (key: string): string => key.split(':')[1] ?? '';
    const names = (has: (ttl: number) => boolean): string[] =>
      [...new Set(entries.filter(({ ttl }) => has(ttl)).map(({ key }) => nameOf(key)))].sort();
    expect(names((ttl) => ttl > 0)).toEqual([
      'approval',
      'approvals-of-account',
      'artifact',
      'artifact-by-uid',
      'artifact-by-user-code',
      'artifacts-of-grant',
      'audit-of-account',
      'audit-of-ticket',
      'limit',
      'ticket',
      'ticket-by-interaction',
      'ticket-by-user-code',
    ]);
    expect(names((ttl) => ttl < 0)).toEqual([
      'account',
      'account-by-username',
      'audit',
      'browsers-of-account',
      'clients',
      'device',
      'device-by-key',
      'device-by-secret',
      'devices-of-account',
      'signing-keys',
    ]);
    await opened.close();
  });

  it('a grant’s index lives as long as its longest member, whichever came first', async () => {
    const opened = await group.open();
    const { store, clock } = opened;
    const ttl = async (): Promise<number | undefined> =>
      (await entriesOf(group.server.url, '')).find(({ key }) => key.includes('artifacts-of-grant:RefreshToken:g'))?.ttl;
    const put = (expiresAt: number | null) => store.artifacts.upsert({ ...token(randomId()), grantId: 'g', expiresAt });
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

  it('replaced and deleted devices leave no pointer behind', async () => {
    const opened = await group.open();
    await opened.store.devices.create(device);
    await opened.store.devices.update(device.id, (current) => ({
      ...current,
      secretHash: 'secret-2',
      keyThumbprint: null,
    }));
    const keys = async (): Promise<string[]> =>
      (await entriesOf(group.server.url, '')).map(({ key }) => key).filter((key) => key.includes(':device'));
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

describe('Redis: a server that goes away', () => {
  it('I1 refuses to open without one, naming the place but no password', async () => {
    const server = await startRedisServer();
    await server.stop();
    const url = `redis://someone:hunter2@127.0.0.1:${server.port}`;
    const opened = openRedisStore({ url, keyPrefix: 't:', clock: createClock() });
    await expect(opened).rejects.toThrow(StoreUnavailableError);
    await expect(opened).rejects.toThrow(`127.0.0.1:${server.port}`);
    await expect(opened).rejects.toThrow(/ECONNREFUSED/);
    await expect(opened).rejects.not.toThrow('hunter2');
  });

  it('I1 fails fast while it is away, and recovers by itself with everything that was written', async () => {
    const server = await startRedisServer({ appendOnly: true });
    const opened = await openOn(server.url);
    const { store } = opened;
    const heard: string[] = [];
    store.ticketEvents.subscribe((id) => heard.push(id));
    await store.tickets.create(ticket(opened.clock()));
    await store.artifacts.upsert(token('kept'));

    await server.kill();
    const started = Date.now();
    const tries = [
      () => store.tickets.find(ticketId),
      () => store.tickets.update(ticketId, (current) => current),
      () => store.artifacts.consume('RefreshToken', 'kept', 1),
      () => store.artifacts.upsert(token('new')),
      () => store.limits.add('key', 1, 60, 1),
      () => store.ping(),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(store.ticketEvents.publish('lost')).resolves.toBeUndefined();
    expect(Date.now() - started).toBeLessThan(2500);

    await server.restart();
    await vi.waitFor(() => store.ping(), { timeout: 10_000, interval: 20 });
    expect((await store.tickets.find(ticketId))?.id).toBe(ticketId);
    expect(await store.artifacts.find('RefreshToken', 'new')).toBeNull();
    // Scripts are gone from a restarted server's cache.
    expect(await store.artifacts.consume('RefreshToken', 'kept', 1)).toBe(true);
    await vi.waitFor(
      async () => {
        await store.ticketEvents.publish('back');
        expect(heard).toContain('back');
      },
      { timeout: 10_000, interval: 20 },
    );
    expect(heard).not.toContain('lost');
    await opened.close();
    await server.stop();
  });

  it('I2 a consumption that was answered survives a crash', async () => {
    const server = await startRedisServer({ appendOnly: true });
    const opened = await openOn(server.url);
    await opened.store.artifacts.upsert(token('once'));
    expect(await opened.store.artifacts.consume('RefreshToken', 'once', 1)).toBe(true);
    await server.kill();
    await server.restart();
    await vi.waitFor(() => opened.store.ping(), { timeout: 10_000, interval: 20 });
    expect(await opened.store.artifacts.consume('RefreshToken', 'once', 1)).toBe(false);
    await opened.close();
    await server.stop();
  });

  it('I1 gives up on a server that hangs, and is back when it wakes', async () => {
    const server = await startRedisServer();
    const opened = await openOn(server.url);
    process.kill(server.pid, 'SIGSTOP');
    const started = Date.now();
    await expect(opened.store.tickets.find(ticketId)).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(Date.now() - started).toBeLessThan(3000);
    process.kill(server.pid, 'SIGCONT');
    await vi.waitFor(() => opened.store.ping(), { timeout: 10_000, interval: 20 });
    await opened.close();
    await server.stop();
  });

  it('closes while the server is away', async () => {
    const server = await startRedisServer();
    const opened = await openOn(server.url);
    await server.stop();
    await opened.close();
    await opened.close();
    await expect(opened.store.ping()).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  it('I1 takes a server that cannot write for one that is away', async () => {
    const server = await startRedisServer();
    const opened = await openOn(server.url);
    const operator = new Redis(server.url);
    await operator.config('SET', 'maxmemory', '1');
    await expect(opened.store.limits.add('key', 1, 60, 1)).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(opened.store.tickets.create(ticket(1))).rejects.toBeInstanceOf(StoreUnavailableError);
    await operator.config('SET', 'maxmemory', '0');
    expect((await opened.store.limits.add('key', 1, 60, 1)).count).toBe(1);
    operator.disconnect();
    await opened.close();
    await server.stop();
  });
});

const ticketId = 'ticket-1' as TicketId;

const ticket = (now: number): Ticket => ({
  id: ticketId,
  state: 'pending',
  interactionId: 'interaction',
  sequence: 1,
  userCodeHash: 'user-code',
  sealedSecrets: 'sealed',
  request: {
    clientId: 'web',
    redirectUri: 'https://rp.example/cb',
    scopes: ['openid'],
    authenticatedSince: null,
    maxAgeSeconds: null,
    expectedAccountId: null,
    correlationId: 'correlation',
  },
  browser: { browserHash: 'hash', name: 'Firefox', system: 'Linux', address: '127.0.0.1' },
  issuedAt: now,
  deadlineAt: now + 120,
  endsAt: now + 600,
  scan: null,
  secondScans: 0,
  decision: null,
});

const token = (id: string): Artifact => ({
  model: 'RefreshToken',
  id,
  payload: 'sealed',
  grantId: null,
  uid: null,
  userCode: null,
  expiresAt: 4_000_000_000,
  consumedAt: null,
});

const device: Device = {
  id: 'device-1' as DeviceId,
  accountId: 'account',
  name: 'Safari on iPhone',
  secretHash: 'secret-1',
  keyThumbprint: 'key-1',
  authenticatedAt: 0,
  createdAt: 0,
  lastUsedAt: 0,
  address: '127.0.0.1',
};

/** At least one record through every port. */
async function fill({ store, clock }: OpenedStore): Promise<void> {
  await store.tickets.create(ticket(clock()));
  await store.tickets.update(ticketId, (current) => ({ ...current, secondScans: 1 }));
  await store.artifacts.upsert({ ...token('full'), grantId: 'grant', uid: 'uid', userCode: 'code' });
  await store.artifacts.upsert({ ...token('full'), grantId: 'grant', uid: 'uid', userCode: 'code' });
  await store.artifacts.insert(token('inserted'));
  await store.artifacts.upsert({ ...token('over'), expiresAt: clock() - 5 });
  await store.artifacts.consume('RefreshToken', 'full', clock());
  await store.artifacts.consume('RefreshToken', 'never-there', clock());
  await store.limits.add('key', 1, 60, clock());
  await store.limits.add('key', 1, 60, clock());
  await store.approvals.create(approval(clock()));
  await store.approvals.update(approval(0).id, (current) => ({ ...current, grantId: 'grant' }));
  await store.audit.append(record(clock()));
  await store.devices.create(device);
  await store.accounts.create(account);
  await store.browsers.upsert('account', 'hash', () => browser);
  await store.clients.create(client);
  await store.keys.createIfEmpty([{ kid: 'kid', alg: 'RS256', sealedJwk: 'sealed', createdAt: 0 }]);
}
