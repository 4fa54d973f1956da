// ClientStore over Redis: one JSON string per client, and two indexes ordered by bytes: names, and origins
// for CORS.
import type { Client } from '../../core/client/client.ts';
import { type ClientStore, clientOrigins, clientSortKey, searchKey } from '../../core/client/client-store.ts';
import type { Connection } from './connection.ts';
import { changeDocument, keyCell, parseDocument } from './documents.ts';
import type { Keys } from './keys.ts';

export function createClientStore({ connection, keys }: { connection: Connection; keys: Keys }): ClientStore {
  const { run } = connection;
  const find = async (id: string) => parseDocument<Client>(await run((redis) => redis.get(keys.client(id))));
  const idOf = (member: string) => member.slice(member.indexOf('\u0000') + 1);
  /** Every index entry of a client: the key of the index, and the member. */
  const entriesOf = (client: Client): [key: string, member: string][] => [
    [keys.clientNames, clientSortKey(client)],
    ...clientOrigins(client).map((origin): [string, string] => [keys.clientOrigins, `${origin}\u0000${client.id}`]),
  ];

  /** Writes all entries, also the unchanged ones: one that a crash lost comes back with the next change. */
  async function index(client: Client, before?: Client): Promise<void> {
    const entries = entriesOf(client);
    for (const [key, member] of entries) await run((redis) => redis.zadd(key, 0, member));
    const kept = new Set(entries.map(([, member]) => member));
    for (const [key, member] of before ? entriesOf(before) : []) {
      if (!kept.has(member)) await run((redis) => redis.zrem(key, member));
    }
  }

  /** Loads the clients of index entries. Stale entries, of a renamed or deleted client, are skipped. */
  async function load(members: readonly string[]): Promise<Client[]> {
    const found = await Promise.all(members.map((member) => find(idOf(member))));
    return found.filter((client, i): client is Client => client !== null && clientSortKey(client) === members[i]);
  }

  return {
    async create(client) {
      const isNew = await run((redis) => redis.set(keys.client(client.id), JSON.stringify(client), 'NX'));
      if (isNew !== 'OK') return false;
      await index(client);
      return true;
    },
    find,
    async update(id, change) {
      const cell = keyCell(connection, keys.client(id));
      const { before, after } = await changeDocument<Client>(cell, (current) => (current ? change(current) : null));
      if (!before || !after) return null;
      await index(after, before);
      return after;
    },
    async delete(id) {
      const client = await find(id);
      const isDeleted = (await run((redis) => redis.del(keys.client(id)))) === 1;
      await run((redis) => redis.del(keys.clientUse(id)));
      for (const [key, member] of client ? entriesOf(client) : []) await run((redis) => redis.zrem(key, member));
      return isDeleted;
    },
    async hasOrigin(origin) {
      const [member] = await run((redis) =>
        redis.zrangebylex(keys.clientOrigins, `[${origin}\u0000`, `(${origin}\u0001`, 'LIMIT', 0, 1),
      );
      return member !== undefined;
    },
    async page({ search = '', after, limit }) {
      const from = searchKey(search);
      const min = after === undefined || after < from ? `[${from}` : `(${after}`;
      // The byte 0xff occurs in no UTF-8 text, so it lies behind everything that begins with the search.
      const max = from === '' ? '+' : Buffer.concat([Buffer.from(`[${from}`), Buffer.from([0xff])]);
      const members = await run((redis) => redis.zrangebylex(keys.clientNames, min, max, 'LIMIT', 0, limit + 1));
      const clients = await load(members.slice(0, limit));
      return { clients, cursor: members.length > limit ? (members[limit - 1] ?? null) : null };
    },
  };
}
