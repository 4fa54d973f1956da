// LogoStore over Redis: one hash per picture with a field per upload. Deleting the last field deletes the
// key.
import type { LogoType } from '../../core/client/logo.ts';
import type { LogoStore } from '../../core/client/logo-store.ts';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';

export function createLogoStore({ connection, keys }: { connection: Connection; keys: Keys }): LogoStore {
  const { run } = connection;
  return {
    async put(copy, { hash, type, body }) {
      await run((redis) => redis.hset(keys.logo(hash), copy, `${type} ${body.toString('base64')}`));
    },
    async find(hash) {
      const [, kept] = ((await run((redis) => redis.hrandfield(keys.logo(hash), 1, 'WITHVALUES'))) ?? []) as string[];
      const [type, body] = kept?.split(' ') ?? [];
      if (type === undefined || body === undefined) return null;
      return { hash, type: type as LogoType, body: Buffer.from(body, 'base64') };
    },
    async delete(hash, copy) {
      await run((redis) => redis.hdel(keys.logo(hash), copy));
    },
  };
}
