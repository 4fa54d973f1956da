// A Redis server that goes away, hangs, or cannot write: commands fail fast and say why, and everything is
// back when it is.
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { TicketId } from '../../src/core/ticket/ticket.ts';
import type { Artifact } from '../../src/oidc/artifact-store.ts';
import { openRedisStore } from '../../src/store/redis/open.ts';
import { StoreUnavailableError } from '../../src/store/store.ts';
import { type RedisServer, type RedisServerOptions, startRedisServer } from '../support/redis-server.ts';
import { createClock, type OpenedStore } from './conformance/fixture.ts';
import { buildArtifact, buildTicket } from './records.ts';
import { openOn } from './redis-server-group.ts';

describe('Redis: a server that goes away', () => {
  it('I1 fails to open without a server, and names the host but no password', async () => {
    const server = await startRedisServer();
    await server.stop();
    const url = `redis://someone:hunter2@127.0.0.1:${server.port}`;
    const opened = openRedisStore({ url, keyPrefix: 't:', clock: createClock() });
    await expect(opened).rejects.toThrow(StoreUnavailableError);
    await expect(opened).rejects.toThrow(`127.0.0.1:${server.port}`);
    await expect(opened).rejects.toThrow(/ECONNREFUSED/);
    await expect(opened).rejects.not.toThrow('hunter2');
  });

  it('I1 fails fast while the server is away, and recovers with everything that was written', async () => {
    const { server, opened } = await startWithStore({ appendOnly: true });
    const { store } = opened;
    const heard: (string | null)[] = [];
    store.ticketEvents.subscribe((id) => heard.push(id));
    await store.tickets.create(buildTicket(opened.clock(), { id: ticketId }));
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
    expect(heard, 'that hints may have been lost').toContain(null);
  });

  it('I2 keeps an acknowledged consumption over a crash', async () => {
    const { server, opened } = await startWithStore({ appendOnly: true });
    await opened.store.artifacts.upsert(token('once'));
    expect(await opened.store.artifacts.consume('RefreshToken', 'once', 1)).toBe(true);
    await server.kill();
    await server.restart();
    await vi.waitFor(() => opened.store.ping(), { timeout: 10_000, interval: 20 });
    expect(await opened.store.artifacts.consume('RefreshToken', 'once', 1)).toBe(false);
  });

  it('I1 times out on a hanging server and recovers when it resumes', async () => {
    const { server, opened } = await startWithStore();
    process.kill(server.pid, 'SIGSTOP');
    const started = Date.now();
    await expect(opened.store.tickets.find(ticketId)).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(Date.now() - started).toBeLessThan(3000);
    process.kill(server.pid, 'SIGCONT');
    await vi.waitFor(() => opened.store.ping(), { timeout: 10_000, interval: 20 });
  });

  it('closes while the server is away', async () => {
    const { server, opened } = await startWithStore();
    await server.stop();
    await opened.close();
    await opened.close();
    await expect(opened.store.ping()).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  it('I1 treats a server that cannot write as unavailable', async () => {
    const { server, opened } = await startWithStore();
    const operator = new Redis(server.url);
    await operator.config('SET', 'maxmemory', '1');
    await expect(opened.store.limits.add('key', 1, 60, 1)).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(opened.store.tickets.create(buildTicket(1))).rejects.toBeInstanceOf(StoreUnavailableError);
    await operator.config('SET', 'maxmemory', '0');
    expect((await opened.store.limits.add('key', 1, 60, 1)).count).toBe(1);
    operator.disconnect();
  });
});

/**
 * Both end with the test, however it ends: a server that hangs would outlive it, and calls to it would
 * never return.
 */
async function startWithStore(options: RedisServerOptions = {}): Promise<{ server: RedisServer; opened: OpenedStore }> {
  const server = await startRedisServer(options);
  const opened = await openOn(server.url);
  onTestFinished(async () => {
    await server.stop();
    await opened.close();
  });
  return { server, opened };
}

const ticketId = 'ticket-1' as TicketId;

const token = (id: string): Artifact => buildArtifact(0, { model: 'RefreshToken', id, expiresAt: 4_000_000_000 });
