// KeyStore over Redis: the whole set of signing keys as one value. It is replaced only if it still is the
// set that the caller read, so that two nodes cannot both rotate.
import type { KeyStore, StoredKey } from '../../core/key/key-store.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

export function createKeyStore({ connection, keys }: { connection: Connection; keys: Keys }): KeyStore {
  return {
    async list() {
      const body = await connection.run((redis) => redis.get(keys.signingKeys));
      return body === null ? [] : (JSON.parse(body) as StoredKey[]);
    },
    async replace(expected, next) {
      const body = JSON.stringify(next);
      return connection.run(async (redis) =>
        expected.length === 0
          ? (await redis.setnx(keys.signingKeys, body)) === 1
          : (await redis.swap(keys.signingKeys, JSON.stringify(expected), body)) === 1,
      );
    },
  };
}
