// ConsentStore over Redis: one hash per account with one field per client, and an index of accounts per
// client, which is read only when the client is deleted.
import type { Consent } from '../../core/consent/consent.ts';
import type { ConsentStore } from '../../core/consent/consent-store.ts';
import type { Connection } from './connection.ts';
import { changeDocument, fieldCell, parseDocument } from './documents.ts';
import type { Keys } from './keys.ts';

/** Accounts of a deleted client that are handled at once. */
const batchSize = 500;

export function createConsentStore({ connection, keys }: { connection: Connection; keys: Keys }): ConsentStore {
  const { run } = connection;
  const parse = (text: string): Consent => JSON.parse(text) as Consent;
  return {
    find: async (accountId, clientId) =>
      parseDocument<Consent>(await run((redis) => redis.hget(keys.consentsOfAccount(accountId), clientId))),
    listByAccount: async (accountId) =>
      Object.values(await run((redis) => redis.hgetall(keys.consentsOfAccount(accountId)))).map(parse),
    async update(accountId, clientId, change) {
      // The index is written first: an entry without a consent is harmless.
      await run((redis) => redis.sadd(keys.accountsOfConsent(clientId), accountId));
      await changeDocument<Consent>(fieldCell(connection, keys.consentsOfAccount(accountId), clientId), change);
    },
    async delete(accountId, clientId) {
      const deleted = await run((redis) => redis.hdel(keys.consentsOfAccount(accountId), clientId));
      await run((redis) => redis.srem(keys.accountsOfConsent(clientId), accountId));
      return deleted > 0;
    },
    async deleteByAccount(accountId) {
      const clientIds = await run((redis) => redis.hkeys(keys.consentsOfAccount(accountId)));
      await run((redis) => Promise.all(clientIds.map((id) => redis.srem(keys.accountsOfConsent(id), accountId))));
      await run((redis) => redis.del(keys.consentsOfAccount(accountId)));
    },
    async deleteByClient(clientId) {
      const index = keys.accountsOfConsent(clientId);
      for (;;) {
        // Entries leave the index after their consents, so that a second call finds the rest after a crash.
        const accountIds = await run((redis) => redis.srandmember(index, batchSize));
        if (accountIds.length === 0) return;
        await run((redis) =>
          Promise.all(accountIds.map((accountId) => redis.hdel(keys.consentsOfAccount(accountId), clientId))),
        );
        await run((redis) => redis.srem(index, ...accountIds));
      }
    },
  };
}
