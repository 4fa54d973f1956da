// LogoutStore over Redis: one JSON string per logout; per client an index of all and a queue of the pending
// ones. The queue decides which node may try a record. The record says what happened to it.
import type { Clock } from '../../clock.ts';
import type { Logout } from '../../core/logout/logout.ts';
import { inRandomOrder, type LogoutStore, taken } from '../../core/logout/logout-store.ts';
import type { Connection } from './connection.ts';
import { type Cell, changeDocument, keyCell, parseDocument } from './documents.ts';
import type { Keys } from './keys.ts';
import { listNewest } from './sorted-index.ts';
import { ttlUntil } from './time-to-live.ts';

export function createLogoutStore(deps: { connection: Connection; keys: Keys; clock: Clock }): LogoutStore {
  const { connection, keys, clock } = deps;
  const cellOf = (id: string): Cell => keyCell(connection, keys.logout(id));

  async function find(id: string): Promise<Logout | null> {
    const logout = parseDocument<Logout>(await connection.run((redis) => redis.get(keys.logout(id))));
    return logout && logout.expiresAt > clock() ? logout : null;
  }

  /** Lists the clients that have something due. One round trip for all of them. */
  async function clientsDue(now: number): Promise<string[]> {
    const clientIds = await connection.run((redis) => redis.zrange(keys.logoutClients, 0, '-1'));
    const counts = await connection.run((redis) =>
      Promise.all(clientIds.map((clientId) => redis.zcount(keys.logoutsDue(clientId), '-inf', String(now)))),
    );
    return clientIds.filter((_, index) => (counts[index] ?? 0) > 0);
  }

  const dequeue = (clientId: string, id: string) =>
    connection.run((redis) => redis.zrem(keys.logoutsDue(clientId), id));

  /** Marks a claimed record as taken. Null, and it leaves the queue, when it has expired or is gone. */
  async function take(clientId: string, id: string, leaseUntil: number): Promise<Logout | null> {
    const { after } = await changeDocument<Logout>(cellOf(id), (current) =>
      current?.state === 'pending' && current.expiresAt > clock() ? taken(current, leaseUntil) : null,
    );
    if (!after) await dequeue(clientId, id);
    return after;
  }

  return {
    async create(logout) {
      const { id, clientId, createdAt, nextAttemptAt, expiresAt } = logout;
      const ttl = ttlUntil(expiresAt, clock());
      // The record is written first: readers remove index and queue entries without a record.
      await connection.run((redis) => redis.set(keys.logout(id), JSON.stringify(logout), 'EX', ttl));
      await connection.run((redis) =>
        Promise.all([
          redis.addMember(keys.logoutsOfClient(clientId), createdAt, id, ttl),
          redis.addMember(keys.logoutsDue(clientId), nextAttemptAt ?? createdAt, id, ttl),
          redis.addMember(keys.logoutClients, expiresAt, clientId, ttl, clock()),
        ]),
      );
    },

    async claimDue(now, leaseUntil, limit, roomOf) {
      const claimed: Logout[] = [];
      for (const clientId of inRandomOrder(await clientsDue(now))) {
        const room = Math.min(limit - claimed.length, roomOf(clientId));
        if (room <= 0) continue;
        const due = keys.logoutsDue(clientId);
        const ids = await connection.run((redis) => redis.claimDue(due, now, leaseUntil, room));
        const mine = await Promise.all(ids.map((id) => take(clientId, id, leaseUntil)));
        claimed.push(...mine.filter((logout) => logout !== null));
      }
      return claimed;
    },

    // The number of attempts identifies the claim: a later claim of the same record has a higher one.
    async settle(logout) {
      const { id, clientId, nextAttemptAt } = logout;
      const { after } = await changeDocument<Logout>(cellOf(id), (current) =>
        current?.state === 'pending' && current.attempts === logout.attempts ? logout : null,
      );
      if (!after) return false;
      if (nextAttemptAt === null) await dequeue(clientId, id);
      else await connection.run((redis) => redis.zadd(keys.logoutsDue(clientId), 'XX', nextAttemptAt, id));
      return true;
    },

    listByClient: (clientId, limit) => listNewest(connection, keys.logoutsOfClient(clientId), limit, find),
  };
}
