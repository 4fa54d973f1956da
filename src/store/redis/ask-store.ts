// AskStore over Redis: at most one JSON string per account, with a TTL. SET NX lets one of two callers open
// it.

import type { Clock } from '../../clock.ts';
import type { Ask } from '../../core/ask/ask.ts';
import type { AskStore } from '../../core/ask/ask-store.ts';
import type { Connection } from './connection.ts';
import { parseDocument } from './documents.ts';
import type { Keys } from './keys.ts';
import { ttlUntil } from './time-to-live.ts';

export function createAskStore(deps: { connection: Connection; keys: Keys; clock: Clock }): AskStore {
  const { connection, keys, clock } = deps;
  const { run } = connection;
  const read = (accountId: string) => run((redis) => redis.get(keys.ask(accountId)));
  const isOver = (raw: string): boolean => (JSON.parse(raw) as Ask).expiresAt <= clock();

  /** Deletes the request if it still is what was read. Of two callers one gets true. */
  const remove = async (accountId: string, raw: string): Promise<boolean> =>
    (await run((redis) => redis.deleteIf(keys.ask(accountId), raw))) === 1;

  return {
    async open(ask) {
      const key = keys.ask(ask.accountId);
      const present = await read(ask.accountId);
      if (present !== null && isOver(present)) await remove(ask.accountId, present);
      const ttl = ttlUntil(ask.expiresAt, clock());
      return (await run((redis) => redis.set(key, JSON.stringify(ask), 'EX', ttl, 'NX'))) === 'OK';
    },
    async find(accountId) {
      const raw = await read(accountId);
      return raw === null || isOver(raw) ? null : parseDocument<Ask>(raw);
    },
    async close(accountId, id) {
      const raw = await read(accountId);
      return raw !== null && parseDocument<Ask>(raw)?.id === id && remove(accountId, raw);
    },
  };
}
