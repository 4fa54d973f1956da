// PushKeyStore over Redis: one value, written once. Later callers of `keep` get the key pair of the first
// one.
import type { PushKeyStore } from '../../core/push/push-key-store.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

export function createPushKeyStore({ connection, keys }: { connection: Connection; keys: Keys }): PushKeyStore {
  const find = (): Promise<string | null> => connection.run((redis) => redis.get(keys.pushKeys));
  return {
    find,
    async keep(sealed) {
      await connection.run((redis) => redis.setnx(keys.pushKeys, sealed));
      return (await find()) ?? sealed;
    },
  };
}
