// ClientUseStore over Redis: one hash per client, from the kind of use to its latest instant.
import { type ClientUseStore, clientUseOf, type UseToRecord } from '../../core/client/client-use-store.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

export function createClientUseStore({ connection, keys }: { connection: Connection; keys: Keys }): ClientUseStore {
  const { run } = connection;
  return {
    async record(uses) {
      const groups: [string, UseToRecord[]][] = [...Map.groupBy(uses, ({ clientId }) => clientId)];
      await run((redis) =>
        Promise.all(
          groups.map(([id, group]) =>
            redis.putLatest(keys.clientUse(id), ...group.flatMap(({ what, at }) => [what, at])),
          ),
        ),
      );
    },
    async find(clientIds) {
      const found = await run((redis) => Promise.all(clientIds.map((id) => redis.hgetall(keys.clientUse(id)))));
      return found.map((hash) => clientUseOf(Object.entries(hash).map(([what, at]) => [what, Number(at)])));
    },
  };
}
