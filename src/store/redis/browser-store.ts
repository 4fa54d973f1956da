// BrowserStore over Redis: one hash per account with a field per browser, and a set of accounts per
// browser. An account in such a set counts only while the field is there.
import type { KnownBrowser } from '../../core/device/browser.ts';
import type { BrowserStore } from '../../core/device/browser-store.ts';
import { fromStoredBrowser, type StoredBrowser, toStoredBrowser } from '../stored-records.ts';
import type { Connection } from './connection.ts';
import { changeDocument, fieldCell, parseDocument } from './documents.ts';
import type { Keys } from './keys.ts';

export function createBrowserStore({ connection, keys }: { connection: Connection; keys: Keys }): BrowserStore {
  const cell = (accountId: string, browserHash: string) =>
    fieldCell(connection, keys.browsersOfAccount(accountId), browserHash);

  const find = async (accountId: string, browserHash: string): Promise<KnownBrowser | null> => {
    const stored = parseDocument<StoredBrowser>(await cell(accountId, browserHash).read());
    return stored && fromStoredBrowser(stored);
  };

  return {
    find,
    async listByBrowser(browserHash) {
      const accountIds = await connection.run((redis) => redis.smembers(keys.accountsOfBrowser(browserHash)));
      const found = await Promise.all(accountIds.map((accountId) => find(accountId, browserHash)));
      return found.filter((browser) => browser !== null);
    },
    // The set is written first: after a crash it names an account without the field, which readers skip.
    async upsert(accountId, browserHash, change) {
      await connection.run((redis) => redis.sadd(keys.accountsOfBrowser(browserHash), accountId));
      const { after } = await changeDocument<StoredBrowser>(cell(accountId, browserHash), (stored) =>
        toStoredBrowser(change(stored && fromStoredBrowser(stored))),
      );
      if (!after) throw new TypeError('upsert needs a browser to write');
      return fromStoredBrowser(after);
    },
    async listByAccount(accountId) {
      const bodies = await connection.run((redis) => redis.hvals(keys.browsersOfAccount(accountId)));
      return bodies.map((body) => fromStoredBrowser(JSON.parse(body) as StoredBrowser));
    },
    async deleteByAccount(accountId) {
      const hashes = await connection.run((redis) => redis.hkeys(keys.browsersOfAccount(accountId)));
      await connection.run((redis) =>
        Promise.all(hashes.map((browserHash) => redis.srem(keys.accountsOfBrowser(browserHash), accountId))),
      );
      await connection.run((redis) => redis.del(keys.browsersOfAccount(accountId)));
    },
  };
}
