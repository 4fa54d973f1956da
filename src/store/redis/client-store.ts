// Registered clients in Redis: one hash, a field per client.
import type { Client } from '../../client/client.ts';
import type { ClientStore } from '../../client/client-store.ts';
import type { Connection } from './connection.ts';
import { fieldCell, parseDocument, updateDocument } from './documents.ts';
import type { Keys } from './keys.ts';

export function createClientStore({ connection, keys }: { connection: Connection; keys: Keys }): ClientStore {
  const cell = (id: string) => fieldCell(connection, keys.clients, id);

  return {
    create: async (client) =>
      (await connection.run((redis) => redis.hsetnx(keys.clients, client.id, JSON.stringify(client)))) === 1,
    find: async (id) => parseDocument<Client>(await cell(id).read()),
    update: (id, change) => updateDocument(cell(id), change),
    async list() {
      const bodies = await connection.run((redis) => redis.hvals(keys.clients));
      return bodies.map((body) => JSON.parse(body) as Client).sort((a, b) => (a.id < b.id ? -1 : 1));
    },
  };
}
