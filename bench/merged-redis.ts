// A connection to Redis for filling it: it merges the stores' single writes into large commands, a thousand
// times fewer. It works on an empty database only, because it answers every "set if absent" with success.
// Other commands pass unchanged.
import { setImmediate } from 'node:timers';
import { Redis } from 'ioredis';
import type { Connection } from '../src/store/redis/connection.ts';
import { defineScripts } from '../src/store/redis/scripts.ts';

type Batch<Entry> = { entries: Entry[]; sent: Promise<unknown> };

export function openMergedConnection(url: string): Connection {
  const redis = new Redis(url);
  defineScripts(redis);
  const values = createBatches<[key: string, value: string]>((_all, entries) => redis.mset(...entries.flat()));
  const members = createBatches<[score: number, member: string]>((key, entries) => redis.zadd(key, ...entries.flat()));

  const merging: Record<string, unknown> = {
    async setnx(key: string, value: string) {
      await values('', [key, value]);
      return 1;
    },
    async set(key: string, value: string, ...options: (string | number)[]) {
      const [mode] = options;
      if (mode !== undefined && mode !== 'NX') return redis.call('SET', key, value, ...options);
      await values('', [key, value]);
      return 'OK';
    },
    zadd: (key: string, score: number, member: string) => members(key, [score, member]),
  };
  const merged = new Proxy(redis, {
    get(target, name) {
      const own = merging[String(name)];
      if (own) return own;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

  return {
    run: (commands) => commands(merged),
    subscribe: () => Promise.reject(new Error('nobody listens while a database is filled')),
    async close() {
      await redis.quit();
    },
  };
}

/** Collects the calls of one turn of the event loop by key. Each call resolves when its batch is written. */
function createBatches<Entry>(send: (key: string, entries: Entry[]) => Promise<unknown>) {
  const open = new Map<string, Batch<Entry>>();
  return (key: string, entry: Entry): Promise<unknown> => {
    const batch = open.get(key) ?? begin(key);
    batch.entries.push(entry);
    return batch.sent;
  };

  function begin(key: string): Batch<Entry> {
    const entries: Entry[] = [];
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    const sent = turn.then(() => {
      open.delete(key);
      return send(key, entries);
    });
    const batch = { entries, sent };
    open.set(key, batch);
    return batch;
  }
}
