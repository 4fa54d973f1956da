// Signing keys in Redis: the whole set as one value, which can be set once.
import type { KeyStore, StoredKey } from '../../oidc/key-store.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

export function createKeyStore({ connection, keys }: { connection: Connection; keys: Keys }): KeyStore {
  async function list(): Promise<StoredKey[]> {
    const body = await connection.run((redis) => redis.get(keys.signingKeys));
    return body === null ? [] : (JSON.parse(body) as StoredKey[]);
  }
  return {
    async createIfEmpty(fresh) {
      if (fresh.length > 0) await connection.run((redis) => redis.setnx(keys.signingKeys, JSON.stringify(fresh)));
      return list();
    },
    list,
  };
}
